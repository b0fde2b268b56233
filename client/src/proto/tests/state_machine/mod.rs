//! Whatever the application and a server that keeps the rules do, and in whichever order: every call gets one
//! answer, every publish one outcome, every consumer one end.

use std::collections::{HashMap, VecDeque};

use amqp_methods::{Method as _, basic, channel, confirm, queue};
use amqp_test_broker::Peer;
use proptest::prelude::*;

use self::server::Served;
use super::Pair;
use crate::ConnectionParameters;
use crate::proto::{Arrival, CallId, ChannelId, ConsumerId, ConsumerOptions, Event, OverLimit};

mod server;

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Open,
    Close(u8),
    Abandon(u8),
    Select(u8),
    Declare(u8),
    Get(u8),
    Consume(u8),
    Cancel(u8),
    DropConsumer(u8),
    Publish(u8, u16),
    Unwatch(u8),
    Expire(u8),
    /// Octets go to the server.
    ToPeer,
    /// The server deals with its next frames.
    Serve(u8),
    /// Octets go to the core.
    ToCore,
    ServerCloses(u8),
    ServerCancels(u8),
    Deliver(u8, u16),
    Ack(u8, bool, bool),
}

fn step() -> impl Strategy<Value = Step> {
    let n = any::<u8>();
    prop_oneof![
        2 => Just(Step::Open),
        1 => n.prop_map(Step::Close),
        1 => n.prop_map(Step::Abandon),
        1 => n.prop_map(Step::Select),
        3 => n.prop_map(Step::Declare),
        2 => n.prop_map(Step::Get),
        2 => n.prop_map(Step::Consume),
        1 => n.prop_map(Step::Cancel),
        1 => n.prop_map(Step::DropConsumer),
        4 => (n, prop_oneof![0..50u16, 16_000..20_000u16]).prop_map(|(n, size)| Step::Publish(n, size)),
        1 => n.prop_map(Step::Unwatch),
        1 => n.prop_map(Step::Expire),
        6 => Just(Step::ToPeer),
        6 => (1..10u8).prop_map(Step::Serve),
        6 => Just(Step::ToCore),
        1 => n.prop_map(Step::ServerCloses),
        1 => n.prop_map(Step::ServerCancels),
        4 => (n, prop_oneof![0..50u16, 8_000..9_000u16]).prop_map(|(n, size)| Step::Deliver(n, size)),
        3 => any::<(u8, bool, bool)>().prop_map(|(n, multiple, ack)| Step::Ack(n, multiple, ack)),
    ]
}

struct World {
    pair: Pair,
    served: HashMap<u16, Served>,
    channels: Vec<ChannelId>,
    calls: HashMap<CallId, (ChannelId, bool)>,
    consumers: Vec<(ConsumerId, ChannelId)>,
    publishes: HashMap<(ChannelId, u64), bool>,
    /// Ends of publishes that were told, as an outcome or because time was up.
    outcomes: u64,
    published: Vec<ChannelId>,
}

fn pick<T: Copy>(from: &[T], n: u8) -> Option<T> {
    from.get(usize::from(n).checked_rem(from.len())?).copied()
}

impl World {
    fn new() -> Self {
        Self {
            pair: Pair::with(
                &ConnectionParameters::default().max_message_size(8500),
                Peer::new(),
            )
            .opened(),
            served: HashMap::new(),
            channels: Vec::new(),
            calls: HashMap::new(),
            consumers: Vec::new(),
            publishes: HashMap::new(),
            outcomes: 0,
            published: Vec::new(),
        }
    }

    fn call<R: amqp_methods::Request>(&mut self, n: u8, request: &R) {
        let Some(id) = pick(&self.channels, n) else {
            return;
        };
        let Some(mut channel) = self.pair.core.channel(id) else {
            return;
        };
        if let Ok(call) = channel.call(request, <R::Reply as amqp_methods::Reply>::IDS) {
            self.calls.insert(call, (id, false));
        }
    }

    /// Starts a consumer that has wishes about what is large.
    fn consume(&mut self, n: u8) {
        let Some(id) = pick(&self.channels, n) else {
            return;
        };
        let Some(mut channel) = self.pair.core.channel(id) else {
            return;
        };
        let mut options = ConsumerOptions::new();
        options.stream_from = n.is_multiple_of(2).then_some(u64::from(n));
        options.over_limit = match n % 4 {
            0 => OverLimit::Discard,
            1 => OverLimit::Requeue,
            2 => OverLimit::Ack,
            _ => OverLimit::CloseChannel,
        };
        let consume = basic::Consume::new("q", "").no_ack(n.is_multiple_of(5));
        if let Ok(call) = channel.start_consumer(&consume, options) {
            self.calls.insert(call, (id, false));
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Open => {
                if let Ok((channel, call)) = self.pair.core.open_channel() {
                    self.channels.push(channel);
                    self.calls.insert(call, (channel, false));
                }
            }
            Step::Close(n) => self.call(n, &channel::Close::new(200, "", 0, 0)),
            Step::Select(n) => self.call(n, &confirm::Select::default()),
            Step::Declare(n) => self.call(n, &queue::Declare::new("q")),
            Step::Get(n) => self.call(n, &basic::Get::new("q").no_ack(n % 2 == 0)),
            Step::Consume(n) if n.is_multiple_of(3) => self.consume(n),
            Step::Consume(n) => self.call(n, &basic::Consume::new("q", "").no_ack(n % 2 == 0)),
            Step::Cancel(n) => self.call(n, &basic::Cancel::new(format!("amq.ctag-{}", n % 8))),
            Step::Abandon(n) => {
                let mut calls: Vec<_> = self.calls.keys().copied().collect();
                calls.sort();
                if let Some(call) = pick(&calls, n)
                    && let Some((id, is_abandoned)) = self.calls.get_mut(&call)
                    && let Some(mut channel) = self.pair.core.channel(*id)
                {
                    channel.abandon(call);
                    *is_abandoned = true;
                }
            }
            Step::DropConsumer(n) => {
                if let Some((consumer, channel)) = pick(&self.consumers, n) {
                    self.consumers.retain(|(other, _)| *other != consumer);
                    if let Some(call) = self.pair.core.drop_consumer(consumer) {
                        self.calls.insert(call, (channel, false));
                    }
                }
            }
            Step::Publish(n, size) => self.publish(n, size),
            Step::Unwatch(n) => {
                if let Some((channel, number)) = self.pick_watched(n) {
                    self.pair.core.unwatch(channel, number);
                    self.publishes.insert((channel, number), false);
                }
            }
            Step::Expire(n) => {
                if let Some((channel, number)) = self.pick_watched(n) {
                    // Known or not, that is its end.
                    self.pair.core.expire(channel, number);
                    assert!(self.pair.core.take_outcome(channel, number).is_none());
                    self.publishes.insert((channel, number), false);
                    self.outcomes += 1;
                }
            }
            Step::ToPeer => drop(self.pair.speak()),
            Step::ToCore => drop(self.pair.listen()),
            Step::Serve(count) => (0..count).for_each(|_| self.serve()),
            _ => self.server_acts(step),
        }
        self.look();
    }

    fn pick_watched(&self, n: u8) -> Option<(ChannelId, u64)> {
        let watched = self.publishes.iter().filter(|(_, watched)| **watched);
        let mut watched: Vec<_> = watched.map(|(key, _)| *key).collect();
        watched.sort();
        pick(&watched, n)
    }

    fn publish(&mut self, n: u8, size: u16) {
        let Some(id) = pick(&self.channels, n) else {
            return;
        };
        let Some(mut channel) = self.pair.core.channel(id) else {
            return;
        };
        let publish = basic::Publish::new("", "q").mandatory(n.is_multiple_of(3));
        let body = vec![n; size.into()];
        let watched = !n.is_multiple_of(4);
        let published = channel.publish(
            &publish,
            &basic::Properties::default(),
            &body.into(),
            watched,
        );
        if let Ok(Some(number)) = published {
            self.publishes.insert((id, number), watched);
            self.published.push(id);
        }
    }

    /// Takes what has happened, and counts.
    fn look(&mut self) {
        let mut events = core::mem::take(&mut self.pair.events);
        while let Some(event) = self.pair.core.poll_event() {
            events.push_back(event);
        }
        for event in events {
            match event {
                Event::Reply { call, result } => {
                    let (id, is_abandoned) = self.calls.remove(&call).expect("answered once");
                    assert!(!is_abandoned, "nobody waited");
                    if let Ok(reply) = result {
                        assert_eq!(reply.consumer.is_some(), reply.id == basic::ConsumeOk::ID);
                        let consumer = reply.consumer.map(|consumer| (consumer, id));
                        self.consumers.extend(consumer);
                    }
                }
                Event::Confirms(channel) => self.collect(channel),
                Event::ChannelClosed { channel, .. } => {
                    self.channels.retain(|other| *other != channel);
                    self.calls
                        .retain(|_, (id, is_abandoned)| *id != channel || !*is_abandoned);
                }
                Event::Closed(error) => panic!("{error}"),
                _ => {}
            }
        }
    }

    fn collect(&mut self, channel: ChannelId) {
        let mut numbers: Vec<_> = self
            .publishes
            .keys()
            .filter(|(id, _)| *id == channel)
            .copied()
            .collect();
        numbers.sort();
        for key in numbers {
            if self.publishes[&key] && self.pair.core.take_outcome(channel, key.1).is_some() {
                self.publishes.remove(&key);
                self.outcomes += 1;
                assert!(self.pair.core.take_outcome(channel, key.1).is_none());
            }
        }
    }

    /// The connection ends, and nothing may be left.
    fn end(mut self) {
        self.pair.core.handle_eof();
        let mut closed = 0;
        let mut events: VecDeque<_> = VecDeque::new();
        while let Some(event) = self.pair.core.poll_event() {
            closed += usize::from(matches!(event, Event::Closed(_)));
            if !matches!(event, Event::Closed(_)) {
                assert_eq!(closed, 0, "{event:?} behind the end");
                events.push_back(event);
            }
        }
        assert_eq!(closed, 1);
        let channels: Vec<_> = self.publishes.keys().map(|(channel, _)| *channel).collect();
        self.pair.events.extend(events);
        self.look();
        self.calls.retain(|_, (_, is_abandoned)| !*is_abandoned);
        assert!(self.calls.is_empty(), "{:?} without an answer", self.calls);
        assert!(self.channels.is_empty());
        for channel in channels {
            self.collect(channel);
        }
        let watched = self.publishes.values().filter(|watched| **watched).count();
        assert_eq!(watched, 0, "publishes without an outcome");
        let mut counted = 0;
        for channel in &self.published {
            let tally = self.pair.core.take_tally(*channel);
            counted += tally.confirmed + tally.nacked + tally.returned + tally.in_doubt;
        }
        assert_eq!(counted + self.outcomes, self.published.len() as u64);
        for (consumer, _) in core::mem::take(&mut self.consumers) {
            let (deliveries, end) = self.pair.taken(consumer);
            assert!(end.is_some(), "a consumer without an end");
            for delivery in deliveries {
                if let Arrival::Streamed(body) = delivery.arrival {
                    let mut pieces = VecDeque::new();
                    let end = self.pair.core.take_body(body, &mut pieces);
                    assert!(end.is_some(), "a body without an end");
                    self.pair.core.drop_body(body);
                }
            }
            assert_eq!(self.pair.core.drop_consumer(consumer), None);
        }
        assert_eq!(self.pair.core.consumers.len(), 0);
        assert_eq!(self.pair.core.bodies.len(), 0);
        assert_eq!(self.pair.core.waiting_octets(), 0);
        assert_eq!(self.pair.core.half_received, 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_ends_exactly_once(steps in prop::collection::vec(step(), 1..150)) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
        }
        world.end();
    }
}
