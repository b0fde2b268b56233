//! What a channel remembers.

use std::collections::{HashMap, VecDeque};

use amqp_methods::ShortStr;

use super::calls::Calls;
use super::confirms::Confirms;
use super::content::Assembly;
use super::{ChannelId, ConsumerId};
use crate::message::Returned;

/// Messages that came back are kept for whoever asks; beyond this many the oldest is dropped.
const RETURNED_MAX: usize = 1024;

/// A channel during one of its lives.
#[derive(Debug)]
pub(super) struct ChannelState {
    pub(super) id: ChannelId,
    pub(super) stage: Stage,
    pub(super) calls: Calls,
    pub(super) assembly: Assembly,
    pub(super) tags: Tags,
    /// Present from the moment that `confirm.select` is sent: the server counts from there.
    pub(super) confirms: Option<Confirms>,
    /// Whether the server lets content flow. Spec: channel.flow
    pub(super) flow: bool,
    pub(super) returned: VecDeque<Returned>,
}

/// How far a channel's life has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    /// `channel.open` was sent.
    Opening,
    Open,
    /// `channel.close` was sent. What the server said before it saw that still counts.
    Closing,
}

impl ChannelState {
    pub(super) fn new(id: ChannelId) -> Self {
        Self {
            id,
            stage: Stage::Opening,
            calls: Calls::default(),
            assembly: Assembly::default(),
            tags: Tags::default(),
            confirms: None,
            flow: true,
            returned: VecDeque::new(),
        }
    }

    /// Keeps a message that came back.
    pub(super) fn keep_returned(&mut self, returned: Returned) {
        if self.returned.len() == RETURNED_MAX {
            self.returned.pop_front();
            tracing::warn!(
                channel = self.id.number(),
                "nobody takes returned messages; the oldest is dropped"
            );
        }
        self.returned.push_back(returned);
    }
}

/// The channels of a connection, by number.
#[derive(Debug, Default)]
pub(super) struct Channels {
    /// Channel 1 first.
    slots: Vec<Option<Box<ChannelState>>>,
    incarnations: u64,
}

impl Channels {
    /// Begins a life of the lowest free channel, if one up to `max` is free.
    pub(super) fn allocate(&mut self, max: u16) -> Option<ChannelId> {
        let index = match self.slots.iter().position(Option::is_none) {
            Some(index) => index,
            None => self.slots.len(),
        };
        let number = u16::try_from(index + 1)
            .ok()
            .filter(|number| *number <= max)?;
        self.incarnations += 1;
        let id = ChannelId {
            number,
            incarnation: self.incarnations,
        };
        let state = Some(Box::new(ChannelState::new(id)));
        match self.slots.get_mut(index) {
            Some(slot) => *slot = state,
            None => self.slots.push(state),
        }
        Some(id)
    }

    /// The channel with that number, whatever its stage.
    #[inline]
    pub(super) fn number(&mut self, number: u16) -> Option<&mut ChannelState> {
        let index = usize::from(number).checked_sub(1)?;
        self.slots.get_mut(index)?.as_deref_mut()
    }

    /// The channel in that life of its number.
    #[inline]
    pub(super) fn get(&mut self, id: ChannelId) -> Option<&mut ChannelState> {
        self.number(id.number).filter(|state| state.id == id)
    }

    /// The same, if content and methods may be sent on it.
    #[inline]
    pub(super) fn open(&mut self, id: ChannelId) -> Option<&mut ChannelState> {
        self.get(id).filter(|state| state.stage == Stage::Open)
    }

    /// Ends a life.
    pub(super) fn remove(&mut self, number: u16) -> Option<Box<ChannelState>> {
        let index = usize::from(number).checked_sub(1)?;
        let state = self.slots.get_mut(index)?.take();
        while let Some(None) = self.slots.last() {
            self.slots.pop();
        }
        state
    }

    /// All of them, by number.
    pub(super) fn numbers(&self) -> Vec<u16> {
        self.slots
            .iter()
            .flatten()
            .map(|state| state.id.number)
            .collect()
    }
}

/// Consumer tags of a channel, and the consumers behind them.
#[derive(Debug, Default)]
pub(super) struct Tags {
    consumers: HashMap<ShortStr<'static>, ConsumerId>,
    /// Deliveries come in runs for the same consumer.
    last: Option<(ShortStr<'static>, ConsumerId)>,
}

impl Tags {
    pub(super) fn insert(&mut self, tag: ShortStr<'static>, consumer: ConsumerId) {
        self.last = None;
        self.consumers.insert(tag, consumer);
    }

    pub(super) fn remove(&mut self, tag: &ShortStr<'_>) -> Option<ConsumerId> {
        self.last = None;
        let tag = tag.reborrow().into_owned();
        self.consumers.remove(&tag)
    }

    #[inline]
    pub(super) fn find(&mut self, tag: &ShortStr<'_>) -> Option<ConsumerId> {
        if let Some((last, consumer)) = &self.last
            && last.as_bytes() == tag.as_bytes()
        {
            return Some(*consumer);
        }
        let tag = tag.reborrow().into_owned();
        let consumer = *self.consumers.get(&tag)?;
        self.last = Some((tag, consumer));
        Some(consumer)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = ConsumerId> {
        self.consumers.values().copied()
    }
}
