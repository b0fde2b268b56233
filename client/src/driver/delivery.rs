//! Deliveries, and settling them.

use amqp_methods::{Decode as _, Method as _, ShortStr, basic};
use bytes::Bytes;

use super::channel::{Channel, ended};
use crate::error::{Error, ErrorKind};
use crate::proto::{RawDelivery, Settlement};

/// A message from a consumer, or fetched by `basic.get`.
///
/// One counted block of octets; arguments and properties are read from it when they are asked for. Settling
/// consumes it, so that it cannot be settled twice. Dropped without that, it stays unsettled until its channel
/// ends; then the server delivers it again.
#[derive(Debug)]
pub struct Delivery {
    channel: Channel,
    raw: RawDelivery,
    no_ack: bool,
}

impl Delivery {
    pub(super) fn new(channel: Channel, raw: RawDelivery, no_ack: bool) -> Self {
        Self {
            channel,
            raw,
            no_ack,
        }
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

    /// Its body.
    pub fn body(&self) -> &[u8] {
        self.raw.content.body()
    }

    /// Its body as a counted reference, without a copy.
    pub fn to_body(&self) -> Bytes {
        self.raw.content.clone().into_body()
    }

    /// The channel it came on.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Tells the server that it was dealt with. Nothing is awaited: the ack is on its way with whatever else
    /// is written.
    ///
    /// # Errors
    /// The channel ended, so that the message will be delivered again; or it needs no settling.
    ///
    /// Spec: basic.ack
    pub fn ack(self) -> Result<(), Error> {
        self.settle(Settlement::Ack { multiple: false })
    }

    /// The same for it and all deliveries of the channel before it that are not settled yet.
    ///
    /// # Errors
    /// As [`ack`](Self::ack).
    pub fn ack_multiple(self) -> Result<(), Error> {
        self.settle(Settlement::Ack { multiple: true })
    }

    /// Tells the server that it was not dealt with: to be delivered again, or else dropped or dead-lettered.
    ///
    /// # Errors
    /// As [`ack`](Self::ack).
    ///
    /// RabbitMQ: basic.nack
    pub fn nack(self, requeue: bool) -> Result<(), Error> {
        self.settle(Settlement::Nack {
            multiple: false,
            requeue,
        })
    }

    /// Like [`nack`](Self::nack). RabbitMQ: from 4.3 on, only this counts as a failed delivery.
    ///
    /// # Errors
    /// As [`ack`](Self::ack).
    ///
    /// Spec: basic.reject
    pub fn reject(self, requeue: bool) -> Result<(), Error> {
        self.settle(Settlement::Reject { requeue })
    }

    #[inline]
    fn settle(self, settlement: Settlement) -> Result<(), Error> {
        if self.no_ack {
            return Err(Error::new(
                ErrorKind::State,
                "a delivery with no_ack needs no settling",
            ));
        }
        let tag = self.raw.tag;
        self.channel.with("settle a delivery", |state, id| {
            match state.core.channel(id) {
                Some(mut channel) => channel.settle(tag, settlement),
                None => Err(ended(state, id)),
            }
        })
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
