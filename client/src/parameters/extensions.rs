//! What the client is told of methods that it does not know.

use core::fmt;

use amqp_methods::{MethodId, MethodInfo, PROTOCOL, ProtocolInfo};

/// Descriptions of extensions, as they were generated.
#[derive(Clone, Default)]
pub(crate) struct Extensions(Vec<&'static ProtocolInfo>);

impl Extensions {
    pub(crate) fn add(&mut self, extension: &'static ProtocolInfo) {
        if !self.has(extension) {
            self.0.push(extension);
        }
    }

    /// What an extension says of a method that the protocol itself does not have.
    pub(crate) fn method(&self, id: MethodId) -> Option<&'static MethodInfo> {
        let mut extensions = self.0.iter();
        let info = extensions.find_map(|extension| extension.method(id))?;
        // An overlay may describe a method of the protocol once more; it is still one of the protocol.
        PROTOCOL.method(id).is_none().then_some(info)
    }

    /// Whether content follows a method: exactly what its description says, and no where there is none.
    pub(crate) fn has_content(&self, id: MethodId) -> bool {
        self.method(id).is_some_and(|info| info.content)
    }

    /// Whether no two of them tell a different tale about what follows a method.
    pub(crate) fn agree(&self) -> bool {
        let all = |extension: &'static ProtocolInfo| {
            let classes = extension.classes.iter();
            classes.flat_map(|class| class.methods).copied()
        };
        self.0.iter().copied().flat_map(all).all(|method| {
            let known = PROTOCOL
                .method(method.id)
                .or_else(|| self.method(method.id));
            known.is_some_and(|known| known.content == method.content)
        })
    }

    fn has(&self, extension: &'static ProtocolInfo) -> bool {
        let mut known = self.0.iter();
        known.any(|known| core::ptr::eq(*known, extension))
    }
}

/// The same descriptions, in the same order.
impl PartialEq for Extensions {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, two): (&&'static ProtocolInfo, &&'static ProtocolInfo)| {
            core::ptr::eq(*one, *two)
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }
}

impl Eq for Extensions {}

/// Names of classes: a whole description is no line of a log.
impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let classes = self.0.iter().flat_map(|extension| extension.classes);
        f.debug_list()
            .entries(classes.map(|class| class.name))
            .finish()
    }
}

#[cfg(test)]
mod tests;
