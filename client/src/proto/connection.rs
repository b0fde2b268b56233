//! The connection: its state, its commands, its output.

use core::time::Duration;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use amqp_methods::{FieldTable, FrameEncoder, FrameLimits, ProtocolHeader, ReplyCode};

use super::ack_timer::AckTimer;
use super::blocked::Blocked;
use super::bodies::Bodies;
use super::calls::Calls;
use super::channels::Channels;
use super::consumers::Consumers;
use super::handshake::{Handshake, Tuning};
use super::heartbeat::{Due, Heartbeat};
use super::leftovers::Remains;
use super::metrics::Counters;
use super::{CallId, Channel, ChannelId, Event, Outbox, OutputTotal};
use crate::error::{CloseReason, Error, ErrorKind, Initiator};
use crate::parameters::{ConnectionParameters, Extensions};

/// A connection without its transport. See the [module](super) for how it is driven.
#[derive(Debug)]
pub struct Connection {
    pub(super) stage: ConnectionStage,
    /// What the server is called in errors.
    pub(super) address: Option<Arc<str>>,
    pub(super) encoder: FrameEncoder,
    pub(super) limits: FrameLimits,
    pub(super) max_header_size: u32,
    pub(super) max_message_size: u64,
    /// Bodies above this are looked at twice: too large, or to be streamed.
    pub(super) large_beyond: u64,
    /// Octets of contents that are not complete, over all channels.
    pub(super) half_received: usize,
    pub(super) tuning: Tuning,
    pub(super) outbox: Outbox,
    /// What was given out to be written.
    given_out: OutputTotal,
    pub(super) counters: Counters,
    /// Nothing new is begun: [`drain`](Self::drain) was called.
    pub(super) is_draining: bool,
    pub(super) events: VecDeque<Event>,
    pub(super) channels: Channels,
    pub(super) consumers: Consumers,
    pub(super) bodies: Bodies,
    pub(super) ack_timer: AckTimer,
    /// What ended channels leave behind, until it is taken or forgotten.
    pub(super) ended: HashMap<ChannelId, Remains>,
    pub(super) server_properties: FieldTable<'static>,
    pub(super) blocked: Blocked,
    pub(super) heartbeat: Option<Heartbeat>,
    /// Requests on channel 0.
    pub(super) calls: Calls,
    /// What is known of methods that the protocol does not have.
    pub(super) extensions: Extensions,
    close_timeout: Duration,
    last_call: u64,
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
    /// The handshake has to be done within `handshake_timeout` from `now` on.
    pub fn new(parameters: &ConnectionParameters, now: Instant) -> Self {
        let mut outbox = Outbox::default();
        outbox.raw(&ProtocolHeader::AMQP_0_9_1.to_bytes());
        let deadline = later(now, parameters.handshake_timeout);
        Self {
            stage: ConnectionStage::Opening(Box::new(Handshake::new(parameters.clone())), deadline),
            address: None,
            encoder: FrameEncoder::new(parameters.frame_max),
            limits: FrameLimits::all(FRAME_MAX_BEFORE_TUNE),
            max_header_size: parameters.max_header_size,
            max_message_size: parameters.max_message_size,
            large_beyond: parameters.max_message_size,
            half_received: 0,
            tuning: Tuning {
                channel_max: parameters.channel_max,
                frame_max: parameters.frame_max,
                heartbeat: 0,
            },
            outbox,
            given_out: OutputTotal {
                octets: 0,
                // The protocol header.
                frames: 1,
            },
            counters: Counters::default(),
            is_draining: false,
            events: VecDeque::new(),
            channels: Channels::default(),
            consumers: Consumers::default(),
            bodies: Bodies::default(),
            ack_timer: AckTimer::default(),
            ended: HashMap::new(),
            server_properties: FieldTable::new(),
            blocked: Blocked::new(parameters.blocked_connection_timeout),
            heartbeat: None,
            calls: Calls::default(),
            extensions: parameters.extensions.clone(),
            close_timeout: parameters.close_timeout,
            last_call: 0,
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
            let detail = format!("all {max} are in use");
            return Err(self.about_server(Error::new(ErrorKind::NoFreeChannel, detail)));
        };
        let mut channel = Channel {
            connection: self,
            id,
        };
        let call = channel.open()?;
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

    /// Closes the connection in order. Calls and channels end at once; the connection does with the server's answer, or
    /// when `close_timeout` has passed without one.
    ///
    /// One that is not open yet ends at once: before that, a server does not expect to hear of an end.
    pub fn close(&mut self, now: Instant, code: ReplyCode, text: &str) {
        let error = Error::connection_closed(
            ErrorKind::ConnectionClosed,
            CloseReason {
                initiator: Initiator::Client,
                reply_code: code,
                reply_text: text.to_owned(),
                method: None,
            },
        );
        let error = self.about_server(error);
        match self.stage {
            ConnectionStage::Opening(..) => self.finish(error),
            ConnectionStage::Open => {
                self.flush_all_acks();
                self.send_close(code, text);
                self.end_calls(&error);
                self.end_channels(&error);
                let deadline = later(now, self.close_timeout);
                self.stage = ConnectionStage::Closing(error, deadline);
            }
            ConnectionStage::Closing(..) | ConnectionStage::Closed(_) => {}
        }
    }

    /// Takes time: call it when [`poll_timeout`](Self::poll_timeout) has come.
    pub fn handle_timeout(&mut self, now: Instant) {
        match &self.stage {
            ConnectionStage::Opening(handshake, deadline) if now >= *deadline => {
                let awaited = handshake.awaits();
                self.finish(Error::new(ErrorKind::Timeout, format!("no {awaited}")));
            }
            ConnectionStage::Closing(error, deadline) if now >= *deadline => {
                let error = error.clone();
                self.finish(error);
            }
            ConnectionStage::Closed(_) => {}
            ConnectionStage::Open => match self.blocked.check(now) {
                Some(error) => self.fail(error),
                None => {
                    self.flush_due_acks(now);
                    self.beat(now);
                }
            },
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
                self.fail(Error::new(
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
            _ => Error::new(
                ErrorKind::ConnectionLost,
                "the server hung up without closing the connection",
            ),
        };
        self.fail(error);
    }

    /// The transport broke, and how.
    pub fn handle_failure(&mut self, error: Error) {
        let error = match &self.stage {
            ConnectionStage::Opening(handshake, _) => handshake.lost(error),
            _ => error,
        };
        self.fail(error);
    }

    /// Swaps what is to be written for the empty `out`. False if there is nothing.
    pub fn poll_transmit(&mut self, out: &mut Outbox) -> bool {
        if self.outbox.is_empty() {
            return false;
        }
        self.given_out = self.output_total();
        core::mem::swap(&mut self.outbox, out);
        self.outbox.begin_anew();
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
            ConnectionStage::Open => {
                let due = heartbeat.into_iter().chain(self.blocked.deadline()).min();
                self.ack_timer.earliest(due)
            }
            ConnectionStage::Opening(_, deadline) | ConnectionStage::Closing(_, deadline) => {
                Some(heartbeat.map_or(*deadline, |heartbeat| heartbeat.min(*deadline)))
            }
        }
    }

    /// The largest body that is taken whole, in octets.
    pub fn max_message_size(&self) -> u64 {
        self.max_message_size
    }

    /// Octets that wait to be written.
    pub fn outgoing_octets(&self) -> usize {
        self.outbox.len()
    }

    /// Octets and frames that were ever to be written: those that were given out, and those that wait.
    ///
    /// What is queued for a channel that the server closes is not written, and then does not count.
    pub fn output_total(&self) -> OutputTotal {
        self.given_out.plus(&self.outbox)
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
        self.blocked.is_on()
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
        self.last_call += 1;
        CallId(self.last_call)
    }

    /// Something came from the server, or would have if it had been read.
    ///
    /// A driver that holds back reading says so when time passes: what it does not read is no silence.
    pub fn heard(&mut self, now: Instant) {
        if let Some(heartbeat) = &mut self.heartbeat {
            heartbeat.received(now);
        }
    }

    pub(super) fn check_open(&self) -> Result<(), Error> {
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

/// `now + after`, or as late as can be said.
pub(super) fn later(now: Instant, after: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
    now.checked_add(after).unwrap_or_else(|| now + YEAR)
}

/// The largest frame that is accepted before the limits are agreed. The standard's own limit is 4096, which a
/// server that has much to say of itself may not know.
const FRAME_MAX_BEFORE_TUNE: u32 = 64 * 1024;
