//! Methods that outlive the octets they were read from.

use core::fmt;

use amqp_methods::{Decode, DecodeContent, DecodeError, DecodeErrorKind, MethodId, Reader};
use bytes::Bytes;

use super::Content;

/// A method that the server sent of its own accord, with its content if it has any: owned, cheap to clone, and `Send`.
///
/// The client does not know its type; whoever generated the extension does:
///
/// ```
/// # use leveret::amqp_methods::{AnyMethod, DecodeError, basic};
/// # fn look(method: &leveret::OwnedMethod) -> Result<(), DecodeError> {
/// // One type, if it is that.
/// let credit = method.decode::<basic::Ack>()?;
/// // Any method of the extension, by its own `AnyMethod`.
/// let any = AnyMethod::from_args(method.id(), method.arguments())?.into_owned();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct OwnedMethod {
    octets: Octets,
}

#[derive(Clone)]
enum Octets {
    Alone(MethodId, Bytes),
    WithContent(Content),
}

impl OwnedMethod {
    /// A method without content.
    pub(crate) fn alone(id: MethodId, arguments: &[u8]) -> Self {
        Self {
            octets: Octets::Alone(id, Bytes::copy_from_slice(arguments)),
        }
    }

    /// A method with content.
    pub(crate) fn with_content(content: Content) -> Self {
        Self {
            octets: Octets::WithContent(content),
        }
    }

    /// Class and method id.
    pub fn id(&self) -> MethodId {
        match &self.octets {
            Octets::Alone(id, _) => *id,
            Octets::WithContent(content) => content.method_id(),
        }
    }

    /// Its arguments, as they stand on the wire. Nobody has looked at them.
    pub fn arguments(&self) -> Reader<'_> {
        match &self.octets {
            Octets::Alone(_, arguments) => Reader::new(arguments),
            Octets::WithContent(content) => content.arguments(),
        }
    }

    /// The method as an `M`, which borrows from here.
    ///
    /// # Errors
    /// It is another method, or its arguments are not those of an `M`.
    pub fn decode<'a, M: Decode<'a>>(&'a self) -> Result<M, DecodeError> {
        if self.id() != M::ID {
            let error = DecodeError::new(DecodeErrorKind::Mismatch, "method-id", 0);
            return Err(error.in_method(M::NAME));
        }
        M::from_args(self.arguments())
    }

    /// What followed it, for a method with content.
    pub fn content(&self) -> Option<&Content> {
        match &self.octets {
            Octets::Alone(..) => None,
            Octets::WithContent(content) => Some(content),
        }
    }

    /// The same, taken out: its body can be had without a copy.
    pub fn into_content(self) -> Option<Content> {
        match self.octets {
            Octets::Alone(..) => None,
            Octets::WithContent(content) => Some(content),
        }
    }

    /// The properties of its content, as those of class `P`.
    ///
    /// # Errors
    /// It has no content, or content of another class, or its properties are not those of a `P`.
    pub fn properties<'a, P: DecodeContent<'a>>(&'a self) -> Result<P, DecodeError> {
        match self.content() {
            Some(content) => content.header().properties(),
            None => Err(DecodeError::new(DecodeErrorKind::Mismatch, "class-id", 0)),
        }
    }

    /// The body of its content; empty where there is none.
    pub fn body(&self) -> &[u8] {
        self.content().map_or(&[], Content::body)
    }
}

/// Sizes only: arguments and body are nobody's business.
impl fmt::Debug for OwnedMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("OwnedMethod");
        debug.field("id", &self.id());
        if let Some(content) = self.content() {
            debug.field("body_size", &content.body().len());
        }
        debug.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use amqp_methods::{ContentBlock, Method as _, basic, queue};

    use super::*;

    #[test]
    fn a_method_is_read_as_what_it_is_and_nothing_else() {
        let method = OwnedMethod::alone(basic::Ack::ID, b"\0\0\0\0\0\0\0\x07\x01");
        assert_eq!(method.decode(), Ok(basic::Ack::new(7).multiple(true)));
        let error = method.decode::<basic::Nack>().unwrap_err();
        assert_eq!(
            (error.method(), error.kind()),
            ("basic.nack", DecodeErrorKind::Mismatch)
        );
        assert!(method.content().is_none() && method.body().is_empty());
        assert!(method.properties::<basic::Properties<'_>>().is_err());
        assert!(method.into_content().is_none());

        let short = OwnedMethod::alone(queue::Purge::ID, b"\0\0\x05q");
        let error = short.decode::<queue::Purge<'_>>().unwrap_err();
        assert_eq!((error.method(), error.field()), ("queue.purge", "queue"));
    }

    #[test]
    fn content_is_read_from_the_same_block() {
        let mut block = ContentBlock::default();
        block.begin(b"\0\0\0\x01q\0");
        block.header(b"\0\x3c\0\0\0\0\0\0\0\0\0\x02\x08\0\x05");
        block.body(b"hi");
        let method = OwnedMethod::with_content(block.finish(basic::Publish::ID, None));
        assert_eq!(method.decode(), Ok(basic::Publish::new("", "q")));
        assert_eq!(
            method.properties(),
            Ok(basic::Properties::default().priority(5))
        );
        assert_eq!(method.body(), b"hi");
        assert_eq!(
            format!("{method:?}"),
            "OwnedMethod { id: MethodId(60, 40), body_size: 2, .. }"
        );
    }
}
