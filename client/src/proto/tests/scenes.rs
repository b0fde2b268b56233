//! What most scripts begin with, or do on the way.

use std::collections::VecDeque;

use amqp_methods::{Method as _, MethodId, Reply, ReplyCode, Request, basic, channel, confirm};

use super::Pair;
use crate::error::Error;
use crate::proto::{
    Body, CallId, ChannelId, ConsumerEnd, ConsumerId, ConsumerOptions, Event, Outcome, RawDelivery,
    RawReply,
};

impl Pair {
    /// A channel that both sides agree is open.
    pub(super) fn channel(&mut self) -> ChannelId {
        let (channel, call) = self.core.open_channel().unwrap();
        self.speak();
        self.peer.expects::<channel::Open>(channel.number());
        self.peer.sends_on(channel.number(), channel::OpenOk);
        self.listen();
        self.reply(call).unwrap();
        channel
    }

    /// The same in confirm mode.
    pub(super) fn confirm_channel(&mut self) -> ChannelId {
        let channel = self.channel();
        let call = self.call(channel, &confirm::Select::default());
        self.settle();
        self.reply(call).unwrap();
        channel
    }

    pub(super) fn call<R: Request>(&mut self, channel: ChannelId, request: &R) -> CallId {
        let mut channel = self.core.channel(channel).unwrap();
        channel.call(request, R::Reply::IDS).unwrap()
    }

    /// The answer to a call, which must be there.
    pub(super) fn reply(&mut self, call: CallId) -> Result<RawReply, Error> {
        self.maybe_reply(call).expect("the call is answered")
    }

    pub(super) fn maybe_reply(&mut self, call: CallId) -> Option<Result<RawReply, Error>> {
        self.drain();
        let is_it = |event: &Event| matches!(event, Event::Reply { call: c, .. } if *c == call);
        let position = self.events.iter().position(is_it)?;
        match self.events.remove(position) {
            Some(Event::Reply { result, .. }) => Some(result),
            _ => None,
        }
    }

    /// The method that answered a call.
    pub(super) fn replied(&mut self, call: CallId) -> MethodId {
        self.reply(call).unwrap().id
    }

    /// A consumer that both sides agree on.
    pub(super) fn consumer(&mut self, channel: ChannelId, tag: &str) -> ConsumerId {
        self.consumer_with(channel, basic::Consume::new("q", tag))
    }

    pub(super) fn consumer_with(
        &mut self,
        channel: ChannelId,
        consume: basic::Consume<'_>,
    ) -> ConsumerId {
        let call = self.call(channel, &consume);
        self.settle();
        let reply = self.reply(call).unwrap();
        assert_eq!(reply.id, basic::ConsumeOk::ID);
        reply.consumer.unwrap()
    }

    /// Starts a consumer that takes what is large in a way of its own.
    pub(super) fn consumer_told(
        &mut self,
        channel: ChannelId,
        consume: basic::Consume<'_>,
        options: ConsumerOptions,
    ) -> ConsumerId {
        let mut view = self.core.channel(channel).unwrap();
        let call = view.start_consumer(&consume, options).unwrap();
        self.settle();
        self.reply(call).unwrap().consumer.unwrap()
    }

    /// The server delivers.
    pub(super) fn delivers(&mut self, channel: ChannelId, tag: &str, number: u64, body: &[u8]) {
        self.peer.sends_content(
            channel.number(),
            basic::Deliver::new(tag, number, "", "q"),
            &basic::Properties::default(),
            body,
        );
    }

    /// What a consumer has received, and its end.
    pub(super) fn taken(
        &mut self,
        consumer: ConsumerId,
    ) -> (Vec<RawDelivery>, Option<ConsumerEnd>) {
        let mut deliveries = VecDeque::new();
        let end = self.core.take_deliveries(consumer, &mut deliveries);
        (deliveries.into(), end)
    }

    /// Bodies of what a consumer has received.
    pub(super) fn bodies(&mut self, consumer: ConsumerId) -> Vec<Vec<u8>> {
        let (deliveries, _) = self.taken(consumer);
        let body = |delivery: &RawDelivery| delivery.content.body().to_vec();
        deliveries.iter().map(body).collect()
    }

    /// Publishes, watched; gives the number in confirm mode.
    pub(super) fn publish<'b>(
        &mut self,
        channel: ChannelId,
        publish: &basic::Publish<'_>,
        body: impl Into<Body<'b>>,
    ) -> Option<u64> {
        let mut channel = self.core.channel(channel).unwrap();
        let properties = basic::Properties::default();
        channel
            .publish(publish, &properties, &body.into(), true)
            .unwrap()
    }

    /// How a publish ended, in a word.
    pub(super) fn outcome(&mut self, channel: ChannelId, number: u64) -> &'static str {
        match self.core.take_outcome(channel, number) {
            None => "none",
            Some(Outcome::Confirmed) => "confirmed",
            Some(Outcome::Nacked) => "nacked",
            Some(Outcome::Returned(_)) => "returned",
            Some(Outcome::NotSent(_)) => "not sent",
            Some(Outcome::InDoubt(_)) => "in doubt",
        }
    }

    /// The server closes a channel.
    pub(super) fn closes_channel(&mut self, channel: ChannelId, code: ReplyCode, text: &str) {
        let close = channel::Close::new(code.get(), text, 0, 0);
        self.peer.sends_on(channel.number(), close);
    }
}
