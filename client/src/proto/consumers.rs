//! Consumers and what they have received.

use core::fmt;
use std::collections::{HashMap, VecDeque};

use amqp_methods::ShortStr;

use super::{BodyId, ChannelId, ConsumerId, ConsumerOptions, DeliveryTag, Settlement};
use crate::error::{Error, ErrorKind};
use crate::message::Content;

/// A delivery that a consumer has not looked at yet, or the message that `basic.get` fetched.
#[derive(Clone, Debug)]
pub struct RawDelivery {
    /// What it is settled by.
    pub tag: DeliveryTag,
    /// Arguments, properties and body.
    pub content: Content,
    /// Whether the body is in it.
    pub arrival: Arrival,
}

/// How the body of a delivery arrives.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Arrival {
    /// With it.
    Whole,
    /// Apart from it, in pieces that [`take_body`](super::Connection::take_body) gives; the consumer has
    /// [asked](ConsumerOptions::stream_from) for that. It is kept until [`drop_body`](super::Connection::drop_body)
    /// is called, also when the delivery is not used.
    Streamed(BodyId),
    /// Not at all: it was too large. The delivery was settled as its consumer has
    /// [chosen](ConsumerOptions::over_limit).
    PassedOver,
}

/// Why no more deliveries come to a consumer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConsumerEnd {
    /// This client cancelled it.
    Cancelled,
    /// The server cancelled it: its queue was deleted or is not available, or the right to read it was lost.
    CancelledByServer,
    /// Its channel was closed by either side, and why. The connection lives.
    ChannelClosed(Error),
    /// Its connection ended, and why: it was closed by either side, or lost.
    ConnectionLost(Error),
}

impl ConsumerEnd {
    /// For the end of a channel, and of everything on it.
    pub(super) fn with_channel(error: &Error) -> Self {
        match error.is_channel() {
            true => Self::ChannelClosed(error.clone()),
            false => Self::ConnectionLost(error.clone()),
        }
    }

    /// Why the channel or the connection ended, if it was that.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::ChannelClosed(error) | Self::ConnectionLost(error) => Some(error),
            Self::Cancelled | Self::CancelledByServer => None,
        }
    }

    /// The same for `?`: an error, unless this client cancelled the consumer. That the server did is one of the kind
    /// [`ConsumerCancelled`](ErrorKind::ConsumerCancelled).
    ///
    /// # Errors
    /// Whatever ended the consumer.
    pub fn result(&self) -> Result<(), Error> {
        match self {
            Self::Cancelled => Ok(()),
            Self::CancelledByServer => Err(Error::new(ErrorKind::ConsumerCancelled, "")),
            Self::ChannelClosed(error) | Self::ConnectionLost(error) => Err(error.clone()),
        }
    }
}

/// What happened, on this level only: `the server cancelled the consumer`.
impl fmt::Display for ConsumerEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("the consumer was cancelled"),
            Self::CancelledByServer => f.write_str("the server cancelled the consumer"),
            Self::ChannelClosed(error) | Self::ConnectionLost(error) => fmt::Display::fmt(error, f),
        }
    }
}

/// All consumers of a connection, those included whose channel has ended but whose owner has not let go.
#[derive(Debug, Default)]
pub(super) struct Consumers {
    consumers: HashMap<ConsumerId, Consumer>,
    next: u64,
    /// Octets in all inboxes.
    waiting: usize,
}

/// A consumer, which is kept while the server knows its tag or somebody owns it.
#[derive(Debug)]
struct Consumer {
    channel: ChannelId,
    tag: ShortStr<'static>,
    no_ack: bool,
    options: ConsumerOptions,
    inbox: VecDeque<RawDelivery>,
    end: Option<ConsumerEnd>,
    /// The server may still deliver.
    is_tagged: bool,
    /// The owner is gone: deliveries are given back until the server has stopped.
    is_abandoned: bool,
}

/// What to do with a delivery.
pub(super) enum Taken {
    /// Its consumer had none before: tell.
    First,
    /// Its consumer has been told.
    More,
    /// Nobody wants it. How to settle it, unless it was delivered without acknowledgement.
    Unwanted(Option<Settlement>),
}

/// What a consumer whose owner is gone leaves to be done.
pub(super) struct Abandoned {
    pub(super) channel: ChannelId,
    pub(super) no_ack: bool,
    /// What nobody has seen.
    pub(super) inbox: VecDeque<RawDelivery>,
    /// The tag to cancel, if it has not ended.
    pub(super) cancel: Option<ShortStr<'static>>,
}

impl Consumers {
    pub(super) fn register(
        &mut self,
        channel: ChannelId,
        tag: ShortStr<'static>,
        no_ack: bool,
        options: ConsumerOptions,
    ) -> ConsumerId {
        let id = ConsumerId::new(self.next, no_ack);
        self.next += 1;
        let consumer = Consumer {
            channel,
            tag,
            no_ack,
            options,
            inbox: VecDeque::new(),
            end: None,
            is_tagged: true,
            is_abandoned: false,
        };
        self.consumers.insert(id, consumer);
        id
    }

    pub(super) fn deliver(&mut self, id: ConsumerId, delivery: RawDelivery) -> Taken {
        let Some(consumer) = self.consumers.get_mut(&id) else {
            // Cannot be: it is kept while its tag is known. To leave a message unsettled is no harm.
            return Taken::Unwanted(None);
        };
        if consumer.is_abandoned || consumer.end.is_some() {
            let settlement = (!consumer.no_ack).then(|| Settlement::unseen(&delivery.content));
            return Taken::Unwanted(settlement);
        }
        self.waiting += size(&delivery);
        let first = consumer.inbox.is_empty();
        consumer.inbox.push_back(delivery);
        if first { Taken::First } else { Taken::More }
    }

    /// Swaps what has arrived for `into`; says why nothing will follow, if nothing will.
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

    /// The server has forgotten the consumer's tag. True if its owner has to be told.
    pub(super) fn end(&mut self, id: ConsumerId, end: ConsumerEnd) -> bool {
        let Some(consumer) = self.consumers.get_mut(&id) else {
            return false;
        };
        consumer.is_tagged = false;
        if consumer.is_abandoned {
            self.consumers.remove(&id);
            return false;
        }
        let first = consumer.end.is_none();
        consumer.end.get_or_insert(end);
        first
    }

    /// The consumer was cancelled without asking for an answer: what is on its way is given back. True if its
    /// owner has to be told.
    pub(super) fn silence(&mut self, id: ConsumerId) -> bool {
        let Some(consumer) = self.consumers.get_mut(&id) else {
            return false;
        };
        let first = consumer.end.is_none() && !consumer.is_abandoned;
        consumer.end.get_or_insert(ConsumerEnd::Cancelled);
        first
    }

    /// The owner is gone. None if it was before.
    pub(super) fn abandon(&mut self, id: ConsumerId) -> Option<Abandoned> {
        let consumer = self.consumers.get_mut(&id)?;
        if core::mem::replace(&mut consumer.is_abandoned, true) {
            return None;
        }
        let inbox = core::mem::take(&mut consumer.inbox);
        self.waiting -= inbox.iter().map(size).sum::<usize>();
        let is_live = consumer.end.is_none();
        let abandoned = Abandoned {
            channel: consumer.channel,
            no_ack: consumer.no_ack,
            inbox,
            cancel: is_live.then(|| consumer.tag.clone()),
        };
        if !consumer.is_tagged {
            self.consumers.remove(&id);
        }
        Some(abandoned)
    }

    /// All that receive and have an owner, with their channels.
    pub(super) fn live(&self) -> impl Iterator<Item = (ConsumerId, ChannelId)> {
        let live = |consumer: &&Consumer| consumer.end.is_none() && !consumer.is_abandoned;
        let all = self.consumers.iter();
        all.filter(move |(_, consumer)| live(consumer))
            .map(|(id, consumer)| (*id, consumer.channel))
    }

    /// The tag of a consumer.
    pub(super) fn tag(&self, id: ConsumerId) -> Option<&ShortStr<'static>> {
        self.consumers.get(&id).map(|consumer| &consumer.tag)
    }

    /// Whether the consumer still receives.
    pub(super) fn is_live(&self, id: ConsumerId) -> bool {
        let consumer = self.consumers.get(&id);
        consumer.is_some_and(|consumer| consumer.end.is_none())
    }

    /// The same, and whether somebody takes what it receives.
    pub(super) fn is_wanted(&self, id: ConsumerId) -> bool {
        let consumer = self.consumers.get(&id);
        consumer.is_some_and(|consumer| consumer.end.is_none() && !consumer.is_abandoned)
    }

    /// How the consumer takes what is large.
    pub(super) fn options(&self, id: ConsumerId) -> ConsumerOptions {
        let consumer = self.consumers.get(&id);
        consumer.map_or_else(ConsumerOptions::default, |consumer| consumer.options)
    }

    /// Whether what it receives needs no settling.
    pub(super) fn is_no_ack(&self, id: ConsumerId) -> bool {
        let consumer = self.consumers.get(&id);
        consumer.is_some_and(|consumer| consumer.no_ack)
    }

    /// How many deliveries the consumer has received that were not taken.
    pub(super) fn inbox_len(&self, id: ConsumerId) -> usize {
        let consumer = self.consumers.get(&id);
        consumer.map_or(0, |consumer| consumer.inbox.len())
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.consumers.len()
    }
}

fn size(delivery: &RawDelivery) -> usize {
    delivery.content.len()
}
