//! How consumers end, by whom, and what becomes of their tags.

use amqp_methods::{FieldTable, ReplyCode, basic, channel};

use super::Pair;
use super::consumers::consume;
use crate::error::ErrorKind;
use crate::proto::{ChannelId, ConsumerEnd, Event, Settlement};

fn cancel(pair: &mut Pair, channel: ChannelId, tag: &str) -> crate::proto::CallId {
    pair.call(channel, &basic::Cancel::new(tag))
}

#[test]
fn our_cancel_leaves_what_was_on_its_way() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    let call = cancel(&mut pair, channel, "c");
    pair.delivers(channel, "c", 1, b"late");
    pair.exchange();
    assert!(pair.maybe_reply(call).is_none());
    let (deliveries, end) = pair.taken(consumer);
    assert!(end.is_none());
    let tag = deliveries[0].tag;
    pair.delivers(channel, "c", 2, b"later");
    pair.settle();
    pair.reply(call).unwrap();
    let (deliveries, end) = pair.taken(consumer);
    assert_eq!(deliveries[0].content.body(), b"later");
    assert!(matches!(end, Some(ConsumerEnd::Cancelled)));
    // What was delivered can still be settled, and an end stays told.
    let mut view = pair.core.channel(channel).unwrap();
    view.settle(tag, Settlement::Ack { multiple: false })
        .unwrap();
    assert!(matches!(
        pair.taken(consumer).1,
        Some(ConsumerEnd::Cancelled)
    ));
    pair.core.drop_consumer(consumer);
    assert_eq!(pair.core.consumers.len(), 0);
}

#[test]
fn the_servers_cancel_ends_the_consumer_and_not_the_channel() {
    // RabbitMQ: consumer_cancel_notify
    for no_wait in [true, false] {
        let mut pair = Pair::open();
        let channel = pair.channel();
        let consumer = pair.consumer(channel, "c");
        pair.delivers(channel, "c", 1, b"x");
        pair.peer
            .sends_on(1, basic::Cancel::new("c").no_wait(no_wait));
        pair.exchange();
        if !no_wait {
            assert_eq!(
                pair.peer.expects::<basic::CancelOk<'_>>(1).consumer_tag,
                "c"
            );
        }
        pair.peer.expects_nothing();
        let (deliveries, end) = pair.taken(consumer);
        assert_eq!(deliveries.len(), 1);
        assert!(matches!(end, Some(ConsumerEnd::CancelledByServer)));
        assert!(pair.core.channel(channel).is_some());
        // Its tag is free, and dropping it says nothing.
        assert_eq!(pair.core.drop_consumer(consumer), None);
        pair.exchange();
        pair.peer.expects_nothing();
        pair.consumer(channel, "c");
    }
}

#[test]
fn an_end_is_an_error_unless_this_client_wanted_it() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let tags = ["ours", "theirs", "nobody's"];
    let consumers = tags.map(|tag| pair.consumer(channel, tag));
    cancel(&mut pair, channel, "ours");
    pair.settle();
    pair.peer
        .sends_on(1, basic::Cancel::new("theirs").no_wait(true));
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "gone");
    pair.exchange();
    let [ours, theirs, nobody] = consumers.map(|consumer| pair.taken(consumer).1.unwrap().result());
    ours.unwrap();
    assert_eq!(theirs.unwrap_err().kind(), ErrorKind::ConsumerCancelled);
    let told = pair.channel_closed().1;
    assert_eq!(nobody.unwrap_err().to_string(), told.to_string());
}

#[test]
fn a_cancel_for_an_unknown_tag_is_no_harm() {
    let mut pair = Pair::open();
    pair.channel();
    pair.peer
        .sends_on(1, basic::Cancel::new("nobody").no_wait(true));
    pair.exchange();
    assert!(pair.core.is_open());
    pair.no_event();
}

#[test]
fn a_cancel_without_answer_ends_the_consumer_at_once() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    pair.core
        .channel(channel)
        .unwrap()
        .send(&basic::Cancel::new("c").no_wait(true))
        .unwrap();
    assert!(matches!(pair.event(), Event::Consumer(told) if told == consumer));
    assert!(matches!(
        pair.taken(consumer).1,
        Some(ConsumerEnd::Cancelled)
    ));
    // What the server sent before it knew goes back, whether the owner is there or not.
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    pair.peer.expects::<basic::Cancel<'_>>(1);
    pair.peer
        .expects_method(1, &basic::Nack::new(1).requeue(true));
    pair.core.drop_consumer(consumer);
    pair.delivers(channel, "c", 2, b"x");
    pair.exchange();
    pair.peer
        .expects_method(1, &basic::Nack::new(2).requeue(true));
    // The tag may be used again, and then nothing is left of the first.
    let again = pair.consumer(channel, "c");
    assert_eq!(pair.core.consumers.len(), 1);
    pair.delivers(channel, "c", 3, b"y");
    pair.exchange();
    assert_eq!(pair.bodies(again), [b"y"]);
}

#[test]
fn what_a_stream_delivered_is_acknowledged_when_nobody_takes_it() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    let headers = FieldTable::builder()
        .entry("x-stream-offset", 7_i64)
        .build();
    let properties = basic::Properties::default().headers(headers.unwrap());
    for number in 1..=2 {
        let deliver = basic::Deliver::new("c", number, "", "s");
        pair.peer.sends_content(1, deliver, &properties, b"x");
        pair.exchange();
        // With the first one inside; the second finds nobody.
        pair.core.drop_consumer(consumer);
        pair.exchange();
    }
    pair.peer.expects::<basic::Cancel<'_>>(1);
    pair.peer.expects_method(1, &basic::Ack::new(1));
    pair.peer.expects_method(1, &basic::Ack::new(2));
}

#[test]
fn a_late_cancel_ok_does_not_end_the_next_consumer_of_that_tag() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let first = pair.consumer(channel, "c");
    let asked = cancel(&mut pair, channel, "c");
    let again = cancel(&mut pair, channel, "c");
    assert_eq!(pair.core.drop_consumer(first), None);
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.exchange();
    pair.reply(asked).unwrap();
    // Of another queue, which is faster.
    let consume = pair.call(channel, &consume("c"));
    pair.peer.sends_on(1, basic::ConsumeOk::new("c"));
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.exchange();
    pair.reply(again).unwrap();
    let second = pair.reply(consume).unwrap().consumer.unwrap();
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    assert_eq!(pair.bodies(second), [b"x"]);
}

#[test]
fn a_second_consumer_of_one_tag_closes_the_connection() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    pair.consumer(channel, "c");
    pair.call(channel, &consume(""));
    pair.speak();
    pair.peer.expects::<basic::Consume<'_>>(1);
    pair.peer.sends_on(1, basic::ConsumeOk::new("c"));
    pair.listen();
    pair.closed_with(ReplyCode::COMMAND_INVALID);
}

#[test]
fn cancelling_before_consume_ok_cancels() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consume = pair.call(channel, &consume("c"));
    let cancel = cancel(&mut pair, channel, "c");
    pair.settle();
    let consumer = pair.reply(consume).unwrap().consumer.unwrap();
    pair.reply(cancel).unwrap();
    assert!(matches!(
        pair.taken(consumer).1,
        Some(ConsumerEnd::Cancelled)
    ));
}

#[test]
fn what_comes_between_the_answers_to_two_cancels_is_given_back() {
    // RabbitMQ: answers the second at once, and the first when the queue has stopped.
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    for _ in 0..2 {
        let asked = cancel(&mut pair, channel, "c");
        pair.core.channel(channel).unwrap().abandon(asked);
    }
    assert_eq!(pair.core.drop_consumer(consumer), None);
    pair.speak();
    for _ in 0..2 {
        assert_eq!(pair.peer.expects::<basic::Cancel<'_>>(1).consumer_tag, "c");
    }
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.delivers(channel, "c", 1, b"late");
    pair.exchange();
    assert_eq!(pair.peer.expects::<basic::Nack>(1).delivery_tag, 1);
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.exchange();
    assert_eq!(pair.core.consumers.len(), 0);
}

#[test]
fn two_cancels_from_before_consume_ok_are_that_consumers_too() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consume = pair.call(channel, &consume("c"));
    let cancels = [(); 2].map(|()| cancel(&mut pair, channel, "c"));
    pair.speak();
    pair.peer.sends_on(1, basic::ConsumeOk::new("c"));
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.delivers(channel, "c", 1, b"late");
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.listen();
    let consumer = pair.reply(consume).unwrap().consumer.unwrap();
    for call in cancels {
        pair.reply(call).unwrap();
    }
    let (deliveries, end) = pair.taken(consumer);
    assert_eq!(deliveries[0].content.body(), b"late");
    assert!(matches!(end, Some(ConsumerEnd::Cancelled)));
}

#[test]
fn a_stream_ends_with_the_last_answer_to_a_cancel() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    let dropped = cancel(&mut pair, channel, "c");
    pair.core.channel(channel).unwrap().abandon(dropped);
    let asked = cancel(&mut pair, channel, "c");
    pair.exchange();
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.delivers(channel, "c", 1, b"late");
    pair.exchange();
    assert!(pair.maybe_reply(asked).is_none());
    let (deliveries, end) = pair.taken(consumer);
    assert_eq!(deliveries[0].content.body(), b"late");
    assert!(end.is_none());
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.exchange();
    pair.reply(asked).unwrap();
    assert!(matches!(
        pair.taken(consumer).1,
        Some(ConsumerEnd::Cancelled)
    ));
}

#[test]
fn deliveries_without_consume_ok_are_passed_over_while_the_channel_closes() {
    // RabbitMQ: keeps back consume-ok once it has read the close, and goes on to deliver.
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consume = pair.call(channel, &consume("c"));
    pair.core.channel(channel).unwrap().abandon(consume);
    let mut view = pair.core.channel(channel).unwrap();
    let close = view.close(200.into(), "dropped").unwrap();
    pair.speak();
    pair.delivers(channel, "c", 1, b"x");
    pair.peer.sends_on(1, channel::CloseOk);
    pair.exchange();
    pair.reply(close).unwrap();
    assert_eq!(pair.channel_closed().0, channel);
    assert!(pair.core.is_open());
}
