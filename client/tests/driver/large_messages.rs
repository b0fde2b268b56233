//! Messages that are read piece by piece, and messages that are too large.

use std::time::Duration;

use leveret::amqp_methods::{basic, connection, queue};
use leveret::{Channel, Connection, Consumer, ErrorKind, OverLimit, StreamedDelivery};

use tokio::time::Instant;

use super::meet::{
    STREAM, Server, answered, begin_and_drop, close_channel, connect_with, deliver, parameters,
    settle,
};

const LIMIT: u64 = 100_000;

async fn connect() -> (Connection, Channel, Server) {
    let parameters = parameters().max_message_size(LIMIT);
    let (connection, mut server) = connect_with(&parameters, 64 * 1024).await;
    let channel = answered(&mut server, connection.open_channel()).await;
    (connection, channel.unwrap(), server)
}

async fn streaming() -> (Connection, Channel, Consumer<StreamedDelivery>, Server) {
    let (connection, channel, mut server) = connect().await;
    let start = channel
        .consumer(basic::Consume::new("q", "tag"))
        .stream_bodies(1000);
    let consumer = answered(&mut server, start.start()).await.unwrap();
    (connection, channel, consumer, server)
}

async fn announce(server: &mut Server, number: u64, size: u64) {
    let deliver = basic::Deliver::new("tag", number, "", "q");
    let properties = basic::Properties::default().message_id("large");
    let peer = server.peer_mut();
    peer.sends_content_start(1, deliver, &properties, size);
    server.flush().await;
}

async fn piece(server: &mut Server, octets: &[u8]) {
    server.peer_mut().sends_body(1, octets);
    server.flush().await;
}

#[tokio::test(start_paused = true)]
async fn a_body_is_read_while_it_comes() {
    let (_connection, _channel, mut consumer, mut server) = streaming().await;
    announce(&mut server, 1, 3 * LIMIT).await;
    let mut delivery = consumer.next().await.unwrap().unwrap();
    assert_eq!(delivery.body_size(), 3 * LIMIT);
    assert_eq!(delivery.properties().message_id, Some("large".into()));
    begin_and_drop(delivery.body().next()).await;
    for number in 1..=3u8 {
        piece(&mut server, &[number; LIMIT as usize]).await;
        let mut octets = Vec::new();
        while octets.len() < LIMIT as usize {
            octets.extend(delivery.body().next().await.unwrap().unwrap());
        }
        assert_eq!(octets, [number; LIMIT as usize]);
    }
    assert!(delivery.body().next().await.is_none());
    assert!(delivery.body().next().await.is_none());
    delivery.ack().unwrap();
    server.expect_method(1, &basic::Ack::new(1)).await;
    // A small one is there in one piece.
    deliver(&mut server, "tag", 2).await;
    let (delivery, mut body) = consumer.next().await.unwrap().unwrap().into_parts();
    assert_eq!(body.next().await.unwrap().unwrap(), "delivery 2");
    assert!(body.next().await.is_none());
    delivery.ack().unwrap();
}

#[tokio::test(start_paused = true)]
async fn other_channels_go_on_while_a_body_waits() {
    let (connection, channel, mut consumer, mut server) = streaming().await;
    let other = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    announce(&mut server, 1, LIMIT).await;
    piece(&mut server, &[0; 50_000]).await;
    let mut delivery = consumer.next().await.unwrap().unwrap();
    // Nobody reads the body: the other channel does not mind.
    let ok = answered(&mut server, other.call(queue::Declare::new("a"))).await;
    assert_eq!(ok.unwrap().queue, *"a");
    let error = close_channel(&mut server, 406, "PRECONDITION_FAILED - no").await;
    let () = error;
    let mut octets = 0;
    let error = loop {
        match delivery.body().next().await.unwrap() {
            Ok(piece) => octets += piece.len(),
            Err(error) => break error,
        }
    };
    assert_eq!(octets, 50_000);
    assert_eq!(error.reply_code().unwrap().get(), 406);
    assert!(delivery.body().next().await.is_none());
    assert!(channel.close_error().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_not_read_holds_the_server_back() {
    const SIZE: usize = 80 * 1024 * 1024;
    const CHUNK: usize = 1024 * 1024;
    let (_connection, _channel, mut consumer, mut server) = streaming().await;
    announce(&mut server, 1, SIZE as u64).await;
    let mut delivery = consumer.next().await.unwrap().unwrap();
    let sent = std::sync::atomic::AtomicUsize::new(0);
    let count = || sent.load(std::sync::atomic::Ordering::Relaxed);
    let chunk = vec![7; CHUNK];
    let sending = async {
        for _ in 0..SIZE / CHUNK {
            piece(&mut server, &chunk).await;
            sent.fetch_add(CHUNK, std::sync::atomic::Ordering::Relaxed);
        }
    };
    let reading = async {
        // Long enough for all to come that will.
        tokio::time::sleep(Duration::from_secs(60)).await;
        let waiting = count();
        assert!((64 << 20..66 << 20).contains(&waiting), "{waiting}");
        let mut read = 0;
        while let Some(piece) = delivery.body().next().await {
            read += piece.unwrap().len();
        }
        assert_eq!(read, SIZE);
    };
    tokio::join!(sending, reading);
}

#[tokio::test(start_paused = true)]
async fn what_fails_because_nothing_is_read_says_so() {
    const CHUNK: usize = 1024 * 1024;
    let (connection, channel, mut consumer, mut server) = streaming().await;
    announce(&mut server, 1, 80 * CHUNK as u64).await;
    let delivery = consumer.next().await.unwrap().unwrap();
    let chunk = vec![7; CHUNK];
    let sending = async {
        loop {
            piece(&mut server, &chunk).await;
        }
    };
    let hasty = channel.with_call_timeout(Duration::from_secs(60));
    let error = tokio::select! {
        () = sending => unreachable!(),
        answer = hasty.call(queue::Purge::new("q")) => answer.unwrap_err(),
    };
    let why = "nothing is read while 64 MiB of deliveries wait to be taken";
    let what = format!("timed out: no answer to queue.purge within 60s; {why}");
    assert_eq!(error.to_string(), what);
    // RabbitMQ: gives up the connection, which is noticed when something is written.
    drop(server);
    drop(
        channel
            .basic_publish(basic::Publish::new("", "q"), Default::default(), "x")
            .await,
    );
    let error = connection.closed().await;
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(error.to_string().ends_with(why), "{error}");
    drop(delivery);
}

#[tokio::test(start_paused = true)]
async fn closing_does_not_wait_for_somebody_to_read_it() {
    const CHUNK: usize = 1024 * 1024;
    let (connection, _channel, mut consumer, mut server) = streaming().await;
    announce(&mut server, 1, 80 * CHUNK as u64).await;
    let delivery = consumer.next().await.unwrap().unwrap();
    let chunk = vec![7; CHUNK];
    let sending = async {
        for _ in 0..80 {
            piece(&mut server, &chunk).await;
        }
        server.expect::<connection::Close<'_>>(0).await;
        server.send(0, connection::CloseOk).await;
    };
    let closing = async {
        // Long enough for all to come that will.
        tokio::time::sleep(Duration::from_secs(60)).await;
        let begun = Instant::now();
        connection.close().await.unwrap();
        assert_eq!(begun.elapsed(), Duration::ZERO);
    };
    tokio::join!(sending, closing);
    drop(delivery);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_dropped_is_passed_over() {
    let (_connection, _channel, mut consumer, mut server) = streaming().await;
    announce(&mut server, 1, LIMIT).await;
    piece(&mut server, &[0; 50_000]).await;
    let (delivery, body) = consumer.next().await.unwrap().unwrap().into_parts();
    drop(body);
    delivery.reject(false).unwrap();
    piece(&mut server, &[0; 50_000]).await;
    server.expect_method(1, &basic::Reject::new(1)).await;
    deliver(&mut server, "tag", 2).await;
    assert_eq!(consumer.next().await.unwrap().unwrap().delivery_tag(), 2);
    // One that nobody has seen goes back with its consumer, while its body comes.
    announce(&mut server, 3, LIMIT).await;
    settle().await;
    let script = async {
        server.expect::<basic::Cancel<'_>>(1).await;
        piece(&mut server, &[0; LIMIT as usize]).await;
        server.send(1, basic::CancelOk::new("tag")).await;
    };
    let (requeued, ()) = tokio::join!(consumer.cancel(), script);
    assert_eq!(requeued.unwrap(), 1);
    let nack = basic::Nack::new(3).requeue(true);
    server.expect_method(1, &nack).await;
}

#[tokio::test(start_paused = true)]
async fn one_that_is_too_large_is_told_and_the_consumer_goes_on() {
    let (_connection, channel, mut server) = connect().await;
    let start = channel
        .consumer(basic::Consume::new("q", "tag"))
        .over_limit(OverLimit::Ack);
    let mut consumer = answered(&mut server, start.start()).await.unwrap();
    announce(&mut server, 1, LIMIT + 1).await;
    piece(&mut server, &[0; LIMIT as usize + 1]).await;
    deliver(&mut server, "tag", 2).await;
    let error = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MessageTooLarge);
    assert_eq!(error.address(), Some(STREAM));
    let message = error.too_large().unwrap();
    assert_eq!((message.size(), message.limit()), (LIMIT + 1, LIMIT));
    assert_eq!(message.delivery_tag(), 1);
    assert_eq!(message.properties().message_id, Some("large".into()));
    server.expect_method(1, &basic::Ack::new(1)).await;
    assert!(consumer.end().is_none());
    let delivery = consumer.next().await.unwrap().unwrap();
    delivery.ack().unwrap();
    server.expect_method(1, &basic::Ack::new(2)).await;
}

#[tokio::test(start_paused = true)]
async fn one_that_is_too_large_is_settled_once() {
    let (_connection, channel, mut server) = connect().await;
    let consume = channel.basic_consume(basic::Consume::new("q", "tag"));
    let mut consumer = answered(&mut server, consume).await.unwrap();
    announce(&mut server, 1, LIMIT + 1).await;
    piece(&mut server, &[0; LIMIT as usize + 1]).await;
    deliver(&mut server, "tag", 2).await;
    settle().await;
    // Unless something else was chosen: rejected.
    server.expect_method(1, &basic::Reject::new(1)).await;
    // What the consumer has not seen goes back, but for this one.
    assert_eq!(answered(&mut server, consumer.cancel()).await.unwrap(), 1);
    let nack = basic::Nack::new(2).requeue(true);
    server.expect_method(1, &nack).await;
    settle().await;
    server.peer().expects_nothing();
}
