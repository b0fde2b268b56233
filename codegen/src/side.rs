//! The two ends of a connection, and what each does with a method.

use crate::model::{Class, Method};

/// The side of a connection that code is generated for.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Side {
    /// Code that sends what a client sends, and receives what a client receives.
    Client,
    /// Code that sends what a server sends, and receives what a server receives.
    Server,
    /// Code that sends and receives every method: for tools, proxies and tests, and for documents whose
    /// `chassis` elements are not to be trusted.
    #[default]
    Both,
}

/// What a side does with a method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Use {
    /// It builds and encodes the method.
    pub(crate) sends: bool,
    /// It decodes the method.
    pub(crate) receives: bool,
}

impl Side {
    /// What it does with a method of `class`.
    ///
    /// An answer follows its request, whatever its own `chassis` says: whoever asks can read the answer.
    pub(crate) fn uses(self, class: &Class, method: &Method) -> Use {
        let mut uses = Use {
            sends: self.sends(method),
            receives: self.receives(method),
        };
        for request in &class.methods {
            if request.replies.contains(&method.name) {
                uses.sends |= self.receives(request);
                uses.receives |= self.sends(request);
            }
        }
        uses
    }

    fn sends(self, method: &Method) -> bool {
        match self {
            Self::Client => method.server_receives || !method.client_receives,
            Self::Server => method.client_receives || !method.server_receives,
            Self::Both => true,
        }
    }

    fn receives(self, method: &Method) -> bool {
        match self {
            Self::Client => Self::Server.sends(method),
            Self::Server => Self::Client.sends(method),
            Self::Both => true,
        }
    }
}
