//! From the protocol header to an open connection.

use core::fmt;

use amqp_methods::{
    AnyMethod, DynMethod, FieldTable, FrameEncoder, MethodId, ReplyCode, connection,
};

use self::explanations::beginning;
use self::negotiation::{heartbeat, negotiate};
use super::outbox::Outbox;
use super::question::{Answer, Question, Told};
use crate::error::{CloseReason, ConnectStage, Error, ErrorKind, Initiator};
use crate::parameters::{Beginning, ConnectionParameters, Exchange};

mod explanations;
mod negotiation;

pub use self::negotiation::Tuning;

/// The smallest `frame_max` that the standard allows.
const FRAME_MIN_SIZE: u32 = 4096;

/// How far the handshake has come: what is due, and from whom.
enum Stage {
    /// `connection.start` from the server.
    Start,
    /// The first response of a mechanism that is not ours.
    Response,
    /// `connection.tune`, or a challenge to such a mechanism.
    Tune(Option<Box<dyn Exchange>>),
    /// The answer to that.
    Answer,
    /// What the application makes of the proposed heartbeat.
    Heartbeat(connection::Tune),
    /// `connection.open-ok` from the server.
    OpenOk,
}

/// The client's half of the handshake.
///
/// Spec: connection.start to connection.open-ok; 2.2.4
#[derive(Debug)]
pub(super) struct Handshake {
    stage: Stage,
    parameters: ConnectionParameters,
    /// The mechanism that was chosen.
    mechanism: String,
    question: Option<Question>,
    server_properties: FieldTable<'static>,
    tuning: Tuning,
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
            mechanism: String::new(),
            question: None,
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
        match (&mut self.stage, method) {
            (Stage::Start, AnyMethod::ConnectionStart(start)) => self.start(start, out),
            (Stage::Tune(exchange), AnyMethod::ConnectionSecure(secure)) => {
                let Some(exchange) = exchange.take() else {
                    return Err(Error::new(
                        ErrorKind::AuthenticationRefused,
                        format!(
                            "mechanism {} has nothing to answer to the server's challenge",
                            self.mechanism
                        ),
                    ));
                };
                self.question = Some(Question::challenge(exchange, secure.challenge.as_bytes()));
                self.stage = Stage::Answer;
                Ok(Step::Continue)
            }
            (Stage::Tune(_), AnyMethod::ConnectionTune(tune)) => {
                match heartbeat(&self.parameters.heartbeat, *tune) {
                    Ok(heartbeat) => self.tune(tune, heartbeat, out),
                    Err(question) => {
                        self.question = Some(question);
                        self.stage = Stage::Heartbeat(*tune);
                        Ok(Step::Continue)
                    }
                }
            }
            (Stage::OpenOk, AnyMethod::ConnectionOpenOk(_)) => {
                self.parameters.credentials.connected();
                Ok(Step::Done {
                    server_properties: core::mem::take(&mut self.server_properties),
                })
            }
            _ => Err(Error::protocol(
                ReplyCode::COMMAND_INVALID,
                format!("{} during the handshake", describe(method)),
                None,
            )),
        }
    }

    /// Goes on with what the application says. An answer to what nobody asked is passed over.
    pub(super) fn answer(&mut self, answer: Answer, out: &mut Outbox) -> Result<Step, Error> {
        match (&self.stage, answer.0) {
            (Stage::Response | Stage::Answer, Told::Response(exchange, response)) => {
                let response = response.map_err(|error| {
                    Error::credentials(format!("mechanism {}: {error}", self.mechanism), error)
                })?;
                match self.stage {
                    Stage::Answer => self.send(out, &connection::SecureOk::new(&response[..]))?,
                    _ => self.start_ok(&response, out)?,
                }
                self.stage = Stage::Tune(Some(exchange));
                Ok(Step::Continue)
            }
            (Stage::Heartbeat(tune), Told::Heartbeat(heartbeat)) => {
                let tune = *tune;
                self.tune(&tune, heartbeat, out)
            }
            _ => Ok(Step::Continue),
        }
    }

    pub(super) fn take_question(&mut self) -> Option<Question> {
        self.question.take()
    }

    pub(super) fn has_question(&self) -> bool {
        self.question.is_some()
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
        let offered = start.mechanisms.to_string_lossy();
        let is_offered = |name: &str| offered.split_ascii_whitespace().any(|offer| offer == name);
        let credentials = &self.parameters.credentials;
        let Some(way) = credentials.choose(is_offered) else {
            let ours: Vec<_> = credentials.mechanisms().collect();
            let ours = ours.join(", ");
            let offered = beginning(&offered);
            let detail = format!("the server offers the mechanisms {offered:?}, not {ours}");
            let error = Error::new(ErrorKind::AuthenticationRefused, detail);
            return Err(error.at(ConnectStage::Authentication));
        };
        way.name().clone_into(&mut self.mechanism);
        self.server_properties = start.server_properties.reborrow().into_owned();
        match way.begin() {
            Beginning::Response(response) => {
                let sent = self.start_ok(&response, out);
                sent.map_err(|error| error.at(ConnectStage::Authentication))?;
                self.stage = Stage::Tune(None);
            }
            Beginning::Other(mechanism) => {
                self.question = Some(Question::begin(mechanism));
                self.stage = Stage::Response;
            }
            Beginning::Erased => {
                let detail = "they were erased after an earlier connection";
                let error = Error::new(ErrorKind::Credentials, detail);
                return Err(error.at(ConnectStage::Authentication));
            }
        }
        Ok(Step::Continue)
    }

    fn start_ok(&mut self, response: &[u8], out: &mut Outbox) -> Result<(), Error> {
        let (mechanism, locale) = (self.mechanism.as_str(), self.parameters.locale.as_str());
        let start_ok = connection::StartOk::new(mechanism, response, locale)
            .client_properties(self.parameters.introduction()?);
        self.send(out, &start_ok)
    }

    /// Sends what may be long, and is not sent if it is longer than the server is known to take: it may drop that
    /// without a word.
    fn send(&self, out: &mut Outbox, method: &impl DynMethod) -> Result<(), Error> {
        let limit = self.parameters.initial_frame_max;
        let encoder = FrameEncoder::new(limit);
        if encoder.body_max() < 4 + method.encoded_len() {
            let detail = format!(
                "the login takes more than the {limit} octets of `initial_frame_max`; are the credentials too long, \
                 or the client properties?"
            );
            return Err(Error::new(ErrorKind::Encode, detail));
        }
        out.method(encoder, 0, method)?;
        out.keep_secret();
        Ok(())
    }

    fn tune(
        &mut self,
        tune: &connection::Tune,
        heartbeat: u16,
        out: &mut Outbox,
    ) -> Result<Step, Error> {
        let tuning = negotiate(&self.parameters, tune, heartbeat);
        self.tuning = tuning.map_err(|error| error.at(ConnectStage::Tune))?;
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

    /// Whether the server has yet to say its first word.
    pub(super) fn awaits_start(&self) -> bool {
        matches!(self.stage, Stage::Start)
    }
}

/// The name only: what an exchange holds is secret.
impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "Start",
            Self::Response => "Response",
            Self::Tune(_) => "Tune",
            Self::Answer => "Answer",
            Self::Heartbeat(_) => "Heartbeat",
            Self::OpenOk => "OpenOk",
        })
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
