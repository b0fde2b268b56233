//! Methods of extensions whose content is larger than the connection takes.

use core::fmt;

use amqp_methods::{Decode, DecodeContent, DecodeError, DecodeErrorKind, MethodId, Reader};

use super::Content;
use crate::error::Error;

/// A method of an extension whose content is larger than the connection takes: everything but the body, which was passed
/// over.
///
/// It is behind an [`Error`] of the kind [`MessageTooLarge`](crate::ErrorKind::MessageTooLarge):
/// [`Error::method_too_large`].
#[derive(Clone)]
pub struct MethodTooLarge {
    name: &'static str,
    content: Content,
    limit: u64,
}

impl MethodTooLarge {
    pub(crate) fn new(name: &'static str, content: Content, limit: u64) -> Self {
        Self {
            name,
            content,
            limit,
        }
    }

    /// Octets that it keeps in memory.
    #[cfg(feature = "tokio")]
    pub(crate) fn octets(&self) -> usize {
        Content::len(&self.content)
    }

    /// Its name in the description of its extension: `probe.pushed`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Class and method id.
    pub fn id(&self) -> MethodId {
        self.content.method_id()
    }

    /// Its arguments, as they stand on the wire. Nobody has looked at them.
    pub fn arguments(&self) -> Reader<'_> {
        self.content.arguments()
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

    /// The properties of its content, as those of class `P`.
    ///
    /// # Errors
    /// Its content is of another class, or its properties are not those of a `P`.
    pub fn properties<'a, P: DecodeContent<'a>>(&'a self) -> Result<P, DecodeError> {
        self.content.header().properties()
    }

    /// How many octets its body has.
    pub fn size(&self) -> u64 {
        self.content.header().body_size
    }

    /// How many the connection takes:
    /// [`max_message_size`](crate::ConnectionParameters::max_message_size).
    pub fn limit(&self) -> u64 {
        self.limit
    }
}

/// Sizes only: arguments and properties are nobody's business.
impl fmt::Debug for MethodTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MethodTooLarge")
            .field("name", &self.name)
            .field("size", &self.size())
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// `probe.pushed with a body of 2000 octets, more than the limit of 1000`
impl fmt::Display for MethodTooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, limit, .. } = self;
        let size = self.size();
        write!(
            f,
            "{name} with a body of {size} octets, more than the limit of {limit}"
        )
    }
}

impl std::error::Error for MethodTooLarge {}

impl From<MethodTooLarge> for Error {
    fn from(too_large: MethodTooLarge) -> Self {
        let detail = too_large.to_string();
        Self::message_too_large(detail, too_large)
    }
}
