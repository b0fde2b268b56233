//! Content on channels: from its frames to whom it belongs.

use amqp_methods::{MethodId, Reader, ReplyCode, channel};
use bytes::Bytes;

use super::channel_state::Stage;
use super::channels::Number;
use super::consumers::Taken;
use super::content::{Assembly, Complete, Purpose, Refusal};
use super::routing::unknown_channel;
use super::{ChannelId, Connection, ConsumerId, DeliveryTag, Event, RawDelivery, Settlement};
use crate::error::{CloseReason, Error, ErrorKind, Initiator};
use crate::message::{Content, Returned};

impl Connection {
    pub(super) fn begin_content(
        &mut self,
        number: u16,
        id: MethodId,
        args: Reader<'_>,
        purpose: Purpose,
    ) -> Result<(), Error> {
        self.assemble(number, |assembly| {
            assembly.method(id, args.rest(), purpose);
            Ok(None)
        })
    }

    pub(super) fn content_header(&mut self, number: u16, payload: &[u8]) -> Result<(), Error> {
        let limit = self.max_message_size;
        let mut too_large = None;
        self.assemble(number, |assembly| match assembly.header(payload, limit) {
            Ok(complete) => Ok(complete),
            Err(Refusal::Fatal(error)) => Err(error),
            Err(Refusal::TooLarge(size)) => {
                too_large = Some(size);
                Ok(None)
            }
        })?;
        if let Some(size) = too_large {
            self.refuse_message(number, size);
        }
        Ok(())
    }

    pub(super) fn content_body(&mut self, number: u16, payload: &[u8]) -> Result<(), Error> {
        self.assemble(number, |assembly| assembly.piece(payload))
    }

    pub(super) fn whole_body(&mut self, number: u16, body: Bytes) -> Result<(), Error> {
        self.assemble(number, |assembly| assembly.whole(body))
    }

    /// Lets a channel's assembly grow, within the memory that all of them may have together.
    #[inline]
    fn assemble(
        &mut self,
        number: u16,
        grow: impl FnOnce(&mut Assembly) -> Result<Complete, Error>,
    ) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let before = state.assembly.held();
        let complete = grow(&mut state.assembly);
        self.half_received = self.half_received + state.assembly.held() - before;
        match complete? {
            Some((purpose, content)) => self.content(number, purpose, content),
            None if self.half_received as u64 > self.half_received_max() => {
                let detail = format!(
                    "{} octets of messages that are not complete",
                    self.half_received
                );
                Err(Error::protocol(ReplyCode::RESOURCE_ERROR, detail, None))
            }
            None => Ok(()),
        }
    }

    /// Room for two of the largest messages. Servers send one after the other, whatever their channels.
    fn half_received_max(&self) -> u64 {
        let one = self
            .max_message_size
            .saturating_add(self.max_header_size.into());
        one.saturating_mul(2)
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
            Error::channel_closed(ErrorKind::ChannelClosed, number, reason)
        };
        // What still comes on it, the body above all, is passed over until the server answers.
        self.end_channel(number, &error, Number::Draining);
    }

    /// Hands a complete message to whom it belongs.
    #[inline]
    fn content(&mut self, number: u16, purpose: Purpose, content: Content) -> Result<(), Error> {
        match purpose {
            Purpose::Delivery(consumer, tag) => self.delivery(number, consumer, tag, content),
            Purpose::Fetched => self.fetched(number, content),
            Purpose::Returned => self.returned(number, Returned(content)),
            Purpose::Extension { is_reply } => self.extension_content(number, is_reply, content),
        }
    }

    fn delivery(
        &mut self,
        number: u16,
        consumer: ConsumerId,
        value: u64,
        content: Content,
    ) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let channel = state.id;
        let tag = DeliveryTag { channel, value };
        match self
            .consumers
            .deliver(consumer, RawDelivery { tag, content })
        {
            Taken::First => self.events.push_back(Event::Consumer(consumer)),
            Taken::More | Taken::Unwanted(None) => {}
            Taken::Unwanted(Some(settlement)) => self.give_back(tag, settlement),
        }
        Ok(())
    }

    fn returned(&mut self, number: u16, returned: Returned) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        let unclaimed = match &mut state.confirms {
            Some(confirms) => confirms.returned(returned),
            None => Some(returned),
        };
        let Some(returned) = unclaimed else {
            return Ok(());
        };
        state.returned.keep(returned);
        if !matches!(self.events.back(), Some(Event::Returned(channel)) if *channel == state.id) {
            self.events.push_back(Event::Returned(state.id));
        }
        Ok(())
    }

    /// Settles a delivery that nobody has looked at. A channel that is closing does so by itself.
    pub(crate) fn give_back(&mut self, tag: DeliveryTag, settlement: Settlement) {
        if let Some(mut channel) = self.channel(tag.channel)
            && let Err(error) = channel.settle(tag, settlement)
        {
            tracing::debug!(%error, "the server takes the delivery back with its channel");
        }
    }

    /// The tag that settles the message in a reply of this channel.
    pub fn delivery_tag(&self, channel: ChannelId, value: u64) -> DeliveryTag {
        DeliveryTag { channel, value }
    }
}
