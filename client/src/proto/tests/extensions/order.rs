//! Whatever is called, abandoned and answered, and in whichever order the server answers kinds of calls: each call gets
//! its own reply or none, and what nobody asked for is told once.

use std::collections::{HashMap, VecDeque};

use amqp_methods::{connection, queue};
use proptest::prelude::*;

use super::super::Pair;
use super::probe::{
    Ask, AskOk, Fetch, Fetched, Noted, Properties, Pushed, Put, PutOk, Quota, QuotaOk,
};
use super::{read, told};
use crate::proto::{CallId, ChannelId, Event};

#[derive(Clone, Copy, Debug)]
enum Step {
    /// One of the four kinds.
    Call(u8),
    Abandon(u8),
    /// The server answers the oldest call of one of the kinds.
    Answer(u8),
    Notify(bool),
    ToPeer,
    ToCore,
}

fn step() -> impl Strategy<Value = Step> {
    let n = any::<u8>();
    prop_oneof![
        4 => n.prop_map(Step::Call),
        2 => n.prop_map(Step::Abandon),
        4 => n.prop_map(Step::Answer),
        1 => any::<bool>().prop_map(Step::Notify),
        3 => Just(Step::ToPeer),
        3 => Just(Step::ToCore),
    ]
}

struct World {
    pair: Pair,
    channel: ChannelId,
    /// Numbers of the requests that the server has seen, by kind.
    seen: [VecDeque<u32>; 4],
    /// The number that each call was made with.
    waiting: HashMap<CallId, u32>,
    numbers: u32,
    notified: VecDeque<u32>,
}

impl World {
    fn new() -> Self {
        let mut pair = told();
        let channel = pair.channel();
        Self {
            pair,
            channel,
            seen: Default::default(),
            waiting: HashMap::new(),
            numbers: 0,
            notified: VecDeque::new(),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Call(n) => {
                self.numbers += 1;
                let number = self.numbers;
                let call = match n % 4 {
                    0 => self.pair.call(self.channel, &Ask(number)),
                    1 => self.pair.call(self.channel, &Fetch(number)),
                    2 => self.pair.call_with(self.channel, &Put(number), "", b"put"),
                    _ => self.pair.call_connection(&Quota(number)),
                };
                self.waiting.insert(call, number);
            }
            Step::Abandon(n) => {
                let mut calls: Vec<_> = self.waiting.keys().copied().collect();
                calls.sort();
                if let Some(call) = calls.get(usize::from(n) % calls.len().max(1)) {
                    self.waiting.remove(call);
                    self.pair.core.abandon(*call);
                    self.pair.core.channel(self.channel).unwrap().abandon(*call);
                }
            }
            Step::Answer(n) => self.answer(usize::from(n) % 4),
            Step::Notify(has_content) => {
                self.numbers += 1;
                self.notified.push_back(self.numbers);
                if has_content {
                    self.pair.pushes(Pushed(self.numbers), "", &[7; 9000]);
                } else {
                    self.pair.peer.sends_on(1, Noted(self.numbers));
                }
            }
            Step::ToPeer => self.reaches_the_server(),
            Step::ToCore => drop(self.pair.listen()),
        }
        self.look();
    }

    fn reaches_the_server(&mut self) {
        self.pair.speak();
        while self.pair.peer.has_frame(0) {
            let Quota(number) = self.pair.peer.expects(0);
            self.seen[3].push_back(number);
        }
        loop {
            let first = self.pair.peer.pending().next().cloned();
            let Some(frame) = first else { return };
            let (id, mut args) = amqp_methods::MethodId::split_payload(&frame.payload).unwrap();
            let number = args.long("number").unwrap();
            match id.method_id() {
                10 => self.pair.peer.expects_method(1, &Ask(number)),
                50 => self.pair.peer.expects_method(1, &Fetch(number)),
                _ => drop(self.pair.peer.expects_content_of::<Put>(1)),
            }
            let kind = [10, 50, 30].iter().position(|kind| *kind == id.method_id());
            self.seen[kind.unwrap()].push_back(number);
        }
    }

    fn answer(&mut self, kind: usize) {
        let Some(number) = self.seen[kind].pop_front() else {
            return;
        };
        let peer = &mut self.pair.peer;
        match kind {
            0 => peer.sends_on(1, AskOk(number)),
            1 => peer.sends_content(1, Fetched(number), &Properties::default(), b"found"),
            2 => peer.sends_on(1, PutOk(number)),
            _ => peer.sends(QuotaOk(number)),
        }
    }

    fn look(&mut self) {
        self.pair.drain();
        while let Some(event) = self.pair.events.pop_front() {
            match event {
                Event::Reply { call, result } => {
                    let number = self.waiting.remove(&call).expect("somebody waits");
                    let reply = result.unwrap();
                    assert_eq!(reply.arguments, number.to_be_bytes()[..]);
                }
                Event::Method { method, .. } => {
                    let number = self.notified.pop_front().unwrap();
                    assert_eq!(method.arguments().rest(), number.to_be_bytes());
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// Everything that is on its way arrives, and nobody waits any more.
    fn end(mut self) {
        self.reaches_the_server();
        for kind in 0..4 {
            while !self.seen[kind].is_empty() {
                self.answer(kind);
            }
        }
        self.pair.listen();
        self.look();
        assert!(self.waiting.is_empty() && self.notified.is_empty());
        assert_eq!(self.pair.core.half_received, 0);
        assert!(self.pair.core.is_open());
    }
}

#[test]
fn others_may_overtake_a_reply_that_may_never_come() {
    let mut pair = told();
    let channel = pair.channel();
    let asked = pair.call(channel, &Ask(1));
    let declared = pair.call(channel, &queue::Declare::new("q"));
    let fetched = pair.call(channel, &Fetch(2));
    let renewed = {
        let quota = pair.call_connection(&Quota(3));
        pair.core.abandon(quota);
        pair.call_connection(&connection::UpdateSecret::new("s", ""))
    };
    pair.peer.sends_on(1, queue::DeclareOk::new("q", 0, 0));
    pair.pushes(Fetched(2), "", b"found");
    pair.peer.sends(connection::UpdateSecretOk);
    pair.exchange();
    for call in [declared, fetched, renewed] {
        pair.reply(call).unwrap();
    }
    assert!(pair.maybe_reply(asked).is_none());
    pair.peer.sends_on(1, AskOk(1));
    pair.listen();
    assert_eq!(read::<AskOk>(&pair.reply(asked).unwrap()), AskOk(1));
    // The tombstone stays where it is, and takes the late one.
    pair.peer.sends(QuotaOk(3));
    pair.listen();
    pair.no_event();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_call_gets_its_own_reply_or_none(steps in prop::collection::vec(step(), 1..100)) {
        let mut world = World::new();
        for step in steps {
            world.take(step);
        }
        world.end();
    }
}
