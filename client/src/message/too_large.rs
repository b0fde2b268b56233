//! Messages that are larger than the connection takes.

use core::fmt;

use amqp_methods::{Method as _, ShortStr, basic};

use super::Content;
use crate::error::Error;

/// A message that is larger than the connection takes: everything but its body, which was passed over.
///
/// It is behind an [`Error`] of the kind [`MessageTooLarge`](crate::ErrorKind::MessageTooLarge):
/// [`Error::too_large`].
#[derive(Clone)]
pub struct TooLarge {
    content: Content,
    limit: u64,
}

impl TooLarge {
    pub(crate) fn new(content: Content, limit: u64) -> Self {
        Self { content, limit }
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

    /// Its properties.
    pub fn properties(&self) -> basic::Properties<'_> {
        self.content.properties()
    }

    /// The exchange it was published to.
    pub fn exchange(&self) -> ShortStr<'_> {
        match self.fetched() {
            Some(get_ok) => get_ok.exchange,
            None => self.delivered().exchange,
        }
    }

    /// The key it was published with.
    pub fn routing_key(&self) -> ShortStr<'_> {
        match self.fetched() {
            Some(get_ok) => get_ok.routing_key,
            None => self.delivered().routing_key,
        }
    }

    /// Its number on its channel.
    pub fn delivery_tag(&self) -> u64 {
        match self.fetched() {
            Some(get_ok) => get_ok.delivery_tag,
            None => self.delivered().delivery_tag,
        }
    }

    /// Whether it was delivered before.
    pub fn redelivered(&self) -> bool {
        match self.fetched() {
            Some(get_ok) => get_ok.redelivered,
            None => self.delivered().redelivered,
        }
    }

    fn delivered(&self) -> basic::Deliver<'_> {
        self.content.method().unwrap_or_default()
    }

    fn fetched(&self) -> Option<basic::GetOk<'_>> {
        if self.content.method_id() != basic::GetOk::ID {
            return None;
        }
        self.content.method().ok()
    }
}

/// Sizes only: the rest is nobody's business.
impl fmt::Debug for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TooLarge")
            .field("size", &self.size())
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// `a message of 2000 octets, more than the limit of 1000`
impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (size, limit) = (self.size(), self.limit);
        write!(
            f,
            "a message of {size} octets, more than the limit of {limit}"
        )
    }
}

impl std::error::Error for TooLarge {}

impl From<TooLarge> for Error {
    fn from(too_large: TooLarge) -> Self {
        let detail = too_large.to_string();
        Self::message_too_large(detail, too_large)
    }
}
