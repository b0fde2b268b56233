//! Methods on channel 0.

use core::time::Duration;
use std::time::Instant;

use amqp_methods::{AnyMethod, FrameEncoder, FrameLimits, MethodId, Reader, ReplyCode, connection};
use bytes::Bytes;

use super::connection::ConnectionStage;
use super::handshake::{Step, close_reason};
use super::heartbeat::Heartbeat;
use super::routing::unexpected;
use super::{Connection, Event, RawReply, Tuning};
use crate::error::{CloseReason, Error, ErrorKind};
use crate::message::OwnedMethod;

impl Connection {
    pub(super) fn connection_method(&mut self, now: Instant, payload: &[u8]) -> Result<(), Error> {
        let (id, args) = MethodId::split_payload(payload)?;
        let method = AnyMethod::from_args(id, args.clone())?;
        match (&mut self.stage, &method) {
            (_, AnyMethod::ConnectionClose(close)) => {
                self.closed_by_server(close_reason(close));
                Ok(())
            }
            (ConnectionStage::Closing(error, _), AnyMethod::ConnectionCloseOk(_)) => {
                let error = error.clone();
                self.finish(error);
                Ok(())
            }
            (ConnectionStage::Closing(..), _) => Ok(()),
            (ConnectionStage::Opening(handshake, _), _) => {
                let step = handshake.method(&method, &mut self.outbox)?;
                self.step(step, now);
                Ok(())
            }
            (_, AnyMethod::ConnectionBlocked(blocked)) => {
                let reason = blocked.reason.to_string_lossy().into_owned();
                self.blocked.begin(now, &reason);
                self.events.push_back(Event::Blocked(reason));
                Ok(())
            }
            (_, AnyMethod::ConnectionUnblocked(_)) => {
                self.blocked.end(now);
                self.events.push_back(Event::Unblocked);
                Ok(())
            }
            _ => self.connection_reply(&method, id, args),
        }
    }

    /// Handles the answer to a call on channel 0, or what an extension says there.
    fn connection_reply(
        &mut self,
        method: &AnyMethod<'_>,
        id: MethodId,
        args: Reader<'_>,
    ) -> Result<(), Error> {
        if self.extensions.has_content(id) {
            // The standard, 4.2.6: content is not for channel 0.
            let detail = format!("method {id} with content on channel 0");
            return Err(Error::protocol(ReplyCode::CHANNEL_ERROR, detail, None));
        }
        if let Some(pending) = self.calls.answered_by(id) {
            if !pending.abandoned {
                let reply = RawReply {
                    id,
                    arguments: Bytes::copy_from_slice(args.rest()),
                    content: None,
                    consumer: None,
                };
                self.events.push_back(Event::Reply {
                    call: pending.call,
                    result: Ok(reply),
                });
            }
            return Ok(());
        }
        if !matches!(method, AnyMethod::Unknown(_)) || self.calls.await_reply(id) {
            return Err(unexpected(method, 0));
        }
        self.extension_method(None, OwnedMethod::alone(id, args.rest()));
        Ok(())
    }

    pub(super) fn step(&mut self, step: Step, now: Instant) {
        match step {
            Step::Continue => {}
            Step::Tuned(tuning) => self.tune(tuning, now),
            Step::Done { server_properties } => {
                self.server_properties = server_properties;
                self.stage = ConnectionStage::Open;
                self.events.push_back(Event::Open);
            }
        }
    }

    fn tune(&mut self, tuning: Tuning, now: Instant) {
        self.tuning = tuning;
        self.encoder = FrameEncoder::new(tuning.frame_max);
        // Frames without a limit would be memory without one: then no frame need be larger than a message.
        let frame_max = match tuning.frame_max {
            0 => u32::try_from(self.max_message_size)
                .unwrap_or(u32::MAX)
                .max(FRAME_MAX_AT_LEAST),
            frame_max => frame_max,
        };
        self.limits = FrameLimits {
            frame_max,
            header_max: self.max_header_size.max(frame_max),
        };
        self.heartbeat = Heartbeat::new(Duration::from_secs(tuning.heartbeat.into()), now);
    }

    fn closed_by_server(&mut self, reason: CloseReason) {
        if let Err(error) = self.outbox.method(self.encoder, 0, &connection::CloseOk) {
            tracing::error!(%error, "connection.close-ok does not fit the wire");
        }
        let error = match &self.stage {
            ConnectionStage::Opening(handshake, _) => handshake.closed(Some(reason)),
            _ => Error::connection_closed(ErrorKind::ConnectionClosed, reason),
        };
        // If both began at once, ours is the reason that the application knows.
        self.fail(error);
    }
}

/// What a frame may have where neither side has set a limit, however small the messages are to be.
const FRAME_MAX_AT_LEAST: u32 = 1024 * 1024;
