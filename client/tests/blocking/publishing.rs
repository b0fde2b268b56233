//! Publishing, receipts, returned messages.

use std::time::Duration;

use leveret::amqp_methods::{basic, channel, connection};
use leveret::proto::Outcome;
use leveret::{ErrorKind, Tally};

use super::meet::{Script, give_back, publish, publish_confirmed};

#[test]
fn every_outcome_is_told_by_its_receipt() {
    let script = Script::with_confirms(async |mut server| {
        for _ in 0..4 {
            server.expect_content(1).await;
        }
        server.send(1, basic::Ack::new(1)).await;
        server.send(1, basic::Nack::new(2).requeue(false)).await;
        give_back(&mut server, b"3").await;
        server.send(1, basic::Ack::new(3)).await;
        server
            .send(1, channel::Close::new(541, "INTERNAL_ERROR", 0, 0))
            .await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_confirms();
    let receipts = ["1", "2", "3", "4"].map(|body| publish_confirmed(&channel, body));
    let numbers = receipts.each_ref().map(leveret::blocking::Receipt::number);
    assert_eq!(numbers, [1, 2, 3, 4]);
    let outcomes = receipts.map(leveret::blocking::Receipt::wait);
    let [first, second, third, fourth] = outcomes;
    assert!(matches!(first, Outcome::Confirmed));
    assert!(matches!(second, Outcome::Nacked));
    let Outcome::Returned(returned) = third else {
        panic!("{third:?}");
    };
    assert_eq!(
        (returned.reply_code().get(), returned.body()),
        (312, Some(&b"3"[..]))
    );
    let Outcome::InDoubt(why) = fourth else {
        panic!("{fourth:?}");
    };
    assert_eq!(why.reply_code().unwrap().get(), 541);
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_receipt_that_nothing_is_known_of_comes_back() {
    let (go, going) = tokio::sync::oneshot::channel();
    let script = Script::with_confirms(async move |mut server| {
        server.expect_content(1).await;
        going.await.unwrap();
        server.send(1, basic::Ack::new(1)).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_confirms();
    let receipt = publish_confirmed(&channel, "x");
    let receipt = receipt.wait_for(Duration::ZERO).unwrap_err();
    let receipt = receipt.wait_for(Duration::from_millis(1)).unwrap_err();
    go.send(()).unwrap();
    let outcome = receipt.wait_for(Duration::MAX).unwrap();
    assert!(matches!(outcome, Outcome::Confirmed));
    connection.close().unwrap();
    script.end();
}

#[test]
fn what_has_no_receipt_is_counted() {
    let (go, going) = tokio::sync::oneshot::channel();
    let script = Script::with_confirms(async move |mut server| {
        for _ in 0..100 {
            server.expect_content(1).await;
        }
        going.await.unwrap();
        server.send(1, basic::Ack::new(100).multiple(true)).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_confirms();
    for number in 0..100 {
        publish(&channel, &number.to_string()).unwrap();
    }
    let late = channel.wait_for_confirms_within(Duration::from_millis(1));
    assert_eq!(late.unwrap_err().kind(), ErrorKind::Timeout);
    go.send(()).unwrap();
    let Tally {
        confirmed, nacked, ..
    } = channel.wait_for_confirms().unwrap();
    assert_eq!((confirmed, nacked), (100, 0));
    connection.close().unwrap();
    script.end();
}

#[test]
fn messages_come_back_in_order_without_confirms() {
    let script = Script::with_channel(async |mut server| {
        for _ in 0..2 {
            let (_, _, body) = server.expect_content(1).await;
            give_back(&mut server, &body).await;
        }
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    publish(&channel, "one").unwrap();
    publish(&channel, "two").unwrap();
    assert_eq!(channel.returned().unwrap().body(), Some(&b"one"[..]));
    let second = channel.returned_within(Duration::MAX);
    assert_eq!(second.unwrap().body(), Some(&b"two"[..]));
    let none = channel.returned_within(Duration::ZERO).unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Timeout);
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_server_that_holds_back_publishers_is_waited_for() {
    let (go, going) = tokio::sync::oneshot::channel();
    let script = Script::with_channel(async move |mut server| {
        server
            .send(0, connection::Blocked::new("low on disk"))
            .await;
        // The answer to this comes behind.
        server.expect::<basic::Qos>(1).await;
        server.send(1, basic::QosOk).await;
        going.await.unwrap();
        server.peer().expects_nothing();
        server.send(0, connection::Unblocked).await;
        server.expect_content(1).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    channel.basic_qos(1).unwrap();
    assert!(connection.is_blocked());
    let held = channel.as_async().basic_publish(
        basic::Publish::new("", "q"),
        basic::Properties::default(),
        "never",
    );
    let held = connection.wait_within(Duration::from_millis(1), held);
    assert_eq!(held.unwrap_err().kind(), ErrorKind::Timeout);
    std::thread::scope(|scope| {
        scope.spawn(|| publish(&channel, "at last").unwrap());
        go.send(()).unwrap();
    });
    assert!(!connection.is_blocked());
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_publish_that_is_held_back_learns_of_the_end() {
    let script = Script::with_channel(async |mut server| {
        server.expect::<basic::Qos>(1).await;
        server
            .send(0, connection::Blocked::new("low on disk"))
            .await;
        server.send(1, basic::QosOk).await;
        server
            .send(0, connection::Close::new(320, "CONNECTION_FORCED", 0, 0))
            .await;
        server.expect::<connection::CloseOk>(0).await;
    });
    let (_connection, channel) = script.connect_with_channel();
    channel.basic_qos(1).unwrap();
    let error = publish(&channel, "x").unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 320);
    script.end();
}

#[test]
fn pressure_can_be_looked_at() {
    let script = Script::with_channel(async |mut server| server.serve_auto().await);
    let (connection, _channel) = script.connect_with_channel();
    assert!(!connection.write_pressure().is_high());
    assert_eq!(connection.write_pressure().octets(), 0);
    connection.close().unwrap();
    script.end();
}
