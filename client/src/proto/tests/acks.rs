//! Acknowledgements that are put together, and when they are sent.

use core::time::Duration;

use amqp_methods::{basic, channel, connection, tx};

use super::{Pair, SECOND};
use crate::error::ErrorKind;
use crate::proto::{ChannelId, ConsumerId, Settlement};

const ACK: Settlement = Settlement::Ack { multiple: false };

/// A channel that coalesces up to ten, within a second, and a consumer on it with so many deliveries.
fn consuming(deliveries: u64) -> (Pair, ChannelId, ConsumerId) {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let mut view = pair.core.channel(channel).unwrap();
    view.coalesce_acks(10, SECOND).unwrap();
    let consumer = pair.consumer(channel, "c");
    for number in 1..=deliveries {
        pair.delivers(channel, "c", number, b"x");
    }
    pair.exchange();
    assert_eq!(pair.taken(consumer).0.len() as u64, deliveries);
    (pair, channel, consumer)
}

impl Pair {
    fn settles(&mut self, channel: ChannelId, value: u64, settlement: Settlement) {
        let tag = self.core.delivery_tag(channel, value);
        let mut view = self.core.channel(channel).unwrap();
        view.settle(tag, settlement).unwrap();
        let now = self.now;
        self.core.time_acks(now);
        self.speak();
    }
}

#[test]
fn they_go_out_when_there_are_enough() {
    let (mut pair, channel, _) = consuming(20);
    for value in 1..=9 {
        pair.settles(channel, value, ACK);
    }
    pair.peer.expects_nothing();
    pair.settles(channel, 10, ACK);
    pair.peer
        .expects_method(1, &basic::Ack::new(10).multiple(true));
    pair.peer.expects_nothing();
}

#[test]
fn they_go_out_when_the_oldest_has_waited_long_enough() {
    let (mut pair, channel, _) = consuming(20);
    pair.settles(channel, 1, ACK);
    pair.pass(SECOND / 2);
    pair.settles(channel, 2, ACK);
    pair.pass(SECOND / 2 - Duration::from_millis(1));
    pair.peer.expects_nothing();
    pair.pass(Duration::from_millis(1));
    pair.peer
        .expects_method(1, &basic::Ack::new(2).multiple(true));
    // Time counts anew from the next one.
    pair.pass(5 * SECOND);
    pair.settles(channel, 3, ACK);
    pair.pass(SECOND / 2);
    pair.peer.expects_nothing();
    pair.pass(SECOND / 2);
    pair.peer.expects_method(1, &basic::Ack::new(3));
}

#[test]
fn each_channel_has_its_own_time() {
    let (mut pair, first, _) = consuming(3);
    let second = pair.channel();
    let mut view = pair.core.channel(second).unwrap();
    view.coalesce_acks(10, 3 * SECOND).unwrap();
    pair.consumer(second, "c");
    pair.delivers(second, "c", 1, b"x");
    pair.exchange();
    pair.settles(second, 1, ACK);
    pair.settles(first, 1, ACK);
    pair.pass(SECOND);
    pair.peer.expects_method(1, &basic::Ack::new(1));
    pair.peer.expects_nothing_on(2);
    pair.pass(2 * SECOND);
    pair.peer.expects_method(2, &basic::Ack::new(1));
}

#[test]
fn what_was_not_acknowledged_is_not() {
    let (mut pair, channel, _) = consuming(20);
    for value in (1..=11).filter(|value| *value != 4) {
        pair.settles(channel, value, ACK);
    }
    pair.peer
        .expects_method(1, &basic::Ack::new(3).multiple(true));
    for value in 5..=11 {
        pair.peer.expects_method(1, &basic::Ack::new(value));
    }
    pair.peer.expects_nothing();
}

#[test]
fn what_is_rejected_goes_out_at_once_and_is_no_gap() {
    let (mut pair, channel, _) = consuming(20);
    pair.settles(channel, 1, ACK);
    pair.settles(channel, 2, Settlement::Reject { requeue: false });
    pair.peer.expects_method(1, &basic::Reject::new(2));
    pair.settles(channel, 3, ACK);
    pair.pass(SECOND);
    pair.peer
        .expects_method(1, &basic::Ack::new(3).multiple(true));
}

#[test]
fn before_what_is_refused_together_they_go_out() {
    // Otherwise they would be among those that are refused.
    let (mut pair, channel, _) = consuming(20);
    pair.settles(channel, 1, ACK);
    pair.settles(channel, 3, ACK);
    let nack = Settlement::Nack {
        multiple: true,
        requeue: true,
    };
    pair.settles(channel, 4, nack);
    pair.peer.expects_method(1, &basic::Ack::new(1));
    pair.peer.expects_method(1, &basic::Ack::new(3));
    let nack = basic::Nack::new(4).multiple(true).requeue(true);
    pair.peer.expects_method(1, &nack);
    pair.settles(channel, 5, ACK);
    pair.settles(channel, 6, ACK);
    pair.pass(SECOND);
    pair.peer
        .expects_method(1, &basic::Ack::new(6).multiple(true));
}

#[test]
fn before_any_other_method_they_go_out() {
    // A commit has to find them; what is recovered, or closed, must not come again.
    let (mut pair, channel, _) = consuming(20);
    pair.settles(channel, 1, ACK);
    pair.call(channel, &tx::Commit);
    pair.speak();
    pair.peer.expects_method(1, &basic::Ack::new(1));
    pair.peer.expects::<tx::Commit>(1);
    pair.peer.sends_on(1, tx::CommitOk);
    pair.listen();
    pair.settles(channel, 2, ACK);
    let mut view = pair.core.channel(channel).unwrap();
    view.close(200.into(), "").unwrap();
    pair.speak();
    pair.peer.expects_method(1, &basic::Ack::new(2));
    pair.peer.expects::<channel::Close<'_>>(1);
}

#[test]
fn before_the_connection_closes_they_go_out() {
    let (mut pair, channel, _) = consuming(20);
    pair.settles(channel, 1, ACK);
    pair.core.close(pair.now, 200.into(), "");
    pair.speak();
    pair.peer.expects_method(1, &basic::Ack::new(1));
    pair.peer.expects::<connection::Close<'_>>(0);
    assert!(!pair.core.acks_may_wait());
}

#[test]
fn what_needs_no_acknowledgement_is_no_gap() {
    let (mut pair, channel, _) = consuming(1);
    pair.consumer_with(channel, basic::Consume::new("q", "n").no_ack(true));
    pair.delivers(channel, "n", 2, b"x");
    let call = pair.call(channel, &basic::Get::new("q").no_ack(true));
    pair.speak();
    pair.peer.expects::<basic::Get<'_>>(1);
    let get_ok = basic::GetOk::new(3, "", "q", 0);
    pair.peer
        .sends_content(1, get_ok, &basic::Properties::default(), b"x");
    pair.delivers(channel, "c", 4, b"x");
    pair.exchange();
    pair.reply(call).unwrap();
    pair.settles(channel, 1, ACK);
    pair.settles(channel, 4, ACK);
    pair.pass(SECOND);
    pair.peer
        .expects_method(1, &basic::Ack::new(4).multiple(true));
}

#[test]
fn they_are_put_together_from_the_first_delivery_on_or_not_at_all() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    pair.consumer(channel, "c");
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    let mut view = pair.core.channel(channel).unwrap();
    let error = view.coalesce_acks(10, SECOND).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    pair.settles(channel, 1, ACK);
    pair.peer.expects_method(1, &basic::Ack::new(1));
}

#[test]
fn a_channel_that_ends_leaves_none_behind() {
    let (mut pair, channel, _) = consuming(3);
    pair.settles(channel, 1, ACK);
    pair.closes_channel(channel, 406.into(), "no");
    pair.exchange();
    pair.peer.expects::<channel::CloseOk>(1);
    pair.pass(2 * SECOND);
    pair.peer.expects_nothing();
    assert!(!pair.core.acks_may_wait());
}

#[test]
fn however_long_they_may_wait_it_is_known_that_they_do() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let mut view = pair.core.channel(channel).unwrap();
    view.coalesce_acks(usize::MAX, Duration::MAX).unwrap();
    pair.consumer(channel, "c");
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    pair.settles(channel, 1, ACK);
    assert!(pair.core.acks_may_wait() && !pair.core.acks_are_untimed());
    pair.pass(SECOND);
    pair.peer.expects_nothing();
    pair.core.channel(channel).unwrap().flush_acks();
    pair.speak();
    pair.peer.expects_method(1, &basic::Ack::new(1));
}

#[test]
fn what_waits_to_be_sent_is_settled_for_the_application() {
    let (mut pair, channel, _) = consuming(5);
    assert_eq!(pair.core.metrics(pair.now).unsettled, 5);
    pair.settles(channel, 1, ACK);
    pair.settles(channel, 3, ACK);
    assert_eq!(pair.core.metrics(pair.now).unsettled, 3);
    pair.settles(channel, 4, Settlement::Ack { multiple: true });
    assert_eq!(pair.core.metrics(pair.now).unsettled, 1);
    pair.settles(channel, 5, Settlement::Reject { requeue: true });
    assert_eq!(pair.core.metrics(pair.now).unsettled, 0);
}
