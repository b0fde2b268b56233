//! Counts of a connection.

use std::time::Duration;

use leveret::amqp_methods::{basic, channel, connection};

use super::meet::{
    answered, close_channel, connect_with, connect_with_confirms, consume, deliver, parameters,
    publish, publish_confirmed, settle,
};

#[tokio::test(start_paused = true)]
async fn messages_are_counted_each_way_and_by_how_they_end() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    for number in 0..5 {
        publish(&channel, &format!("{number}")).await.unwrap();
    }
    let receipt = publish_confirmed(&channel, "returned").await;
    for _ in 0..6 {
        server.expect_content(1).await;
    }
    server.send(1, basic::Ack::new(2).multiple(true)).await;
    server.send(1, basic::Nack::new(3)).await;
    let returned = basic::Return::new(312, "NO_ROUTE", "", "q");
    let properties = basic::Properties::default();
    server
        .send_content(1, returned, &properties, b"returned")
        .await;
    server.send(1, basic::Ack::new(6)).await;
    receipt.await;
    let metrics = connection.metrics();
    assert_eq!(metrics.messages_published, 6);
    assert_eq!(metrics.messages_returned, 1);
    assert_eq!((metrics.confirmed, metrics.nacked), (3, 1));
    assert_eq!((metrics.unconfirmed, metrics.in_doubt), (2, 0));
    assert_eq!(metrics.channels, 1);

    close_channel(&mut server, 404, "no").await;
    settle().await;
    let metrics = connection.metrics();
    assert_eq!((metrics.unconfirmed, metrics.in_doubt), (0, 2));
    assert_eq!(metrics.channels, 0);
    // What is counted is never set back.
    assert_eq!((metrics.confirmed, metrics.nacked), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn deliveries_are_unsettled_until_they_are_settled() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let mut consumer = consume(&mut server, &channel, "c").await;
    for number in 3..=6 {
        deliver(&mut server, "c", number).await;
    }
    settle().await;
    let metrics = connection.metrics();
    assert_eq!((metrics.messages_delivered, metrics.consumers), (6, 1));
    assert_eq!(metrics.unsettled, 6);
    assert!(metrics.waiting_octets > 0);
    consumer.next().await.unwrap().unwrap().ack().unwrap();
    assert_eq!(connection.metrics().unsettled, 5);
    consumer.next().await.unwrap().unwrap().nack(true).unwrap();
    let kept = consumer.next().await.unwrap().unwrap();
    consumer
        .next()
        .await
        .unwrap()
        .unwrap()
        .reject(false)
        .unwrap();
    assert_eq!(connection.metrics().unsettled, 3);
    let last = consumer.next().await.unwrap().unwrap();
    last.ack_multiple().unwrap();
    assert_eq!(connection.metrics().unsettled, 1);
    assert_eq!(connection.metrics().waiting_octets, 0);
    drop((kept, consumer));
    // What nobody has seen goes back.
    assert_eq!(connection.metrics().unsettled, 0);
    assert_eq!(connection.metrics().consumers, 0);
    assert_eq!(connection.metrics().messages_delivered, 6);
}

#[tokio::test(start_paused = true)]
async fn octets_and_frames_are_those_of_the_wire() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let before = connection.metrics();
    publish(&channel, "hello").await.unwrap();
    let published = connection.metrics();
    // Method, header and body.
    assert_eq!(published.frames_sent - before.frames_sent, 3);
    let octets = published.octets_sent - before.octets_sent;
    assert_eq!(published.buffered_octets, octets);
    settle().await;
    assert_eq!(connection.metrics().buffered_octets, 0);
    server.send(1, basic::Ack::new(1)).await;
    settle().await;
    let after = connection.metrics();
    assert_eq!(after.frames_received - before.frames_received, 1);
    assert_eq!(after.octets_received - before.octets_received, 21);
    assert_eq!(after.octets_sent, published.octets_sent);
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_to_be_written_once_nobody_writes_it() {
    let (connection, mut server) = connect_with(&parameters(), 2000).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    publish(&channel, &"x".repeat(5000)).await.unwrap();
    settle().await;
    // Taken by the I/O task, and by no stream.
    publish(&channel, "hello").await.unwrap();
    assert!(connection.metrics().buffered_octets > 3000);
    let sent = connection.metrics().octets_sent;
    // The server has stopped reading, and never answers.
    let _ = connection.close().await;
    connection.closed().await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(connection.metrics().buffered_octets, 0);
    assert_eq!(connection.write_pressure().octets(), 0);
    assert!(connection.metrics().octets_sent > sent);
}

#[tokio::test(start_paused = true)]
async fn blocked_time_is_that_of_every_time_and_of_now() {
    let (connection, _channel, mut server) = connect_with_confirms().await;
    let second = Duration::from_secs(1);
    for seconds in [3, 4] {
        server.send(0, connection::Blocked::new("low")).await;
        settle().await;
        tokio::time::sleep(seconds * second).await;
        // To say it again changes nothing.
        server.send(0, connection::Blocked::new("lower")).await;
        server.send(0, connection::Unblocked).await;
        settle().await;
        tokio::time::sleep(10 * second).await;
    }
    assert_eq!(connection.metrics().blocked_time.as_secs(), 7);
    server.send(0, connection::Blocked::new("low")).await;
    settle().await;
    tokio::time::sleep(5 * second).await;
    assert_eq!(connection.metrics().blocked_time.as_secs(), 12);
    // Flow on a channel is something else.
    server.send(1, channel::Flow { active: false }).await;
    settle().await;
    assert_eq!(connection.metrics().blocked_time.as_secs(), 12);
}
