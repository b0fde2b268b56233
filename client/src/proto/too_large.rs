//! Messages that are larger than is taken without asking further.

use amqp_methods::{ReplyCode, channel};

use super::calls::Effect;
use super::channel_state::Stage;
use super::channels::Number;
use super::content::{Purpose, Refusal};
use super::replies::get_ok_tag;
use super::routing::unknown_channel;
use super::{
    Arrival, Connection, ConsumerId, DeliveryTag, Event, OverLimit, RawDelivery, Settlement,
};
use crate::error::{CloseReason, Error, ErrorKind, Initiator};
use crate::message::{Content, TooLarge};

/// What to do with a content that is large.
enum Large {
    /// It is taken as any other.
    Take,
    Stream,
    PassOver,
    Refuse,
}

impl Connection {
    /// Decides about a message by the header, which is due: whether it is read piece by piece, taken, passed over,
    /// or refused with its channel.
    #[cold]
    pub(super) fn large_message(
        &mut self,
        number: u16,
        payload: &[u8],
        size: u64,
    ) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let purpose = state.assembly.purpose();
        let is_awaited = state.confirms.is_some();
        match self.is_large(purpose, size) {
            Large::Take => {
                let limit = self.max_message_size;
                self.assemble(number, |assembly| match assembly.header(payload, limit) {
                    Ok(complete) => Ok(complete),
                    Err(Refusal::Fatal(error)) => Err(error),
                    Err(Refusal::Large(_)) => Ok(None),
                })
            }
            Large::PassOver => self.assemble(number, |assembly| {
                assembly.pass_over(payload, size, is_awaited);
                Ok(None)
            }),
            Large::Stream => self.stream(number, purpose, payload, size),
            Large::Refuse => {
                self.refuse_message(number, size);
                Ok(())
            }
        }
    }

    fn is_large(&self, purpose: Option<Purpose>, size: u64) -> Large {
        let is_over = size > self.max_message_size;
        match purpose {
            Some(Purpose::Delivery(consumer, _)) => {
                let options = self.consumers.options(consumer);
                if options.stream_from.is_some_and(|from| size >= from) {
                    // Nobody would read the pieces: it is given back when it has come.
                    return match self.consumers.is_wanted(consumer) {
                        true => Large::Stream,
                        false => Large::PassOver,
                    };
                }
                match (is_over, options.over_limit) {
                    (false, _) => Large::Take,
                    (true, OverLimit::CloseChannel) => Large::Refuse,
                    (true, _) => Large::PassOver,
                }
            }
            _ if is_over => Large::PassOver,
            _ => Large::Take,
        }
    }

    /// Hands out a delivery whose body is still to come.
    fn stream(
        &mut self,
        number: u16,
        purpose: Option<Purpose>,
        payload: &[u8],
        size: u64,
    ) -> Result<(), Error> {
        let Some(Purpose::Delivery(consumer, value)) = purpose else {
            return Ok(());
        };
        let body = self.bodies.begin();
        let mut started = None;
        self.assemble(number, |assembly| {
            started = assembly.stream(payload, size, body);
            Ok(None)
        })?;
        let Some((state, content)) = self.channels.number(number).zip(started) else {
            return Err(unknown_channel(number));
        };
        state.has_delivered = true;
        self.counters.delivered += 1;
        if !consumer.is_no_ack() {
            state.unsettled.add(value);
        }
        let channel = state.id;
        let tag = DeliveryTag { channel, value };
        if let Some(acks) = &mut state.acks
            && self.consumers.is_no_ack(consumer)
        {
            acks.settled(value);
        }
        self.hand_to(
            consumer,
            RawDelivery {
                tag,
                content,
                arrival: Arrival::Streamed(body),
            },
        );
        Ok(())
    }

    /// Settles a delivery whose body was passed over, as its consumer has chosen, and tells the consumer.
    pub(super) fn too_large(
        &mut self,
        number: u16,
        consumer: ConsumerId,
        value: u64,
        content: Content,
    ) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let tag = DeliveryTag {
            channel: state.id,
            value,
        };
        state.has_delivered = true;
        self.counters.delivered += 1;
        let no_ack = self.consumers.is_no_ack(consumer);
        if no_ack && let Some(acks) = &mut state.acks {
            acks.settled(value);
        }
        let settlement = match self.consumers.options(consumer).over_limit {
            // One that is gone has refused nothing.
            _ if !self.consumers.is_wanted(consumer) => Settlement::unseen(&content),
            OverLimit::Requeue => Settlement::unseen(&content),
            OverLimit::Ack => Settlement::Ack { multiple: false },
            OverLimit::Discard | OverLimit::CloseChannel => Settlement::Reject { requeue: false },
        };
        if !no_ack {
            state.unsettled.add(value);
            self.give_back(tag, settlement);
        }
        if self.consumers.is_wanted(consumer) {
            self.hand_to(
                consumer,
                RawDelivery {
                    tag,
                    content,
                    arrival: Arrival::PassedOver,
                },
            );
        }
        Ok(())
    }

    /// Gives back a message that was fetched and whose body was passed over; the call is told.
    pub(super) fn fetched_too_large(
        &mut self,
        number: u16,
        content: &Content,
    ) -> Result<(), Error> {
        let pending = self.fetching(number, content)?;
        let value = get_ok_tag(content);
        self.counters.delivered += 1;
        if let Some(state) = self.channels.number(number) {
            state.has_delivered = true;
            let channel = state.id;
            if pending.effect != (Effect::Get { no_ack: true }) {
                state.unsettled.add(value);
                self.give_back(DeliveryTag { channel, value }, Settlement::REQUEUE);
            } else if let Some(acks) = &mut state.acks {
                acks.settled(value);
            }
        }
        if !pending.abandoned {
            let too_large = TooLarge::new(content.clone(), self.max_message_size);
            self.events.push_back(Event::Reply {
                call: pending.call,
                result: Err(self.about_server(too_large.into())),
            });
        }
        Ok(())
    }

    /// Closes a channel on which more is about to come than the application wants to hold.
    #[cold]
    fn refuse_message(&mut self, number: u16, size: u64) {
        let Some(state) = self.channels.number(number) else {
            return;
        };
        let limit = self.max_message_size;
        let text = format!("a message of {size} octets, more than the limit of {limit}");
        let error = if let Stage::Closing(error) = &state.stage {
            error.clone()
        } else {
            let code = ReplyCode::CONTENT_TOO_LARGE;
            let close = channel::Close::new(code.get(), text.as_str(), 0, 0);
            if let Err(error) = self.outbox.method(self.encoder, number, &close) {
                tracing::error!(%error, "channel.close does not fit the wire");
            }
            let reason = CloseReason {
                initiator: Initiator::Client,
                reply_code: code,
                reply_text: text,
                method: None,
            };
            self.about_server(Error::channel_closed(
                ErrorKind::ChannelClosed,
                number,
                reason,
            ))
        };
        // What still comes on it, the body above all, is passed over until the server answers.
        self.end_channel(number, &error, Number::Draining);
    }
}
