//! Ending in order, within a deadline.

use std::time::Duration;

use leveret::amqp_methods::{basic, connection};
use leveret::{ConsumerEnd, ErrorKind, Outcome};
use tokio::time::Instant;

use super::meet::{
    answered, begin_and_drop, connect, connect_with_confirms, consume, deliver, publish_confirmed,
    settle,
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn consumers_are_cancelled_handlers_finish_confirms_come_and_then_it_closes() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let mut consumer = consume(&mut server, &channel, "c").await;
    let receipt = publish_confirmed(&channel, "work").await;
    settle().await;
    let shutdown = tokio::spawn({
        let connection = connection.clone();
        async move { connection.shutdown(MINUTE).await }
    });
    server.expect_content(1).await;
    let cancel: basic::Cancel<'_> = server.expect(1).await;
    assert_eq!(cancel.consumer_tag, *"c");
    // One more was on its way.
    deliver(&mut server, "c", 3).await;
    server.send(1, basic::CancelOk::new("c")).await;
    for number in 1..=3 {
        let delivery = consumer.next().await.unwrap().unwrap();
        assert_eq!(delivery.delivery_tag(), number);
        // A handler takes its time, and publishes what comes of it.
        tokio::time::sleep(Duration::from_secs(10)).await;
        let result = publish_confirmed(&channel, "result").await;
        server.expect_content(1).await;
        server.send(1, basic::Ack::new(1 + number)).await;
        assert!(matches!(result.await, Outcome::Confirmed));
        delivery.ack().unwrap();
        server.expect::<basic::Ack>(1).await;
    }
    assert!(consumer.next().await.is_none());
    assert!(matches!(consumer.end(), Some(ConsumerEnd::Cancelled)));
    settle().await;
    assert!(!shutdown.is_finished());
    assert!(connection.close_error().is_none());
    server.send(1, basic::Ack::new(1)).await;
    assert!(matches!(receipt.await, Outcome::Confirmed));
    server.expect::<connection::Close<'_>>(0).await;
    server.send(0, connection::CloseOk).await;
    let left = shutdown.await.unwrap().unwrap();
    assert!(left.is_empty());
    assert_eq!((left.unconfirmed(), left.unsettled()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_left_at_the_deadline_is_told_and_the_connection_closes() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let mut consumer = consume(&mut server, &channel, "c").await;
    let kept = consumer.next().await.unwrap().unwrap();
    let receipt = publish_confirmed(&channel, "work").await;
    let begun = Instant::now();
    // The server has answered nothing since.
    let left = connection.shutdown(MINUTE).await.unwrap();
    assert_eq!(begun.elapsed(), MINUTE);
    assert!(!left.is_empty());
    assert_eq!((left.unconfirmed(), left.unsettled()), (1, 2));
    let [on_channel] = &left.channels[..] else {
        panic!("{left:?}");
    };
    assert_eq!((on_channel.channel, on_channel.consumers), (1, 1));
    server.expect::<connection::Close<'_>>(0).await;
    server.send(0, connection::CloseOk).await;
    let error = connection.closed().await;
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    assert!(matches!(receipt.await, Outcome::InDoubt(_)));
    assert!(kept.ack().is_err());
}

#[tokio::test(start_paused = true)]
async fn with_nothing_to_do_it_closes_at_once() {
    let (connection, mut server) = connect().await;
    let begun = Instant::now();
    let left = answered(&mut server, connection.shutdown(MINUTE)).await;
    assert!(left.unwrap().is_empty());
    assert!(begun.elapsed() < Duration::from_secs(1));
    // And again.
    assert!(connection.shutdown(MINUTE).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_agree_to_the_end_costs_no_more_than_the_deadline() {
    let (connection, _server) = connect().await;
    let begun = Instant::now();
    let within = Duration::from_secs(2);
    assert!(connection.shutdown(within).await.unwrap().is_empty());
    assert_eq!(begun.elapsed(), within);
    connection.closed().await;
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_begins_meanwhile_is_cancelled_as_well() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let mut first = consume(&mut server, &channel, "a").await;
    let shutdown = tokio::spawn({
        let connection = connection.clone();
        async move { connection.shutdown(MINUTE).await }
    });
    server.expect::<basic::Cancel<'_>>(1).await;
    let consume = channel.basic_consume(basic::Consume::new("q", "b"));
    let (second, ()) = tokio::join!(consume, async {
        server.expect::<basic::Consume<'_>>(1).await;
        server.send(1, basic::ConsumeOk::new("b")).await;
        server.send(1, basic::CancelOk::new("a")).await;
        let cancel: basic::Cancel<'_> = server.expect(1).await;
        assert_eq!(cancel.consumer_tag, *"b");
        server.send(1, basic::CancelOk::new("b")).await;
    });
    assert!(second.unwrap().next().await.is_none());
    while let Some(delivery) = first.next().await {
        delivery.unwrap().ack().unwrap();
    }
    answered(&mut server, async {
        assert!(shutdown.await.unwrap().unwrap().is_empty());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_lost_on_the_way_is_an_error() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let _consumer = consume(&mut server, &channel, "c").await;
    let script = async {
        server.expect::<basic::Cancel<'_>>(1).await;
        server
            .send(0, connection::Close::new(320, "going down", 0, 0))
            .await;
    };
    let (left, ()) = tokio::join!(connection.shutdown(MINUTE), script);
    let error = left.unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 320);
    assert!(error.is_retryable());
}

#[tokio::test(start_paused = true)]
async fn dropped_it_leaves_consumers_cancelled_and_the_connection_open() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let mut consumer = consume(&mut server, &channel, "c").await;
    begin_and_drop(connection.shutdown(MINUTE)).await;
    server.expect::<basic::Cancel<'_>>(1).await;
    server.send(1, basic::CancelOk::new("c")).await;
    while let Some(delivery) = consumer.next().await {
        delivery.unwrap().ack().unwrap();
    }
    assert!(connection.close_error().is_none());
    // And again, to its end.
    let left = answered(&mut server, connection.shutdown(MINUTE)).await;
    assert!(left.unwrap().is_empty());
}
