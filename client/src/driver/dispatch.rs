//! Telling those who wait what has happened.

use std::sync::Arc;
use std::task::Waker;

use amqp_methods::MethodId;
use tokio::sync::Notify;

use super::events::{ChannelEvent, ConnectionEvent};
use super::listeners::ToldMethod;
use super::notes::Note;
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
    /// What the log has to say of it: a subscriber is code of others too.
    notes: Vec<Note>,
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
        for note in afterwards.notes {
            note.write(&self.spans);
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
        let note = self.look_at_pressure(&mut afterwards.wakers);
        afterwards.notes.extend(note);
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
        // Whoever drains the connection looks at what is left.
        afterwards.room |= self.core.is_draining();
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
                let wakers = &mut afterwards.wakers;
                self.listeners.end(Some(channel), &error, wakers);
                self.returns.end(Some(channel), &error, wakers);
                self.tell_channel(channel, ChannelEvent::Closed(error.clone()), afterwards);
                let wakers = &mut afterwards.wakers;
                self.channel_events.end(Some(channel), &error, wakers);
                let event = ConnectionEvent::ChannelClosed {
                    channel: channel.number(),
                    error: error.clone(),
                };
                self.connection_events.tell(None, event, wakers);
                match self.channels.get_mut(&channel) {
                    Some(entry) => entry.error = Some(error),
                    // Its last handle is gone: nobody will ask for what it leaves behind.
                    None => self.core.forget(channel),
                }
                self.notify(channel, afterwards);
                afterwards.room = true;
            }
            Event::Flow { channel, active } => {
                self.tell_channel(channel, ChannelEvent::Flow { active }, afterwards);
                afterwards.room = true;
            }
            Event::ConsumerCancelled {
                channel,
                consumer_tag,
            } => {
                let event = ChannelEvent::ConsumerCancelled { consumer_tag };
                self.tell_channel(channel, event, afterwards);
            }
            Event::Blocked(reason) => {
                self.tell_connection(ConnectionEvent::Blocked { reason }, afterwards);
            }
            Event::Unblocked => {
                self.tell_connection(ConnectionEvent::Unblocked, afterwards);
                afterwards.room = true;
            }
            Event::Lost(channel) => afterwards.notes.push(Note::Lost(channel)),
            Event::Open | Event::Settled | Event::Committed(_) => afterwards.room = true,
            Event::Closed(error) => {
                self.listeners.end(None, &error, &mut afterwards.wakers);
                self.pressure.end(&mut afterwards.wakers);
                self.tell_connection(ConnectionEvent::Closed(error.clone()), afterwards);
                let wakers = &mut afterwards.wakers;
                self.connection_events.end(None, &error, wakers);
                afterwards.room = true;
            }
            Event::Method { channel, method } => {
                self.tell_method(channel, method.id(), Ok(method), afterwards);
            }
            Event::MethodTooLarge { channel, method } => {
                self.tell_method(Some(channel), method.id(), Err(method), afterwards);
            }
        }
    }

    fn tell_method(
        &mut self,
        channel: Option<ChannelId>,
        id: MethodId,
        method: ToldMethod,
        afterwards: &mut Afterwards,
    ) {
        if !self.listeners.is_heard(channel) {
            afterwards.notes.push(Note::Unheard(id));
        }
        self.listeners.tell(channel, method, &mut afterwards.wakers);
    }

    fn tell_connection(&mut self, event: ConnectionEvent, afterwards: &mut Afterwards) {
        afterwards.notes.push(Note::Connection(event.clone()));
        let wakers = &mut afterwards.wakers;
        self.connection_events.tell(None, event, wakers);
    }

    fn tell_channel(
        &mut self,
        channel: ChannelId,
        event: ChannelEvent,
        afterwards: &mut Afterwards,
    ) {
        afterwards.notes.push(Note::Channel(channel, event.clone()));
        let wakers = &mut afterwards.wakers;
        self.channel_events.tell(Some(channel), event, wakers);
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
