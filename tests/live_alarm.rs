//! A live RabbitMQ under a memory alarm. A binary of its own: the alarm holds up every publisher of the broker.
//!
//! To run it, as `tests/live.rs` says; it needs the broker that `scripts/rabbitmq` has started.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "helpers of tests"
)]

#[path = "live/broker.rs"]
mod broker;

use std::time::Duration;

use leveret::{Connection, ConnectionEvent, ConnectionState, ErrorKind};

use broker::{broker, ctl, publish};

/// Long enough to look at the connection while it is blocked, on a machine that has other things to do.
const LIMIT: Duration = Duration::from_secs(2);

/// RabbitMQ: says `connection.blocked` to whoever publishes while memory is short.
#[tokio::test]
async fn a_connection_that_is_blocked_for_too_long_ends_for_that_reason() {
    let Some(parameters) = broker() else { return };
    if ctl(&["set_vm_memory_high_watermark", "absolute", "1MB"]).is_none() {
        return;
    }
    let parameters = parameters.blocked_connection_timeout(LIMIT);
    let connection = Connection::connect(parameters).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    let mut events = connection.events();
    let mut watch = connection.watch_state();
    publish(&channel, "", "nobody", "under alarm").await;
    let event = events.next().await.unwrap().unwrap();
    let state = watch.changed().await.unwrap();
    let error = connection.closed().await;
    let blocked_time = connection.metrics().blocked_time;
    ctl(&["set_vm_memory_high_watermark", "absolute", "512MB"]).unwrap();
    assert_eq!(error.kind(), ErrorKind::BlockedTimeout, "{error}");
    assert!(error.is_timeout() && error.is_retryable());
    assert!(
        matches!(&event, ConnectionEvent::Blocked { reason } if reason.contains("memory")),
        "{event:?}"
    );
    assert!(matches!(state, ConnectionState::Blocked(_)), "{state:?}");
    assert!(blocked_time >= LIMIT);
}
