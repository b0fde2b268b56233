//! What is sent behind a `tx.commit` waits for its answer. RabbitMQ closes the connection with 504 otherwise.

use amqp_methods::{Method as _, ReplyCode, basic, channel, queue, tx};

use super::{Pair, SECOND};
use crate::error::ErrorKind;
use crate::proto::{CallId, ChannelId, Condition, Event, Settlement};

const ACK: Settlement = Settlement::Ack { multiple: false };

/// A channel whose commit was sent and is not answered, and a consumer on it with so many deliveries.
fn committing(deliveries: u64) -> (Pair, ChannelId, CallId) {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let mut view = pair.core.channel(channel).unwrap();
    view.coalesce_acks(2, SECOND).unwrap();
    pair.consumer(channel, "c");
    pair.call(channel, &tx::Select);
    for number in 1..=deliveries {
        pair.delivers(channel, "c", number, b"x");
    }
    pair.settle();
    pair.forget_events();
    let commit = pair.call(channel, &tx::Commit);
    pair.speak();
    pair.peer.expects::<tx::Commit>(1);
    (pair, channel, commit)
}

impl Pair {
    fn acks(&mut self, channel: ChannelId, value: u64) {
        let tag = self.core.delivery_tag(channel, value);
        let mut view = self.core.channel(channel).unwrap();
        view.settle(tag, ACK).unwrap();
    }

    fn says_nothing(&mut self) {
        assert!(!self.speak());
        assert_eq!(self.core.outgoing_octets(), 0);
    }

    fn commits(&mut self) {
        self.peer.sends_on(1, tx::CommitOk);
        self.listen();
        self.speak();
    }
}

#[test]
fn everything_waits_and_keeps_its_order() {
    let (mut pair, channel, commit) = committing(3);
    let before = pair.core.output_total().frames;
    let publish = basic::Publish::new("", "q");
    let mut view = pair.core.channel(channel).unwrap();
    assert!(!view.takes_content());
    assert!(matches!(view.condition(), Condition::Open));
    let tag = pair.core.delivery_tag(channel, 3);
    let mut view = pair.core.channel(channel).unwrap();
    let reject = Settlement::Reject { requeue: true };
    view.settle(tag, reject).unwrap();
    for size in [0, 10, 20_000, 140_000] {
        pair.publish(channel, &publish, vec![7; size]);
    }
    let declare = pair.call(channel, &queue::Declare::new("q"));
    let mut view = pair.core.channel(channel).unwrap();
    view.send(&basic::Ack::new(2).multiple(true)).unwrap();
    pair.says_nothing();
    assert_eq!(pair.core.output_total().frames, before);

    pair.commits();
    assert_eq!(pair.replied(commit), tx::CommitOk::ID);
    assert!(matches!(pair.event(), Event::Committed(id) if id == channel));
    assert!(pair.core.channel(channel).unwrap().takes_content());
    pair.peer
        .expects_method(1, &basic::Reject::new(3).requeue(true));
    for size in [0, 10, 20_000, 140_000] {
        let (_, _, body) = pair.peer.expects_content(1);
        assert_eq!(body, vec![7; size]);
    }
    pair.peer.expects::<queue::Declare<'_>>(1);
    pair.peer
        .expects_method(1, &basic::Ack::new(2).multiple(true));
    // 1, 2, 3, 3 and 4 of them, and two more.
    assert_eq!(pair.core.output_total().frames, before + 15);
    pair.peer.sends_on(1, queue::DeclareOk::new("q", 0, 0));
    pair.exchange();
    assert_eq!(pair.replied(declare), queue::DeclareOk::ID);
}

#[test]
fn commits_behind_a_commit_wait_for_each_other() {
    let (mut pair, channel, first) = committing(4);
    pair.acks(channel, 1);
    let second = pair.call(channel, &tx::Commit);
    pair.acks(channel, 2);
    let third = pair.call(channel, &tx::Rollback);
    pair.acks(channel, 2);
    pair.says_nothing();
    pair.commits();
    pair.replied(first);
    pair.peer.expects_method(1, &basic::Ack::new(1));
    pair.peer.expects::<tx::Commit>(1);
    pair.peer.expects_nothing();
    assert!(!pair.core.channel(channel).unwrap().takes_content());
    pair.commits();
    pair.replied(second);
    pair.peer.expects_method(1, &basic::Ack::new(2));
    pair.peer.expects::<tx::Rollback>(1);
    pair.peer.sends_on(1, tx::RollbackOk);
    pair.exchange();
    pair.replied(third);
    pair.core.channel(channel).unwrap().flush_acks();
    pair.speak();
    pair.peer.expects_method(1, &basic::Ack::new(2));
    assert_eq!(pair.core.channel(channel).unwrap().unsettled(), 2);
}

#[test]
fn what_the_core_sends_by_itself_waits_too() {
    let (mut pair, channel, _) = committing(4);
    pair.acks(channel, 1);
    let now = pair.now;
    pair.core.time_acks(now);
    // Its time comes, and then there are enough of them.
    pair.pass(SECOND);
    pair.acks(channel, 2);
    pair.acks(channel, 3);
    pair.core.drain();
    pair.says_nothing();
    pair.commits();
    pair.peer.expects_method(1, &basic::Ack::new(1));
    let both = basic::Ack::new(3).multiple(true);
    pair.peer.expects_method(1, &both);
    pair.peer.expects::<basic::Cancel<'_>>(1);
}

#[test]
fn another_channel_does_not_wait() {
    let (mut pair, _, _) = committing(0);
    let other = pair.channel();
    pair.call(other, &queue::Declare::new("q"));
    pair.speak();
    pair.peer.expects::<queue::Declare<'_>>(2);
}

#[test]
fn nor_does_closing_the_channel() {
    for is_answered in [true, false] {
        let (mut pair, channel, commit) = committing(3);
        pair.acks(channel, 1);
        pair.publish(channel, &basic::Publish::new("", "q"), "x");
        let declare = pair.call(channel, &queue::Declare::new("q"));
        let next = pair.call(channel, &tx::Commit);
        pair.acks(channel, 2);
        let mut view = pair.core.channel(channel).unwrap();
        let close = view.close(ReplyCode::REPLY_SUCCESS, "enough").unwrap();
        pair.speak();
        pair.peer.expects::<channel::Close<'_>>(1);
        pair.peer.expects_nothing();
        // They were never sent.
        for call in [declare, next] {
            let error = pair.reply(call).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ChannelClosed);
        }
        // The queues may have been in time, or not.
        if is_answered {
            pair.peer.sends_on(1, tx::CommitOk);
        }
        pair.peer.sends_on(1, channel::CloseOk);
        pair.exchange();
        assert_eq!(pair.reply(commit).is_ok(), is_answered);
        pair.reply(close).unwrap();
        assert_eq!(pair.channel_closed().0, channel);
        assert!(pair.core.is_open());
        assert_eq!(pair.channel().number(), 1);
    }
}

#[test]
fn what_waits_ends_with_its_channel() {
    let (mut pair, channel, commit) = committing(1);
    pair.publish(channel, &basic::Publish::new("", "q"), "x");
    let declare = pair.call(channel, &queue::Declare::new("q"));
    pair.closes_channel(channel, ReplyCode::PRECONDITION_FAILED, "no");
    pair.exchange();
    for call in [commit, declare] {
        let error = pair.reply(call).unwrap_err();
        assert_eq!(error.reply_code(), Some(ReplyCode::PRECONDITION_FAILED));
    }
    pair.peer.expects::<channel::CloseOk>(1);
    pair.peer.expects_nothing();
    pair.channel_closed();
    assert_eq!(pair.channel().number(), 1);
}
