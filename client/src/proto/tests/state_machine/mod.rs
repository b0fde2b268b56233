//! Whatever the application and a server that keeps the rules do, and in whichever order: every call gets one answer,
//! every publish one outcome, every consumer and every body one end, and the server is told nothing that it would close
//! a channel or the connection for.

use std::collections::HashMap;

use amqp_methods::basic;
use amqp_test_broker::Peer;
use proptest::prelude::*;

use self::broker::{Broker, pick};
use self::steps::{Step, step};
use super::{Pair, SECOND};
use crate::ConnectionParameters;
use crate::error::ErrorKind;
use crate::proto::{BodyId, CallId, ChannelId, ConsumerId, DeliveryTag, Event};

mod broker;
mod channels;
mod consuming;
mod ending;
mod publishing;
mod server;
mod serving;
mod steps;

/// Both sides, and what the application knows.
struct World {
    pair: Pair,
    broker: Broker,
    channels: Vec<ChannelId>,
    /// Of which channel, or of the connection, and whether nobody waits.
    calls: HashMap<CallId, (Option<ChannelId>, bool)>,
    consumers: Vec<(ConsumerId, ChannelId)>,
    /// How many of them were begun without asking for an answer.
    unanswered: usize,
    /// What is, or was, to be settled.
    deliveries: Vec<DeliveryTag>,
    /// What is read piece by piece.
    bodies: Vec<BodyId>,
    publishes: HashMap<(ChannelId, u64), bool>,
    /// Ends of publishes that were told, as an outcome or because time was up.
    outcomes: u64,
    published: Vec<ChannelId>,
    /// Something has happened that ends a connection.
    may_end: bool,
    has_ended: bool,
}

impl World {
    fn new() -> Self {
        let parameters = ConnectionParameters::default()
            .max_message_size(8500)
            .blocked_connection_timeout(100 * SECOND);
        Self {
            pair: Pair::with(&parameters, Peer::new()).opened(),
            broker: Broker::default(),
            channels: Vec::new(),
            calls: HashMap::new(),
            consumers: Vec::new(),
            unanswered: 0,
            deliveries: Vec::new(),
            bodies: Vec::new(),
            publishes: HashMap::new(),
            outcomes: 0,
            published: Vec::new(),
            may_end: false,
            has_ended: false,
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Exchange => self.exchange(),
            Step::ToPeer => drop(self.pair.speak()),
            Step::ToCore => drop(self.pair.listen()),
            Step::Serve(count) => (0..count).for_each(|_| self.serve()),
            Step::Settled => self.settled(),
            Step::Pass(n) => self.pass(n),
            Step::Consume(..)
            | Step::Cancel(..)
            | Step::DropConsumer(_)
            | Step::Take(_)
            | Step::ReadBody(_)
            | Step::DropBody(_)
            | Step::Coalesce(_)
            | Step::FlushAcks(_)
            | Step::Settle(..)
            | Step::SettleAll(_) => self.consumes(step),
            Step::Publish(..) | Step::Unwatch(_) | Step::Expire(_) => self.publishes(step),
            Step::Server(act) => {
                self.may_end |= act.may_end();
                self.broker.acts(&mut self.pair.peer, act);
            }
            _ => self.commands(step),
        }
        self.look();
    }

    /// Begins with three channels, each with what `modes` says: confirms or transactions, acknowledgements that wait for each
    /// other, and consumers.
    fn begun(modes: [u8; 3]) -> Self {
        let mut world = Self::new();
        for mode in modes {
            world.take(Step::Open);
            world.settled();
            let n = u8::try_from(world.channels.len()).unwrap() - 1;
            match mode % 4 {
                0 => world.take(Step::SelectConfirms(n)),
                1 | 2 => world.take(Step::SelectTransactions(n)),
                _ => {}
            }
            if mode & 4 != 0 {
                world.take(Step::Coalesce(n));
            }
            for how in [mode / 8, mode / 16] {
                world.take(Step::Consume(n, how));
            }
        }
        world.settled();
        world
    }

    fn serve(&mut self) {
        self.broker.serve(&mut self.pair.peer);
    }

    fn exchange(&mut self) {
        self.pair.speak();
        while self.pair.peer.pending().next().is_some() {
            self.serve();
        }
        self.pair.listen();
    }

    /// Time passes. The server shows that it lives; seldom it does not for long enough to be given up.
    fn pass(&mut self, n: u8) {
        let seconds = u32::from(n % 60);
        if n.is_multiple_of(64) {
            self.may_end = true;
            self.pair.pass(130 * SECOND);
        } else {
            self.broker.beats(&mut self.pair.peer);
            self.pair.listen();
            self.look();
            self.pair.pass(seconds * SECOND);
        }
    }

    /// Takes what has happened, and counts.
    fn look(&mut self) {
        self.pair.drain();
        for event in core::mem::take(&mut self.pair.events) {
            assert!(!self.has_ended, "{event:?} behind the end");
            self.happens(event);
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Reply { call, result } => {
                let (id, is_abandoned) = self.calls.remove(&call).expect("answered once");
                assert!(!is_abandoned, "nobody waited");
                let Ok(reply) = result else {
                    return;
                };
                let channel = id.filter(|id| self.channels.contains(id));
                if let Some(consumer) = reply.consumer {
                    self.consumers.extend(id.map(|id| (consumer, id)));
                }
                if let (Some(content), Some(channel)) = (reply.content, channel) {
                    let got: basic::GetOk<'_> = content.method().unwrap();
                    let tag = self.pair.core.delivery_tag(channel, got.delivery_tag);
                    self.deliveries.push(tag);
                }
            }
            Event::Confirms(channel) => self.collect(channel),
            Event::ChannelClosed { channel, .. } => {
                self.channels.retain(|other| *other != channel);
                self.nobody_waits_on(Some(channel));
            }
            Event::Closed(error) => {
                assert!(
                    self.may_end && error.kind() != ErrorKind::Protocol,
                    "{error}"
                );
                self.has_ended = true;
                self.nobody_waits_on(None);
            }
            _ => {}
        }
    }

    /// Calls that were abandoned are not answered when what they are on ends.
    fn nobody_waits_on(&mut self, ended: Option<ChannelId>) {
        self.calls
            .retain(|_, (id, is_abandoned)| *id != ended || !*is_abandoned);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn everything_ends_exactly_once(
        modes in any::<[u8; 3]>(),
        steps in prop::collection::vec(step(), 1..150),
    ) {
        let mut world = World::begun(modes);
        for step in steps {
            world.take(step);
        }
        world.end();
    }
}
