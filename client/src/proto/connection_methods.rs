//! Methods on channel 0.

use core::time::Duration;
use std::time::Instant;

use amqp_methods::{AnyMethod, FrameEncoder, FrameLimits, UnknownMethod, connection};
use bytes::Bytes;

use super::connection::ConnectionStage;
use super::handshake::{Step, close_reason};
use super::heartbeat::Heartbeat;
use super::routing::unexpected;
use super::{Connection, Event, Tuning};
use crate::error::{CloseReason, Error, ErrorKind};

impl Connection {
    pub(super) fn connection_method(&mut self, now: Instant, payload: &[u8]) -> Result<(), Error> {
        let method = AnyMethod::decode(payload)?;
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
                self.blocked = true;
                let reason = blocked.reason.to_string_lossy().into_owned();
                self.events.push_back(Event::Blocked(reason));
                Ok(())
            }
            (_, AnyMethod::ConnectionUnblocked(_)) => {
                self.blocked = false;
                self.events.push_back(Event::Unblocked);
                Ok(())
            }
            (_, AnyMethod::Unknown(UnknownMethod { id, args })) => {
                self.events.push_back(Event::Method {
                    channel: None,
                    id: *id,
                    arguments: Bytes::copy_from_slice(args.as_bytes()),
                });
                Ok(())
            }
            _ => Err(unexpected(&method, 0)),
        }
    }

    fn step(&mut self, step: Step, now: Instant) {
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
