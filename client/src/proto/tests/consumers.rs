//! Consumers and what they receive.

use amqp_methods::{ReplyCode, basic};

use super::Pair;
use crate::error::ErrorKind;
use crate::proto::{ConsumerEnd, Event, Settlement};

pub(super) fn consume(tag: &str) -> basic::Consume<'_> {
    basic::Consume::new("q", tag)
}

#[test]
fn deliveries_in_the_same_read_as_consume_ok_arrive() {
    // Rule: the server may deliver before anybody has looked at its consume-ok.
    let mut pair = Pair::open();
    let channel = pair.channel();
    let call = pair.call(channel, &consume(""));
    pair.peer.sends_on(1, basic::ConsumeOk::new("amq.ctag-1"));
    pair.delivers(channel, "amq.ctag-1", 1, b"a");
    pair.delivers(channel, "amq.ctag-1", 2, b"b");
    pair.exchange();
    let consumer = pair.reply(call).unwrap().consumer.unwrap();
    assert_eq!(
        pair.core
            .channel(channel)
            .unwrap()
            .consumer(&"amq.ctag-1".into()),
        Some(consumer)
    );
    assert_eq!(pair.bodies(consumer), [b"a", b"b"]);
}

#[test]
fn a_consumer_is_told_once_per_batch() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    for round in 0..3 {
        for number in 1..=10 {
            pair.delivers(channel, "c", 10 * round + number, b"x");
        }
        pair.exchange();
        assert!(matches!(pair.event(), Event::Consumer(told) if told == consumer));
        pair.no_event();
        assert_eq!(pair.taken(consumer).0.len(), 10);
    }
}

#[test]
fn deliveries_go_to_their_own_consumers() {
    let mut pair = Pair::open();
    let channels = [pair.channel(), pair.channel()];
    let tags = ["one", "two", "three"];
    let consumers = channels.map(|channel| tags.map(|tag| pair.consumer(channel, tag)));
    for channel in channels {
        for round in 0..4 {
            for tag in tags {
                let body = format!("{channel} {tag} {round}");
                pair.delivers(channel, tag, 1, body.as_bytes());
            }
        }
    }
    pair.exchange();
    for (channel, consumers) in channels.iter().zip(consumers) {
        for (tag, consumer) in tags.iter().zip(consumers) {
            let expected: Vec<_> = (0..4)
                .map(|round| format!("{channel} {tag} {round}").into_bytes())
                .collect();
            assert_eq!(pair.bodies(consumer), expected);
        }
    }
}

#[test]
fn a_dropped_consumer_gives_back_what_was_not_taken_and_what_still_comes() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    pair.delivers(channel, "c", 1, b"taken");
    pair.exchange();
    assert_eq!(pair.taken(consumer).0.len(), 1);
    pair.delivers(channel, "c", 2, b"waiting");
    pair.delivers(channel, "c", 3, b"waiting");
    pair.exchange();
    let call = pair.core.drop_consumer(consumer).unwrap();
    assert_eq!(pair.core.drop_consumer(consumer), None, "once is enough");
    pair.delivers(channel, "c", 4, b"on its way");
    pair.exchange();
    // The cancel first: nothing that goes back shall come here again.
    assert_eq!(pair.peer.expects::<basic::Cancel<'_>>(1).consumer_tag, "c");
    pair.peer
        .expects_method(1, &basic::Nack::new(2).requeue(true));
    pair.peer
        .expects_method(1, &basic::Nack::new(3).requeue(true));
    pair.peer
        .expects_method(1, &basic::Nack::new(4).requeue(true));
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.exchange();
    pair.reply(call).unwrap();
    pair.peer.expects_nothing();
    assert_eq!(pair.core.consumers.len(), 0);
}

#[test]
fn without_acknowledgement_nothing_is_given_back() {
    // RabbitMQ: settling such a delivery is a 406.
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer_with(channel, consume("c").no_ack(true));
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    pair.core.drop_consumer(consumer);
    pair.delivers(channel, "c", 2, b"x");
    pair.exchange();
    pair.peer.expects::<basic::Cancel<'_>>(1);
    pair.peer.expects_nothing();
}

#[test]
fn the_end_of_a_channel_leaves_deliveries_readable_and_tells_why() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumers = ["a", "b"].map(|tag| pair.consumer(channel, tag));
    pair.delivers(channel, "a", 1, b"x");
    pair.closes_channel(channel, ReplyCode::PRECONDITION_FAILED, "timed out");
    pair.exchange();
    pair.event(); // the delivery
    for expected in consumers {
        assert!(matches!(pair.event(), Event::Consumer(told) if told == expected));
    }
    for (consumer, count) in consumers.into_iter().zip([1, 0]) {
        let (deliveries, end) = pair.taken(consumer);
        assert_eq!(deliveries.len(), count);
        let Some(ConsumerEnd::ChannelClosed(error)) = end else {
            panic!("no reason");
        };
        assert_eq!(error.close_reason().unwrap().reply_text, "timed out");
        assert_eq!(pair.core.drop_consumer(consumer), None);
    }
    assert_eq!(pair.core.consumers.len(), 0);
    while pair.peer.next_frame().is_some() {}
    pair.exchange();
    pair.peer.expects_nothing();
}

#[test]
fn deliveries_on_a_closing_channel_are_kept_but_not_settled() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    pair.core
        .channel(channel)
        .unwrap()
        .close(200.into(), "")
        .unwrap();
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    let (deliveries, end) = pair.taken(consumer);
    assert!(end.is_none());
    let ack = Settlement::Ack { multiple: false };
    let error = pair
        .core
        .channel(channel)
        .unwrap()
        .settle(deliveries[0].tag, ack)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChannelClosed);
    pair.delivers(channel, "c", 2, b"y");
    pair.exchange();
    assert_eq!(pair.core.drop_consumer(consumer), None);
    pair.peer.expects::<amqp_methods::channel::Close<'_>>(1);
    pair.exchange();
    pair.peer.expects_nothing();
}

#[test]
fn a_consumer_without_consume_ok_has_the_clients_tag() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let mut view = pair.core.channel(channel).unwrap();
    view.send(&consume("mine").no_wait(true)).unwrap();
    let consumer = view.consumer(&"mine".into()).unwrap();
    for tag in ["", "mine"] {
        let error = view.send(&consume(tag).no_wait(true)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::State);
    }
    pair.delivers(channel, "mine", 1, b"x");
    pair.exchange();
    assert_eq!(pair.bodies(consumer), [b"x"]);
    pair.peer.expects::<basic::Consume<'_>>(1);
    pair.peer.expects_nothing();
}
