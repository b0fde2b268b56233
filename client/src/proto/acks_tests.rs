//! Runs of acknowledgements, against a server's book of what is outstanding.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// What an application does with the deliveries that it holds.
#[derive(Clone, Copy, Debug)]
enum Act {
    Deliver,
    DeliverNoAck,
    /// Settle the held delivery at that place.
    Ack(usize),
    AckMultiple(usize),
    Reject(usize),
    NackMultiple(usize),
    Flush,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => Just(Act::Deliver),
        1 => Just(Act::DeliverNoAck),
        6 => (0..8usize).prop_map(Act::Ack),
        1 => (0..8usize).prop_map(Act::AckMultiple),
        1 => (0..8usize).prop_map(Act::Reject),
        1 => (0..8usize).prop_map(Act::NackMultiple),
        1 => Just(Act::Flush),
    ]
}

/// The server's side: what is outstanding, and what it was told.
#[derive(Default)]
struct Server {
    last: u64,
    outstanding: BTreeSet<u64>,
    acked: BTreeSet<u64>,
    frames: usize,
}

impl Server {
    fn ack(&mut self, ack: &basic::Ack) {
        let tag = ack.delivery_tag;
        self.frames += 1;
        // RabbitMQ: anything else is a 406, also with `multiple`.
        assert!(self.outstanding.contains(&tag), "{tag} is not outstanding");
        let settled: Vec<u64> = match ack.multiple {
            true => self.outstanding.range(..=tag).copied().collect(),
            false => vec![tag],
        };
        for tag in settled {
            self.outstanding.remove(&tag);
            self.acked.insert(tag);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is settled in whatever order: nothing is acknowledged but what the application has acknowledged, and
    /// in the end all of that is.
    #[test]
    fn only_what_was_acknowledged_is(acts in proptest::collection::vec(act(), 0..200), count in 1..20usize) {
        let mut acks = Acks::new(count, Duration::ZERO);
        let mut server = Server::default();
        let mut held: Vec<u64> = Vec::new();
        let mut acked = BTreeSet::new();
        for act in acts {
            match act {
                Act::Deliver => {
                    server.last += 1;
                    server.outstanding.insert(server.last);
                    held.push(server.last);
                }
                Act::DeliverNoAck => {
                    server.last += 1;
                    acks.settled(server.last);
                }
                Act::Ack(at) if at < held.len() => {
                    let tag = held.remove(at);
                    acked.insert(tag);
                    if acks.ack(tag) {
                        acks.flush().for_each(|ack| server.ack(&ack));
                    }
                }
                Act::AckMultiple(at) if at < held.len() => {
                    let tag = held[at];
                    acks.flush().for_each(|ack| server.ack(&ack));
                    acked.extend(held.iter().filter(|other| **other <= tag));
                    held.retain(|other| *other > tag);
                    server.ack(&basic::Ack::new(tag).multiple(true));
                    acks.settled_to(tag);
                }
                Act::Reject(at) if at < held.len() => {
                    let tag = held.remove(at);
                    assert!(server.outstanding.remove(&tag));
                    acks.settled(tag);
                }
                Act::NackMultiple(at) if at < held.len() => {
                    let tag = held[at];
                    acks.flush().for_each(|ack| server.ack(&ack));
                    held.retain(|other| *other > tag);
                    server.outstanding.retain(|other| *other > tag);
                    acks.settled_to(tag);
                }
                Act::Flush => acks.flush().for_each(|ack| server.ack(&ack)),
                _ => {}
            }
            prop_assert!(server.acked.is_subset(&acked));
            prop_assert!(acks.waiting.len() < count);
            // Runs are kept for gaps only, and a gap is a delivery that somebody holds.
            prop_assert!(acks.above.len() <= held.len());
            let lowest = held.iter().min().copied().unwrap_or(server.last + 1);
            prop_assert_eq!(acks.floor, lowest - 1);
        }
        acks.flush().for_each(|ack| server.ack(&ack));
        prop_assert_eq!(&server.acked, &acked);
        prop_assert_eq!(server.outstanding.len(), held.len());
        prop_assert!(server.frames <= acked.len());
    }
}

#[test]
fn a_run_is_one_frame() {
    let mut acks = Acks::new(100, Duration::ZERO);
    for tag in [3, 1, 2, 5, 4] {
        assert!(!acks.ack(tag));
    }
    let sent: Vec<_> = acks.flush().collect();
    assert_eq!(sent, [basic::Ack::new(5).multiple(true)]);
    assert_eq!(acks.flush().count(), 0);
}

#[test]
fn a_gap_is_not_stepped_over() {
    let mut acks = Acks::new(100, Duration::ZERO);
    for tag in [1, 2, 4, 5] {
        acks.ack(tag);
    }
    let sent: Vec<_> = acks.flush().collect();
    let run = basic::Ack::new(2).multiple(true);
    assert_eq!(sent, [run, basic::Ack::new(4), basic::Ack::new(5)]);
    acks.settled(3);
    acks.ack(6);
    acks.ack(7);
    let sent: Vec<_> = acks.flush().collect();
    assert_eq!(sent, [basic::Ack::new(7).multiple(true)]);
}

#[test]
fn tags_of_any_size_are_taken() {
    let mut acks = Acks::new(100, Duration::ZERO);
    for tag in [u64::MAX, u64::MAX - 1, 1, u64::MAX] {
        acks.ack(tag);
    }
    assert_eq!(acks.flush().next(), Some(basic::Ack::new(1)));
    acks.settled_to(u64::MAX);
    assert_eq!(acks.floor, u64::MAX);
    acks.settled(u64::MAX);
    assert!(acks.above.is_empty());
}
