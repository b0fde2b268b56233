//! Deliveries, and settling them.

use core::ops::Deref;

use super::acks::release_acks;
use super::channel::{Channel, ended};
use super::message::Message;
use crate::error::{Error, ErrorKind};
use crate::proto::{RawDelivery, Settlement};

/// A message from a consumer, or fetched by `basic.get`, that is to be settled.
///
/// What is in it is read as from a [`Message`]. Settling consumes it, so that it cannot be settled twice. Dropped
/// without that, it stays unsettled until its channel ends; then the server delivers it again.
/// [`settle_on_drop`](Self::settle_on_drop) makes sure that it is settled.
#[derive(Debug)]
pub struct Delivery {
    channel: Channel,
    message: Message,
    no_ack: bool,
}

impl Delivery {
    pub(super) fn new(channel: Channel, raw: RawDelivery, no_ack: bool) -> Self {
        Self {
            channel,
            message: Message::new(raw),
            no_ack,
        }
    }

    /// The message, to be handed around apart from what settles it. Cheap: nothing of it is copied.
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// The channel it came on.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Tells the server that it was dealt with. Nothing is awaited: the ack is on its way with whatever else
    /// is written, or waits for others where [`coalesce_acks`](Channel::coalesce_acks) says so.
    ///
    /// # Errors
    /// The channel ended, so that the message will be delivered again; it needs no settling; or it is
    /// [settled already](ErrorKind::StaleDelivery), together with a later one of the channel, or delivered again after
    /// [`basic_recover`](Channel::basic_recover). Nothing was sent.
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

    /// The same for it and all deliveries of the channel before it that are not settled yet.
    ///
    /// # Errors
    /// As [`ack`](Self::ack).
    ///
    /// RabbitMQ: basic.nack
    pub fn nack_multiple(self, requeue: bool) -> Result<(), Error> {
        self.settle(Settlement::Nack {
            multiple: true,
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
    pub(super) fn settle(self, settlement: Settlement) -> Result<(), Error> {
        if self.no_ack {
            return Err(Error::new(
                ErrorKind::State,
                "a delivery with no_ack needs no settling",
            ));
        }
        let tag = self.message.tag();
        let id = self.channel.id();
        let shared = self.channel.shared();
        let mut state = shared.lock("settle a delivery");
        let result = match state.core.channel(id) {
            Some(mut channel) => channel.settle(tag, settlement),
            None => Err(ended(&state, id)),
        };
        if state.core.acks_may_wait() {
            release_acks(shared, state);
        } else {
            shared.release(state);
        }
        result
    }
}

impl Deref for Delivery {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}
