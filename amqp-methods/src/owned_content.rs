//! Content that outlives the octets it was read from.

use core::fmt;

use bytes::{Bytes, BytesMut};

use crate::basic;
use crate::content::ContentHeader;
use crate::error::DecodeError;
use crate::method::Decode;
use crate::method_id::MethodId;
use crate::reader::Reader;

/// A method with its content, header and body: owned, cheap to clone, and `Send`.
///
/// One counted block of octets; arguments and properties are read from it when they are asked for.
#[derive(Clone)]
pub struct OwnedContent {
    method: MethodId,
    /// Arguments of the method, payload of the header, and the body unless that stands alone.
    octets: Bytes,
    /// Where the header begins in `octets`.
    header_at: usize,
    /// Where the header ends in `octets`.
    body_at: usize,
    /// A body that was too large to be copied, or came in several frames.
    body: Option<Bytes>,
}

impl OwnedContent {
    /// Class and method id.
    #[inline]
    pub fn method_id(&self) -> MethodId {
        self.method
    }

    /// The arguments of the method.
    #[inline]
    pub fn arguments(&self) -> Reader<'_> {
        Reader::new(self.octets.get(..self.header_at).unwrap_or_default())
    }

    /// The arguments as those of method `M`.
    ///
    /// # Errors
    /// The arguments are not those of `M`.
    pub fn method<'a, M: Decode<'a>>(&'a self) -> Result<M, DecodeError> {
        M::from_args(self.arguments())
    }

    /// The body.
    #[inline]
    pub fn body(&self) -> &[u8] {
        match &self.body {
            Some(body) => body,
            None => self.octets.get(self.body_at..).unwrap_or_default(),
        }
    }

    /// The body as a counted reference, without a copy.
    #[inline]
    pub fn into_body(self) -> Bytes {
        match self.body {
            Some(body) => body,
            None => self.octets.slice(self.body_at..),
        }
    }

    /// The content header; one of class 0, without properties, where none was put in.
    #[inline]
    pub fn header(&self) -> ContentHeader<'_> {
        let header = self
            .octets
            .get(self.header_at..self.body_at)
            .unwrap_or_default();
        ContentHeader::decode(header).unwrap_or(ContentHeader {
            class_id: 0,
            weight: 0,
            body_size: 0,
            properties: &[],
        })
    }

    /// The properties of a message of class `basic`; content of other classes has none of these.
    #[inline]
    pub fn properties(&self) -> basic::Properties<'_> {
        self.header().properties().unwrap_or_default()
    }

    /// How many octets it keeps from being freed at least.
    #[inline]
    pub fn len(&self) -> usize {
        self.octets.len() + self.body.as_ref().map_or(0, Bytes::len)
    }

    /// Whether there is nothing in it, not even arguments.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Sizes only: a message may be large, and nobody's business.
impl fmt::Debug for OwnedContent {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedContent")
            .field("method", &self.method)
            .field("body_size", &self.body().len())
            .finish_non_exhaustive()
    }
}

/// Where contents are laid out one behind the other, and split off when they are complete.
///
/// Small messages are copied here from the buffer they were read to, several to an allocation: a message that is
/// kept for long then keeps a block of some kilobytes, and not a read buffer. Nothing is looked at here; whoever
/// puts octets in has checked them.
///
/// ```
/// use amqp_methods::{ContentBlock, Method, basic};
///
/// let mut block = ContentBlock::default();
/// block.begin(b"\x03tag\0\0\0\0\0\0\0\x01\0\0\x01q");
/// block.header(b"\0\x3c\0\0\0\0\0\0\0\0\0\x02\0\0");
/// block.body(b"hi");
/// let content = block.finish(basic::Deliver::ID, None);
/// assert_eq!(content.method::<basic::Deliver<'_>>()?.routing_key, "q");
/// assert_eq!(content.body(), b"hi");
/// # Ok::<(), amqp_methods::DecodeError>(())
/// ```
#[derive(Debug, Default)]
pub struct ContentBlock {
    octets: BytesMut,
    header_at: usize,
    body_at: usize,
}

impl ContentBlock {
    /// What is allocated for small messages to share.
    pub const SIZE: usize = 4 * 1024;

    /// A block that grew beyond this, for a large header, goes with its message. In what is left of it small
    /// messages would follow, and each of them would keep all of it.
    const LARGE: usize = 4 * Self::SIZE;

    /// How many octets of an unfinished content there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.octets.len()
    }

    /// Whether no content is under way.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    /// Takes the arguments of a method. What was not finished is forgotten.
    #[inline]
    pub fn begin(&mut self, arguments: &[u8]) {
        self.octets.clear();
        if self.octets.capacity() == 0 {
            self.octets = BytesMut::with_capacity(Self::SIZE);
        }
        self.octets.extend_from_slice(arguments);
        self.header_at = arguments.len();
        self.body_at = arguments.len();
    }

    /// Takes the payload of its header frame.
    #[inline]
    pub fn header(&mut self, payload: &[u8]) {
        self.octets.extend_from_slice(payload);
        self.body_at = self.octets.len();
    }

    /// Takes octets of its body.
    #[inline]
    pub fn body(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    /// Splits off what has come as content of `method`; `body` is the body where that stands alone.
    #[inline]
    pub fn finish(&mut self, method: MethodId, body: Option<Bytes>) -> OwnedContent {
        let octets = self.octets.split().freeze();
        if octets.len() + self.octets.capacity() > Self::LARGE {
            self.octets = BytesMut::new();
        }
        OwnedContent {
            method,
            octets,
            header_at: self.header_at,
            body_at: self.body_at,
            body,
        }
    }
}
