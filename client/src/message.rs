//! Messages, and methods of extensions, as they come from the server.

use core::fmt;

pub use amqp_methods::OwnedContent as Content;
use amqp_methods::{ReplyCode, ShortStr, basic};
use bytes::Bytes;

mod method_too_large;
mod owned_method;
mod too_large;

pub use method_too_large::MethodTooLarge;
pub use owned_method::OwnedMethod;
pub use too_large::TooLarge;

/// A message that the server returned, because it reached no queue.
///
/// One that is larger than [`max_message_size`](crate::ConnectionParameters::max_message_size) is told like any other,
/// but without its body, which was passed over: [`body`](Self::body) is then none.
///
/// Spec: basic.return
#[derive(Clone)]
pub struct Returned {
    content: Content,
    is_whole: bool,
}

impl Returned {
    pub(crate) fn new(content: Content) -> Self {
        Self {
            content,
            is_whole: true,
        }
    }

    /// A message whose body was passed over.
    pub(crate) fn without_body(content: Content) -> Self {
        Self {
            content,
            is_whole: false,
        }
    }

    /// Octets that it keeps in memory.
    pub(crate) fn octets(&self) -> usize {
        Content::len(&self.content)
    }

    /// Checked when it was taken in.
    fn method(&self) -> basic::Return<'_> {
        self.content.method().unwrap_or_default()
    }

    /// Why: 312 where no queue was bound, 313 where no consumer was ready.
    pub fn reply_code(&self) -> ReplyCode {
        ReplyCode::new(self.method().reply_code)
    }

    /// Why, in the server's words.
    pub fn reply_text(&self) -> ShortStr<'_> {
        self.method().reply_text
    }

    /// The exchange it was published to.
    pub fn exchange(&self) -> ShortStr<'_> {
        self.method().exchange
    }

    /// The key it was published with.
    pub fn routing_key(&self) -> ShortStr<'_> {
        self.method().routing_key
    }

    /// The properties it was published with.
    pub fn properties(&self) -> basic::Properties<'_> {
        self.content.properties()
    }

    /// How many octets the body has that it was published with, whether it is here or not.
    pub fn size(&self) -> u64 {
        self.content.header().body_size
    }

    /// The body it was published with; none if that was larger than
    /// [`max_message_size`](crate::ConnectionParameters::max_message_size), and was passed over.
    pub fn body(&self) -> Option<&[u8]> {
        self.is_whole.then(|| self.content.body())
    }

    /// The same as a counted reference, without a copy.
    pub fn into_body(self) -> Option<Bytes> {
        self.is_whole.then(|| self.content.into_body())
    }
}

/// Sizes only: a message may be large, and nobody's business.
impl fmt::Debug for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returned")
            .field("reply_code", &self.reply_code())
            .field("size", &self.size())
            .field("has_body", &self.is_whole)
            .finish_non_exhaustive()
    }
}
