//! What becomes of each frame that comes in.

use std::time::Instant;

use amqp_methods::{
    AnyMethod, BytesMut, Decode as _, FRAME_OVERHEAD, Frame, FrameKind, Method as _, MethodId,
    ProtocolHeader, Reader, ReplyCode, basic, channel, connection,
};
use bytes::{Buf as _, Bytes};

use super::calls::{Effect, Pending};
use super::channel_state::Stage;
use super::connection::ConnectionStage;
use super::consumers::{ConsumerEnd, Taken};
use super::content::Refusal;
use super::handshake::{Step, blamed, close_reason, describe};
use super::{ChannelId, Connection, DeliveryTag, Event, RawDelivery, RawReply, Settlement};
use crate::error::{CloseReason, Error, ErrorKind, Initiator};
use crate::message::{Content, Returned};

/// Octets of a frame before its payload.
const FRAME_HEAD: usize = FRAME_OVERHEAD - 1;

impl Connection {
    /// Takes input: every whole frame at the start of `input`. Octets of an incomplete one stay.
    ///
    /// A large body is taken over without a copy: it keeps the memory of `input` until it is dropped.
    pub fn handle_input(&mut self, now: Instant, input: &mut BytesMut) {
        self.heard(now);
        if let Err(error) = self.take_frames(now, input) {
            self.breach(error);
        }
        if self.closed().is_some() {
            input.clear();
        }
    }

    fn take_frames(&mut self, now: Instant, input: &mut BytesMut) -> Result<(), Error> {
        if matches!(self.stage, ConnectionStage::Opening(..)) && !speaks_frames(input)? {
            return Ok(());
        }
        let mut used = 0;
        while self.closed().is_none() {
            let rest = input.get(used..).unwrap_or_default();
            let Some(frame) = Frame::decode(rest, self.limits)? else {
                break;
            };
            let length = frame.encoded_len();
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
            (FrameKind::Method, channel) => {
                let (id, args) = frame.method()?;
                self.channel_method(channel, id, args)
            }
            (FrameKind::Header, channel) => self.content_header(channel, frame.payload),
            (FrameKind::Body, channel) => {
                let Some(state) = self.channels.number(channel) else {
                    return Err(unknown_channel(channel));
                };
                match state.assembly.piece(frame.payload)? {
                    Some(content) => self.content(channel, content),
                    None => Ok(()),
                }
            }
        }
    }

    fn connection_method(&mut self, now: Instant, payload: &[u8]) -> Result<(), Error> {
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
            (_, AnyMethod::Unknown { id, args }) => {
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

    fn closed_by_server(&mut self, reason: CloseReason) {
        if let Err(error) = self.outbox.method(self.encoder, 0, &connection::CloseOk) {
            tracing::error!(%error, "connection.close-ok does not fit the wire");
        }
        let error = match &self.stage {
            ConnectionStage::Opening(handshake, _) => handshake.closed(Some(reason)),
            // Both began at once; ours is the reason the application knows.
            ConnectionStage::Closing(error, _) => error.clone(),
            _ => Error::connection_closed(ErrorKind::ConnectionClosed, reason),
        };
        self.finish(error);
    }

    fn channel_method(&mut self, number: u16, id: MethodId, args: Reader<'_>) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        if id == channel::Close::ID {
            let close = channel::Close::from_args(args)?;
            self.channel_closed_by_server(number, &close);
            return Ok(());
        }
        if state.assembly.is_busy() {
            let detail = format!("method {id} in the middle of a content on channel {number}");
            return Err(Error::protocol(ReplyCode::UNEXPECTED_FRAME, detail, None));
        }
        match id {
            basic::Deliver::ID => {
                basic::Deliver::from_args(args.clone())?;
                state.assembly.method(id, args.rest());
                Ok(())
            }
            basic::GetOk::ID => {
                basic::GetOk::from_args(args.clone())?;
                state.assembly.method(id, args.rest());
                Ok(())
            }
            basic::Return::ID => {
                basic::Return::from_args(args.clone())?;
                state.assembly.method(id, args.rest());
                Ok(())
            }
            basic::Ack::ID => {
                let ack = basic::Ack::from_args(args)?;
                self.confirm(number, ack.delivery_tag, ack.multiple, true)
            }
            basic::Nack::ID => {
                let nack = basic::Nack::from_args(args)?;
                self.confirm(number, nack.delivery_tag, nack.multiple, false)
            }
            basic::Cancel::ID => {
                let cancel = basic::Cancel::from_args(args)?;
                self.cancelled_by_server(number, &cancel)
            }
            channel::Flow::ID => {
                let channel::Flow { active } = channel::Flow::from_args(args)?;
                state.flow = active;
                let channel = state.id;
                let is_open = state.stage != Stage::Closing;
                self.events.push_back(Event::Flow { channel, active });
                if is_open {
                    self.outbox
                        .method(self.encoder, number, &channel::FlowOk { active })?;
                }
                Ok(())
            }
            _ => self.reply(number, id, args),
        }
    }

    fn confirm(&mut self, number: u16, tag: u64, multiple: bool, ack: bool) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let Some(confirms) = &mut state.confirms else {
            return Err(Error::protocol(
                ReplyCode::COMMAND_INVALID,
                format!("a confirm on channel {number}, which is not in confirm mode"),
                None,
            ));
        };
        confirms.settle(tag, multiple, ack)?;
        let event = Event::Confirms(state.id);
        // One for a batch: confirms of a channel come in runs.
        if !matches!(self.events.back(), Some(Event::Confirms(channel)) if *channel == state.id) {
            self.events.push_back(event);
        }
        Ok(())
    }

    fn cancelled_by_server(
        &mut self,
        number: u16,
        cancel: &basic::Cancel<'_>,
    ) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let is_open = state.stage != Stage::Closing;
        if let Some(consumer) = state.tags.remove(&cancel.consumer_tag)
            && self.consumers.end(consumer, ConsumerEnd::CancelledByServer)
        {
            self.events.push_back(Event::Consumer(consumer));
        }
        if !cancel.no_wait && is_open {
            let ok = basic::CancelOk::new(cancel.consumer_tag.reborrow());
            self.outbox.method(self.encoder, number, &ok)?;
        }
        Ok(())
    }

    fn reply(&mut self, number: u16, id: MethodId, args: Reader<'_>) -> Result<(), Error> {
        // Known methods are checked whole before anybody hears of them.
        let method = AnyMethod::from_args(id, args.clone())?;
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let Some(pending) = state.calls.answered_by(id) else {
            return match method {
                AnyMethod::Unknown { .. } => {
                    self.events.push_back(Event::Method {
                        channel: Some(state.id),
                        id,
                        arguments: Bytes::copy_from_slice(args.rest()),
                    });
                    Ok(())
                }
                _ => Err(unexpected(&method, number)),
            };
        };
        self.apply(number, &pending, &method);
        let reply = RawReply {
            id,
            arguments: Bytes::copy_from_slice(args.rest()),
            content: None,
        };
        self.events.push_back(Event::Reply {
            call: pending.call,
            result: Ok(reply),
        });
        if pending.effect == Effect::CloseChannel {
            self.end_channel(number, &closed_by_client(number));
        }
        Ok(())
    }

    /// What a reply changes here.
    fn apply(&mut self, number: u16, pending: &Pending, reply: &AnyMethod<'_>) {
        let Some(state) = self.channels.number(number) else {
            return;
        };
        let id = state.id;
        match (&pending.effect, reply) {
            (Effect::OpenChannel, _) => {
                state.stage = Stage::Open;
                if pending.abandoned {
                    self.close_unwanted(id);
                }
            }
            (Effect::Consume { no_ack }, AnyMethod::BasicConsumeOk(ok)) => {
                // Before the next frame is looked at: it may be the first delivery.
                let consumer = self.register_consumer(id, &ok.consumer_tag, *no_ack);
                if let Some(consumer) = consumer.filter(|_| pending.abandoned) {
                    self.drop_consumer(consumer);
                }
            }
            (Effect::Cancel, AnyMethod::BasicCancelOk(ok)) => {
                let consumer = state.tags.remove(&ok.consumer_tag);
                if let Some(consumer) = consumer
                    && self.consumers.end(consumer, ConsumerEnd::Cancelled)
                {
                    self.events.push_back(Event::Consumer(consumer));
                }
            }
            _ => {}
        }
    }

    /// Closes a channel that nobody waited for.
    fn close_unwanted(&mut self, channel: ChannelId) {
        if let Some(mut channel) = self.channel(channel)
            && let Err(error) = channel.close(ReplyCode::REPLY_SUCCESS, "opened too late")
        {
            tracing::debug!(%error, "cannot close a channel that was opened too late");
        }
    }

    fn channel_closed_by_server(&mut self, number: u16, close: &channel::Close<'_>) {
        // What is queued for the channel must not follow its close-ok.
        self.outbox.purge(number);
        if let Err(error) = self.outbox.method(self.encoder, number, &channel::CloseOk) {
            tracing::error!(%error, "channel.close-ok does not fit the wire");
        }
        let reason = CloseReason {
            initiator: Initiator::Server,
            reply_code: ReplyCode::new(close.reply_code),
            reply_text: close.reply_text.to_string_lossy().into_owned(),
            method: blamed(close.class_id, close.method_id),
        };
        self.end_channel(
            number,
            &Error::channel_closed(ErrorKind::ChannelClosed, number, reason),
        );
    }

    fn content_header(&mut self, number: u16, payload: &[u8]) -> Result<(), Error> {
        let limit = self.max_message_size;
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        match state.assembly.header(payload, limit) {
            Ok(Some(content)) => self.content(number, content),
            Ok(None) => Ok(()),
            Err(Refusal::Fatal(error)) => Err(error),
            Err(Refusal::TooLarge(size)) => {
                let detail = format!("a message of {size} octets, more than the limit of {limit}");
                Err(Error::protocol(ReplyCode::CONTENT_TOO_LARGE, detail, None))
            }
        }
    }

    fn whole_body(&mut self, number: u16, body: Bytes) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        match state.assembly.whole(body)? {
            Some(content) => self.content(number, content),
            None => Ok(()),
        }
    }

    /// Hands a complete message to whom it belongs.
    fn content(&mut self, number: u16, content: Content) -> Result<(), Error> {
        match content.method {
            basic::Deliver::ID => self.delivery(number, content),
            basic::Return::ID => {
                let Some(state) = self.channels.number(number) else {
                    return Err(unknown_channel(number));
                };
                let returned = Returned(content);
                let unclaimed = match &mut state.confirms {
                    Some(confirms) => confirms.returned(returned),
                    None => Some(returned),
                };
                if let Some(returned) = unclaimed {
                    state.keep_returned(returned);
                    self.events.push_back(Event::Returned(state.id));
                }
                Ok(())
            }
            _ => self.fetched(number, content),
        }
    }

    fn delivery(&mut self, number: u16, content: Content) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let channel = state.id;
        let deliver: basic::Deliver<'_> = content.decode();
        let tag = DeliveryTag {
            channel,
            value: deliver.delivery_tag,
        };
        let Some(consumer) = state.tags.find(&deliver.consumer_tag) else {
            let detail = format!(
                "a delivery for the unknown consumer {:?}",
                deliver.consumer_tag
            );
            return Err(Error::protocol(ReplyCode::COMMAND_INVALID, detail, None));
        };
        match self
            .consumers
            .deliver(consumer, RawDelivery { tag, content })
        {
            Taken::First => self.events.push_back(Event::Consumer(consumer)),
            Taken::More | Taken::Unwanted { no_ack: true } => {}
            Taken::Unwanted { no_ack: false } => self.give_back(tag),
        }
        Ok(())
    }

    /// Handles the message that `basic.get` fetched.
    fn fetched(&mut self, number: u16, content: Content) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let channel = state.id;
        let id = content.method;
        let Some(pending) = state.calls.answered_by(id) else {
            let detail =
                format!("method {id} with content on channel {number}, which nobody asked for");
            return Err(Error::protocol(ReplyCode::COMMAND_INVALID, detail, None));
        };
        if pending.abandoned {
            match pending.effect {
                Effect::Get { no_ack: false } => {
                    let get_ok: basic::GetOk<'_> = content.decode();
                    let value = get_ok.delivery_tag;
                    self.give_back(DeliveryTag { channel, value });
                }
                _ => tracing::warn!(
                    channel = number,
                    "a message fetched without acknowledgement has no taker"
                ),
            }
            return Ok(());
        }
        let reply = RawReply {
            id,
            arguments: Bytes::copy_from_slice(content.arguments().rest()),
            content: Some(content),
        };
        self.events.push_back(Event::Reply {
            call: pending.call,
            result: Ok(reply),
        });
        Ok(())
    }

    /// Returns a delivery to its queue. A channel that is closing does so by itself.
    fn give_back(&mut self, tag: DeliveryTag) {
        let requeue = Settlement::Nack {
            multiple: false,
            requeue: true,
        };
        if let Some(mut channel) = self.channel(tag.channel)
            && let Err(error) = channel.settle(tag, requeue)
        {
            tracing::debug!(%error, "the server takes the delivery back with its channel");
        }
    }

    /// The tag that settles the message in a reply of this channel.
    pub fn delivery_tag(&self, channel: ChannelId, value: u64) -> DeliveryTag {
        DeliveryTag { channel, value }
    }

    /// Ends the connection because the server broke the protocol, and tells it so.
    fn breach(&mut self, error: Error) {
        let is_ours = error.kind() == ErrorKind::Protocol;
        if is_ours
            && !matches!(self.stage, ConnectionStage::Closing(..))
            && let Some(reason) = error.close_reason()
        {
            let (code, text) = (reason.reply_code, reason.reply_text.clone());
            self.send_close(code, &text);
        }
        self.finish(error);
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

fn closed_by_client(number: u16) -> Error {
    let reason = CloseReason {
        initiator: Initiator::Client,
        reply_code: ReplyCode::REPLY_SUCCESS,
        reply_text: "closed by the application".to_owned(),
        method: None,
    };
    Error::channel_closed(ErrorKind::ChannelClosed, number, reason)
}

#[cold]
fn unknown_channel(number: u16) -> Error {
    channel_error(format!("a frame on channel {number}, which is not open"))
}

#[cold]
fn channel_error(detail: String) -> Error {
    Error::protocol(ReplyCode::CHANNEL_ERROR, detail, None)
}

#[cold]
fn unexpected(method: &AnyMethod<'_>, number: u16) -> Error {
    let detail = format!(
        "{} on channel {number}, which nobody asked for",
        describe(method)
    );
    Error::protocol(ReplyCode::COMMAND_INVALID, detail, None)
}
