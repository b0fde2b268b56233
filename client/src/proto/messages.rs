//! Content on channels: from its frames to whom it belongs.

use amqp_methods::{MethodId, Reader, ReplyCode};
use bytes::Bytes;

use super::consumers::Taken;
use super::content::{Assembly, Complete, Purpose, Refusal};
use super::identity::identity_of;
use super::routing::unknown_channel;
use super::{
    Arrival, ChannelId, Connection, ConsumerId, DeliveryTag, Event, RawDelivery, Settlement,
};
use crate::error::{Error, ErrorKind};
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
        let limit = self.large_beyond;
        let mut large = None;
        self.assemble(number, |assembly| match assembly.header(payload, limit) {
            Ok(complete) => Ok(complete),
            Err(Refusal::Fatal(error)) => Err(error),
            Err(Refusal::Large(size)) => {
                large = Some(size);
                Ok(None)
            }
        })?;
        match large {
            Some(size) => self.large_message(number, payload, size),
            None => Ok(()),
        }
    }

    pub(super) fn content_body(&mut self, number: u16, payload: &[u8]) -> Result<(), Error> {
        if self.is_streamed(number) {
            return self.streamed_piece(number, Bytes::copy_from_slice(payload));
        }
        self.assemble(number, |assembly| assembly.piece(payload))
    }

    pub(super) fn whole_body(&mut self, number: u16, body: Bytes) -> Result<(), Error> {
        if self.is_streamed(number) {
            return self.streamed_piece(number, body);
        }
        self.assemble(number, |assembly| assembly.whole(body))
    }

    #[inline]
    fn is_streamed(&mut self, number: u16) -> bool {
        let state = self.channels.number(number);
        state.is_some_and(|state| state.assembly.streamed().is_some())
    }

    /// Hands on a piece of a body that is streamed.
    #[cold]
    fn streamed_piece(&mut self, number: u16, piece: Bytes) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        if let Some((body, is_last)) = state.assembly.hand_on(piece.len())? {
            self.body_piece(body, piece, is_last);
        }
        Ok(())
    }

    /// Lets a channel's assembly grow, within the memory that all of them may have together.
    #[inline]
    pub(super) fn assemble(
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

    /// Hands a complete message to whom it belongs.
    #[inline]
    fn content(&mut self, number: u16, purpose: Purpose, content: Content) -> Result<(), Error> {
        match purpose {
            Purpose::Delivery(consumer, tag) => self.delivery(number, consumer, tag, content),
            Purpose::Nobody => Ok(()),
            Purpose::Fetched => self.fetched(number, content),
            Purpose::Returned => {
                let returned = Returned::new(content);
                let identity = identity_of(&returned);
                self.returned(number, returned, identity)
            }
            Purpose::Extension { is_reply } => self.extension_content(number, is_reply, content),
            Purpose::TooLarge(consumer, tag) => self.too_large(number, consumer, tag, content),
            Purpose::FetchedTooLarge => self.fetched_too_large(number, &content),
            Purpose::ReturnedTooLarge { identity } => {
                self.returned(number, Returned::without_body(content), identity)
            }
            Purpose::ExtensionTooLarge { is_reply } => {
                self.extension_too_large(number, is_reply, content)
            }
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
        state.has_delivered = true;
        self.counters.delivered += 1;
        if !consumer.is_no_ack() {
            state.unsettled.add(value);
        }
        let tag = DeliveryTag {
            channel: state.id,
            value,
        };
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
                arrival: Arrival::Whole,
            },
        );
        Ok(())
    }

    /// Gives a delivery to its consumer, or back.
    #[inline(always)]
    pub(super) fn hand_to(&mut self, consumer: ConsumerId, delivery: RawDelivery) {
        let (tag, arrival) = (delivery.tag, delivery.arrival);
        match self.consumers.deliver(consumer, delivery) {
            Taken::First => self.events.push_back(Event::Consumer(consumer)),
            Taken::More => {}
            Taken::Unwanted(settlement) => {
                if let Arrival::Streamed(body) = arrival {
                    self.drop_body(body);
                }
                if let Some(settlement) = settlement {
                    self.give_back(tag, settlement);
                }
            }
        }
    }

    /// Finds the publish that has come back, by its identity; without one it is no publish that waits.
    fn returned(
        &mut self,
        number: u16,
        returned: Returned,
        identity: Option<u64>,
    ) -> Result<(), Error> {
        let Some(state) = self.channels.number(number) else {
            return Err(unknown_channel(number));
        };
        self.counters.returned += 1;
        let unclaimed = match (&mut state.confirms, identity) {
            (Some(confirms), Some(identity)) => confirms.returned(returned, identity),
            _ => Some(returned),
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

    /// Settles a delivery that nobody has looked at. False if it was settled with a later one; a channel that is closing
    /// does so by itself.
    pub(crate) fn give_back(&mut self, tag: DeliveryTag, settlement: Settlement) -> bool {
        let given = match self.channel(tag.channel) {
            Some(mut channel) => channel.settle(tag, settlement),
            None => return true,
        };
        !given.is_err_and(|error| error.kind() == ErrorKind::StaleDelivery)
    }

    /// Gives back a delivery of a consumer that nobody has looked at. False if there was nothing to give back: it was
    /// settled before, or is delivered without acknowledgement.
    pub fn give_back_unseen(&mut self, delivery: &RawDelivery, no_ack: bool) -> bool {
        match delivery.arrival {
            Arrival::PassedOver => return false,
            Arrival::Streamed(body) => self.drop_body(body),
            Arrival::Whole => {}
        }
        !no_ack && self.give_back(delivery.tag, Settlement::unseen(&delivery.content))
    }

    /// The tag that settles the message in a reply of this channel.
    pub fn delivery_tag(&self, channel: ChannelId, value: u64) -> DeliveryTag {
        DeliveryTag { channel, value }
    }
}
