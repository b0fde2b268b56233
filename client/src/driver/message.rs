//! Messages as they are delivered, without what settles them.

use amqp_methods::{Decode as _, Method as _, ShortStr, basic};
use bytes::Bytes;

use crate::proto::{DeliveryTag, RawDelivery};

/// A message from a consumer, or fetched: arguments, properties and body, and no way to settle it.
///
/// It is what a consumer [without acknowledgements](crate::ConsumerBuilder::no_ack) gives. Of one that is to be settled
/// it is the part that can be handed around: [`Delivery`](crate::Delivery) is one of these, and more.
///
/// One counted block of octets, cheap to clone; arguments and properties are read from it when they are asked for.
#[derive(Clone, Debug)]
pub struct Message {
    raw: RawDelivery,
}

impl Message {
    pub(super) fn new(raw: RawDelivery) -> Self {
        Self { raw }
    }

    /// Its number on its channel.
    pub fn delivery_tag(&self) -> u64 {
        self.raw.tag.value()
    }

    /// Whether it was delivered before.
    pub fn redelivered(&self) -> bool {
        match self.fetched() {
            Some(get_ok) => get_ok.redelivered,
            None => self.delivered().redelivered,
        }
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

    /// The tag of the consumer; none for a message that was fetched.
    pub fn consumer_tag(&self) -> Option<ShortStr<'_>> {
        match self.fetched() {
            Some(_) => None,
            None => Some(self.delivered().consumer_tag),
        }
    }

    /// How many messages the queue had left; for a message that was fetched.
    pub fn message_count(&self) -> Option<u32> {
        self.fetched().map(|get_ok| get_ok.message_count)
    }

    /// Its properties.
    pub fn properties(&self) -> basic::Properties<'_> {
        self.raw.content.properties()
    }

    /// Its body. Nothing for one that is streamed: [`StreamedDelivery::body`](crate::StreamedDelivery::body).
    pub fn body(&self) -> &[u8] {
        self.raw.content.body()
    }

    /// Its body as a counted reference, without a copy.
    pub fn to_body(&self) -> Bytes {
        self.raw.content.clone().into_body()
    }

    /// How many octets its body has, as its header says; also where the body is streamed.
    pub fn body_size(&self) -> u64 {
        self.raw.content.header().body_size
    }

    pub(super) fn tag(&self) -> DeliveryTag {
        self.raw.tag
    }

    fn delivered(&self) -> basic::Deliver<'_> {
        self.raw.content.method().unwrap_or_default()
    }

    fn fetched(&self) -> Option<basic::GetOk<'_>> {
        if self.raw.content.method_id() != basic::GetOk::ID {
            return None;
        }
        basic::GetOk::from_args(self.raw.content.arguments()).ok()
    }
}
