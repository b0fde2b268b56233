//! Settling deliveries: each once, whoever settles it and however.

use amqp_methods::basic;

use super::Pair;
use crate::error::ErrorKind;
use crate::proto::{ChannelId, ConsumerId, Settlement};

const ACK: Settlement = Settlement::Ack { multiple: false };
const ACK_ALL: Settlement = Settlement::Ack { multiple: true };

/// A channel, and a consumer on it with so many deliveries.
fn consuming(deliveries: u64) -> (Pair, ChannelId, ConsumerId) {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    for number in 1..=deliveries {
        pair.delivers(channel, "c", number, b"x");
    }
    pair.exchange();
    (pair, channel, consumer)
}

impl Pair {
    fn settles_one(
        &mut self,
        channel: ChannelId,
        value: u64,
        settlement: Settlement,
    ) -> Result<(), ErrorKind> {
        let tag = self.core.delivery_tag(channel, value);
        let mut view = self.core.channel(channel).unwrap();
        let settled = view.settle(tag, settlement).map_err(|error| error.kind());
        self.speak();
        settled
    }

    fn unsettled(&mut self) -> u64 {
        self.core.metrics(self.now).unsettled
    }

    fn recovers(&mut self, channel: ChannelId) {
        let call = self.call(channel, &basic::Recover::default().requeue(true));
        self.speak();
        self.peer.expects::<basic::Recover>(1);
        self.peer.sends_on(1, basic::RecoverOk);
        self.exchange();
        self.reply(call).unwrap();
    }
}

#[test]
fn settling_says_what_was_meant() {
    let (mut pair, channel, _) = consuming(7);
    let nack = Settlement::Nack {
        multiple: false,
        requeue: false,
    };
    let reject = Settlement::Reject { requeue: true };
    for (value, settlement) in [(5, ACK_ALL), (6, nack), (7, reject)] {
        pair.settles_one(channel, value, settlement).unwrap();
    }
    pair.peer
        .expects_method(1, &basic::Ack::new(5).multiple(true));
    pair.peer
        .expects_method(1, &basic::Nack::new(6).requeue(false));
    pair.peer
        .expects_method(1, &basic::Reject::new(7).requeue(true));
}

#[test]
fn what_was_settled_with_a_later_one_is_not_settled_again() {
    // RabbitMQ would close the channel with 406.
    let (mut pair, channel, _) = consuming(6);
    pair.settles_one(channel, 5, ACK_ALL).unwrap();
    pair.peer
        .expects_method(1, &basic::Ack::new(5).multiple(true));
    let nack = Settlement::Nack {
        multiple: true,
        requeue: true,
    };
    for settlement in [ACK, ACK_ALL, nack, Settlement::Reject { requeue: true }] {
        let refused = pair.settles_one(channel, 4, settlement);
        assert_eq!(refused, Err(ErrorKind::StaleDelivery));
    }
    pair.peer.expects_nothing();
    pair.settles_one(channel, 6, ACK).unwrap();
    pair.peer.expects_method(1, &basic::Ack::new(6));
}

#[test]
fn nor_where_acknowledgements_are_coalesced() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let mut view = pair.core.channel(channel).unwrap();
    view.coalesce_acks(2, super::SECOND).unwrap();
    pair.consumer(channel, "c");
    for number in 1..=4 {
        pair.delivers(channel, "c", number, b"x");
    }
    pair.exchange();
    pair.settles_one(channel, 2, ACK_ALL).unwrap();
    pair.peer
        .expects_method(1, &basic::Ack::new(2).multiple(true));
    let refused = pair.settles_one(channel, 1, ACK);
    assert_eq!(refused, Err(ErrorKind::StaleDelivery));
    for value in [3, 4] {
        pair.settles_one(channel, value, ACK).unwrap();
    }
    pair.peer
        .expects_method(1, &basic::Ack::new(4).multiple(true));
    pair.peer.expects_nothing();
}

#[test]
fn what_nobody_has_seen_is_not_given_back_once_it_is_settled() {
    let (mut pair, channel, consumer) = consuming(2);
    pair.consumer(channel, "other");
    pair.delivers(channel, "other", 3, b"x");
    pair.exchange();
    pair.settles_one(channel, 3, ACK_ALL).unwrap();
    pair.peer
        .expects_method(1, &basic::Ack::new(3).multiple(true));
    for delivery in pair.taken(consumer).0 {
        assert!(!pair.core.give_back_unseen(&delivery, false));
    }
    pair.speak();
    pair.peer.expects_nothing();
}

#[test]
fn what_is_recovered_is_settled_when_it_comes_again() {
    let (mut pair, channel, _) = consuming(3);
    pair.settles_one(channel, 1, ACK).unwrap();
    pair.peer.expects_method(1, &basic::Ack::new(1));
    pair.recovers(channel);
    assert_eq!(pair.unsettled(), 0);
    let refused = pair.settles_one(channel, 3, ACK);
    assert_eq!(refused, Err(ErrorKind::StaleDelivery));
    pair.peer.expects_nothing();
    for number in [4, 5] {
        pair.delivers(channel, "c", number, b"x");
    }
    pair.exchange();
    assert_eq!(pair.unsettled(), 2);
    pair.settles_one(channel, 5, ACK_ALL).unwrap();
    pair.peer
        .expects_method(1, &basic::Ack::new(5).multiple(true));
    assert_eq!(pair.unsettled(), 0);
}

#[test]
fn what_comes_before_the_answer_to_recover_comes_again() {
    let (mut pair, channel, _) = consuming(1);
    let call = pair.call(channel, &basic::Recover::default().requeue(true));
    pair.speak();
    pair.peer.expects::<basic::Recover>(1);
    // It was under way when the server read the request.
    pair.delivers(channel, "c", 2, b"x");
    pair.listen();
    for value in [1, 2] {
        let refused = pair.settles_one(channel, value, ACK);
        assert_eq!(refused, Err(ErrorKind::StaleDelivery));
    }
    pair.peer.expects_nothing();
    // Nobody has to wait for the answer.
    pair.core.channel(channel).unwrap().abandon(call);
    pair.peer.sends_on(1, basic::RecoverOk);
    pair.delivers(channel, "c", 3, b"x");
    pair.listen();
    assert_eq!(pair.unsettled(), 1);
    pair.settles_one(channel, 3, ACK).unwrap();
    pair.peer.expects_method(1, &basic::Ack::new(3));
}

#[test]
fn what_the_application_settles_by_a_method_is_counted() {
    let (mut pair, channel, _) = consuming(6);
    let mut view = pair.core.channel(channel).unwrap();
    view.send(&basic::Ack::new(2).multiple(true)).unwrap();
    view.send(&basic::Nack::new(3)).unwrap();
    view.send(&basic::Reject::new(4)).unwrap();
    assert_eq!(pair.unsettled(), 2);
    let refused = pair.settles_one(channel, 3, ACK);
    assert_eq!(refused, Err(ErrorKind::StaleDelivery));
    let mut view = pair.core.channel(channel).unwrap();
    view.send(&basic::Ack::new(0).multiple(true)).unwrap();
    assert_eq!(pair.unsettled(), 0);
}
