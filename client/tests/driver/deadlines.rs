//! Receipts that wait for so long and no longer.

use std::time::Duration;

use leveret::amqp_methods::basic;
use leveret::{ErrorKind, Outcome, Receipt};
use tokio::time::Instant;

use super::meet::{connect_with_confirms, outside, publish_confirmed, settle};
use super::receipts::give_back;

const LIMIT: Duration = Duration::from_secs(7);

fn is_timeout(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::InDoubt(error)
        if error.kind() == ErrorKind::Timeout && error.is_timeout())
}

#[tokio::test(start_paused = true)]
async fn a_receipt_whose_time_is_up_is_in_doubt() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let begun = Instant::now();
    let receipt = publish_confirmed(&channel, "x").await.within(LIMIT);
    // Time counts from when the limit was set, not from when it was looked at.
    tokio::time::sleep(LIMIT / 2).await;
    let Outcome::InDoubt(error) = receipt.await else {
        panic!("not in doubt");
    };
    assert_eq!(error.to_string(), "timed out: no confirm within 7s");
    assert!(begun.elapsed() < LIMIT + Duration::from_millis(5));

    // The late confirm settles it, and is told nobody.
    let later = publish_confirmed(&channel, "y").await;
    for _ in 0..2 {
        server.expect_content(1).await;
    }
    let publisher = channel.publisher();
    assert_eq!(publisher.in_flight(), 2);
    server.send(1, basic::Nack::new(1)).await;
    settle().await;
    assert_eq!(publisher.in_flight(), 1);
    server.send(1, basic::Ack::new(2)).await;
    assert!(later.await.is_confirmed());
    let tally = channel.wait_for_confirms().await.unwrap();
    assert_eq!((tally.confirmed, tally.nacked, tally.in_doubt), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_confirm_in_time_is_told_in_time() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let receipt = publish_confirmed(&channel, "x").await.within(LIMIT);
    let waiting = tokio::spawn(receipt);
    server.expect_content(1).await;
    tokio::time::sleep(LIMIT - Duration::from_millis(2)).await;
    server.send(1, basic::Ack::new(1)).await;
    assert!(waiting.await.unwrap().is_confirmed());
    // Also if nobody looks until the time is up.
    let receipt = publish_confirmed(&channel, "y").await.within(LIMIT);
    server.expect_content(1).await;
    server.send(1, basic::Ack::new(2)).await;
    tokio::time::sleep(2 * LIMIT).await;
    assert!(receipt.await.is_confirmed());
}

#[tokio::test(start_paused = true)]
async fn a_message_that_has_come_back_by_then_is_returned() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let receipts: Vec<Receipt> = [
        publish_confirmed(&channel, "a").await,
        publish_confirmed(&channel, "b").await,
    ]
    .map(|receipt| receipt.within(LIMIT))
    .into();
    for _ in 0..2 {
        server.expect_content(1).await;
    }
    give_back(&mut server, "a").await;
    let mut outcomes = Vec::new();
    for receipt in receipts {
        outcomes.push(receipt.await);
    }
    assert!(matches!(&outcomes[0], Outcome::Returned(back) if back.body() == Some(b"a")));
    assert!(is_timeout(&outcomes[1]));
    // What comes back later belongs to nobody.
    give_back(&mut server, "b").await;
    assert_eq!(channel.returned().await.unwrap().body(), Some(&b"b"[..]));
    server.send(1, basic::Ack::new(2).multiple(true)).await;
    let tally = channel.wait_for_confirms().await.unwrap();
    assert_eq!((tally.confirmed, tally.returned), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_channel_comes_before_the_deadline() {
    let (_connection, channel, server) = connect_with_confirms().await;
    let receipt = publish_confirmed(&channel, "x").await.within(LIMIT);
    let waiting = tokio::spawn(receipt);
    settle().await;
    drop(server);
    let Outcome::InDoubt(error) = waiting.await.unwrap() else {
        panic!("not in doubt");
    };
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
}

#[tokio::test(start_paused = true)]
async fn a_publisher_sets_the_limit_and_a_dropped_receipt_is_counted() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let publisher = channel.publisher().confirm_timeout(LIMIT);
    let mut receipts = Vec::new();
    for body in ["a", "b"] {
        let publish = basic::Publish::new("", "q");
        let properties = basic::Properties::default();
        let receipt = publisher.basic_publish_confirmed(publish, properties, body);
        receipts.push(receipt.await.unwrap());
    }
    drop(receipts.pop());
    assert!(is_timeout(&receipts.remove(0).await));
    server.send(1, basic::Ack::new(2).multiple(true)).await;
    assert_eq!(channel.wait_for_confirms().await.unwrap().confirmed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_limit_beyond_all_times_is_none() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let receipt = publish_confirmed(&channel, "x").await.within(Duration::MAX);
    let waiting = tokio::spawn(receipt);
    settle().await;
    server.send(1, basic::Ack::new(1)).await;
    assert!(waiting.await.unwrap().is_confirmed());
    // Dropped where there is no runtime, one with a limit does no harm.
    let receipt = publish_confirmed(&channel, "y").await.within(LIMIT);
    outside(|| drop(receipt));
}
