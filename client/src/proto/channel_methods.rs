//! Methods on channels that the server sends of its own accord.

use amqp_methods::{Decode as _, Method as _, MethodId, Reader, ReplyCode, basic, channel};

use super::channel_state::Stage;
use super::channels::Number;
use super::consumers::ConsumerEnd;
use super::content::Purpose;
use super::handshake::blamed;
use super::routing::unknown_channel;
use super::{Connection, Event};
use crate::error::{CloseReason, Error, ErrorKind, Initiator};

impl Connection {
    pub(super) fn channel_method(
        &mut self,
        number: u16,
        id: MethodId,
        args: Reader<'_>,
    ) -> Result<(), Error> {
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
                let deliver = basic::Deliver::from_args(args.clone())?;
                let purpose = match state.tags.find(&deliver.consumer_tag) {
                    Some(consumer) => Purpose::Delivery(consumer, deliver.delivery_tag),
                    // RabbitMQ: keeps back consume-ok once it has read our close, and goes on to deliver.
                    None if matches!(state.stage, Stage::Closing(_)) => Purpose::Nobody,
                    None => return Err(unknown_consumer(&deliver)),
                };
                self.begin_content(number, id, args, purpose)
            }
            basic::GetOk::ID => {
                basic::GetOk::from_args(args.clone())?;
                if !state.calls.is_answered_by(id) {
                    return Err(nobody_asked(id, number));
                }
                self.begin_content(number, id, args, Purpose::Fetched)
            }
            basic::Return::ID => {
                basic::Return::from_args(args.clone())?;
                self.begin_content(number, id, args, Purpose::Returned)
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
                let flow = channel::Flow::from_args(args)?;
                self.flow(number, flow.active)
            }
            _ if self.extensions.has_content(id) => self.extension_content_begins(number, id, args),
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
        let before = confirms.outstanding();
        confirms.settle(tag, multiple, ack)?;
        let settled = before - confirms.outstanding();
        self.counters.settled(settled as u64, ack);
        // One for a batch: confirms of a channel come in runs.
        if !matches!(self.events.back(), Some(Event::Confirms(channel)) if *channel == state.id) {
            self.events.push_back(Event::Confirms(state.id));
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
        let (channel, is_usable) = (state.id, state.is_usable());
        if let Some(consumer) = state.tags.remove(&cancel.consumer_tag)
            && self.consumers.end(consumer, ConsumerEnd::CancelledByServer)
        {
            self.events.push_back(Event::Consumer(consumer));
            self.events.push_back(Event::ConsumerCancelled {
                channel,
                consumer_tag: cancel.consumer_tag.reborrow().into_owned(),
            });
        }
        if !cancel.no_wait && is_usable {
            let ok = basic::CancelOk::new(cancel.consumer_tag.reborrow());
            self.outbox.method(self.encoder, number, &ok)?;
        }
        Ok(())
    }

    fn flow(&mut self, number: u16, active: bool) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        state.flow = active;
        let channel = state.id;
        let is_usable = state.is_usable();
        self.events.push_back(Event::Flow { channel, active });
        if is_usable {
            self.outbox
                .method(self.encoder, number, &channel::FlowOk { active })?;
        }
        Ok(())
    }

    fn channel_closed_by_server(&mut self, number: u16, close: &channel::Close<'_>) {
        let is_closing = self
            .channels
            .number(number)
            .is_some_and(|state| matches!(state.stage, Stage::Closing(_)));
        // What is queued for the channel must not follow its close-ok.
        let close_was_purged = self.outbox.purge(number);
        if let Err(error) = self.outbox.method(self.encoder, number, &channel::CloseOk) {
            tracing::error!(%error, "channel.close-ok does not fit the wire");
        }
        let then = if is_closing && !close_was_purged {
            Number::Draining
        } else {
            Number::Free
        };
        let reason = CloseReason {
            initiator: Initiator::Server,
            reply_code: ReplyCode::new(close.reply_code),
            reply_text: close.reply_text.to_string_lossy().into_owned(),
            method: blamed(close.class_id, close.method_id),
        };
        let error = Error::channel_closed(ErrorKind::ChannelClosed, number, reason);
        let error = self.about_server(error);
        self.end_channel(number, &error, then);
    }
}

#[cold]
pub(super) fn nobody_asked(id: MethodId, number: u16) -> Error {
    let detail = format!("method {id} with content on channel {number}, which nobody asked for");
    Error::protocol(ReplyCode::COMMAND_INVALID, detail, None)
}

#[cold]
fn unknown_consumer(deliver: &basic::Deliver<'_>) -> Error {
    let tag = &deliver.consumer_tag;
    let detail = format!("a delivery for the unknown consumer {tag:?}");
    Error::protocol(ReplyCode::COMMAND_INVALID, detail, None)
}
