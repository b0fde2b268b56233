//! From the protocol header to an open connection.

use amqp_methods::{
    AnyMethod, DynMethod as _, EncodeError, FieldTable, FrameEncoder, MethodId, ReplyCode,
    connection,
};

use super::outbox::Outbox;
use crate::error::{CloseReason, Error, ErrorKind, Initiator};
use crate::parameters::ConnectionParameters;

/// The smallest `frame_max` that the standard allows.
const FRAME_MIN_SIZE: u32 = 4096;

/// How far the handshake has come: what is due from the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Start,
    Tune,
    OpenOk,
}

/// The client's half of the handshake.
///
/// Spec: connection.start to connection.open-ok; 2.2.4
#[derive(Debug)]
pub(super) struct Handshake {
    stage: Stage,
    parameters: ConnectionParameters,
    server_properties: FieldTable<'static>,
    tuning: Tuning,
}

/// Limits that both sides agreed on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Tuning {
    /// The highest channel number.
    pub channel_max: u16,
    /// The largest frame in octets, envelope included; 0 is no limit.
    pub frame_max: u32,
    /// The heartbeat interval in seconds; 0 is none.
    pub heartbeat: u16,
}

/// What a step of the handshake leads to.
#[derive(Debug)]
pub(super) enum Step {
    Continue,
    /// These limits hold from now on.
    Tuned(Tuning),
    Done {
        server_properties: FieldTable<'static>,
    },
}

impl Handshake {
    pub(super) fn new(parameters: ConnectionParameters) -> Self {
        let tuning = Tuning {
            channel_max: parameters.channel_max,
            frame_max: parameters.frame_max,
            heartbeat: 0,
        };
        Self {
            stage: Stage::Start,
            parameters,
            server_properties: FieldTable::new(),
            tuning,
        }
    }

    /// Handles a method on channel 0.
    pub(super) fn method(
        &mut self,
        method: &AnyMethod<'_>,
        out: &mut Outbox,
    ) -> Result<Step, Error> {
        match (self.stage, method) {
            (Stage::Start, AnyMethod::ConnectionStart(start)) => self.start(start, out),
            (Stage::Tune, AnyMethod::ConnectionSecure(_)) => Err(Error::new(
                ErrorKind::AuthenticationRefused,
                format!(
                    "mechanism {} has nothing to answer to the server's challenge",
                    self.parameters.credentials.mechanism()
                ),
            )),
            (Stage::Tune, AnyMethod::ConnectionTune(tune)) => self.tune(tune, out),
            (Stage::OpenOk, AnyMethod::ConnectionOpenOk(_)) => Ok(Step::Done {
                server_properties: core::mem::take(&mut self.server_properties),
            }),
            _ => Err(Error::protocol(
                ReplyCode::COMMAND_INVALID,
                format!("{} during the handshake", describe(method)),
                None,
            )),
        }
    }

    fn start(&mut self, start: &connection::Start<'_>, out: &mut Outbox) -> Result<Step, Error> {
        if (start.version_major, start.version_minor) != (0, 9) {
            return Err(Error::new(
                ErrorKind::ProtocolVersion,
                format!(
                    "the server offers AMQP {}-{}",
                    start.version_major, start.version_minor
                ),
            ));
        }
        let mechanism = self.parameters.credentials.mechanism();
        let offered = start.mechanisms.to_string_lossy();
        if !offered
            .split_ascii_whitespace()
            .any(|offer| offer == mechanism)
        {
            return Err(Error::new(
                ErrorKind::AuthenticationRefused,
                format!("the server offers the mechanisms {offered:?}, not {mechanism}"),
            ));
        }
        let response = self.parameters.credentials.response();
        let start_ok =
            connection::StartOk::new(mechanism, &response[..], self.parameters.locale.as_str())
                .client_properties(client_properties(&self.parameters)?);
        // The limit before tuning is the smallest one: a server may drop a larger start-ok without a word.
        let encoder = FrameEncoder::new(FRAME_MIN_SIZE);
        if encoder.body_max() < 4 + start_ok.encoded_len() {
            let detail = format!(
                "connection.start-ok takes more than {FRAME_MIN_SIZE} octets; are the credentials too long?"
            );
            return Err(Error::new(ErrorKind::Encode, detail));
        }
        out.method(encoder, 0, &start_ok)?;
        self.server_properties = start.server_properties.reborrow().into_owned();
        self.stage = Stage::Tune;
        Ok(Step::Continue)
    }

    fn tune(&mut self, tune: &connection::Tune, out: &mut Outbox) -> Result<Step, Error> {
        self.tuning = negotiate(&self.parameters, tune)?;
        let Tuning {
            channel_max,
            frame_max,
            heartbeat,
        } = self.tuning;
        let encoder = FrameEncoder::new(FRAME_MIN_SIZE);
        out.method(
            encoder,
            0,
            &connection::TuneOk::new(channel_max, frame_max, heartbeat),
        )?;
        let open = connection::Open::new(self.parameters.virtual_host.as_str());
        out.method(encoder, 0, &open)?;
        self.stage = Stage::OpenOk;
        Ok(Step::Tuned(self.tuning))
    }

    /// What it means that the server closes, or just leaves, at this stage.
    pub(super) fn closed(&self, reason: Option<CloseReason>) -> Error {
        match (self.stage, reason) {
            (Stage::Tune, Some(reason)) if reason.reply_code == ReplyCode::ACCESS_REFUSED => {
                Error::connection_closed(ErrorKind::AuthenticationRefused, reason)
            }
            (_, Some(reason)) => Error::connection_closed(ErrorKind::ConnectionClosed, reason),
            (Stage::Tune, None) => Error::new(
                ErrorKind::AuthenticationRefused,
                "the server hung up on the login without a word; it may not accept the user or the password",
            ),
            (Stage::Start, None) => Error::new(
                ErrorKind::ConnectionLost,
                "the server hung up on the protocol header; is it a TLS port?",
            ),
            (Stage::OpenOk, None) => Error::new(
                ErrorKind::ConnectionLost,
                "the server hung up on connection.open; may the user enter the virtual host?",
            ),
        }
    }

    /// Whether the server has yet to say its first word.
    pub(super) fn awaits_start(&self) -> bool {
        self.stage == Stage::Start
    }

    /// What is being waited for, for whoever runs out of patience.
    pub(super) fn awaits(&self) -> &'static str {
        match self.stage {
            Stage::Start => "connection.start",
            Stage::Tune => "connection.tune",
            Stage::OpenOk => "connection.open-ok",
        }
    }
}

/// Limits from the server's proposal and ours: 0 is no limit, so the smaller that is not 0 counts. Sending 0
/// back to a server that has a limit would be refused.
fn negotiate(parameters: &ConnectionParameters, tune: &connection::Tune) -> Result<Tuning, Error> {
    let frame_max = smaller(parameters.frame_max, tune.frame_max);
    if frame_max != 0 && frame_max < FRAME_MIN_SIZE {
        return Err(Error::new(
            ErrorKind::Negotiation,
            format!("the server offers a frame_max of {frame_max}, below {FRAME_MIN_SIZE}"),
        ));
    }
    let channel_max = smaller(parameters.channel_max.into(), tune.channel_max.into());
    Ok(Tuning {
        channel_max: u16::try_from(channel_max).unwrap_or(u16::MAX),
        frame_max,
        heartbeat: match parameters.heartbeat.seconds() {
            None => tune.heartbeat,
            Some(0) => 0,
            Some(ours) => {
                u16::try_from(smaller(ours.into(), tune.heartbeat.into())).unwrap_or(ours)
            }
        },
    })
}

fn smaller(ours: u32, theirs: u32) -> u32 {
    match (ours, theirs) {
        (0, limit) | (limit, 0) => limit,
        (ours, theirs) => ours.min(theirs),
    }
}

/// What we say of ourselves. RabbitMQ acts on three of the capabilities; the others are courtesy.
fn client_properties(
    parameters: &ConnectionParameters,
) -> Result<FieldTable<'static>, EncodeError> {
    let mut capabilities = FieldTable::builder();
    for capability in [
        "authentication_failure_close",
        "basic.nack",
        "connection.blocked",
        "consumer_cancel_notify",
        "exchange_exchange_bindings",
        "publisher_confirms",
    ] {
        capabilities = capabilities.entry(capability, true);
    }
    let properties = FieldTable::builder()
        .entry("product", "leveret")
        .entry("version", env!("CARGO_PKG_VERSION"))
        .entry("platform", "Rust")
        .entry("information", "Licensed under MIT OR Apache-2.0")
        .entry("capabilities", capabilities.build()?);
    match &parameters.connection_name {
        Some(name) => properties.entry("connection_name", name.as_str()).build(),
        None => properties.build(),
    }
}

/// The reason in a `connection.close` of the server.
pub(super) fn close_reason(close: &connection::Close<'_>) -> CloseReason {
    CloseReason {
        initiator: Initiator::Server,
        reply_code: ReplyCode::new(close.reply_code),
        reply_text: close.reply_text.to_string_lossy().into_owned(),
        method: blamed(close.class_id, close.method_id),
    }
}

/// The method that a close names; zeros name none.
pub(super) fn blamed(class_id: u16, method_id: u16) -> Option<MethodId> {
    (class_id != 0).then(|| MethodId::new(class_id, method_id))
}

/// Name or number of a method, never its arguments: some of them are secrets.
pub(super) fn describe(method: &AnyMethod<'_>) -> String {
    match method.info() {
        Some(info) => info.name.to_owned(),
        None => format!("method {}", method.id()),
    }
}
