//! What handles and the I/O task share.

use core::fmt;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use amqp_methods::{Decode as _, Method as _, Reader, basic};
use tokio::sync::{Notify, oneshot};

use super::events::{ChannelEvent, ConnectionEvent};
use super::gauge::Gauge;
use super::listeners::{Listeners, ToldMethod};
use super::pressure::{Watchers, Watches};
use crate::error::Error;
use crate::message::Returned;
use crate::proto::{self, BodyId, CallId, ChannelId, ConsumerId, RawReply, Settlement};
use crate::trace::Spans;

/// The core behind its lock, and who waits for what.
pub(super) struct Shared {
    state: Mutex<State>,
    /// There is room in the output, or publishers may go on for another reason; or the connection ended.
    pub(super) room: Notify,
    /// The core's deadline has moved, and the I/O task may be too busy writing to see it.
    is_urgent: AtomicBool,
    /// What the server is called in errors.
    pub(super) address: Arc<str>,
    pub(super) call_timeout: Duration,
    /// How many watch what waits to be written.
    pub(super) watchers: Watchers,
    /// Whom to tell, by being dropped, that all handles and the I/O task are gone.
    #[cfg(feature = "blocking")]
    lives: std::sync::OnceLock<oneshot::Sender<core::convert::Infallible>>,
    pub(super) spans: Spans,
}

/// What the lock protects.
#[derive(Debug)]
pub(super) struct State {
    pub(super) core: proto::Connection,
    /// The I/O task.
    io: Option<Waker>,
    /// It has nothing to do until something changes here.
    io_rests: bool,
    /// The I/O task does not read, because deliveries gather faster than they are taken.
    pub(super) is_read_paused: bool,
    pub(super) calls: HashMap<CallId, Waiting>,
    pub(super) consumers: HashMap<ConsumerId, Waker>,
    pub(super) bodies: HashMap<BodyId, Waker>,
    pub(super) receipts: HashMap<(ChannelId, u64), Waker>,
    pub(super) channels: HashMap<ChannelId, ChannelEntry>,
    pub(super) connection_events: Listeners<ConnectionEvent>,
    pub(super) channel_events: Listeners<ChannelEvent>,
    pub(super) gauge: Gauge,
    pub(super) listeners: Listeners<ToldMethod>,
    /// Who listens for messages that came back.
    pub(super) returns: Listeners<Returned>,
    /// Who watches what waits to be written.
    pub(super) pressure: Watches,
}

impl State {
    /// Why nothing of what the server says is heard, if that is so.
    pub(super) fn why_unread(&self) -> Option<String> {
        self.is_read_paused.then(|| {
            let mebibytes = self.core.waiting_octets() >> 20;
            format!("nothing is read while {mebibytes} MiB of deliveries wait to be taken")
        })
    }
}

/// A call whose reply is awaited.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) sender: oneshot::Sender<Result<RawReply, Error>>,
    pub(super) undo: Undo,
}

/// How to undo a reply that nobody took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Undo {
    /// None for calls on the connection.
    pub(super) channel: Option<ChannelId>,
    /// A message that was fetched needs no settling.
    pub(super) no_ack: bool,
}

/// A channel that has handles.
#[derive(Debug, Default)]
pub(super) struct ChannelEntry {
    pub(super) error: Option<Error>,
    /// Publishes were settled, messages came back, or the channel ended.
    pub(super) changed: Arc<Notify>,
}

/// Nothing of what is inside: handles are printed in logs, and the state of a connection is no line of a log.
impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn new(
        core: proto::Connection,
        address: Arc<str>,
        call_timeout: Duration,
        gauge: Gauge,
        pressure: Watches,
        spans: Spans,
    ) -> Self {
        Self {
            watchers: pressure.watchers(),
            state: Mutex::new(State {
                core,
                io: None,
                io_rests: false,
                is_read_paused: false,
                calls: HashMap::new(),
                consumers: HashMap::new(),
                bodies: HashMap::new(),
                receipts: HashMap::new(),
                channels: HashMap::new(),
                listeners: Listeners::default(),
                connection_events: Listeners::default(),
                channel_events: Listeners::default(),
                gauge,
                returns: Listeners::default(),
                pressure,
            }),
            room: Notify::new(),
            is_urgent: AtomicBool::new(false),
            address,
            call_timeout,
            spans,
            #[cfg(feature = "blocking")]
            lives: std::sync::OnceLock::new(),
        }
    }

    /// Keeps `lives` until all handles and the I/O task are gone. Only the first one is kept.
    #[cfg(feature = "blocking")]
    pub(super) fn keep(&self, lives: oneshot::Sender<core::convert::Infallible>) {
        let _ = self.lives.set(lives);
    }

    /// Locks the core; `_why` names the holder for whoever reads the code or adds a trace.
    ///
    /// A panic under the lock cannot leave the core half changed in a way that later calls would not see as an
    /// error, so poisoning is passed over.
    #[inline]
    pub(super) fn lock(&self, _why: &'static str) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As [`release`](Self::release), after a change that moved the core's deadline: the I/O task is woken
    /// even if it is busy writing.
    pub(super) fn release_urgent(&self, mut state: MutexGuard<'_, State>) {
        self.is_urgent.store(true, Ordering::Relaxed);
        state.io_rests = true;
        self.release(state);
    }

    /// Whether the core's deadline has moved since this was last asked. The lock orders what comes behind.
    pub(super) fn take_urgent(&self) -> bool {
        self.is_urgent.load(Ordering::Relaxed) && self.is_urgent.swap(false, Ordering::Relaxed)
    }

    /// Releases the lock after a change from outside the I/O task: tells who has to know.
    #[inline]
    pub(super) fn release(&self, mut state: MutexGuard<'_, State>) {
        let io = match core::mem::take(&mut state.io_rests) {
            true => state.io.clone(),
            false => None,
        };
        let afterwards = state.dispatch();
        drop(state);
        if let Some(io) = io {
            io.wake();
        }
        if let Some(afterwards) = afterwards {
            self.run(afterwards);
        }
    }

    /// The same error, with where the server is.
    #[cold]
    pub(super) fn about_server(&self, error: Error) -> Error {
        error.about(&self.address)
    }

    /// Undoes a reply whose taker has gone: a consumer is cancelled, a message is given back.
    pub(super) fn undo(&self, undo: Undo, reply: &RawReply) {
        let mut state = self.lock("undo a reply");
        match reply.id {
            basic::ConsumeOk::ID => {
                if let Some(consumer) = reply.consumer {
                    state.core.drop_consumer(consumer);
                }
            }
            basic::GetOk::ID if !undo.no_ack => {
                let ok = basic::GetOk::from_args(Reader::new(&reply.arguments));
                if let (Ok(ok), Some(channel)) = (ok, undo.channel) {
                    let tag = state.core.delivery_tag(channel, ok.delivery_tag);
                    state.core.give_back(tag, Settlement::REQUEUE);
                }
            }
            _ => {}
        }
        self.release(state);
    }
}

impl State {
    /// Whether so much waits to be written that publishing has to wait.
    #[inline]
    pub(super) fn is_full(&mut self) -> bool {
        self.gauge.is_full(self.core.outgoing_octets())
    }

    /// Keeps the waker of the I/O task. What is given back is dropped outside the lock, as all wakers are:
    /// that may run code of anybody's.
    pub(super) fn know_io(&mut self, waker: &Waker) -> Option<Waker> {
        match &self.io {
            Some(io) if io.will_wake(waker) => None,
            _ => self.io.replace(waker.clone()),
        }
    }

    /// The I/O task has nothing to do, and wants to know when that changes.
    pub(super) fn park_io(&mut self, waker: &Waker) -> Option<Waker> {
        self.io_rests = true;
        self.know_io(waker)
    }

    /// The I/O task is over.
    pub(super) fn forget_io(&mut self) -> Option<Waker> {
        self.io.take()
    }

    pub(super) fn await_call(&mut self, call: CallId, waiting: Waiting) {
        self.calls.insert(call, waiting);
    }

    /// Nobody waits for that call any more.
    pub(super) fn abandon_call(&mut self, channel: Option<ChannelId>, call: CallId) {
        self.calls.remove(&call);
        match channel {
            None => self.core.abandon(call),
            Some(channel) => {
                if let Some(mut channel) = self.core.channel(channel) {
                    channel.abandon(call);
                }
            }
        }
    }

    /// Wakes `waker` when the consumer has something; what is given back is dropped outside the lock.
    pub(super) fn await_consumer(&mut self, consumer: ConsumerId, waker: &Waker) -> Option<Waker> {
        match self.consumers.get(&consumer) {
            Some(known) if known.will_wake(waker) => None,
            _ => self.consumers.insert(consumer, waker.clone()),
        }
    }

    pub(super) fn forget_consumer(&mut self, consumer: ConsumerId) -> Option<Waker> {
        self.consumers.remove(&consumer)
    }

    /// Wakes `waker` when the body has more; what is given back is dropped outside the lock.
    pub(super) fn await_body(&mut self, body: BodyId, waker: &Waker) -> Option<Waker> {
        match self.bodies.get(&body) {
            Some(known) if known.will_wake(waker) => None,
            _ => self.bodies.insert(body, waker.clone()),
        }
    }

    pub(super) fn forget_body(&mut self, body: BodyId) -> Option<Waker> {
        self.bodies.remove(&body)
    }

    /// Wakes `waker` when the publish is settled; what is given back is dropped outside the lock.
    pub(super) fn await_receipt(
        &mut self,
        channel: ChannelId,
        number: u64,
        waker: &Waker,
    ) -> Option<Waker> {
        match self.receipts.get(&(channel, number)) {
            Some(known) if known.will_wake(waker) => None,
            _ => self.receipts.insert((channel, number), waker.clone()),
        }
    }

    pub(super) fn forget_receipt(&mut self, channel: ChannelId, number: u64) -> Option<Waker> {
        self.core.unwatch(channel, number);
        self.receipts.remove(&(channel, number))
    }

    pub(super) fn add_channel(&mut self, channel: ChannelId) -> Arc<Notify> {
        Arc::clone(&self.channels.entry(channel).or_default().changed)
    }

    pub(super) fn forget_channel(&mut self, channel: ChannelId) {
        self.channels.remove(&channel);
        self.core.forget(channel);
    }

    /// Why a channel ended, if it has.
    pub(super) fn channel_error(&self, channel: ChannelId) -> Option<Error> {
        self.channels.get(&channel)?.error.clone()
    }
}

#[cfg(test)]
#[path = "shared_tests.rs"]
mod tests;
