//! Consumers as iterators, with and without limits to waiting.

use std::time::Duration;

use leveret::amqp_methods::{basic, channel};
use leveret::blocking::{Channel, Consumer};
use leveret::{ConsumerEnd, ErrorKind, Next};

use super::meet::{Script, consumes, deliver};

fn consume(channel: &Channel) -> Consumer {
    let consume = basic::Consume::new("q", "");
    channel.basic_consume(consume).unwrap()
}

#[test]
fn what_came_before_a_cancel_is_read_and_then_the_iterator_ends() {
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        for number in 1..=3 {
            deliver(&mut server, "tag", number).await;
        }
        server.expect_method(1, &basic::Ack::new(1)).await;
        server.expect::<basic::Cancel<'_>>(1).await;
        deliver(&mut server, "tag", 4).await;
        server.send(1, basic::CancelOk::new("tag")).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = consume(&channel);
    assert_eq!(consumer.consumer_tag(), "tag");
    assert_eq!(consumer.channel().number(), 1);
    let first = consumer.next().unwrap().unwrap();
    assert_eq!(first.body(), b"delivery 1");
    first.ack().unwrap();
    consumer.stop().unwrap();
    let rest: Vec<_> = consumer.by_ref().map(Result::unwrap).collect();
    let tags: Vec<_> = rest
        .iter()
        .map(|delivery| delivery.delivery_tag())
        .collect();
    assert_eq!(tags, [2, 3, 4]);
    assert!(consumer.next().is_none());
    assert!(matches!(consumer.end(), Some(ConsumerEnd::Cancelled)));
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_wait_that_brought_nothing_is_no_end() {
    let (go, going) = tokio::sync::oneshot::channel();
    let script = Script::with_channel(async move |mut server| {
        consumes(&mut server).await;
        going.await.unwrap();
        deliver(&mut server, "tag", 1).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = consume(&channel);
    let idle = consumer.next_within(Duration::ZERO).unwrap();
    assert!(matches!(idle, Next::Idle));
    assert!(consumer.end().is_none());
    let mut go = Some(go);
    let mut quiet = 0;
    for item in consumer.inactivity_timeout(Duration::from_millis(1)) {
        match item.unwrap() {
            Some(delivery) => {
                assert_eq!(delivery.delivery_tag(), 1);
                break;
            }
            None => {
                quiet += 1;
                if let Some(go) = go.take() {
                    go.send(()).unwrap();
                }
            }
        }
    }
    assert!(quiet > 0);
    connection.close().unwrap();
    script.end();
}

#[test]
fn an_end_that_the_server_makes_is_told_once() {
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        deliver(&mut server, "tag", 1).await;
        server.send(1, basic::Cancel::new("tag")).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = consume(&channel);
    let items: Vec<_> = consumer
        .inactivity_timeout(Duration::MAX)
        .map(|item| item.map_err(|error| error.kind()))
        .collect();
    assert!(matches!(
        items[..],
        [Ok(Some(_)), Err(ErrorKind::ConsumerCancelled)]
    ));
    assert!(consumer.next().is_none());
    let ended = consumer.next_within(Duration::ZERO).unwrap();
    assert!(matches!(ended, Next::Ended));
    assert!(channel.close_error().is_none());
    connection.close().unwrap();
    script.end();
}

#[test]
fn the_end_of_the_channel_wakes_whoever_waits_for_deliveries() {
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        server
            .send(1, channel::Close::new(406, "PRECONDITION_FAILED", 0, 0))
            .await;
        server.expect::<channel::CloseOk>(1).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = consume(&channel);
    let error = consumer.next().unwrap().unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 406);
    assert!(consumer.next().is_none());
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_dropped_consumer_gives_back_what_nobody_saw() {
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        deliver(&mut server, "tag", 1).await;
        deliver(&mut server, "tag", 2).await;
        let mut given_back = Vec::new();
        server
            .serve(|peer| {
                if peer.has_frame(1) {
                    given_back.push(peer.expects::<basic::Nack>(1));
                }
            })
            .await;
        assert_eq!(given_back, [basic::Nack::new(2).requeue(true)]);
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = consume(&channel);
    let seen = consumer.next().unwrap().unwrap();
    assert_eq!(seen.delivery_tag(), 1);
    drop(consumer);
    // Behind the cancel; by its answer, everything was given back.
    channel.basic_qos(1).unwrap();
    connection.close().unwrap();
    script.end();
}
