//! Messages as they come from the server.

use core::fmt;

use amqp_methods::{ContentHeader, Decode, MethodId, Reader, ReplyCode, ShortStr, basic};
use bytes::Bytes;

/// A method with its content: header and body.
///
/// One counted block of octets; arguments and properties are read from it when they are asked for.
#[derive(Clone)]
pub struct Content {
    pub(crate) method: MethodId,
    /// Arguments of the method, payload of the header, and the body unless that stands alone.
    pub(crate) octets: Bytes,
    /// Where the header begins in `octets`.
    pub(crate) header_at: usize,
    /// Where the header ends in `octets`.
    pub(crate) body_at: usize,
    /// A body that was too large to be copied, or came in several frames.
    pub(crate) body: Option<Bytes>,
}

impl Content {
    /// Class and method id.
    pub fn method_id(&self) -> MethodId {
        self.method
    }

    /// The arguments of the method.
    pub fn arguments(&self) -> Reader<'_> {
        Reader::new(self.octets.get(..self.header_at).unwrap_or_default())
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        match &self.body {
            Some(body) => body,
            None => self.octets.get(self.body_at..).unwrap_or_default(),
        }
    }

    /// The body as a counted reference, without a copy.
    pub fn into_body(self) -> Bytes {
        match self.body {
            Some(body) => body,
            None => self.octets.slice(self.body_at..),
        }
    }

    /// The content header.
    pub fn header(&self) -> ContentHeader<'_> {
        let header = self
            .octets
            .get(self.header_at..self.body_at)
            .unwrap_or_default();
        // Twelve octets were there when the header was taken in.
        ContentHeader::decode(header).unwrap_or(ContentHeader {
            class_id: 0,
            weight: 0,
            body_size: 0,
            properties: &[],
        })
    }

    /// The properties of a message of class `basic`.
    pub fn properties(&self) -> basic::Properties<'_> {
        // Read successfully when the header was taken in; content of other classes has none of these.
        self.header().properties().unwrap_or_default()
    }

    /// The arguments as those of method `M`, checked when the method was taken in.
    pub(crate) fn decode<'a, M: Decode<'a> + Default>(&'a self) -> M {
        M::from_args(self.arguments()).unwrap_or_default()
    }
}

/// Sizes only: a message may be large, and nobody's business.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("method", &self.method)
            .field("body_size", &self.body().len())
            .finish_non_exhaustive()
    }
}

/// A message that the server returned, because it reached no queue.
///
/// Spec: basic.return
#[derive(Clone, Debug)]
pub struct Returned(pub(crate) Content);

impl Returned {
    /// Why: 312 where no queue was bound, 313 where no consumer was ready.
    pub fn reply_code(&self) -> ReplyCode {
        ReplyCode::new(self.0.decode::<basic::Return<'_>>().reply_code)
    }

    /// Why, in the server's words.
    pub fn reply_text(&self) -> ShortStr<'_> {
        self.0.decode::<basic::Return<'_>>().reply_text
    }

    /// The exchange it was published to.
    pub fn exchange(&self) -> ShortStr<'_> {
        self.0.decode::<basic::Return<'_>>().exchange
    }

    /// The key it was published with.
    pub fn routing_key(&self) -> ShortStr<'_> {
        self.0.decode::<basic::Return<'_>>().routing_key
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
