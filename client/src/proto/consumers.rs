//! Consumers and what they have received.

use std::collections::{HashMap, VecDeque};

use amqp_methods::ShortStr;

use super::{ChannelId, ConsumerId, DeliveryTag};
use crate::error::Error;
use crate::message::Content;

/// A delivery that a consumer has not looked at yet, or the message that `basic.get` fetched.
#[derive(Clone, Debug)]
pub struct RawDelivery {
    /// What it is settled by.
    pub tag: DeliveryTag,
    /// Arguments, properties and body.
    pub content: Content,
}

/// Why no more deliveries come to a consumer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConsumerEnd {
    /// This client cancelled it.
    Cancelled,
    /// The server cancelled it: its queue was deleted or is not available, or the right to read it was lost.
    CancelledByServer,
    /// Its channel ended, and why.
    ChannelClosed(Error),
}

/// All consumers of a connection, those included whose channel has ended with deliveries not taken yet.
#[derive(Debug, Default)]
pub(super) struct Consumers {
    consumers: HashMap<ConsumerId, Consumer>,
    next: u64,
    /// Octets in all inboxes.
    waiting: usize,
}

#[derive(Debug)]
struct Consumer {
    channel: ChannelId,
    tag: ShortStr<'static>,
    no_ack: bool,
    inbox: VecDeque<RawDelivery>,
    end: Option<ConsumerEnd>,
    /// The owner is gone: deliveries are given back until the server has stopped.
    abandoned: bool,
}

/// What to do with a delivery.
pub(super) enum Taken {
    /// Its consumer had none before: tell.
    First,
    /// Its consumer has been told.
    More,
    /// Nobody wants it: give it back, unless it was delivered without acknowledgement.
    Unwanted { no_ack: bool },
}

impl Consumers {
    pub(super) fn register(
        &mut self,
        channel: ChannelId,
        tag: ShortStr<'static>,
        no_ack: bool,
    ) -> ConsumerId {
        let id = ConsumerId(self.next);
        self.next += 1;
        let consumer = Consumer {
            channel,
            tag,
            no_ack,
            inbox: VecDeque::new(),
            end: None,
            abandoned: false,
        };
        self.consumers.insert(id, consumer);
        id
    }

    pub(super) fn deliver(&mut self, id: ConsumerId, delivery: RawDelivery) -> Taken {
        let Some(consumer) = self.consumers.get_mut(&id) else {
            return Taken::Unwanted { no_ack: false };
        };
        if consumer.abandoned {
            return Taken::Unwanted {
                no_ack: consumer.no_ack,
            };
        }
        self.waiting += size(&delivery);
        let first = consumer.inbox.is_empty();
        consumer.inbox.push_back(delivery);
        if first { Taken::First } else { Taken::More }
    }

    /// Swaps what has arrived for `empty`; says why nothing will follow, if nothing will.
    pub(super) fn take(
        &mut self,
        id: ConsumerId,
        into: &mut VecDeque<RawDelivery>,
    ) -> Option<ConsumerEnd> {
        let consumer = self.consumers.get_mut(&id)?;
        self.waiting -= consumer.inbox.iter().map(size).sum::<usize>();
        if into.is_empty() {
            core::mem::swap(into, &mut consumer.inbox);
        } else {
            into.append(&mut consumer.inbox);
        }
        consumer.end.clone()
    }

    /// Octets that wait to be taken.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Ends a consumer; false if it had ended before, or nobody knows it.
    pub(super) fn end(&mut self, id: ConsumerId, end: ConsumerEnd) -> bool {
        let Some(consumer) = self.consumers.get_mut(&id) else {
            return false;
        };
        if consumer.abandoned {
            self.consumers.remove(&id);
            return false;
        }
        let first = consumer.end.is_none();
        consumer.end.get_or_insert(end);
        first
    }

    /// The owner is gone. Gives what was not taken, and what is needed to cancel it if it has not ended.
    pub(super) fn abandon(
        &mut self,
        id: ConsumerId,
    ) -> Option<(ChannelId, ShortStr<'static>, bool, VecDeque<RawDelivery>)> {
        let consumer = self.consumers.get_mut(&id)?;
        let inbox = core::mem::take(&mut consumer.inbox);
        self.waiting -= inbox.iter().map(size).sum::<usize>();
        consumer.abandoned = true;
        let live = (
            consumer.channel,
            consumer.tag.clone(),
            consumer.no_ack,
            inbox,
        );
        if consumer.end.is_some() {
            self.consumers.remove(&id);
        }
        Some(live)
    }

    /// Whether the consumer still receives.
    pub(super) fn is_live(&self, id: ConsumerId) -> bool {
        self.consumers
            .get(&id)
            .is_some_and(|consumer| consumer.end.is_none())
    }
}

fn size(delivery: &RawDelivery) -> usize {
    delivery.content.octets.len() + delivery.content.body.as_ref().map_or(0, bytes::Bytes::len)
}
