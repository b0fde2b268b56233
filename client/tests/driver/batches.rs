//! Batches: one call, and one outcome for each message.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use leveret::amqp_methods::{basic, connection};
use leveret::{ErrorKind, Hold, Outcome, Outcomes, Outgoing, WhenHeld};

use super::meet::{
    Server, begin_and_drop, close_channel, connect_with_channel, connect_with_confirms,
    publish_confirmed, settle,
};
use super::receipts::give_back;

fn messages(count: usize) -> Vec<Outgoing<'static>> {
    let publish = basic::Publish::new("", "q").mandatory(true);
    let message = |number: usize| {
        let properties = basic::Properties::default();
        Outgoing::new(publish.clone(), properties, number.to_string())
    };
    (0..count).map(message).collect()
}

fn names(outcomes: &Outcomes) -> Vec<&'static str> {
    let name = |outcome: &Outcome| match outcome {
        Outcome::Confirmed => "confirmed",
        Outcome::Nacked => "nacked",
        Outcome::Returned(_) => "returned",
        Outcome::InDoubt(_) => "in doubt",
        Outcome::NotSent(_) => "not sent",
        _ => "another",
    };
    outcomes.as_slice().iter().map(name).collect()
}

async fn arrive(server: &mut Server, count: usize) {
    for _ in 0..count {
        server.expect_content(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn each_message_has_its_own_outcome_in_their_order() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let other = publish_confirmed(&channel, "another's").await;
    let task = tokio::spawn({
        let channel = channel.clone();
        async move { channel.publisher().basic_publish_batch(&messages(5)).await }
    });
    settle().await;
    let behind = publish_confirmed(&channel, "another's").await;
    arrive(&mut server, 7).await;
    give_back(&mut server, "3").await;
    server.send(1, basic::Ack::new(6)).await;
    server.send(1, basic::Nack::new(3)).await;
    server.send(1, basic::Ack::new(7).multiple(true)).await;
    let outcomes = task.await.unwrap().unwrap();
    assert_eq!(
        names(&outcomes),
        ["confirmed", "nacked", "confirmed", "returned", "confirmed"]
    );
    assert!(!outcomes.all_confirmed());
    let failed: Vec<usize> = outcomes.unconfirmed().map(|(index, _)| index).collect();
    assert_eq!(failed, [1, 3]);
    assert!(matches!(outcomes.get(3), Some(Outcome::Returned(back)) if back.body() == Some(b"3")));
    assert!(outcomes.get(5).is_none());
    assert_eq!(outcomes.into_vec().len(), 5);
    assert!(other.await.is_confirmed() && behind.await.is_confirmed());
    // None of them is counted a second time.
    let tally = channel.wait_for_confirms().await.unwrap();
    assert_eq!(tally, leveret::Tally::default());
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_messages_go_out_in_one_go_and_wake_once() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let publisher = channel.publisher();
    let messages = messages(1000);
    let wakes = Arc::new(Wakes::default());
    let waker = Waker::from(Arc::clone(&wakes));
    let mut cx = Context::from_waker(&waker);
    let mut batch = pin!(publisher.basic_publish_batch(&messages));
    assert!(batch.as_mut().poll(&mut cx).is_pending());
    assert_eq!(publisher.in_flight(), 1000);
    arrive(&mut server, 1000).await;
    for number in (100..=1000).step_by(100) {
        server.send(1, basic::Ack::new(number).multiple(true)).await;
        settle().await;
    }
    assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
    let Poll::Ready(outcomes) = batch.as_mut().poll(&mut cx) else {
        panic!("not ready");
    };
    assert!(outcomes.unwrap().all_confirmed());
}

#[tokio::test(start_paused = true)]
async fn a_batch_larger_than_what_may_be_in_flight_follows_as_there_is_room() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let publisher = channel.publisher().max_in_flight(4);
    let task = tokio::spawn({
        let publisher = publisher.clone();
        async move { publisher.basic_publish_batch(&messages(10)).await }
    });
    for (arrived, settled) in [(4, 3), (3, 7), (3, 10)] {
        arrive(&mut server, arrived).await;
        settle().await;
        assert!(publisher.in_flight() <= 4);
        server.peer().expects_nothing();
        server
            .send(1, basic::Ack::new(settled).multiple(true))
            .await;
    }
    assert!(task.await.unwrap().unwrap().all_confirmed());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_any_more_is_told_as_not_sent() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let publisher = channel.publisher().max_in_flight(2);
    let task = tokio::spawn(async move { publisher.basic_publish_batch(&messages(4)).await });
    arrive(&mut server, 2).await;
    server.send(1, basic::Ack::new(1)).await;
    arrive(&mut server, 1).await;
    close_channel(&mut server, 404, "NOT_FOUND - no exchange 'x'").await;
    let outcomes = task.await.unwrap().unwrap();
    let expected = ["confirmed", "in doubt", "in doubt", "not sent"];
    assert_eq!(names(&outcomes), expected);
    for index in 1..4 {
        let (Outcome::InDoubt(error) | Outcome::NotSent(error)) = outcomes.get(index).unwrap()
        else {
            panic!("{outcomes:?}");
        };
        assert_eq!(error.reply_code().unwrap().get(), 404);
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_the_wire_cannot_hold_keeps_no_other_back() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let mut messages = messages(3);
    let long = "k".repeat(256);
    messages[1].publish = basic::Publish::new("", &*long);
    let publisher = channel.publisher();
    let (outcomes, ()) = tokio::join!(publisher.basic_publish_batch(&messages), async {
        arrive(&mut server, 2).await;
        server.send(1, basic::Ack::new(2).multiple(true)).await;
    });
    let outcomes = outcomes.unwrap();
    assert_eq!(names(&outcomes), ["confirmed", "not sent", "confirmed"]);
    let Some(Outcome::NotSent(error)) = outcomes.get(1) else {
        panic!("it was sent");
    };
    assert_eq!(error.kind(), ErrorKind::Encode);
}

#[tokio::test(start_paused = true)]
async fn held_back_from_the_start_nothing_is_sent_and_in_the_middle_the_rest_is_not() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let fails = channel
        .publisher()
        .max_in_flight(2)
        .when_held(WhenHeld::Fail);
    let messages = messages(3);
    let (outcomes, ()) = tokio::join!(fails.basic_publish_batch(&messages), async {
        arrive(&mut server, 2).await;
        server.send(1, basic::Ack::new(2).multiple(true)).await;
    });
    let outcomes = outcomes.unwrap();
    assert_eq!(names(&outcomes), ["confirmed", "confirmed", "not sent"]);
    let held = ErrorKind::Held(Hold::InFlight);
    assert!(matches!(outcomes.get(2), Some(Outcome::NotSent(error)) if error.kind() == held));

    server.send(0, connection::Blocked::new("low")).await;
    settle().await;
    let limit = Duration::from_secs(3);
    for publisher in [fails.clone(), fails.when_held(WhenHeld::WaitAtMost(limit))] {
        let error = publisher.basic_publish_batch(&messages).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Held(Hold::Blocked));
        assert!(
            publisher
                .basic_publish_batch(&[])
                .await
                .unwrap()
                .as_slice()
                .is_empty()
        );
    }
    server.peer().expects_nothing();
}

#[tokio::test(start_paused = true)]
async fn time_is_up_for_those_that_are_not_settled() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let publisher = channel.publisher().confirm_timeout(Duration::from_secs(9));
    let task = tokio::spawn({
        let publisher = publisher.clone();
        async move { publisher.basic_publish_batch(&messages(5)).await }
    });
    arrive(&mut server, 5).await;
    server.send(1, basic::Ack::new(1)).await;
    server.send(1, basic::Ack::new(4)).await;
    give_back(&mut server, "2").await;
    let outcomes = task.await.unwrap().unwrap();
    let expected = ["confirmed", "in doubt", "returned", "confirmed", "in doubt"];
    assert_eq!(names(&outcomes), expected);
    assert!(matches!(outcomes.get(4), Some(Outcome::InDoubt(error)) if error.is_timeout()));
    assert_eq!(publisher.in_flight(), 3);
    server.send(1, basic::Ack::new(5).multiple(true)).await;
    let tally = channel.wait_for_confirms().await.unwrap();
    assert_eq!(tally, leveret::Tally::default());
}

#[tokio::test(start_paused = true)]
async fn a_dropped_batch_is_counted_and_sends_no_more() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    // While it waits for room, and while it waits for outcomes.
    for max_in_flight in [2, 100] {
        let publisher = channel.publisher().max_in_flight(max_in_flight);
        let messages = messages(3);
        begin_and_drop(publisher.basic_publish_batch(&messages)).await;
        let sent = publisher.in_flight();
        assert_eq!(sent, max_in_flight.min(3));
        arrive(&mut server, sent).await;
        server.send(1, basic::Ack::new(0).multiple(true)).await;
        let tally = channel.wait_for_confirms().await.unwrap();
        assert_eq!(tally.confirmed, sent as u64);
        server.peer().expects_nothing();
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_needs_confirm_mode_and_a_channel() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let publisher = channel.publisher();
    let error = publisher.basic_publish_batch(&messages(2)).await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::State);
    close_channel(&mut server, 406, "PRECONDITION_FAILED").await;
    let error = publisher.basic_publish_batch(&messages(2)).await;
    assert_eq!(error.unwrap_err().reply_code().unwrap().get(), 406);
}
