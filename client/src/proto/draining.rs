//! Ending in order: what is left to be done before a connection can be closed without a loss.

use std::collections::HashMap;

use amqp_methods::{Method as _, basic};

use super::{ChannelId, Connection, ConsumerId};

/// What is left to be done on a channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Leftover {
    /// Which channel.
    pub channel: ChannelId,
    /// Consumers that receive.
    pub consumers: usize,
    /// Publishes that the server has not settled.
    pub unconfirmed: usize,
    /// Deliveries that the application has not settled.
    pub unsettled: usize,
}

impl Connection {
    /// Cancels all consumers that are not being cancelled, so that there comes an end to what is left. What they have
    /// received can still be taken, and settled.
    ///
    /// From the first time on, an [`Event::Settled`](super::Event::Settled) tells of every delivery that is settled.
    pub fn drain(&mut self) {
        self.is_draining = true;
        let mut live: Vec<_> = self.consumers.live().collect();
        live.sort_unstable();
        for (consumer, channel) in live {
            self.cancel(consumer, channel);
        }
    }

    /// Whether [`drain`](Self::drain) was called.
    pub fn is_draining(&self) -> bool {
        self.is_draining
    }

    fn cancel(&mut self, consumer: ConsumerId, channel: ChannelId) {
        let Some(tag) = self.consumers.tag(consumer).cloned() else {
            return;
        };
        let state = self.channels.usable(channel);
        if state.is_none_or(|state| state.calls.cancel(consumer)) {
            return;
        }
        if let Some(mut channel) = self.channel(channel) {
            // What cannot be sent on a channel that ends need not be.
            if let Ok(call) = channel.call(&basic::Cancel::new(tag), &[basic::CancelOk::ID]) {
                channel.abandon(call);
            }
        }
    }

    /// What is left to be done, for each channel on which something is.
    pub fn leftovers(&mut self) -> Vec<Leftover> {
        let mut consumers = HashMap::<_, usize>::new();
        for (_, channel) in self.consumers.live() {
            *consumers.entry(channel).or_default() += 1;
        }
        let mut leftovers = Vec::new();
        for number in self.channels.numbers() {
            let Some(state) = self.channels.number(number) else {
                continue;
            };
            let channel = state.id;
            let leftover = Leftover {
                channel,
                consumers: consumers.remove(&channel).unwrap_or_default(),
                unconfirmed: state.outstanding(),
                unsettled: state.unsettled.count(),
            };
            if leftover.consumers + leftover.unconfirmed + leftover.unsettled > 0 {
                leftovers.push(leftover);
            }
        }
        leftovers
    }
}
