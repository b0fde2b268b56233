//! What a channel remembers.

use super::ChannelId;
use super::acks::Acks;
use super::calls::Calls;
use super::committing::Held;
use super::confirms::Confirms;
use super::content::Assembly;
use super::tags::Tags;
use super::unclaimed::Unclaimed;
use super::unsettled::Unsettled;
use crate::error::Error;

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
    pub(super) returned: Unclaimed,
    /// Present where acknowledgements are coalesced.
    pub(super) acks: Option<Box<Acks>>,
    /// A message that has to be settled may have come.
    pub(super) has_delivered: bool,
    /// Deliveries that the application has not settled.
    pub(super) unsettled: Unsettled,
    /// Nobody will ask for what the channel leaves behind.
    pub(super) forgotten: bool,
}

/// How far a channel's life has come.
#[derive(Debug)]
pub(super) enum Stage {
    /// `channel.open` was sent.
    Opening,
    Open,
    /// `tx.commit` was sent: what is sent behind it waits for the answer.
    Committing(Held),
    /// `channel.close` was sent, and why. What the server said before it saw that still counts.
    Closing(Error),
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
            returned: Unclaimed::default(),
            acks: None,
            has_delivered: false,
            unsettled: Unsettled::default(),
            forgotten: false,
        }
    }

    /// Whether content and methods may be sent, and at once.
    #[inline]
    pub(super) fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open)
    }

    /// Whether content and methods may be sent, be it behind a `tx.commit` that is not answered.
    pub(super) fn is_usable(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Committing(_))
    }

    /// Publishes that the server has not settled.
    pub(super) fn outstanding(&self) -> usize {
        self.confirms.as_ref().map_or(0, Confirms::outstanding)
    }
}
