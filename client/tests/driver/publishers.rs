//! Publishers, and what they do while publishing is held back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use leveret::amqp_methods::{basic, channel, connection};
use leveret::{Channel, Error, ErrorKind, Hold, Outcome, Publisher, Receipt, WhenHeld};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::meet::{
    STREAM, Server, answered, begin_and_drop, close_channel, connect_with, connect_with_channel,
    connect_with_confirms, parameters, publish, settle,
};

async fn send(publisher: &Publisher, body: &str) -> Result<Receipt, Error> {
    let publish = basic::Publish::new("", "q");
    publisher
        .basic_publish_confirmed(publish, basic::Properties::default(), body)
        .await
}

/// Publishes in the background, one message.
fn sending(publisher: &Publisher, body: String) -> JoinHandle<Result<Receipt, Error>> {
    let publisher = publisher.clone();
    tokio::spawn(async move { send(&publisher, &body).await })
}

/// The bodies that reached the server until now.
async fn arrived(server: &mut Server) -> Vec<String> {
    tokio::select! {
        biased;
        alive = async { while server.pump().await {} } => alive,
        () = settle() => {}
    }
    let mut bodies = Vec::new();
    while server.peer().has_content(1) {
        let (_, _, body) = server.peer_mut().expects_content(1);
        bodies.push(String::from_utf8(body.to_vec()).unwrap());
    }
    bodies
}

/// Holds publishing back by each means there is; gives what it is called.
async fn hold(server: &mut Server, by: Hold) {
    match by {
        Hold::Blocked => server.send(0, connection::Blocked::new("low")).await,
        _ => {
            server.send(1, channel::Flow { active: false }).await;
            server.expect::<channel::FlowOk>(1).await;
        }
    }
    settle().await;
}

async fn let_go(server: &mut Server, by: Hold) {
    match by {
        Hold::Blocked => server.send(0, connection::Unblocked).await,
        _ => {
            server.send(1, channel::Flow { active: true }).await;
            server.expect::<channel::FlowOk>(1).await;
        }
    }
    settle().await;
}

#[tokio::test(start_paused = true)]
async fn no_more_than_the_limit_is_in_flight_and_whoever_waits_goes_in_order() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let publisher = channel.publisher().max_in_flight(3);
    let mut tasks = Vec::new();
    for number in 1..=8 {
        tasks.push(sending(&publisher, number.to_string()));
        settle().await;
    }
    assert_eq!(arrived(&mut server).await, ["1", "2", "3"]);
    assert_eq!(publisher.in_flight(), 3);
    // One that is settled makes room for one, whichever it is.
    server.send(1, basic::Ack::new(2)).await;
    assert_eq!(arrived(&mut server).await, ["4"]);
    server.send(1, basic::Nack::new(4).multiple(true)).await;
    assert_eq!(arrived(&mut server).await, ["5", "6", "7"]);
    server.send(1, basic::Ack::new(7).multiple(true)).await;
    assert_eq!(arrived(&mut server).await, ["8"]);
    server.send(1, basic::Ack::new(8)).await;
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap().unwrap().await.is_confirmed());
    }
    assert_eq!(
        outcomes,
        [false, true, false, false, true, true, true, true]
    );
    assert_eq!(publisher.in_flight(), 0);
}

#[tokio::test(start_paused = true)]
async fn whoever_leaves_the_line_leaves_the_others_in_it() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let publisher = channel.publisher().max_in_flight(1);
    send(&publisher, "first").await.unwrap().await_nothing();
    begin_and_drop(send(&publisher, "dropped")).await;
    let mut waiting: Vec<_> = (0..4)
        .map(|number| sending(&publisher, number.to_string()))
        .collect();
    settle().await;
    // The one whose turn it is, and one behind it.
    waiting[0].abort();
    waiting[2].abort();
    settle().await;
    assert_eq!(arrived(&mut server).await, ["first"]);
    server.send(1, basic::Ack::new(1)).await;
    assert_eq!(arrived(&mut server).await, ["1"]);
    server.send(1, basic::Ack::new(2)).await;
    assert_eq!(arrived(&mut server).await, ["3"]);
    assert_eq!(waiting.remove(3).await.unwrap().unwrap().number(), 3);
}

/// A receipt that nobody awaits.
trait AwaitNothing {
    fn await_nothing(self);
}

impl AwaitNothing for Receipt {
    fn await_nothing(self) {}
}

#[tokio::test(start_paused = true)]
async fn it_fails_at_once_where_it_shall_not_wait_and_nothing_is_sent() {
    for by in [Hold::Blocked, Hold::Flow] {
        let (_connection, channel, mut server) = connect_with_confirms().await;
        let publisher = channel.publisher().when_held(WhenHeld::Fail);
        hold(&mut server, by).await;
        let error = send(&publisher, "x").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Held(by));
        assert_eq!(error.address(), Some(STREAM));
        assert!(error.to_string().ends_with("; nothing was sent"), "{error}");
        let_go(&mut server, by).await;
        assert_eq!(send(&publisher, "y").await.unwrap().number(), 1);
        assert_eq!(arrived(&mut server).await, ["y"]);
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_in_flight_or_in_the_buffer_fail_as_well() {
    let parameters = parameters().write_buffer_high_water(400);
    let (connection, mut server) = connect_with(&parameters, 64).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    answered(&mut server, channel.confirm_select())
        .await
        .unwrap();
    let publisher = channel.publisher().when_held(WhenHeld::Fail);
    let narrow = publisher.clone().max_in_flight(2);
    for _ in 0..2 {
        send(&narrow, "x").await.unwrap().await_nothing();
    }
    let error = send(&narrow, "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Held(Hold::InFlight));
    settle().await;
    let error = loop {
        match send(&publisher, "x").await {
            Ok(receipt) => receipt.await_nothing(),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Held(Hold::Output));
    let pressure = connection.write_pressure();
    assert!(pressure.octets() >= pressure.high_water());
}

#[tokio::test(start_paused = true)]
async fn it_waits_for_as_long_as_it_shall_and_not_longer() {
    let limit = Duration::from_secs(5);
    for by in [Hold::Blocked, Hold::Flow] {
        let (_connection, channel, mut server) = connect_with_confirms().await;
        let publisher = channel.publisher().when_held(WhenHeld::WaitAtMost(limit));
        hold(&mut server, by).await;
        let begun = Instant::now();
        let error = send(&publisher, "x").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Held(by));
        let waited = begun.elapsed();
        assert!(waited >= limit && waited < limit + Duration::from_millis(2));
        // Let go in time, it goes out.
        let waiting = sending(&publisher, "y".to_owned());
        settle().await;
        let_go(&mut server, by).await;
        assert_eq!(waiting.await.unwrap().unwrap().number(), 1);
        assert_eq!(arrived(&mut server).await, ["y"]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_blocked_in_the_middle_goes_on_where_it_stopped() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let publisher = channel.publisher().max_in_flight(4);
    let count = Arc::new(AtomicUsize::new(0));
    let task = tokio::spawn({
        let (publisher, count) = (publisher.clone(), Arc::clone(&count));
        async move {
            let mut receipts = Vec::new();
            for number in 1..=10 {
                receipts.push(send(&publisher, &number.to_string()).await.unwrap());
                count.fetch_add(1, Ordering::Relaxed);
            }
            receipts
        }
    });
    assert_eq!(arrived(&mut server).await.len(), 4);
    hold(&mut server, Hold::Blocked).await;
    // There is room, and still nothing goes out; then there is none, and it is unblocked.
    server.send(1, basic::Ack::new(2).multiple(true)).await;
    assert!(arrived(&mut server).await.is_empty());
    assert_eq!(count.load(Ordering::Relaxed), 4);
    let_go(&mut server, Hold::Blocked).await;
    assert_eq!(arrived(&mut server).await, ["5", "6"]);
    hold(&mut server, Hold::Flow).await;
    server.send(1, basic::Ack::new(6).multiple(true)).await;
    let_go(&mut server, Hold::Flow).await;
    assert_eq!(arrived(&mut server).await, ["7", "8", "9", "10"]);
    server.send(1, basic::Ack::new(10).multiple(true)).await;
    for receipt in task.await.unwrap() {
        assert!(receipt.await.is_confirmed());
    }
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_learn_of_the_end_and_the_rest_is_in_doubt() {
    for ends_connection in [false, true] {
        let (_connection, channel, mut server) = connect_with_confirms().await;
        let publisher = channel.publisher().max_in_flight(1);
        let sent = send(&publisher, "sent").await.unwrap();
        let waiting: Vec<_> = (0..3)
            .map(|_| sending(&publisher, "never".to_owned()))
            .collect();
        assert_eq!(arrived(&mut server).await, ["sent"]);
        if ends_connection {
            drop(server);
        } else {
            close_channel(&mut server, 404, "NOT_FOUND - no exchange 'x'").await;
        }
        let kind = match ends_connection {
            true => ErrorKind::ConnectionLost,
            false => ErrorKind::ChannelClosed,
        };
        assert!(matches!(sent.await, Outcome::InDoubt(error) if error.kind() == kind));
        for task in waiting {
            assert_eq!(task.await.unwrap().unwrap_err().kind(), kind);
        }
        assert_eq!(publisher.in_flight(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn without_confirm_mode_nothing_is_in_flight_and_receipts_are_refused() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let publisher = channel.publisher().max_in_flight(0);
    for body in ["a", "b", "c"] {
        let publish = basic::Publish::new("", "q");
        let properties = basic::Properties::default();
        publisher
            .basic_publish(publish, properties, body)
            .await
            .unwrap();
    }
    assert_eq!(arrived(&mut server).await, ["a", "b", "c"]);
    assert_eq!(publisher.in_flight(), 0);
    // Also while it would have to wait.
    hold(&mut server, Hold::Blocked).await;
    let error = send(&publisher, "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    assert_eq!(publisher.channel().number(), 1);
}

#[tokio::test(start_paused = true)]
async fn all_publishes_of_the_channel_count() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let publisher = channel
        .publisher()
        .max_in_flight(2)
        .when_held(WhenHeld::Fail);
    publish_twice(&channel).await;
    let error = send(&publisher, "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Held(Hold::InFlight));
    server.send(1, basic::Ack::new(1)).await;
    settle().await;
    send(&publisher, "x").await.unwrap().await_nothing();
}

async fn publish_twice(channel: &Channel) {
    for body in ["a", "b"] {
        publish(channel, body).await.unwrap();
    }
}
