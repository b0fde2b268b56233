//! What handles and the I/O task share.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use amqp_methods::{Decode as _, Method as _, Reader, basic};
use tokio::sync::{Notify, oneshot};

use crate::error::Error;
use crate::proto::{self, CallId, ChannelId, ConsumerId, Event, RawReply, Settlement};

/// The core behind its lock, and who waits for what.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    /// There is room in the output, or publishers may go on for another reason; or the connection ended.
    pub(super) room: Notify,
    pub(super) call_timeout: Duration,
    pub(super) write_buffer_high_water: usize,
}

/// What the lock protects.
#[derive(Debug)]
pub(super) struct State {
    pub(super) core: proto::Connection,
    /// The I/O task, when it has nothing to write.
    io: Option<Waker>,
    /// The I/O task does not read, because deliveries gather faster than they are taken.
    pub(super) is_read_paused: bool,
    calls: HashMap<CallId, Waiting>,
    consumers: HashMap<ConsumerId, Waker>,
    receipts: HashMap<(ChannelId, u64), Waker>,
    channels: HashMap<ChannelId, ChannelEntry>,
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
    /// None for calls that open a channel.
    pub(super) channel: ChannelId,
    /// A message that was fetched needs no settling.
    pub(super) no_ack: bool,
}

/// A channel that has handles.
#[derive(Debug, Default)]
struct ChannelEntry {
    error: Option<Error>,
    /// Publishes were settled, messages came back, or the channel ended.
    changed: Arc<Notify>,
}

/// What is to be done once the lock is released: nothing that wakes others runs under it.
#[derive(Debug, Default)]
pub(super) struct Afterwards {
    wakers: Vec<Waker>,
    replies: Vec<(Waiting, Result<RawReply, Error>)>,
    changed: Vec<Arc<Notify>>,
    room: bool,
}

impl Shared {
    pub(super) fn new(core: proto::Connection, call_timeout: Duration, high_water: usize) -> Self {
        Self {
            state: Mutex::new(State {
                core,
                io: None,
                is_read_paused: false,
                calls: HashMap::new(),
                consumers: HashMap::new(),
                receipts: HashMap::new(),
                channels: HashMap::new(),
            }),
            room: Notify::new(),
            call_timeout,
            write_buffer_high_water: high_water,
        }
    }

    /// Locks the core; `_why` names the holder for whoever reads the code or adds a trace.
    ///
    /// A panic under the lock cannot leave the core half changed in a way that later calls would not see as an
    /// error, so poisoning is passed over.
    #[inline]
    pub(super) fn lock(&self, _why: &'static str) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Releases the lock after a change from outside the I/O task: tells who has to know.
    #[inline]
    pub(super) fn release(&self, mut state: MutexGuard<'_, State>) {
        let io = state.io.take();
        let afterwards = state.dispatch();
        drop(state);
        if let Some(io) = io {
            io.wake();
        }
        if let Some(afterwards) = afterwards {
            self.run(afterwards);
        }
    }

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

    /// Undoes a reply whose taker has gone: a consumer is cancelled, a message is given back.
    pub(super) fn undo(&self, undo: Undo, reply: &RawReply) {
        let mut state = self.lock("undo a reply");
        match reply.id {
            basic::ConsumeOk::ID => {
                let ok = basic::ConsumeOk::from_args(Reader::new(&reply.arguments));
                let consumer = ok
                    .ok()
                    .and_then(|ok| state.core.channel(undo.channel)?.consumer(&ok.consumer_tag));
                if let Some(consumer) = consumer {
                    state.core.drop_consumer(consumer);
                }
            }
            basic::GetOk::ID if !undo.no_ack => {
                let ok = basic::GetOk::from_args(Reader::new(&reply.arguments));
                if let Ok(ok) = ok {
                    let tag = state.core.delivery_tag(undo.channel, ok.delivery_tag);
                    state.give_back(tag);
                }
            }
            _ => {}
        }
        self.release(state);
    }
}

impl State {
    /// Hands events to those who wait for them; none if there was nothing to do.
    #[inline]
    pub(super) fn dispatch(&mut self) -> Option<Afterwards> {
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
            Event::Returned(channel) => self.notify(channel, afterwards),
            Event::ChannelClosed { channel, error } => {
                if let Some(entry) = self.channels.get_mut(&channel) {
                    tracing::debug!(channel = channel.number(), %error, "channel closed");
                    entry.error = Some(error);
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
            Event::Open | Event::Closed(_) => afterwards.room = true,
            Event::Method { id, .. } => tracing::debug!(%id, "a method that nobody asked for"),
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

    /// The I/O task has nothing to write, and wants to know when that changes.
    pub(super) fn park_io(&mut self, waker: &Waker) {
        if !self.io.as_ref().is_some_and(|io| io.will_wake(waker)) {
            self.io = Some(waker.clone());
        }
    }

    pub(super) fn await_call(&mut self, call: CallId, waiting: Waiting) {
        self.calls.insert(call, waiting);
    }

    /// Nobody waits for that call any more.
    pub(super) fn abandon_call(&mut self, channel: ChannelId, call: CallId) {
        self.calls.remove(&call);
        if let Some(mut channel) = self.core.channel(channel) {
            channel.abandon(call);
        }
    }

    pub(super) fn await_consumer(&mut self, consumer: ConsumerId, waker: &Waker) {
        self.consumers.insert(consumer, waker.clone());
    }

    pub(super) fn forget_consumer(&mut self, consumer: ConsumerId) {
        self.consumers.remove(&consumer);
    }

    pub(super) fn await_receipt(&mut self, channel: ChannelId, number: u64, waker: &Waker) {
        self.receipts.insert((channel, number), waker.clone());
    }

    pub(super) fn forget_receipt(&mut self, channel: ChannelId, number: u64) {
        self.receipts.remove(&(channel, number));
        self.core.unwatch(channel, number);
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

    /// Puts a delivery back into its queue, if its channel can still say so.
    pub(super) fn give_back(&mut self, tag: proto::DeliveryTag) {
        let requeue = Settlement::Nack {
            multiple: false,
            requeue: true,
        };
        if let Some(mut channel) = self.core.channel(tag.channel())
            && let Err(error) = channel.settle(tag, requeue)
        {
            tracing::debug!(%error, "the server takes the delivery back with its channel");
        }
    }
}
