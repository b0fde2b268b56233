//! What becomes of the octets that come in, and of each frame among them.

use std::time::Instant;

use amqp_methods::{
    AnyMethod, BytesMut, Decode as _, FRAME_OVERHEAD, Frame, FrameKind, Method as _,
    ProtocolHeader, ReplyCode, channel,
};
use bytes::Buf as _;

use super::Connection;
use super::connection::ConnectionStage;
use super::handshake::describe;
use crate::error::{Error, ErrorKind};

/// Octets of a frame before its payload.
const FRAME_HEAD: usize = FRAME_OVERHEAD - 1;

impl Connection {
    /// Takes input: every whole frame at the start of `input`. Octets of an incomplete one stay.
    ///
    /// Call it when octets were read: that they were is a sign of life. A large body is taken over without a
    /// copy: it keeps the memory of `input` until it is dropped.
    pub fn handle_input(&mut self, now: Instant, input: &mut BytesMut) {
        if !input.is_empty() {
            self.heard(now);
        }
        let before = input.len();
        if let Err(error) = self.take_frames(now, input) {
            self.breach(error);
        }
        self.counters.octets_received += (before - input.len()) as u64;
        self.time_acks(now);
        if self.closed().is_some() {
            input.clear();
        }
    }

    fn take_frames(&mut self, now: Instant, input: &mut BytesMut) -> Result<(), Error> {
        if self.awaits_first_frame() && !speaks_frames(input)? {
            return Ok(());
        }
        let mut used = 0;
        while self.closed().is_none() {
            let rest = input.get(used..).unwrap_or_default();
            let frame = match Frame::decode(rest, self.limits) {
                Ok(Some(frame)) => frame,
                Ok(None) => break,
                Err(error) if self.awaits_first_frame() => {
                    let detail = format!("the answer is no frame: {error}");
                    return Err(Error::new(ErrorKind::ProtocolVersion, detail));
                }
                Err(error) => return Err(error.into()),
            };
            let length = frame.encoded_len();
            self.counters.frames_received += 1;
            if !self.is_shared(&frame) {
                self.frame(now, &frame)?;
                used += length;
                continue;
            }
            let channel = frame.channel;
            input.advance(used);
            used = 0;
            let octets = input.split_to(length).freeze();
            self.whole_body(channel, octets.slice(FRAME_HEAD..length - 1))?;
        }
        input.advance(used);
        Ok(())
    }

    /// Whether nothing has come yet that only a server of this protocol says.
    fn awaits_first_frame(&self) -> bool {
        matches!(&self.stage, ConnectionStage::Opening(handshake, _) if handshake.awaits_start())
    }

    #[inline]
    fn is_shared(&mut self, frame: &Frame<'_>) -> bool {
        frame.kind == FrameKind::Body
            && self
                .channels
                .number(frame.channel)
                .is_some_and(|state| state.assembly.is_shared(frame))
    }

    fn frame(&mut self, now: Instant, frame: &Frame<'_>) -> Result<(), Error> {
        match (frame.kind, frame.channel) {
            (FrameKind::Heartbeat, _) => Ok(()),
            (FrameKind::Method, 0) => self.connection_method(now, frame.payload),
            // After our close only its answer is of interest.
            _ if matches!(self.stage, ConnectionStage::Closing(..)) => Ok(()),
            (_, 0) => Err(channel_error("content on channel 0".to_owned())),
            (_, channel) if self.channels.number(channel).is_none() => self.late_frame(frame),
            (FrameKind::Method, channel) => {
                let (id, args) = frame.method()?;
                self.channel_method(channel, id, args)
            }
            (FrameKind::Header, channel) => self.content_header(channel, frame.payload),
            (FrameKind::Body, channel) => self.content_body(channel, frame.payload),
        }
    }

    /// Handles a frame on a channel that does not exist here: one that has ended while our `channel.close`
    /// was on its way is done with when the server has answered that. A `channel.close` that crossed ours is
    /// answered all the same, since the server keeps the number until then. Nothing else matters on it.
    #[cold]
    fn late_frame(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        let channel = frame.channel;
        if !self.channels.is_draining(channel) {
            return Err(unknown_channel(channel));
        }
        if frame.kind == FrameKind::Method {
            let (id, args) = frame.method()?;
            if id == channel::CloseOk::ID {
                channel::CloseOk::from_args(args)?;
                self.channels.drained(channel);
            } else if id == channel::Close::ID {
                channel::Close::from_args(args)?;
                self.outbox
                    .method(self.encoder, channel, &channel::CloseOk)?;
            }
        }
        Ok(())
    }
}

/// Tells servers that speak something else, which no frame begins like. False if it is too early to tell.
fn speaks_frames(input: &[u8]) -> Result<bool, Error> {
    let refusal = |detail: &str| Err(Error::new(ErrorKind::ProtocolVersion, detail));
    match input {
        [b'A', ..] => match ProtocolHeader::decode(input) {
            Ok(Some(ProtocolHeader([a, b, c, d]))) => refusal(&format!(
                "the server asks for the protocol header {a} {b} {c} {d}"
            )),
            Ok(None) => Ok(false),
            Err(_) => refusal("the answer is neither a frame nor a protocol header"),
        },
        [b'H', b'T', b'T', b'P', ..] => refusal("the server answers in HTTP"),
        [0x15 | 0x16, 3, ..] => refusal("the server answers in TLS"),
        _ => Ok(true),
    }
}

#[cold]
pub(super) fn unknown_channel(number: u16) -> Error {
    channel_error(format!("a frame on channel {number}, which is not open"))
}

#[cold]
fn channel_error(detail: String) -> Error {
    Error::protocol(ReplyCode::CHANNEL_ERROR, detail, None)
}

#[cold]
pub(super) fn unexpected(method: &AnyMethod<'_>, number: u16) -> Error {
    let detail = format!(
        "{} on channel {number}, which nobody asked for",
        describe(method)
    );
    Error::protocol(ReplyCode::COMMAND_INVALID, detail, None)
}
