//! Telling those who wait what has happened.

use std::sync::Arc;
use std::task::Waker;

use tokio::sync::Notify;

use super::shared::{Shared, State, Waiting};
use crate::error::Error;
use crate::proto::{ChannelId, Event, RawReply};

/// What is to be done once the lock is released: nothing that wakes others runs under it.
#[derive(Debug, Default)]
pub(super) struct Afterwards {
    wakers: Vec<Waker>,
    replies: Vec<(Waiting, Result<RawReply, Error>)>,
    changed: Vec<Arc<Notify>>,
    room: bool,
}

impl Shared {
    /// Does what was put off until the lock was released.
    pub(super) fn run(&self, afterwards: Afterwards) {
        for waker in afterwards.wakers {
            waker.wake();
        }
        for changed in afterwards.changed {
            changed.notify_waiters();
        }
        if afterwards.room {
            self.room.notify_waiters();
        }
        for (waiting, result) in afterwards.replies {
            if let Err(Ok(reply)) = waiting.sender.send(result) {
                self.undo(waiting.undo, &reply);
            }
        }
    }
}

impl State {
    /// Tells who has to know of what has changed; none if there was nothing to do.
    #[inline]
    pub(super) fn dispatch(&mut self) -> Option<Afterwards> {
        if !self.pressure.is_empty() {
            return self.dispatch_watched();
        }
        self.dispatch_events()
    }

    #[cold]
    fn dispatch_watched(&mut self) -> Option<Afterwards> {
        let mut afterwards = self.dispatch_events().unwrap_or_default();
        self.look_at_pressure(&mut afterwards.wakers);
        Some(afterwards)
    }

    /// Hands events to those who wait for them.
    #[inline]
    fn dispatch_events(&mut self) -> Option<Afterwards> {
        let first = self.core.poll_event()?;
        let mut afterwards = Afterwards::default();
        self.event(first, &mut afterwards);
        while let Some(event) = self.core.poll_event() {
            self.event(event, &mut afterwards);
        }
        Some(afterwards)
    }

    fn event(&mut self, event: Event, afterwards: &mut Afterwards) {
        match event {
            Event::Reply { call, result } => {
                if let Some(waiting) = self.calls.remove(&call) {
                    afterwards.replies.push((waiting, result));
                }
            }
            Event::Consumer(consumer) => afterwards.wakers.extend(self.consumers.remove(&consumer)),
            Event::Body(body) => afterwards.wakers.extend(self.bodies.remove(&body)),
            Event::Confirms(channel) => {
                let settled = match self.core.channel(channel) {
                    Some(mut channel) => channel.take_settled(),
                    // The channel ended: all are settled.
                    None => self.receipts_of(channel),
                };
                for number in settled {
                    afterwards
                        .wakers
                        .extend(self.receipts.remove(&(channel, number)));
                }
                self.notify(channel, afterwards);
            }
            Event::Returned(channel) => {
                self.tell_returns(channel, &mut afterwards.wakers);
                self.notify(channel, afterwards);
            }
            Event::ChannelClosed { channel, error } => {
                tracing::debug!(channel = channel.number(), %error, "channel closed");
                let wakers = &mut afterwards.wakers;
                self.listeners.end(Some(channel), &error, wakers);
                self.returns.end(Some(channel), &error, wakers);
                match self.channels.get_mut(&channel) {
                    Some(entry) => entry.error = Some(error),
                    // Its last handle is gone: nobody will ask for what it leaves behind.
                    None => self.core.forget(channel),
                }
                self.notify(channel, afterwards);
                afterwards.room = true;
            }
            Event::Flow { channel, active } => {
                tracing::debug!(channel = channel.number(), active, "flow");
                afterwards.room = true;
            }
            Event::Blocked(reason) => tracing::warn!(reason, "the server holds back publishers"),
            Event::Unblocked => {
                tracing::info!("the server takes publishes again");
                afterwards.room = true;
            }
            Event::Open => afterwards.room = true,
            Event::Closed(error) => {
                self.listeners.end(None, &error, &mut afterwards.wakers);
                self.pressure.end(&mut afterwards.wakers);
                afterwards.room = true;
            }
            Event::Method { channel, method } => {
                if !self.listeners.is_heard(channel) {
                    tracing::debug!(id = %method.id(), "a method that nobody listens for");
                }
                self.listeners.tell(channel, method, &mut afterwards.wakers);
            }
        }
    }

    fn notify(&self, channel: ChannelId, afterwards: &mut Afterwards) {
        let entry = self.channels.get(&channel);
        afterwards
            .changed
            .extend(entry.map(|entry| Arc::clone(&entry.changed)));
    }

    fn receipts_of(&self, channel: ChannelId) -> Vec<u64> {
        let receipts = self
            .receipts
            .keys()
            .filter(|(candidate, _)| *candidate == channel);
        receipts.map(|(_, number)| *number).collect()
    }
}
