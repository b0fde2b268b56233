//! How far the handshake has come, and what it may mean that it goes no further.

use amqp_methods::ReplyCode;

use super::{FRAME_MIN_SIZE, Handshake, Stage};
use crate::error::{CloseReason, ConnectStage, Error, ErrorKind};

impl Handshake {
    /// What it means that the server closes, or just leaves, at this stage.
    pub(in crate::proto) fn closed(&self, reason: Option<CloseReason>) -> Error {
        match (&self.stage, reason) {
            (Stage::Tune(_) | Stage::Answer, Some(reason))
                if reason.reply_code == ReplyCode::ACCESS_REFUSED =>
            {
                let error = Error::connection_closed(ErrorKind::AuthenticationRefused, reason);
                match self.parameters.is_guest_from_afar() {
                    true => error.hint(GUEST),
                    false => error,
                }
            }
            (Stage::OpenOk, Some(reason)) if self.is_for_want_of_a_name(&reason) => {
                Error::connection_closed(ErrorKind::ConnectionClosed, reason).hint(EMPTY_NAME)
            }
            (_, Some(reason)) => Error::connection_closed(ErrorKind::ConnectionClosed, reason),
            (Stage::Tune(_) | Stage::Answer, None) => Error::new(
                ErrorKind::AuthenticationRefused,
                "the server hung up on the login without a word; it may not accept the user or the password",
            ),
            (Stage::Start, None) => Error::new(
                ErrorKind::ConnectionLost,
                match self.parameters.tls {
                    None => "the server hung up on the protocol header; is it a TLS port?",
                    Some(_) => {
                        "the server hung up on the protocol header, with TLS; does it speak AMQP?"
                    }
                },
            ),
            (Stage::Response, None) => Error::new(
                ErrorKind::ConnectionLost,
                "the server hung up before the login",
            ),
            (Stage::Heartbeat(_), None) => Error::new(
                ErrorKind::ConnectionLost,
                "the server hung up before connection.tune-ok",
            ),
            (Stage::OpenOk, None) => Error::new(
                ErrorKind::ConnectionLost,
                "the server hung up on connection.open; may the user enter the virtual host?",
            ),
        }
    }

    /// What it may mean that the transport breaks at this stage: a reset is how many a server hangs up.
    pub(in crate::proto) fn lost(&self, error: Error) -> Error {
        match self.stage {
            Stage::Start if self.parameters.tls.is_none() => {
                error.also(" on the protocol header; is it a TLS port?")
            }
            Stage::Tune(_) | Stage::Answer
                if self.parameters.initial_frame_max > FRAME_MIN_SIZE =>
            {
                error.also(" on the login; does the server take `initial_frame_max`?")
            }
            Stage::Tune(_) | Stage::Answer => error.also(" on the login"),
            Stage::OpenOk => {
                error.also(" on connection.open; may the user enter the virtual host?")
            }
            _ => error,
        }
    }

    fn is_for_want_of_a_name(&self, reason: &CloseReason) -> bool {
        let refusals = [ReplyCode::NOT_ALLOWED, ReplyCode::INVALID_PATH];
        self.parameters.virtual_host.is_empty() && refusals.contains(&reason.reply_code)
    }

    /// How far connecting has come.
    pub(in crate::proto) fn connect_stage(&self) -> ConnectStage {
        match self.stage {
            Stage::Start => ConnectStage::Protocol,
            Stage::Response | Stage::Tune(_) | Stage::Answer => ConnectStage::Authentication,
            Stage::Heartbeat(_) => ConnectStage::Tune,
            Stage::OpenOk => ConnectStage::Open,
        }
    }

    /// What is being waited for, for whoever runs out of patience.
    pub(in crate::proto) fn awaits(&self) -> &'static str {
        match self.stage {
            // What listens for TLS may wait for the beginning of that, and say nothing to anybody else.
            Stage::Start if self.parameters.tls.is_none() => {
                "connection.start from the server; is it a TLS port?"
            }
            Stage::Start => "connection.start from the server",
            Stage::Tune(_) => "connection.tune from the server",
            Stage::OpenOk => "connection.open-ok from the server",
            Stage::Response | Stage::Answer => "response from the security mechanism",
            Stage::Heartbeat(_) => "decision about the heartbeat",
        }
    }
}

/// As much of a list of mechanisms as people read: a server can say more than any log should have.
pub(super) fn beginning(list: &str) -> String {
    let mut characters = list.chars();
    let mut text: String = characters.by_ref().take(MECHANISMS_SHOWN).collect();
    if characters.next().is_some() {
        text.push('…');
    }
    text
}

const MECHANISMS_SHOWN: usize = 200;

const GUEST: &str =
    "RabbitMQ lets the user guest in from the same machine only, unless it is told otherwise";

const EMPTY_NAME: &str = "the name of the virtual host is empty, as it is where a URL ends in a slash; \
    '/' is amqp://host without the slash, or amqp://host/%2F";
