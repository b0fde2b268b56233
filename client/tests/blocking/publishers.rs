//! Publishing within limits, and many at once.

use std::time::Duration;

use leveret::amqp_methods::basic;
use leveret::blocking::{Publisher, Receipt};
use leveret::{Error, ErrorKind, Hold, Outcome, Outgoing, WhenHeld};

use super::meet::{Script, give_back, publish_confirmed};

fn send(publisher: &Publisher, body: &str) -> Result<Receipt, Error> {
    let publish = basic::Publish::new("", "q");
    publisher.basic_publish_confirmed(publish, basic::Properties::default(), body)
}

fn is_late(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::InDoubt(error) if error.is_timeout())
}

#[test]
fn no_more_than_the_limit_is_in_flight() {
    let (go, going) = tokio::sync::oneshot::channel();
    let script = Script::with_confirms(async move |mut server| {
        server.expect_content(1).await;
        going.await.unwrap();
        server.peer().expects_nothing();
        for number in 1..=2 {
            server.send(1, basic::Ack::new(number)).await;
            let (_, _, body) = server.expect_content(1).await;
            assert_eq!(
                body,
                ["waits", "goes without a receipt"][number as usize - 1]
            );
        }
        server.send(1, basic::Ack::new(3)).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_confirms();
    let publisher = channel.publisher().max_in_flight(1);
    assert_eq!(publisher.channel().number(), 1);
    let first = send(&publisher, "goes").unwrap();
    assert_eq!(publisher.in_flight(), 1);
    for when_held in [
        WhenHeld::Fail,
        WhenHeld::WaitAtMost(Duration::from_millis(1)),
    ] {
        let impatient = publisher.clone().when_held(when_held);
        let held = send(&impatient, "never").unwrap_err();
        assert_eq!(held.kind(), ErrorKind::Held(Hold::InFlight));
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let second = send(&publisher, "waits").unwrap();
            assert!(second.wait().is_confirmed());
        });
        go.send(()).unwrap();
    });
    assert!(first.wait().is_confirmed());
    let publish = basic::Publish::new("", "q");
    let properties = basic::Properties::default();
    publisher
        .basic_publish(publish, properties, "goes without a receipt")
        .unwrap();
    assert_eq!(channel.wait_for_confirms().unwrap().confirmed, 1);
    assert_eq!(publisher.in_flight(), 0);
    connection.close().unwrap();
    script.end();
}

#[test]
fn receipts_have_a_deadline() {
    let script = Script::with_confirms(async |mut server| {
        for _ in 0..4 {
            server.expect_content(1).await;
        }
        server.send(1, basic::Ack::new(4)).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_confirms();
    let moment = Duration::from_millis(1);
    let publisher = channel.publisher().confirm_timeout(moment);
    let receipts = [
        publish_confirmed(&channel, "1").within(Duration::ZERO),
        publish_confirmed(&channel, "2").within(moment),
        send(&publisher, "3").unwrap(),
    ];
    for receipt in receipts {
        let outcome = receipt.wait();
        assert!(is_late(&outcome), "{outcome:?}");
    }
    let in_time = publish_confirmed(&channel, "4").within(Duration::MAX);
    assert!(in_time.wait().is_confirmed());
    connection.close().unwrap();
    script.end();
}

#[test]
fn an_end_of_waiting_is_no_end_of_the_receipt_but_its_deadline_is() {
    let script = Script::with_confirms(async |mut server| {
        server.expect_content(1).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_confirms();
    let receipt = publish_confirmed(&channel, "x").within(Duration::from_secs(3600));
    let receipt = receipt.wait_for(Duration::from_millis(1)).unwrap_err();
    let receipt = receipt.within(Duration::from_millis(1));
    let outcome = receipt.wait_for(Duration::MAX).unwrap();
    assert!(is_late(&outcome), "{outcome:?}");
    connection.close().unwrap();
    script.end();
}

#[test]
fn each_message_of_a_batch_has_its_outcome() {
    let script = Script::with_confirms(async |mut server| {
        server.expect_content(1).await;
        give_back(&mut server, b"1").await;
        server.send(1, basic::Ack::new(1)).await;
        server.expect_content(1).await;
        server.send(1, basic::Nack::new(2)).await;
        server.expect_content(1).await;
        server.send(1, basic::Ack::new(3)).await;
        let (_, _, body) = server.expect_content(1).await;
        assert_eq!(body, "4");
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_confirms();
    let publisher = channel.publisher().max_in_flight(1);
    let publisher = publisher.confirm_timeout(Duration::from_millis(1));
    let messages = ["1", "2", "3", "4"].map(|body| {
        let publish = basic::Publish::new("", "q").mandatory(true);
        Outgoing::new(publish, basic::Properties::default(), body)
    });
    let outcomes = publisher.basic_publish_batch(&messages).unwrap();
    assert!(!outcomes.all_confirmed());
    let [returned, nacked, third, fourth] = outcomes.as_slice() else {
        panic!("{outcomes:?}");
    };
    assert!(matches!(returned, Outcome::Returned(_)), "{returned:?}");
    assert!(matches!(nacked, Outcome::Nacked), "{nacked:?}");
    assert!(third.is_confirmed(), "{third:?}");
    assert!(is_late(fourth), "{fourth:?}");
    connection.close().unwrap();
    script.end();
}

#[test]
fn there_are_no_outcomes_without_confirms() {
    let script = Script::with_channel(async |mut server| {
        let (_, _, body) = server.expect_content(1).await;
        assert_eq!(body, "x");
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let publisher = channel.publisher().max_in_flight(1);
    let refused = send(&publisher, "x").unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::State);
    let message = Outgoing::new(
        basic::Publish::new("", "q"),
        basic::Properties::default(),
        "x",
    );
    let refused = publisher.basic_publish_batch(&[message]).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::State);
    let publish = basic::Publish::new("", "q");
    let properties = basic::Properties::default();
    publisher.basic_publish(publish, properties, "x").unwrap();
    connection.close().unwrap();
    script.end();
}
