//! When acknowledgements that wait for each other are sent.

use std::time::Instant;

use super::connection::later;
use super::{Channel, Connection};

/// When acknowledgements that wait have to be sent, over all channels.
#[derive(Debug, Default)]
pub(super) struct AckTimer {
    /// Some have begun to wait, and it is not known since when.
    is_untimed: bool,
    /// The earliest; the channel it was set for may have sent them already.
    due: Option<Instant>,
}

impl AckTimer {
    /// The earlier of the two.
    #[inline]
    pub(super) fn earliest(&self, other: Option<Instant>) -> Option<Instant> {
        match self.due {
            None => other,
            Some(due) => Some(other.map_or(due, |other| other.min(due))),
        }
    }

    /// Some begin to wait.
    pub(super) fn begin(&mut self) {
        self.is_untimed = true;
    }
}

impl Connection {
    /// Whether acknowledgements have begun to wait, and [`time_acks`](Self::time_acks) is to be called.
    #[inline]
    pub fn acks_are_untimed(&self) -> bool {
        self.ack_timer.is_untimed
    }

    /// Whether acknowledgements may be waiting on any channel.
    #[inline]
    pub fn acks_may_wait(&self) -> bool {
        self.ack_timer.is_untimed || self.ack_timer.due.is_some()
    }

    /// Says what time it is, from which the waiting of acknowledgements counts. See
    /// [`Channel::coalesce_acks`].
    pub fn time_acks(&mut self, now: Instant) {
        if !core::mem::take(&mut self.ack_timer.is_untimed) {
            return;
        }
        for number in self.channels.numbers() {
            let state = self.channels.number(number);
            let Some(acks) = state.and_then(|state| state.acks.as_mut()) else {
                continue;
            };
            if !acks.waiting.is_empty() && acks.due.is_none() {
                acks.due = Some(later(now, acks.within));
                self.ack_timer.due = self.ack_timer.earliest(acks.due);
            }
        }
    }

    /// Sends the acknowledgements whose time has come.
    pub(super) fn flush_due_acks(&mut self, now: Instant) {
        self.time_acks(now);
        if self.ack_timer.due.is_none_or(|due| now < due) {
            return;
        }
        self.ack_timer.due = None;
        for number in self.channels.numbers() {
            let Some(state) = self.channels.number(number) else {
                continue;
            };
            let id = state.id;
            match state.acks.as_ref().and_then(|acks| acks.due) {
                Some(due) if now >= due => Channel {
                    connection: self,
                    id,
                }
                .flush_acks(),
                due => self.ack_timer.due = self.ack_timer.earliest(due),
            }
        }
    }

    /// Sends the acknowledgements that wait on any channel.
    pub(super) fn flush_all_acks(&mut self) {
        if !self.acks_may_wait() {
            return;
        }
        self.ack_timer = AckTimer::default();
        for number in self.channels.numbers() {
            if let Some(id) = self.channels.number(number).map(|state| state.id) {
                Channel {
                    connection: self,
                    id,
                }
                .flush_acks();
            }
        }
    }
}
