//! Consumers that are started with more than the request says.

use std::time::Duration;

use leveret::amqp_methods::basic;
use leveret::blocking::Connection;
use leveret::{ErrorKind, Message, Next, OverLimit};

use super::meet::{Script, consumes, deliver};

#[test]
fn the_prefetch_count_goes_right_before_the_consumer() {
    let script = Script::with_channel(async |mut server| {
        let qos = basic::Qos::default().prefetch_count(7);
        server.expect_method(1, &qos).await;
        server.send(1, basic::QosOk).await;
        let consume = consumes(&mut server).await;
        assert!(consume.exclusive && !consume.no_ack);
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let consume = basic::Consume::new("q", "tag").exclusive(true);
    let consumer = channel.consumer(consume).prefetch(7).start().unwrap();
    assert_eq!(consumer.consumer_tag(), "tag");
    drop(consumer);
    connection.close().unwrap();
    script.end();
}

#[test]
fn without_acknowledgements_a_cancel_gives_what_is_pending() {
    let script = Script::with_channel(async |mut server| {
        assert!(consumes(&mut server).await.no_ack);
        for number in 1..=3 {
            deliver(&mut server, "tag", number).await;
        }
        server.expect::<basic::Cancel<'_>>(1).await;
        deliver(&mut server, "tag", 4).await;
        server.send(1, basic::CancelOk::new("tag")).await;
        // Nothing is settled.
        server
            .serve(|peer| assert!(!peer.has_frame(1), "{:?}", peer.expects_any(1)))
            .await;
    });
    let (connection, channel) = script.connect_with_channel();
    let consume = basic::Consume::new("q", "");
    let mut consumer = channel.consumer(consume).no_ack().start().unwrap();
    let first: Message = consumer.next().unwrap().unwrap();
    assert_eq!(first.body(), b"delivery 1");
    let Next::Delivery(second) = consumer.next_within(Duration::MAX).unwrap() else {
        panic!("nothing came");
    };
    assert_eq!(second.delivery_tag(), 2);
    let pending = consumer.cancel().unwrap();
    let tags: Vec<_> = pending.iter().map(Message::delivery_tag).collect();
    assert_eq!(tags, [3, 4]);
    assert_eq!(consumer.waiting(), 0);
    assert!(consumer.next().is_none());
    let quiet = consumer.inactivity_timeout(Duration::ZERO).next();
    assert!(quiet.is_none());
    drop(consumer);
    connection.close().unwrap();
    script.end();
}

#[test]
fn what_waits_is_counted_and_given_back_by_a_cancel() {
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        for number in 1..=3 {
            deliver(&mut server, "tag", number).await;
        }
        server.expect::<basic::Qos>(1).await;
        server.send(1, basic::QosOk).await;
        server.expect::<basic::Cancel<'_>>(1).await;
        server.send(1, basic::CancelOk::new("tag")).await;
        for number in [2, 3] {
            let back = basic::Nack::new(number).requeue(true);
            server.expect_method(1, &back).await;
        }
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = channel.basic_consume(basic::Consume::new("q", "")).unwrap();
    // Its answer is behind the deliveries.
    channel.basic_qos(1).unwrap();
    assert_eq!(consumer.waiting(), 3);
    let seen = consumer.next().unwrap().unwrap();
    assert_eq!(consumer.waiting(), 2);
    assert_eq!(consumer.cancel().unwrap(), 2);
    assert_eq!(seen.delivery_tag(), 1);
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_message_that_is_too_large_is_told_and_the_consumer_goes_on() {
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        let deliver_large = basic::Deliver::new("tag", 1, "", "q");
        let properties = basic::Properties::default();
        server
            .send_content(1, deliver_large, &properties, &[0; 101])
            .await;
        server
            .expect_method(1, &basic::Nack::new(1).requeue(true))
            .await;
        deliver(&mut server, "tag", 2).await;
        server.serve_auto().await;
    });
    let parameters = script.parameters().max_message_size(100);
    let connection = Connection::connect(parameters).unwrap();
    let channel = connection.open_channel().unwrap();
    let consume = basic::Consume::new("q", "");
    let consumer = channel.consumer(consume).over_limit(OverLimit::Requeue);
    let mut consumer = consumer.start().unwrap();
    let error = consumer.next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MessageTooLarge);
    assert_eq!(error.too_large().unwrap().size(), 101);
    assert_eq!(consumer.next().unwrap().unwrap().delivery_tag(), 2);
    connection.close().unwrap();
    script.end();
}

#[test]
fn deliveries_that_cannot_be_settled_are_not_given_as_if_they_could() {
    let script = Script::with_channel(async |mut server| server.serve_auto().await);
    let (connection, channel) = script.connect_with_channel();
    let consume = basic::Consume::new("q", "").no_ack(true);
    let refused = channel.basic_consume(consume.clone()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::State);
    let refused = channel.consumer(consume).stream_bodies(1).start();
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::State);
    connection.close().unwrap();
    script.end();
}
