//! The connection: its state, its commands, its output.

use core::time::Duration;
use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use amqp_methods::{
    FieldTable, FrameEncoder, FrameLimits, Method as _, ProtocolHeader, ReplyCode, ShortStr, basic,
    channel, connection,
};

use super::channel_state::{ChannelState, Channels, Stage};
use super::confirms::{Confirms, Outcome};
use super::consumers::{ConsumerEnd, Consumers, RawDelivery};
use super::handshake::{Handshake, Tuning};
use super::heartbeat::{Due, Heartbeat};
use super::{CallId, Channel, ChannelId, ConsumerId, Event, Outbox, Settlement};
use crate::error::{CloseReason, Error, ErrorKind, Initiator};
use crate::message::Returned;
use crate::parameters::ConnectionParameters;

/// A connection without its transport. See the [module](super) for how it is driven.
#[derive(Debug)]
pub struct Connection {
    pub(super) stage: ConnectionStage,
    pub(super) encoder: FrameEncoder,
    pub(super) limits: FrameLimits,
    pub(super) max_message_size: u64,
    pub(super) tuning: Tuning,
    pub(super) outbox: Outbox,
    pub(super) events: VecDeque<Event>,
    pub(super) channels: Channels,
    pub(super) consumers: Consumers,
    /// What ended channels leave behind, until it is taken or forgotten.
    ended: HashMap<ChannelId, Remains>,
    pub(super) server_properties: FieldTable<'static>,
    pub(super) blocked: bool,
    heartbeat: Option<Heartbeat>,
    close_timeout: Duration,
    calls: u64,
}

/// What a channel leaves behind when it ends.
#[derive(Debug)]
struct Remains {
    confirms: Confirms,
    returned: VecDeque<Returned>,
}

/// How far the connection's life has come.
#[derive(Debug)]
pub(super) enum ConnectionStage {
    /// Not open yet, and until when it may take.
    Opening(Box<Handshake>, Instant),
    Open,
    /// `connection.close` was sent: why, and until when its answer is waited for.
    Closing(Error, Instant),
    /// Over, and why.
    Closed(Error),
}

impl Connection {
    /// Begins a connection: the protocol header is in the output.
    ///
    /// The handshake has to be done within `connection_timeout` from `now` on.
    pub fn new(parameters: &ConnectionParameters, now: Instant) -> Self {
        let mut outbox = Outbox::default();
        outbox.raw(&ProtocolHeader::AMQP_0_9_1.to_bytes());
        let deadline = now + parameters.connection_timeout;
        let header_max = parameters.max_header_size.max(parameters.frame_max);
        Self {
            stage: ConnectionStage::Opening(Box::new(Handshake::new(parameters.clone())), deadline),
            encoder: FrameEncoder::new(parameters.frame_max),
            limits: FrameLimits {
                frame_max: parameters.frame_max,
                header_max,
            },
            max_message_size: parameters.max_message_size,
            tuning: Tuning {
                channel_max: parameters.channel_max,
                frame_max: parameters.frame_max,
                heartbeat: 0,
            },
            outbox,
            events: VecDeque::new(),
            channels: Channels::default(),
            consumers: Consumers::default(),
            ended: HashMap::new(),
            server_properties: FieldTable::new(),
            blocked: false,
            heartbeat: None,
            close_timeout: parameters.close_timeout,
            calls: 0,
        }
    }

    /// Asks for a channel: its number, and the call that opens it. It can be used when the call is answered.
    ///
    /// # Errors
    /// The connection is not open, or all channels are in use.
    pub fn open_channel(&mut self) -> Result<(ChannelId, CallId), Error> {
        self.check_open()?;
        let max = match self.tuning.channel_max {
            0 => u16::MAX,
            max => max,
        };
        let Some(id) = self.channels.allocate(max) else {
            return Err(Error::new(
                ErrorKind::NoFreeChannel,
                format!("all {max} are in use"),
            ));
        };
        let mut channel = Channel {
            connection: self,
            id,
        };
        let call = channel.call(&channel::Open, &[channel::OpenOk::ID])?;
        Ok((id, call))
    }

    /// Lends a channel, if it has not ended.
    #[inline]
    pub fn channel(&mut self, id: ChannelId) -> Option<Channel<'_>> {
        self.channels.get(id)?;
        Some(Channel {
            connection: self,
            id,
        })
    }

    /// Closes the connection in order. Channels end at once; the connection does with the server's answer, or
    /// when `close_timeout` has passed without one.
    pub fn close(&mut self, now: Instant, code: ReplyCode, text: &str) {
        if self.closed().is_some() || matches!(self.stage, ConnectionStage::Closing(..)) {
            return;
        }
        let error = Error::connection_closed(
            ErrorKind::ConnectionClosed,
            CloseReason {
                initiator: Initiator::Client,
                reply_code: code,
                reply_text: text.to_owned(),
                method: None,
            },
        );
        self.send_close(code, text);
        self.end_channels(&error);
        self.stage = ConnectionStage::Closing(error, now + self.close_timeout);
    }

    /// Takes time: call it when [`poll_timeout`](Self::poll_timeout) has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        match &self.stage {
            ConnectionStage::Opening(handshake, deadline) if now >= *deadline => {
                let awaited = handshake.awaits();
                let error = Error::new(ErrorKind::Timeout, format!("no {awaited} from the server"));
                self.finish(error);
            }
            ConnectionStage::Closing(error, deadline) if now >= *deadline => {
                let error = error.clone();
                self.finish(error);
            }
            ConnectionStage::Closed(_) => {}
            _ => self.beat(now),
        }
    }

    fn beat(&mut self, now: Instant) {
        let due = self
            .heartbeat
            .as_mut()
            .map(|heartbeat| heartbeat.check(now));
        match due {
            Some(Due::Send) => self.outbox.heartbeat(self.encoder),
            Some(Due::PeerIsSilent) => {
                let silence = 2 * u32::from(self.tuning.heartbeat);
                self.finish(Error::new(
                    ErrorKind::HeartbeatMissed,
                    format!("nothing came for {silence} s"),
                ));
            }
            Some(Due::Nothing) | None => {}
        }
    }

    /// The transport ended: nothing more can be read.
    pub fn handle_eof(&mut self) {
        let error = match &self.stage {
            ConnectionStage::Opening(handshake, _) => handshake.closed(None),
            ConnectionStage::Closing(error, _) => error.clone(),
            _ => Error::new(
                ErrorKind::ConnectionLost,
                "the server hung up without closing the connection",
            ),
        };
        self.finish(error);
    }

    /// The transport broke, and how.
    pub fn handle_failure(&mut self, error: Error) {
        let error = match &self.stage {
            // It was going away in any case.
            ConnectionStage::Closing(reason, _) => reason.clone(),
            _ => error,
        };
        self.finish(error);
    }

    /// Swaps what is to be written for the empty `out`. False if there is nothing.
    pub fn poll_transmit(&mut self, out: &mut Outbox) -> bool {
        if self.outbox.is_empty() {
            return false;
        }
        core::mem::swap(&mut self.outbox, out);
        if let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.sent();
        }
        true
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called; none if never.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let heartbeat = self.heartbeat.as_ref().map(Heartbeat::deadline);
        match &self.stage {
            ConnectionStage::Closed(_) => None,
            ConnectionStage::Open => heartbeat,
            ConnectionStage::Opening(_, deadline) | ConnectionStage::Closing(_, deadline) => {
                Some(heartbeat.map_or(*deadline, |heartbeat| heartbeat.min(*deadline)))
            }
        }
    }

    /// Takes all that a consumer has received. If that was all there will ever be, says why.
    pub fn take_deliveries(
        &mut self,
        consumer: ConsumerId,
        into: &mut VecDeque<RawDelivery>,
    ) -> Option<ConsumerEnd> {
        self.consumers.take(consumer, into)
    }

    /// Octets of deliveries that wait to be taken, over all consumers.
    pub fn waiting_octets(&self) -> usize {
        self.consumers.waiting()
    }

    /// Octets that wait to be written.
    pub fn outgoing_octets(&self) -> usize {
        self.outbox.len()
    }

    /// Nobody reads from that consumer any more: it is cancelled, and what it has received is given back.
    ///
    /// Gives the call that cancels it, if it has to be cancelled.
    pub fn drop_consumer(&mut self, consumer: ConsumerId) -> Option<CallId> {
        let was_live = self.consumers.is_live(consumer);
        let (id, tag, no_ack, inbox) = self.consumers.abandon(consumer)?;
        let mut channel = self.channel(id)?;
        if !no_ack {
            for delivery in inbox {
                let requeue = Settlement::Nack {
                    multiple: false,
                    requeue: true,
                };
                // A channel that is closing gives everything back by itself.
                channel.settle(delivery.tag, requeue).ok()?;
            }
        }
        if !was_live {
            return None;
        }
        let cancel = basic::Cancel::new(tag);
        channel.call(&cancel, &[basic::CancelOk::ID]).ok()
    }

    /// How a watched publish ended: once, and none while it is outstanding.
    pub fn take_outcome(&mut self, channel: ChannelId, number: u64) -> Option<Outcome> {
        let confirms = self.confirms(channel)?;
        let outcome = confirms.take(number);
        self.forget_ended(channel);
        outcome
    }

    /// Nobody asks for the outcome of that publish any more; it is counted in the tally instead.
    pub fn unwatch(&mut self, channel: ChannelId, number: u64) {
        if let Some(confirms) = self.confirms(channel) {
            confirms.unwatch(number);
        }
        self.forget_ended(channel);
    }

    /// The oldest message that came back and belongs to no watched publish; also of a channel that has ended.
    pub fn take_returned(&mut self, channel: ChannelId) -> Option<Returned> {
        match self.channels.get(channel) {
            Some(state) => state.returned.pop_front(),
            None => self.ended.get_mut(&channel)?.returned.pop_front(),
        }
    }

    /// Nobody asks for what an ended channel has left behind.
    pub fn forget(&mut self, channel: ChannelId) {
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

    /// Whether the handshake is done and nobody has begun to close.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, ConnectionStage::Open)
    }

    /// Why the connection ended, if it has.
    pub fn closed(&self) -> Option<&Error> {
        match &self.stage {
            ConnectionStage::Closed(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the server holds back publishers. RabbitMQ: connection.blocked
    pub fn is_blocked(&self) -> bool {
        self.blocked
    }

    /// The limits that hold: those agreed on, or before that our own.
    pub fn tuning(&self) -> Tuning {
        self.tuning
    }

    /// What the server says of itself; empty before the connection is open.
    pub fn server_properties(&self) -> &FieldTable<'static> {
        &self.server_properties
    }

    pub(super) fn next_call(&mut self) -> CallId {
        self.calls += 1;
        CallId(self.calls)
    }

    pub(super) fn tune(&mut self, tuning: Tuning, now: Instant) {
        self.tuning = tuning;
        self.encoder = FrameEncoder::new(tuning.frame_max);
        self.limits.frame_max = tuning.frame_max;
        self.heartbeat = Heartbeat::new(Duration::from_secs(tuning.heartbeat.into()), now);
    }

    /// Something came from the server, or would have if it had been read.
    ///
    /// A driver that holds back reading says so when time passes: what it does not read is no silence.
    pub fn heard(&mut self, now: Instant) {
        if let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.received(now);
        }
    }

    pub(super) fn register_consumer(
        &mut self,
        channel: ChannelId,
        tag: &ShortStr<'_>,
        no_ack: bool,
    ) -> Option<ConsumerId> {
        let state = self.channels.get(channel)?;
        let tag = tag.reborrow().into_owned();
        let consumer = self.consumers.register(channel, tag.clone(), no_ack);
        state.tags.insert(tag, consumer);
        Some(consumer)
    }

    pub(super) fn send_close(&mut self, code: ReplyCode, text: &str) {
        // A reply text has at most 255 octets; what is cut is our own words.
        let end = (0..=text.len().min(255))
            .rev()
            .find(|end| text.is_char_boundary(*end));
        let text = text.get(..end.unwrap_or(0)).unwrap_or_default();
        let close = connection::Close::new(code.get(), text, 0, 0);
        if let Err(error) = self.outbox.method(self.encoder, 0, &close) {
            tracing::error!(%error, "connection.close does not fit the wire");
        }
    }

    /// Ends a channel: answers its calls with the reason, ends its consumers and publishes, frees its number.
    pub(super) fn end_channel(&mut self, number: u16, error: &Error) {
        let Some(mut state) = self.channels.remove(number) else {
            return;
        };
        for pending in state.calls.drain() {
            self.events.push_back(Event::Reply {
                call: pending.call,
                result: Err(error.clone()),
            });
        }
        for consumer in state.tags.all() {
            if self
                .consumers
                .end(consumer, ConsumerEnd::ChannelClosed(error.clone()))
            {
                self.events.push_back(Event::Consumer(consumer));
            }
        }
        let channel = state.id;
        if let Some(confirms) = &mut state.confirms {
            confirms.fail(error);
            self.events.push_back(Event::Confirms(channel));
        }
        let remains = Remains {
            confirms: state.confirms.unwrap_or_default(),
            returned: state.returned,
        };
        if !remains.is_empty() {
            self.ended.insert(channel, remains);
        }
        self.events.push_back(Event::ChannelClosed {
            channel,
            error: error.clone(),
        });
    }

    fn end_channels(&mut self, error: &Error) {
        for number in self.channels.numbers() {
            self.end_channel(number, error);
        }
    }

    /// Ends the connection. What is in the output may still be written.
    pub(super) fn finish(&mut self, error: Error) {
        if self.closed().is_some() {
            return;
        }
        self.end_channels(&error);
        self.stage = ConnectionStage::Closed(error.clone());
        self.heartbeat = None;
        self.events.push_back(Event::Closed(error));
    }

    /// Why nothing can be sent on that channel.
    #[cold]
    pub(super) fn unusable(&mut self, channel: ChannelId) -> Error {
        let stage = self
            .channels
            .get(channel)
            .map(|state: &mut ChannelState| state.stage);
        match (&self.stage, stage) {
            (ConnectionStage::Closed(error) | ConnectionStage::Closing(error, _), _) => {
                error.clone()
            }
            (_, Some(Stage::Opening)) => Error::new(
                ErrorKind::State,
                format!("channel {channel} is not open yet"),
            ),
            _ => Error::new(ErrorKind::ChannelClosed, format!("channel {channel}")),
        }
    }

    fn check_open(&self) -> Result<(), Error> {
        match &self.stage {
            ConnectionStage::Open => Ok(()),
            ConnectionStage::Opening(..) => Err(Error::new(
                ErrorKind::State,
                "the connection is not open yet",
            )),
            ConnectionStage::Closing(error, _) | ConnectionStage::Closed(error) => {
                Err(error.clone())
            }
        }
    }
}

impl Remains {
    fn is_empty(&self) -> bool {
        self.confirms.is_empty() && self.returned.is_empty()
    }
}
