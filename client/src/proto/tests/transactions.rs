//! What a rollback takes back is to be settled again.

use amqp_methods::{Method as _, MethodId, basic, tx};

use super::Pair;
use crate::error::ErrorKind;
use crate::proto::{CallId, ChannelId, Settlement};

const ACK: Settlement = Settlement::Ack { multiple: false };
const ACK_ALL: Settlement = Settlement::Ack { multiple: true };

/// A transactional channel, and a consumer on it with so many deliveries.
fn consuming(deliveries: u64) -> (Pair, ChannelId) {
    let mut pair = Pair::open();
    let channel = pair.channel();
    pair.consumer(channel, "c");
    pair.selects(channel);
    pair.delivers_to(channel, 1, deliveries);
    (pair, channel)
}

impl Pair {
    fn selects(&mut self, channel: ChannelId) {
        let call = self.call(channel, &tx::Select);
        self.settle();
        assert_eq!(self.replied(call), tx::SelectOk::ID);
    }

    fn delivers_to(&mut self, channel: ChannelId, first: u64, last: u64) {
        for number in first..=last {
            self.delivers(channel, "c", number, b"x");
        }
        self.exchange();
    }

    fn settles_in(&mut self, channel: ChannelId, value: u64, settlement: Settlement) {
        let tag = self.core.delivery_tag(channel, value);
        let mut view = self.core.channel(channel).unwrap();
        view.settle(tag, settlement).unwrap();
    }

    fn is_stale(&mut self, channel: ChannelId, value: u64) -> bool {
        let tag = self.core.delivery_tag(channel, value);
        let mut view = self.core.channel(channel).unwrap();
        let settled = view.settle(tag, ACK).map_err(|error| error.kind());
        settled == Err(ErrorKind::StaleDelivery)
    }

    fn unsettled_in(&mut self, channel: ChannelId) -> usize {
        self.core.channel(channel).unwrap().unsettled()
    }

    /// The server answers what has a simple answer.
    fn ends(&mut self, call: CallId) -> MethodId {
        self.settle();
        self.replied(call)
    }
}

#[test]
fn what_is_rolled_back_is_settled_again_and_what_is_committed_is_not() {
    for (value, settlement, covered) in [
        (2, ACK, 1),
        (3, ACK_ALL, 3),
        (2, Settlement::Reject { requeue: true }, 1),
        (2, Settlement::REQUEUE, 1),
        (
            4,
            Settlement::Nack {
                multiple: true,
                requeue: false,
            },
            4,
        ),
    ] {
        let (mut pair, channel) = consuming(5);
        pair.settles_in(channel, value, settlement);
        assert_eq!(pair.unsettled_in(channel), 5 - covered);
        assert!(pair.is_stale(channel, value));
        let rollback = pair.call(channel, &tx::Rollback);
        assert_eq!(pair.ends(rollback), tx::RollbackOk::ID);
        assert_eq!(pair.unsettled_in(channel), 5);
        assert_eq!(pair.core.metrics(pair.now).unsettled, 5);

        pair.settles_in(channel, value, settlement);
        let commit = pair.call(channel, &tx::Commit);
        assert_eq!(pair.ends(commit), tx::CommitOk::ID);
        let rollback = pair.call(channel, &tx::Rollback);
        assert_eq!(pair.ends(rollback), tx::RollbackOk::ID);
        assert_eq!(pair.unsettled_in(channel), 5 - covered);
        assert!(pair.is_stale(channel, value));
    }
}

#[test]
fn what_is_settled_before_the_first_transaction_is_settled_for_good() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    pair.consumer(channel, "c");
    pair.delivers_to(channel, 1, 2);
    pair.settles_in(channel, 1, ACK);
    pair.selects(channel);
    pair.settles_in(channel, 2, ACK);
    // Again, it begins no other transaction.
    pair.selects(channel);
    pair.call(channel, &tx::Rollback);
    pair.settle();
    assert!(pair.is_stale(channel, 1));
    assert!(!pair.is_stale(channel, 2));
}

#[test]
fn what_is_sent_behind_a_rollback_is_part_of_the_next_transaction() {
    let (mut pair, channel) = consuming(4);
    pair.settles_in(channel, 3, ACK);
    pair.settles_in(channel, 1, ACK);
    pair.call(channel, &tx::Rollback);
    // The server will read it behind the rollback, whenever that is answered.
    pair.settles_in(channel, 3, ACK_ALL);
    assert_eq!(pair.unsettled_in(channel), 1);
    pair.call(channel, &tx::Rollback);
    assert_eq!(pair.unsettled_in(channel), 4);
    pair.settle();
    assert_eq!(pair.unsettled_in(channel), 4);
    pair.settles_in(channel, 2, ACK);
    pair.call(channel, &tx::Commit);
    pair.settles_in(channel, 1, ACK);
    pair.call(channel, &tx::Rollback);
    pair.settle();
    assert!(pair.is_stale(channel, 2));
    assert_eq!(pair.unsettled_in(channel), 3);
}

#[test]
fn deliveries_that_come_meanwhile_stand_behind_those_that_are_taken_back() {
    let (mut pair, channel) = consuming(3);
    pair.settles_in(channel, 3, ACK_ALL);
    pair.delivers_to(channel, 4, 5);
    pair.settles_in(channel, 4, ACK);
    pair.call(channel, &tx::Rollback);
    pair.settle();
    pair.delivers_to(channel, 6, 6);
    assert_eq!(pair.unsettled_in(channel), 6);
    pair.settles_in(channel, 4, ACK_ALL);
    assert_eq!(pair.unsettled_in(channel), 2);
    for value in [1, 2, 3, 4] {
        assert!(pair.is_stale(channel, value), "{value}");
    }
}

#[test]
fn everything_at_once_is_taken_back_too() {
    let (mut pair, channel) = consuming(3);
    pair.settles_in(channel, 2, ACK);
    let mut view = pair.core.channel(channel).unwrap();
    view.send(&basic::Ack::new(0).multiple(true)).unwrap();
    assert_eq!(pair.unsettled_in(channel), 0);
    pair.call(channel, &tx::Rollback);
    pair.settle();
    assert_eq!(pair.unsettled_in(channel), 3);
    let mut view = pair.core.channel(channel).unwrap();
    view.send(&basic::Ack::new(2)).unwrap();
    assert!(pair.is_stale(channel, 2));
    assert_eq!(pair.unsettled_in(channel), 2);
}

#[test]
fn no_acknowledgement_speaks_for_what_was_taken_back() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let mut view = pair.core.channel(channel).unwrap();
    view.coalesce_acks(10, super::SECOND).unwrap();
    pair.consumer(channel, "c");
    pair.selects(channel);
    pair.delivers_to(channel, 1, 6);
    for value in [1, 2, 3, 5] {
        pair.settles_in(channel, value, ACK);
    }
    pair.call(channel, &tx::Rollback);
    pair.speak();
    let expected = [basic::Ack::new(3).multiple(true), basic::Ack::new(5)];
    for ack in expected {
        pair.peer.expects_method(1, &ack);
    }
    pair.settle();
    for value in [6, 5, 2, 3] {
        pair.settles_in(channel, value, ACK);
    }
    pair.core.channel(channel).unwrap().flush_acks();
    pair.speak();
    for value in [6, 5, 2, 3] {
        pair.peer.expects_method(1, &basic::Ack::new(value));
    }
    for value in [1, 4] {
        pair.settles_in(channel, value, ACK);
    }
    pair.core.channel(channel).unwrap().flush_acks();
    pair.speak();
    let all = basic::Ack::new(4).multiple(true);
    pair.peer.expects_method(1, &all);
    assert_eq!(pair.unsettled_in(channel), 0);
}

#[test]
fn recovering_leaves_what_was_settled_to_its_transaction() {
    let (mut pair, channel) = consuming(3);
    pair.settles_in(channel, 1, ACK);
    pair.call(channel, &basic::Recover::default().requeue(true));
    // The server takes it back when it has recovered the others.
    pair.call(channel, &tx::Rollback);
    assert!(pair.is_stale(channel, 1));
    pair.speak();
    pair.peer.sends_on(1, basic::RecoverOk);
    pair.listen();
    assert_eq!(pair.unsettled_in(channel), 1);
    assert!(pair.is_stale(channel, 2));
    pair.settles_in(channel, 1, ACK);
    pair.peer.sends_on(1, tx::RollbackOk);
    pair.exchange();
    assert!(pair.is_stale(channel, 1));

    // What it takes back before it recovers comes again with the others.
    pair.call(channel, &basic::Recover::default().requeue(true));
    pair.call(channel, &tx::Rollback);
    pair.call(channel, &basic::Recover::default().requeue(true));
    for _ in 0..2 {
        pair.peer.sends_on(1, basic::RecoverOk);
        pair.listen();
        assert_eq!(pair.unsettled_in(channel), 0);
        pair.peer.sends_on(1, tx::RollbackOk);
    }
}

#[test]
fn recovering_without_an_answer_does_not_stand_in_for_one() {
    let (mut pair, channel) = consuming(1);
    pair.call(channel, &basic::Recover::default().requeue(true));
    let mut view = pair.core.channel(channel).unwrap();
    view.send(&basic::RecoverAsync::default().requeue(true))
        .unwrap();
    // It was under way when the server read the first request.
    pair.delivers_to(channel, 2, 2);
    assert!(pair.is_stale(channel, 2));
}
