//! Publishing to a live RabbitMQ that is short of memory. In a program of its own, because the server then holds back
//! everybody. It needs the broker of `scripts/rabbitmq`; see `live.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]
#![allow(
    dead_code,
    reason = "what is shared with `live.rs` is not all used here"
)]

#[path = "live/broker.rs"]
mod broker;

use std::time::Duration;

use leveret::amqp_methods::{basic, queue};
use leveret::{Connection, ErrorKind, Hold, PressureRule, WhenHeld};

use broker::{broker, ctl, own_queue};

/// The server is short of memory for as long as this lives.
struct Shortage;

impl Shortage {
    /// None where the broker is somebody else's.
    async fn begin() -> Option<Self> {
        tokio::task::spawn_blocking(|| ctl(&["set_vm_memory_high_watermark", "absolute", "1MB"]))
            .await
            .unwrap()?;
        Some(Self)
    }
}

impl Drop for Shortage {
    fn drop(&mut self) {
        ctl(&["set_vm_memory_high_watermark", "absolute", "512MB"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_publisher_does_what_it_was_told_while_the_server_takes_nothing() {
    let Some(parameters) = broker() else { return };
    let connection = Connection::connect(parameters).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    let queue = own_queue(&channel).await;
    channel.confirm_select().await.unwrap();
    let Some(shortage) = Shortage::begin().await else {
        return;
    };
    let publish = || basic::Publish::new("", &*queue);
    let properties = basic::Properties::default;
    let impatient = channel.publisher().when_held(WhenHeld::Fail);
    // The server says that it takes nothing when somebody publishes.
    let first = impatient
        .basic_publish_confirmed(publish(), properties(), "first")
        .await
        .unwrap();
    while !connection.is_blocked() {
        tokio::task::yield_now().await;
    }

    let error = impatient
        .basic_publish(publish(), properties(), "never")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Held(Hold::Blocked));
    let limit = WhenHeld::WaitAtMost(Duration::from_millis(50));
    let error = impatient
        .clone()
        .when_held(limit)
        .basic_publish(publish(), properties(), "never")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Held(Hold::Blocked));
    let patient = channel.publisher();
    let waiting = tokio::spawn({
        let (publish, properties) = (publish().into_owned(), properties());
        async move {
            let receipt = patient.basic_publish_confirmed(publish, properties, "patient");
            receipt.await.unwrap().await
        }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());

    tokio::task::spawn_blocking(move || drop(shortage))
        .await
        .unwrap();
    assert!(waiting.await.unwrap().is_confirmed());
    assert!(!connection.is_blocked());
    // What was held back from them was not sent, and the first was.
    assert!(first.await.is_confirmed());
    let purged = channel.call(queue::Purge::new(&*queue)).await.unwrap();
    assert_eq!(purged.message_count, 2);
    assert_eq!(connection.write_pressure().octets(), 0);
    let mut watch = connection.watch_pressure(PressureRule::FrameRatio(10.0));
    connection.close().await.unwrap();
    assert!(watch.changed().await.is_err());
}
