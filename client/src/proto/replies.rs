//! Replies, and what they change here.

use amqp_methods::{AnyMethod, MethodId, Reader, ReplyCode, basic};
use bytes::Bytes;

use super::calls::{Effect, Pending};
use super::channel_methods::nobody_asked;
use super::channel_state::Stage;
use super::channels::Number;
use super::consumers::ConsumerEnd;
use super::routing::{unexpected, unknown_channel};
use super::{ChannelId, Connection, ConsumerId, DeliveryTag, Event, RawReply, Settlement};
use crate::error::Error;
use crate::message::{Content, OwnedMethod};

impl Connection {
    pub(super) fn reply(
        &mut self,
        number: u16,
        id: MethodId,
        args: Reader<'_>,
    ) -> Result<(), Error> {
        // Known methods are checked whole before anybody hears of them.
        let method = AnyMethod::from_args(id, args.clone())?;
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let answered = match &method {
            AnyMethod::BasicCancelOk(ok) => state.calls.cancelled(&ok.consumer_tag),
            _ => state.calls.answered_by(id),
        };
        let Some(pending) = answered else {
            return match method {
                AnyMethod::Unknown(_) if !state.calls.await_reply(id) => {
                    let channel = Some(state.id);
                    self.extension_method(channel, OwnedMethod::alone(id, args.rest()));
                    Ok(())
                }
                _ => Err(unexpected(&method, number)),
            };
        };
        let consumer = self.apply(number, &pending, &method)?;
        if !pending.abandoned {
            let reply = RawReply {
                id,
                arguments: Bytes::copy_from_slice(args.rest()),
                content: None,
                consumer,
            };
            self.events.push_back(Event::Reply {
                call: pending.call,
                result: Ok(reply),
            });
        }
        if pending.effect == Effect::CloseChannel {
            self.closed_as_asked(number);
        }
        Ok(())
    }

    /// What a reply changes here; gives the consumer that it begins.
    fn apply(
        &mut self,
        number: u16,
        pending: &Pending,
        reply: &AnyMethod<'_>,
    ) -> Result<Option<ConsumerId>, Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let id = state.id;
        match (&pending.effect, reply) {
            (Effect::OpenChannel, _) => {
                state.stage = Stage::Open;
                if pending.abandoned {
                    self.close_unwanted(id);
                }
            }
            (
                Effect::Consume {
                    no_ack,
                    options,
                    is_cancelled,
                    ..
                },
                AnyMethod::BasicConsumeOk(ok),
            ) => {
                // One that is being cancelled may be told of it later.
                if self.is_tag_taken(id, &ok.consumer_tag) {
                    let tag = &ok.consumer_tag;
                    let detail = format!("a second consumer {tag:?} on channel {number}");
                    return Err(Error::protocol(ReplyCode::COMMAND_INVALID, detail, None));
                }
                // Before the next frame is looked at: it may be the first delivery.
                let consumer = self.register_consumer(id, &ok.consumer_tag, *no_ack, *options);
                if let Some(consumer) = consumer
                    && let Some(state) = self.channels.number(number)
                {
                    let calls = &mut state.calls;
                    calls.name_cancelled(pending.call, &ok.consumer_tag, consumer);
                }
                if let Some(consumer) = consumer.filter(|_| pending.abandoned)
                    && let Some(cancel) = self.drop_consumer(consumer)
                    && let Some(mut channel) = self.channel(id)
                {
                    channel.abandon(cancel);
                }
                if let Some(consumer) = consumer.filter(|_| *is_cancelled)
                    && self.consumers.silence(consumer)
                {
                    self.events.push_back(Event::Consumer(consumer));
                }
                return Ok(consumer);
            }
            (Effect::Cancel { consumer, .. }, AnyMethod::BasicCancelOk(ok)) => {
                let found = state.tags.find(&ok.consumer_tag);
                let consumer = consumer.or(found);
                // RabbitMQ: a cancel for a tag that was cancelled before is answered at once, in front of deliveries that
                // are still on their way from the queue. Behind the last answer there are none.
                if consumer.is_some_and(|consumer| state.calls.cancel(consumer)) {
                    return Ok(None);
                }
                // Its tag may be another's by now.
                if consumer == found {
                    state.tags.remove(&ok.consumer_tag);
                }
                if let Some(consumer) = consumer
                    && self.consumers.end(consumer, ConsumerEnd::Cancelled)
                {
                    self.events.push_back(Event::Consumer(consumer));
                }
            }
            (Effect::Commit, _) => {
                if let Some(mut channel) = self.channel(id) {
                    channel.committed();
                }
            }
            (Effect::Recover, _) => {
                if let Some(mut channel) = self.channel(id) {
                    channel.recovered();
                }
            }
            _ => {}
        }
        Ok(None)
    }

    /// The server has agreed to the end of a channel.
    fn closed_as_asked(&mut self, number: u16) {
        let state = self.channels.number(number);
        if let Some(Stage::Closing(error)) = state.map(|state| &state.stage) {
            let error = error.clone();
            self.end_channel(number, &error, Number::Free);
        }
    }

    /// Closes a channel that nobody waited for.
    fn close_unwanted(&mut self, channel: ChannelId) {
        let Some(mut channel) = self.channel(channel) else {
            return;
        };
        if let Ok(close) = channel.close(ReplyCode::REPLY_SUCCESS, "opened too late") {
            channel.abandon(close);
        }
    }

    /// Handles the message that `basic.get` fetched.
    pub(super) fn fetched(&mut self, number: u16, content: Content) -> Result<(), Error> {
        let pending = self.fetching(number, &content)?;
        let id = content.method_id();
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        state.has_delivered = true;
        let channel = state.id;
        self.counters.delivered += 1;
        if pending.effect == (Effect::Get { no_ack: false }) {
            state.unsettled.add(get_ok_tag(&content));
        }
        if pending.effect == (Effect::Get { no_ack: true })
            && let Some(acks) = &mut state.acks
        {
            acks.settled(get_ok_tag(&content));
        }
        if pending.abandoned {
            match pending.effect {
                Effect::Get { no_ack: false } => {
                    let value = get_ok_tag(&content);
                    self.give_back(DeliveryTag { channel, value }, Settlement::REQUEUE);
                }
                _ => self.events.push_back(Event::Lost(channel)),
            }
            return Ok(());
        }
        let reply = RawReply {
            id,
            arguments: Bytes::copy_from_slice(content.arguments().rest()),
            content: Some(content),
            consumer: None,
        };
        self.events.push_back(Event::Reply {
            call: pending.call,
            result: Ok(reply),
        });
        Ok(())
    }

    /// The call that a message was fetched for.
    pub(super) fn fetching(&mut self, number: u16, content: &Content) -> Result<Pending, Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let id = content.method_id();
        let pending = state.calls.answered_by(id);
        pending.ok_or_else(|| nobody_asked(id, number))
    }
}

/// The tag of a message that was fetched.
pub(super) fn get_ok_tag(content: &Content) -> u64 {
    let get_ok: basic::GetOk<'_> = content.method().unwrap_or_default();
    get_ok.delivery_tag
}
