//! What the server does of its own accord.

use amqp_methods::{basic, channel, connection};
use amqp_test_broker::Peer;
use proptest::prelude::*;
use proptest::strategy::Union;

use super::broker::{Broker, End, Served, pick};

/// What the server does next. A number says to whom, or how, among those that there are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Late(u8),
    Closes(u8),
    Cancels(u8),
    ClosesConnection,
    Delivers(u8, u16),
    /// The same, but for the end of the body.
    BeginsDelivery(u8, u16),
    Confirms(u8, bool, bool),
    Flow(u8, bool),
    Block(bool),
}

impl Act {
    /// What all weights add up to.
    pub(super) const WEIGHT: u32 = 128;

    pub(super) fn any() -> impl Strategy<Value = Self> {
        let one = |weight, make: fn(u8) -> Self| (weight, any::<u8>().prop_map(make).boxed());
        let size = prop_oneof![3 => 0..50u16, 1 => 8_000..9_000u16];
        let delivery = (any::<u8>(), size);
        let confirm = any::<(u8, bool, bool)>();
        let flow = any::<(u8, bool)>();
        Union::new_weighted(vec![
            one(30, Self::Late),
            one(3, Self::Closes),
            one(5, Self::Cancels),
            (1, Just(Self::ClosesConnection).boxed()),
            (
                60,
                delivery
                    .clone()
                    .prop_map(|(n, size)| Self::Delivers(n, size))
                    .boxed(),
            ),
            (
                8,
                delivery
                    .prop_map(|(n, size)| Self::BeginsDelivery(n, size))
                    .boxed(),
            ),
            (
                16,
                confirm
                    .prop_map(|(n, multiple, ack)| Self::Confirms(n, multiple, ack))
                    .boxed(),
            ),
            (
                3,
                flow.prop_map(|(n, active)| Self::Flow(n, active)).boxed(),
            ),
            (2, any::<bool>().prop_map(Self::Block).boxed()),
        ])
    }

    /// Whether the connection may end for it: to be blocked may last for longer than the client puts up with.
    pub(super) fn may_end(self) -> bool {
        matches!(self, Self::ClosesConnection | Self::Block(true))
    }
}

impl Broker {
    pub(super) fn acts(&mut self, peer: &mut Peer, act: Act) {
        if self.end != End::Open {
            return;
        }
        let n = match act {
            Act::ClosesConnection => {
                self.end = End::Closing;
                peer.sends_on(0, connection::Close::new(320, "going down", 0, 0));
                return;
            }
            Act::Block(true) => {
                peer.sends_on(0, connection::Blocked::new("low on memory"));
                return;
            }
            Act::Block(false) => {
                peer.sends_on(0, connection::Unblocked);
                return;
            }
            Act::Late(n)
            | Act::Closes(n)
            | Act::Cancels(n)
            | Act::Delivers(n, _)
            | Act::BeginsDelivery(n, _)
            | Act::Confirms(n, ..)
            | Act::Flow(n, _) => n,
        };
        let Some(number) = pick(&self.open(), n) else {
            return;
        };
        let served = self.served.get_mut(&number).unwrap();
        match act {
            Act::Late(_) => {
                served.answers_late(peer, number);
            }
            Act::Closes(_) => {
                // Be it in the middle of a content.
                peer.sends_on(number, channel::Close::new(404, "gone", 0, 0));
                served.closes();
            }
            Act::Cancels(n) => {
                if let Some(index) = served.told(n) {
                    let tag = served.consumers.remove(index).tag;
                    let no_wait = !n.is_multiple_of(4);
                    served.say(peer, number, basic::Cancel::new(tag).no_wait(no_wait));
                }
            }
            Act::Delivers(n, size) | Act::BeginsDelivery(n, size) => {
                let Some(to) = served.receiver(n) else {
                    return;
                };
                let size = usize::from(size);
                served.begins(peer, number, to, size);
                if matches!(act, Act::Delivers(..)) {
                    served.finish(peer, number);
                } else if size > 1 {
                    served.unfinished -= size / 2;
                    peer.sends_body(number, &vec![1; size / 2]);
                }
            }
            Act::Confirms(n, multiple, is_ack) if served.published > 0 => {
                let up_to = 1 + u64::from(n) % served.published;
                if is_ack {
                    served.say(peer, number, basic::Ack::new(up_to).multiple(multiple));
                } else {
                    served.say(peer, number, basic::Nack::new(up_to).multiple(multiple));
                }
            }
            Act::Flow(_, active) => served.say(peer, number, channel::Flow { active }),
            _ => {}
        }
    }
}

impl Served {
    /// The tag of a consumer that may receive, and whether it acknowledges nothing.
    fn receiver(&self, n: u8) -> Option<(String, bool)> {
        let all = self.consumers.iter().chain(&self.stopping);
        let told: Vec<_> = all.filter(|consumer| consumer.is_told).collect();
        pick(&told, n / 8).map(|consumer| (consumer.tag.clone(), consumer.no_ack))
    }

    /// One of the consumers that the client knows.
    fn told(&self, n: u8) -> Option<usize> {
        let consumers = self.consumers.iter().enumerate();
        let told = consumers.filter(|(_, consumer)| consumer.is_told);
        let told: Vec<_> = told.map(|(index, _)| index).collect();
        pick(&told, n / 8)
    }
}
