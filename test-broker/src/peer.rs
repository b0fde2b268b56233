//! The peer itself: what it is told before it starts, and octets in and out.

use amqp_methods::{AnyMethod, FieldTable, LongStr, connection};
use bytes::{Bytes, BytesMut};

use crate::failure::hold;
use crate::handshake::{Handshake, Stage};
use crate::inbox::Inbox;
use crate::on_channel::OnChannel;
use crate::settings::{Tuning, server_properties};

/// A scripted server that does no IO.
///
/// See the [crate documentation](crate) for how a script reads.
#[derive(Debug)]
pub struct Peer {
    pub(crate) inbox: Inbox,
    pub(crate) outbox: BytesMut,
    pub(crate) handshake: Handshake,
    pub(crate) tuning: Tuning,
    pub(crate) server_properties: FieldTable<'static>,
    pub(crate) mechanisms: LongStr<'static>,
    /// How many names of queues and consumers were made up.
    pub(crate) names: u32,
}

/// Expects the protocol header first, as [`Peer::new`].
impl Default for Peer {
    fn default() -> Self {
        Self::new()
    }
}

impl Peer {
    /// A peer to which somebody has just connected: the protocol header comes first.
    pub fn new() -> Self {
        Self::at(Stage::Connected)
    }

    /// A peer that has seen the protocol header and is about to send `connection.start`.
    pub fn after_header() -> Self {
        Self::at(Stage::Header)
    }

    /// A peer that has seen `connection.start-ok` and is about to send `connection.tune`.
    pub fn after_start_ok() -> Self {
        Self::at(Stage::StartOk)
    }

    /// A peer whose handshake is done, with the limits of [`Tuning::default`].
    ///
    /// A client that starts at its own beginning gets there with [`opens`](Self::opens).
    pub fn open() -> Self {
        Self::at(Stage::OpenOk)
    }

    fn at(stage: Stage) -> Self {
        let tuning = Tuning::default();
        let frame_max = if stage < Stage::TuneOk {
            INITIAL_FRAME_MAX
        } else {
            tuning.frame_max
        };
        Self {
            inbox: Inbox::new(stage == Stage::Connected, frame_max),
            outbox: BytesMut::new(),
            handshake: Handshake::at(stage),
            tuning,
            server_properties: server_properties(),
            mechanisms: LongStr::new(b"PLAIN AMQPLAIN"),
            names: 0,
        }
    }

    /// Sets the limits that the server proposes. Default: those of [`Tuning::default`].
    ///
    /// On a peer that is open already, `frame_max` is what was agreed.
    #[must_use]
    pub fn tuning(mut self, tuning: Tuning) -> Self {
        self.tuning = tuning;
        if self.handshake.stage >= Stage::TuneOk {
            self.inbox.set_frame_max(tuning.frame_max);
        }
        self
    }

    /// Sets what the server says about itself. Default: [`server_properties`].
    #[must_use]
    pub fn server_properties<'a>(mut self, properties: impl Into<FieldTable<'a>>) -> Self {
        self.server_properties = properties.into().into_owned();
        self
    }

    /// Sets the SASL mechanisms on offer, separated by spaces. Default: `PLAIN AMQPLAIN`.
    #[must_use]
    pub fn mechanisms<'a>(mut self, mechanisms: impl Into<LongStr<'a>>) -> Self {
        self.mechanisms = mechanisms.into().into_owned();
        self
    }

    /// Sets the largest frame that the client may send before `tune-ok`. Default: 4096.
    ///
    /// Spec: frame-min-size. RabbitMQ: 8192 since 4.1.
    #[must_use]
    pub fn initial_frame_max(mut self, octets: u32) -> Self {
        if self.handshake.stage < Stage::TuneOk {
            self.inbox.set_frame_max(octets);
        }
        self
    }

    /// Takes octets that the client has sent, in pieces of any size.
    ///
    /// # Panics
    /// Octets that are no frame, or a frame larger than agreed.
    #[track_caller]
    pub fn receive(&mut self, octets: &[u8]) {
        hold(self.inbox.receive(octets));
    }

    /// Takes all that is to be sent to the client.
    pub fn transmit(&mut self) -> Bytes {
        self.outbox.split().freeze()
    }

    /// Whether there is something to [`transmit`](Self::transmit).
    pub fn has_output(&self) -> bool {
        !self.outbox.is_empty()
    }

    /// The script of one channel.
    pub fn on(&mut self, channel: u16) -> OnChannel<'_> {
        OnChannel::new(self, channel)
    }

    /// How far the connection has come.
    pub fn stage(&self) -> Stage {
        self.handshake.stage
    }

    /// Whether the handshake is done and nobody has closed the connection since.
    pub fn is_open(&self) -> bool {
        self.handshake.stage == Stage::OpenOk
    }

    /// Largest frame in octets that the client may send, and into which bodies are split. Zero is no limit.
    pub fn frame_max(&self) -> u32 {
        self.inbox.frame_max()
    }

    /// The `connection.start-ok` that the script has taken.
    pub fn start_ok(&self) -> Option<&connection::StartOk<'static>> {
        self.handshake.start_ok.as_ref()
    }

    /// The `connection.tune-ok` that the script has taken.
    pub fn tune_ok(&self) -> Option<&connection::TuneOk> {
        self.handshake.tune_ok.as_ref()
    }

    /// The `connection.open` that the script has taken.
    pub fn opened(&self) -> Option<&connection::Open<'static>> {
        self.handshake.open.as_ref()
    }

    /// Follows the connection through what the script has taken from the client.
    pub(crate) fn note_taken(&mut self, channel: u16, method: &AnyMethod<'static>) {
        if channel == 0 {
            self.handshake.note_taken(method);
        }
    }
}

/// What a client may send before the limits are agreed. Spec: frame-min-size
const INITIAL_FRAME_MAX: u32 = 4096;
