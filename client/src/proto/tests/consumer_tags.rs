//! Whose a consumer tag is, by what was sent so far.

use amqp_methods::{Method as _, ReplyCode, basic};

use super::Pair;
use super::consumers::consume;
use crate::error::ErrorKind;
use crate::proto::{ConsumerEnd, ConsumerOptions};

#[test]
fn a_tag_is_one_consumers_until_it_is_cancelled() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let first = pair.consumer(channel, "c");
    let options = ConsumerOptions::default();
    let mut view = pair.core.channel(channel).unwrap();
    // RabbitMQ would close the connection with 530.
    let error = view.start_consumer(&consume("c"), options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    pair.speak();
    pair.peer.expects_nothing();
    // The server reads one after the other; its answers may come the other way round.
    let cancel = pair.call(channel, &basic::Cancel::new("c"));
    let mut view = pair.core.channel(channel).unwrap();
    let second = view.start_consumer(&consume("c"), options).unwrap();
    pair.speak();
    pair.peer.expects::<basic::Cancel<'_>>(1);
    pair.peer.expects::<basic::Consume<'_>>(1);
    pair.peer.sends_on(1, basic::ConsumeOk::new("c"));
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    let second = pair.reply(second).unwrap().consumer.unwrap();
    assert_eq!(pair.replied(cancel), basic::CancelOk::ID);
    assert!(matches!(pair.taken(first).1, Some(ConsumerEnd::Cancelled)));
    assert_eq!(pair.bodies(second), [b"x"]);
}

#[test]
fn a_tag_is_one_consumers_from_when_it_is_asked_for() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let options = ConsumerOptions::default();
    let mut view = pair.core.channel(channel).unwrap();
    let first = view.start_consumer(&consume("c"), options).unwrap();
    // RabbitMQ would close the connection with 530 for any of these.
    let error = view.start_consumer(&consume("c"), options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    let again = view.call(&consume("c"), &[basic::ConsumeOk::ID]);
    assert_eq!(again.unwrap_err().kind(), ErrorKind::State);
    let unanswered = view.send(&consume("c").no_wait(true));
    assert_eq!(unanswered.unwrap_err().kind(), ErrorKind::State);
    // The server chooses another one for each of these, and another channel has tags of its own.
    let others = [consume(""), consume(""), consume("d")];
    let others = others.map(|consume| view.start_consumer(&consume, options).unwrap());
    let other = pair.channel();
    let mut view = pair.core.channel(other).unwrap();
    view.start_consumer(&consume("c"), options).unwrap();

    pair.settle();
    let first = pair.reply(first).unwrap().consumer.unwrap();
    for call in others {
        pair.reply(call).unwrap();
    }
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    assert_eq!(pair.bodies(first), [b"x"]);
}

#[test]
fn a_tag_is_free_when_what_asked_for_it_is_cancelled_or_fails() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let options = ConsumerOptions::default();
    let mut view = pair.core.channel(channel).unwrap();
    let first = view.start_consumer(&consume("c"), options).unwrap();
    view.call(&basic::Cancel::new("c"), &[basic::CancelOk::ID])
        .unwrap();
    let second = view.start_consumer(&consume("c"), options).unwrap();
    assert!(view.start_consumer(&consume("c"), options).is_err());
    pair.settle();
    let first = pair.reply(first).unwrap().consumer.unwrap();
    let second = pair.reply(second).unwrap().consumer.unwrap();
    assert!(matches!(pair.taken(first).1, Some(ConsumerEnd::Cancelled)));
    assert!(pair.taken(second).1.is_none());

    let failing = pair.channel();
    let mut view = pair.core.channel(failing).unwrap();
    let call = view.start_consumer(&consume("c"), options).unwrap();
    pair.closes_channel(failing, ReplyCode::NOT_FOUND, "no queue");
    pair.exchange();
    pair.reply(call).unwrap_err();
    pair.peer.expects::<basic::Consume<'_>>(failing.number());
    pair.peer
        .expects::<amqp_methods::channel::CloseOk>(failing.number());
    let next = pair.channel();
    assert_eq!(next.number(), failing.number());
    pair.consumer(next, "c");
}

#[test]
fn one_that_is_cancelled_without_an_answer_before_its_own_has_ended_when_that_comes() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let options = ConsumerOptions::default();
    let mut view = pair.core.channel(channel).unwrap();
    let first = view.start_consumer(&consume("c"), options).unwrap();
    view.send(&basic::Cancel::new("c").no_wait(true)).unwrap();
    let second = view.start_consumer(&consume("c"), options).unwrap();
    pair.speak();
    pair.peer.expects::<basic::Consume<'_>>(1);
    pair.peer.sends_on(1, basic::ConsumeOk::new("c"));
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    let first = pair.reply(first).unwrap().consumer.unwrap();
    assert!(matches!(pair.taken(first).1, Some(ConsumerEnd::Cancelled)));
    pair.peer.expects::<basic::Cancel<'_>>(1);
    pair.peer.expects::<basic::Consume<'_>>(1);
    pair.peer
        .expects_method(1, &basic::Nack::new(1).requeue(true));
    pair.peer.sends_on(1, basic::ConsumeOk::new("c"));
    pair.delivers(channel, "c", 2, b"y");
    pair.exchange();
    let second = pair.reply(second).unwrap().consumer.unwrap();
    assert_eq!(pair.bodies(second), [b"y"]);
}

#[test]
fn dropping_one_that_is_being_cancelled_leaves_its_tag_to_the_next() {
    for is_known in [true, false] {
        let mut pair = Pair::open();
        let channel = pair.channel();
        let options = ConsumerOptions::default();
        let mut view = pair.core.channel(channel).unwrap();
        let first = view.start_consumer(&consume("c"), options).unwrap();
        if is_known {
            pair.settle();
        }
        pair.call(channel, &basic::Cancel::new("c"));
        let mut view = pair.core.channel(channel).unwrap();
        let second = view.start_consumer(&consume("c"), options).unwrap();
        if !is_known {
            pair.speak();
            pair.peer.expects::<basic::Consume<'_>>(1);
            pair.peer.sends_on(1, basic::ConsumeOk::new("c"));
            pair.listen();
        }
        let first = pair.reply(first).unwrap().consumer.unwrap();
        // Another basic.cancel would be that of the second.
        assert_eq!(pair.core.drop_consumer(first), None);
        pair.settle();
        let second = pair.reply(second).unwrap().consumer.unwrap();
        pair.delivers(channel, "c", 1, b"x");
        pair.exchange();
        assert_eq!(pair.bodies(second), [b"x"]);
        assert!(pair.taken(second).1.is_none());
    }
}

#[test]
fn a_tag_may_change_hands_faster_than_the_server_answers() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let first = pair.consumer(channel, "c");
    let options = ConsumerOptions::default();
    let mut others = Vec::new();
    for _ in 0..3 {
        pair.call(channel, &basic::Cancel::new("c"));
        let mut view = pair.core.channel(channel).unwrap();
        others.push(view.start_consumer(&consume("c"), options).unwrap());
    }
    pair.settle();
    let others = others.into_iter();
    let others: Vec<_> = others
        .map(|call| pair.reply(call).unwrap().consumer.unwrap())
        .collect();
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    for ended in [first, others[0], others[1]] {
        let (deliveries, end) = pair.taken(ended);
        assert!(matches!(end, Some(ConsumerEnd::Cancelled)));
        assert!(deliveries.is_empty());
    }
    assert_eq!(pair.bodies(others[2]), [b"x"]);
}

#[test]
fn the_answer_to_cancelling_nobody_comes_before_others() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let first = pair.consumer(channel, "c");
    let cancel = pair.call(channel, &basic::Cancel::new("c"));
    let nobodys = pair.call(channel, &basic::Cancel::new("nobody"));
    pair.peer.sends_on(1, basic::CancelOk::new("nobody"));
    pair.exchange();
    pair.reply(nobodys).unwrap();
    assert!(pair.maybe_reply(cancel).is_none());
    assert!(pair.taken(first).1.is_none());
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.exchange();
    pair.reply(cancel).unwrap();
    assert!(matches!(pair.taken(first).1, Some(ConsumerEnd::Cancelled)));
}
