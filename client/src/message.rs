//! Messages, and methods of extensions, as they come from the server.

pub use amqp_methods::OwnedContent as Content;
use amqp_methods::{ReplyCode, ShortStr, basic};
use bytes::Bytes;

mod owned_method;
mod too_large;

pub use owned_method::OwnedMethod;
pub use too_large::TooLarge;

/// A message that the server returned, because it reached no queue.
///
/// Spec: basic.return
#[derive(Clone, Debug)]
pub struct Returned(pub(crate) Content);

impl Returned {
    /// Checked when it was taken in.
    fn method(&self) -> basic::Return<'_> {
        self.0.method().unwrap_or_default()
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
        self.0.properties()
    }

    /// The body it was published with.
    pub fn body(&self) -> &[u8] {
        self.0.body()
    }

    /// The body as a counted reference, without a copy.
    pub fn into_body(self) -> Bytes {
        self.0.into_body()
    }
}
