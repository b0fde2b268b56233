//! What outlives the frame that brought it, and even its channel: deliveries, outcomes, returned messages.

use std::collections::VecDeque;

use amqp_methods::{Method as _, ShortStr, basic};

use super::confirms::Confirms;
use super::consumers::{Abandoned, ConsumerEnd, RawDelivery};
use super::unclaimed::Unclaimed;
use super::{CallId, ChannelId, Connection, ConsumerId, ConsumerOptions, Event, Outcome, Tally};
use crate::message::Returned;

/// What a channel leaves behind when it ends.
#[derive(Debug)]
pub(super) struct Remains {
    pub(super) confirms: Confirms,
    pub(super) returned: Unclaimed,
}

impl Connection {
    /// Takes all that a consumer has received. If that was all there will ever be, says why.
    ///
    /// A consumer is kept beyond its end, until [`drop_consumer`](Self::drop_consumer) lets it go.
    pub fn take_deliveries(
        &mut self,
        consumer: ConsumerId,
        into: &mut VecDeque<RawDelivery>,
    ) -> Option<ConsumerEnd> {
        self.consumers.take(consumer, into)
    }

    /// Octets of deliveries and of streamed bodies that wait to be taken, over all consumers.
    pub fn waiting_octets(&self) -> usize {
        self.consumers.waiting() + self.bodies.waiting()
    }

    /// How many deliveries of that consumer wait to be taken.
    pub fn waiting_deliveries(&self, consumer: ConsumerId) -> usize {
        self.consumers.inbox_len(consumer)
    }

    /// Nobody reads from that consumer any more: it is cancelled, and what it has received is given back.
    ///
    /// Gives the call that cancels it, if it has to be cancelled and is not being so.
    pub fn drop_consumer(&mut self, consumer: ConsumerId) -> Option<CallId> {
        let Abandoned {
            channel,
            no_ack,
            inbox,
            cancel,
        } = self.consumers.abandon(consumer)?;
        // One that is being cancelled already may have left its tag to another.
        let state = self.channels.get(channel);
        let is_ending = state.is_some_and(|state| state.calls.cancel(consumer));
        // First, so that the server does not give to this consumer again what it takes back.
        let call = cancel.filter(|_| !is_ending).and_then(|tag| {
            let cancel = basic::Cancel::new(tag);
            let mut channel = self.channel(channel)?;
            channel.call(&cancel, &[basic::CancelOk::ID]).ok()
        });
        for delivery in inbox {
            self.give_back_unseen(&delivery, no_ack);
        }
        call
    }

    /// Whether a consumer with that tag may still receive.
    pub(super) fn is_tag_used(&mut self, channel: ChannelId, tag: &ShortStr<'_>) -> bool {
        let state = self.channels.get(channel);
        let consumer = state.and_then(|state| state.tags.find(tag));
        consumer.is_some_and(|consumer| self.consumers.is_live(consumer))
    }

    /// The same, and the server was not asked to stop it: another consumer with that tag would end the connection.
    pub(super) fn is_tag_taken(&mut self, channel: ChannelId, tag: &ShortStr<'_>) -> bool {
        let Some(state) = self.channels.get(channel) else {
            return false;
        };
        state.tags.find(tag).is_some_and(|consumer| {
            self.consumers.is_live(consumer) && !state.calls.cancel(consumer)
        })
    }

    pub(super) fn register_consumer(
        &mut self,
        channel: ChannelId,
        tag: &ShortStr<'_>,
        no_ack: bool,
        options: ConsumerOptions,
    ) -> Option<ConsumerId> {
        let state = self.channels.get(channel)?;
        let owned = tag.reborrow().into_owned();
        let consumer = self.consumers.register(channel, owned, no_ack, options);
        if let Some(from) = options.stream_from {
            self.large_beyond = self.large_beyond.min(from.saturating_sub(1));
        }
        if let Some(ended) = state.tags.insert(tag, consumer) {
            // It was cancelled without an answer; now the server has certainly stopped.
            self.consumers.end(ended, ConsumerEnd::Cancelled);
        }
        Some(consumer)
    }

    /// How a watched publish ended: once, and none while it is outstanding.
    pub fn take_outcome(&mut self, channel: ChannelId, number: u64) -> Option<Outcome> {
        let outcome = self.confirms(channel)?.take(number);
        self.forget_ended(channel);
        outcome
    }

    /// Nobody asks for the outcome of that publish any more: it is counted in the tally, and its message, should
    /// it come back, is among the channel's returns.
    pub fn unwatch(&mut self, channel: ChannelId, number: u64) {
        let Some(confirms) = self.confirms(channel) else {
            return;
        };
        if let Some(returned) = confirms.unwatch(number) {
            if let Some(state) = self.channels.get(channel) {
                state.returned.keep(returned);
                self.events.push_back(Event::Returned(channel));
            } else if let Some(remains) = self.ended.get_mut(&channel) {
                remains.returned.keep(returned);
            }
        }
        self.forget_ended(channel);
    }

    /// Nobody waits for the outcome of that publish any longer, because its time is up. Gives the outcome if it is
    /// known after all; otherwise it is in doubt for whoever waited, and that was its end: what the server still says
    /// of it counts in [`Channel::outstanding`](super::Channel::outstanding) and not in the tally. Should the message
    /// still come back, it is among the channel's returns.
    pub fn expire(&mut self, channel: ChannelId, number: u64) -> Option<Outcome> {
        let outcome = self.confirms(channel)?.expire(number);
        self.forget_ended(channel);
        outcome
    }

    /// What became of publishes that are not watched, since this was last asked; also of a channel that has ended.
    pub fn take_tally(&mut self, channel: ChannelId) -> Tally {
        let tally = self.confirms(channel).map(Confirms::take_tally);
        self.forget_ended(channel);
        tally.unwrap_or_default()
    }

    /// The oldest message that came back and belongs to no watched publish; also of a channel that has ended.
    pub fn take_returned(&mut self, channel: ChannelId) -> Option<Returned> {
        if let Some(state) = self.channels.get(channel) {
            return state.returned.pop();
        }
        let returned = self.ended.get_mut(&channel)?.returned.pop();
        self.forget_ended(channel);
        returned
    }

    /// How many messages that came back were dropped since this was last asked, because nobody took them: those before
    /// the ones that [`take_returned`](Self::take_returned) gives. At most 1024 are kept, and 16 MiB.
    pub fn take_missed_returns(&mut self, channel: ChannelId) -> u64 {
        if let Some(state) = self.channels.get(channel) {
            return state.returned.take_missed();
        }
        let remains = self.ended.get_mut(&channel);
        remains.map_or(0, |remains| remains.returned.take_missed())
    }

    /// Nobody asks for what that channel leaves behind, or will leave behind when it ends.
    pub fn forget(&mut self, channel: ChannelId) {
        if let Some(state) = self.channels.get(channel) {
            state.forgotten = true;
        }
        self.ended.remove(&channel);
    }

    fn confirms(&mut self, channel: ChannelId) -> Option<&mut Confirms> {
        match self.channels.get(channel) {
            Some(state) => state.confirms.as_mut(),
            None => Some(&mut self.ended.get_mut(&channel)?.confirms),
        }
    }

    fn forget_ended(&mut self, channel: ChannelId) {
        if self.ended.get(&channel).is_some_and(Remains::is_empty) {
            self.ended.remove(&channel);
        }
    }
}

impl Remains {
    pub(super) fn is_empty(&self) -> bool {
        self.confirms.is_empty() && self.returned.is_empty()
    }
}
