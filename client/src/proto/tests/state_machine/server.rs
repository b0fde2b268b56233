//! What the server does of its own accord.

use amqp_methods::{basic, channel, connection};

use super::broker::{End, Served};
use super::{Step, World, pick};

impl World {
    pub(super) fn server_acts(&mut self, step: Step) {
        if self.broker.end != End::Open {
            return;
        }
        let peer = &mut self.pair.peer;
        let n = match step {
            Step::ServerClosesConnection => {
                self.may_end = true;
                self.broker.end = End::Closing;
                peer.sends_on(0, connection::Close::new(320, "going down", 0, 0));
                return;
            }
            Step::Block(true) => {
                // It may last for longer than the client puts up with.
                self.may_end = true;
                peer.sends_on(0, connection::Blocked::new("low on memory"));
                return;
            }
            Step::Block(false) => {
                peer.sends_on(0, connection::Unblocked);
                return;
            }
            Step::Late(n)
            | Step::ServerCloses(n)
            | Step::ServerCancels(n)
            | Step::Deliver(n, _)
            | Step::BeginDelivery(n, _)
            | Step::Confirm(n, ..)
            | Step::Flow(n, _) => n,
            other => panic!("{other:?}"),
        };
        let Some(number) = pick(&self.broker.open(), n) else {
            return;
        };
        let served = self.broker.served.get_mut(&number).unwrap();
        match step {
            Step::Late(_) => {
                served.answers_late(peer, number);
            }
            Step::ServerCloses(_) => {
                // Be it in the middle of a content.
                peer.sends_on(number, channel::Close::new(404, "gone", 0, 0));
                served.closes();
            }
            Step::ServerCancels(n) => {
                if let Some(index) = served.told(n) {
                    let tag = served.consumers.remove(index).tag;
                    let no_wait = !n.is_multiple_of(4);
                    served.say(peer, number, basic::Cancel::new(tag).no_wait(no_wait));
                }
            }
            Step::Deliver(n, size) | Step::BeginDelivery(n, size) => {
                let Some(to) = served.receiver(n) else {
                    return;
                };
                let size = usize::from(size);
                served.begins(peer, number, to, size);
                if matches!(step, Step::Deliver(..)) {
                    served.finish(peer, number);
                } else if size > 1 {
                    served.unfinished -= size / 2;
                    peer.sends_body(number, &vec![1; size / 2]);
                }
            }
            Step::Confirm(n, multiple, is_ack) if served.published > 0 => {
                let up_to = 1 + u64::from(n) % served.published;
                if is_ack {
                    served.say(peer, number, basic::Ack::new(up_to).multiple(multiple));
                } else {
                    served.say(peer, number, basic::Nack::new(up_to).multiple(multiple));
                }
            }
            Step::Flow(_, active) => served.say(peer, number, channel::Flow { active }),
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
