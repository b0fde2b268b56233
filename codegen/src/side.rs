//! The two ends of a connection, and what each does with a method.

use crate::model::{Class, Method};

/// The side of a connection that code is generated for.
///
/// Who receives a method is what its `chassis` elements say; without any, both sides do. Whoever receives a request
/// sends its answers, and whoever sends one receives them, whatever the `chassis` of an answer says: so every
/// `Request` of a side has a `Reply` that it can read.
///
/// For one side is left out:
///
/// - of a method that it never sends: `new`, the setters, `Request`, and the enum of its answers;
/// - of a method that it never receives: `Decode`, `Reply`, and the variant of `AnyMethod`, which then has it as
///   `Unknown`.
///
/// Everything else is there: the struct of every method with its fields, `Method` with its id and its way onto the
/// wire, `into_owned`, the properties of content, constants, and the description of the whole protocol. In an
/// extension, `AnyMethod::Base` knows what the crate that is extended was generated for.
///
/// Published documents are wrong in places: extended ones of 0-9-1 have clients receive `connection.update-secret`,
/// which clients send.
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
