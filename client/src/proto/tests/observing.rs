//! What can be seen of a core: how far its life has come, and what it has counted.

use core::time::Duration;

use amqp_methods::{basic, channel, connection, queue};
use amqp_test_broker::Stage;

use super::confirms::{acks, nacks, publish, publishing};
use super::handshake::at;
use super::{Pair, SECOND};
use crate::error::ConnectStage;
use crate::proto::{Condition, Event, Settlement};

#[test]
fn errors_say_how_far_the_handshake_had_come() {
    for (reached, stage) in [
        (Stage::Header, ConnectStage::Protocol),
        (Stage::Start, ConnectStage::Authentication),
        (Stage::Tune, ConnectStage::Open),
    ] {
        let mut pair = at(reached);
        pair.hang_up();
        assert_eq!(pair.closed().stage(), Some(stage), "{reached:?}");

        let mut pair = at(reached);
        pair.peer.sends(connection::Close::new(320, "busy", 0, 0));
        pair.exchange();
        let error = pair.closed();
        assert_eq!(error.stage(), Some(stage), "{reached:?}");
        assert!(error.is_connection() && error.is_retryable());

        let mut pair = at(reached);
        pair.pass(60 * SECOND);
        assert_eq!(pair.closed().stage(), Some(stage), "{reached:?}");
    }
    // Later there is no such thing.
    let mut pair = Pair::open();
    pair.hang_up();
    assert_eq!(pair.closed().stage(), None);
}

#[test]
fn a_life_comes_to_its_end_step_by_step() {
    assert!(matches!(Pair::new().core.condition(), Condition::Opening));
    let mut pair = Pair::open();
    assert!(matches!(pair.core.condition(), Condition::Open));
    let (id, _) = pair.core.open_channel().unwrap();
    let mut channel = pair.core.channel(id).unwrap();
    assert!(matches!(channel.condition(), Condition::Opening));
    pair.settle();
    let mut channel = pair.core.channel(id).unwrap();
    assert!(matches!(channel.condition(), Condition::Open));
    channel.close(200.into(), "").unwrap();
    assert!(matches!(channel.condition(), Condition::Closing(_)));
    pair.settle();
    assert!(pair.core.channel(id).is_none());
    pair.core.close(pair.now, 200.into(), "");
    assert!(matches!(pair.core.condition(), Condition::Closing(_)));
    pair.settle();
    assert!(matches!(pair.core.condition(), Condition::Closed(_)));
}

#[test]
fn the_reason_for_being_blocked_is_the_last_one() {
    let mut pair = Pair::open();
    assert_eq!(pair.core.blocked_reason(), None);
    for reason in ["low on memory", "low on disk"] {
        pair.peer.sends(connection::Blocked::new(reason));
        pair.exchange();
        assert_eq!(pair.core.blocked_reason(), Some(reason));
    }
    pair.peer.sends(connection::Unblocked);
    pair.exchange();
    assert_eq!(pair.core.blocked_reason(), None);
}

#[test]
fn a_consumer_that_the_server_cancels_is_an_event_once() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    pair.forget_events();
    for _ in 0..2 {
        let cancel = basic::Cancel::new("c").no_wait(true);
        pair.peer.sends_on(1, cancel);
        pair.exchange();
    }
    assert!(matches!(pair.event(), Event::Consumer(told) if told == consumer));
    let event = pair.event();
    assert!(
        matches!(&event, Event::ConsumerCancelled { channel: place, consumer_tag }
            if *place == channel && *consumer_tag == *"c"),
        "{event:?}"
    );
    pair.no_event();
}

#[test]
fn publishes_are_counted_by_how_they_end() {
    let (mut pair, channel) = publishing(6);
    acks(&mut pair, 2, true);
    nacks(&mut pair, 4, false);
    let metrics = pair.core.metrics(pair.now);
    assert_eq!(metrics.messages_published, 6);
    assert_eq!((metrics.confirmed, metrics.nacked), (2, 1));
    assert_eq!((metrics.unconfirmed, metrics.in_doubt), (3, 0));
    pair.closes_channel(channel, 404.into(), "no");
    pair.exchange();
    let metrics = pair.core.metrics(pair.now);
    assert_eq!((metrics.unconfirmed, metrics.in_doubt), (0, 3));
    assert_eq!(metrics.channels, 0);
}

#[test]
fn what_needs_no_settling_is_not_unsettled() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consume = basic::Consume::new("q", "free").no_ack(true);
    let free = pair.consumer_with(channel, consume);
    pair.consumer(channel, "bound");
    for number in 1..=6 {
        let tag = if number % 2 == 0 { "free" } else { "bound" };
        pair.delivers(channel, tag, number, b"x");
    }
    pair.exchange();
    let metrics = pair.core.metrics(pair.now);
    assert_eq!((metrics.messages_delivered, metrics.unsettled), (6, 3));
    assert_eq!(metrics.consumers, 2);
    pair.core.drop_consumer(free);
    let tag = pair.core.delivery_tag(channel, 5);
    let ack = Settlement::Ack { multiple: true };
    pair.core
        .channel(channel)
        .unwrap()
        .settle(tag, ack)
        .unwrap();
    let metrics = pair.core.metrics(pair.now);
    assert_eq!((metrics.unsettled, metrics.consumers), (0, 1));
}

#[test]
fn frames_and_octets_are_counted_as_they_come_and_go() {
    let mut pair = Pair::open();
    let before = pair.core.metrics(pair.now);
    // The protocol header, start-ok, tune-ok, open; and start, tune, open-ok.
    assert_eq!((before.frames_sent, before.frames_received), (4, 3));
    let channel = pair.channel();
    pair.consumer(channel, "c");
    pair.delivers(channel, "c", 1, &[7; 10_000]);
    pair.delivers(channel, "c", 2, b"small");
    let octets = pair.peer.transmit();
    let before = pair.core.metrics(pair.now);
    // However they are cut.
    for piece in octets.chunks(33) {
        pair.core_reads(piece);
    }
    let after = pair.core.metrics(pair.now);
    assert_eq!(after.frames_received - before.frames_received, 6);
    let received = after.octets_received - before.octets_received;
    assert_eq!(received, octets.len() as u64);
    assert!(after.waiting_octets > 10_000);
}

#[test]
fn blocked_time_is_summed_up() {
    let mut pair = Pair::open();
    for seconds in [2, 3] {
        pair.peer.sends(connection::Blocked::new("low"));
        pair.exchange();
        pair.now += seconds * SECOND;
        pair.peer.sends(connection::Unblocked);
        pair.exchange();
        pair.now += 7 * SECOND;
    }
    assert_eq!(pair.core.metrics(pair.now).blocked_time, 5 * SECOND);
    pair.peer.sends(connection::Unblocked);
    pair.exchange();
    assert_eq!(pair.core.metrics(pair.now).blocked_time, 5 * SECOND);
    pair.peer.sends(connection::Blocked::new("low"));
    pair.exchange();
    let lasting = pair.core.metrics(pair.now + SECOND).blocked_time;
    assert_eq!(lasting, 6 * SECOND);
    // A clock that goes backwards is no reason to panic.
    let earlier = pair.now.checked_sub(Duration::from_millis(1));
    assert_eq!(pair.core.metrics(earlier.unwrap()).blocked_time, 5 * SECOND);
}

#[test]
fn draining_cancels_each_consumer_once_and_tells_of_what_is_settled() {
    let mut pair = Pair::open();
    let (one, two) = (pair.confirm_channel(), pair.channel());
    let (a, b) = (pair.consumer(one, "a"), pair.consumer(two, "b"));
    pair.delivers(one, "a", 1, b"x");
    pair.publish(one, &publish(), b"x");
    pair.exchange();
    pair.forget_events();
    pair.core.drain();
    pair.core.drain();
    pair.speak();
    pair.peer.expects_content(1);
    for (channel, tag) in [(1, "a"), (2, "b")] {
        let cancel: basic::Cancel<'_> = pair.peer.expects(channel);
        assert_eq!(cancel.consumer_tag, *tag);
        pair.peer.sends_on(channel, basic::CancelOk::new(tag));
    }
    let left = pair.core.leftovers();
    let counts: Vec<_> = left
        .iter()
        .map(|left| {
            (
                left.channel,
                left.consumers,
                left.unconfirmed,
                left.unsettled,
            )
        })
        .collect();
    assert_eq!(counts, [(one, 1, 1, 1), (two, 1, 0, 0)]);

    pair.exchange();
    pair.core.drain();
    assert!(!pair.speak(), "nothing is cancelled that has ended");
    assert!(matches!(pair.event(), Event::Consumer(told) if told == a));
    assert!(matches!(pair.event(), Event::Consumer(told) if told == b));
    let tag = pair.core.delivery_tag(one, 1);
    let ack = Settlement::Ack { multiple: false };
    pair.core.channel(one).unwrap().settle(tag, ack).unwrap();
    assert!(matches!(pair.event(), Event::Settled));
    assert_eq!(pair.core.leftovers().len(), 1);
    acks(&mut pair, 1, false);
    assert!(pair.core.leftovers().is_empty());
    // Calls go on.
    let call = pair.call(two, &queue::Declare::new("q"));
    pair.settle();
    pair.reply(call).unwrap();
}

#[test]
fn draining_leaves_alone_what_is_ending_by_itself() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    pair.consumer(channel, "c");
    pair.core
        .channel(channel)
        .unwrap()
        .close(200.into(), "")
        .unwrap();
    pair.core.drain();
    pair.speak();
    pair.peer.expects::<channel::Close<'_>>(1);
    pair.peer.expects_nothing_on(1);
    // Nothing is left where everything has ended.
    pair.core.close(pair.now, 200.into(), "");
    pair.core.drain();
    assert!(pair.core.leftovers().is_empty());
}
