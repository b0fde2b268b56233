//! Deadlines of calls, and what is left of a call that has missed its own.

use std::time::Duration;

use leveret::amqp_methods::{basic, channel, confirm, connection, queue};
use leveret::{Error, ErrorKind};
use tokio::time::Instant;

use super::meet::{answered, connect_with_channel};

const SECOND: Duration = Duration::from_secs(1);

/// The call fails for want of an answer after so many seconds.
async fn times_out<T: std::fmt::Debug>(
    call: impl Future<Output = Result<T, Error>>,
    seconds: u64,
    method: &str,
) {
    let begun = Instant::now();
    let error = call.await.unwrap_err();
    assert_eq!(begun.elapsed().as_secs(), seconds);
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_timeout() && error.is_retryable());
    assert!(!error.is_channel() && !error.is_connection());
    let text = format!("timed out: no answer to {method} within {seconds}s");
    assert_eq!(error.to_string(), text);
}

#[tokio::test(start_paused = true)]
async fn a_handle_has_a_deadline_of_its_own_for_everything_that_waits_for_an_answer() {
    let (connection, channel, _server) = connect_with_channel().await;
    let hasty = channel.with_call_timeout(3 * SECOND);
    times_out(hasty.call(queue::Declare::new("q")), 3, "queue.declare").await;
    times_out(hasty.clone().confirm_select(), 3, "confirm.select").await;
    times_out(hasty.basic_qos(1), 3, "basic.qos").await;
    times_out(hasty.basic_get(basic::Get::new("q")), 3, "basic.get").await;
    let consume = hasty.basic_consume(basic::Consume::new("q", "c"));
    times_out(consume, 3, "basic.consume").await;
    // The other handle of the same channel has the connection's.
    times_out(channel.call(queue::Purge::new("q")), 30, "queue.purge").await;

    let hasty = connection.with_call_timeout(2 * SECOND);
    times_out(hasty.open_channel(), 2, "channel.open").await;
    let renewed = connection::UpdateSecret::new("s", "");
    times_out(hasty.call(renewed), 2, "connection.update-secret").await;
    times_out(
        channel.with_call_timeout(SECOND).close(),
        1,
        "channel.close",
    )
    .await;
    assert!(connection.close_error().is_none());
}

#[tokio::test(start_paused = true)]
async fn every_call_that_timed_out_leaves_the_channel_usable() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let hasty = channel.with_call_timeout(SECOND);
    assert!(hasty.call(queue::Declare::new("a")).await.is_err());
    assert!(hasty.confirm_select().await.is_err());
    assert!(hasty.basic_get(basic::Get::new("q")).await.is_err());
    let consume = basic::Consume::new("q", "c");
    assert!(hasty.basic_consume(consume).await.is_err());
    let hasty = connection.with_call_timeout(SECOND);
    assert!(hasty.open_channel().await.is_err());

    // All late answers, and among them what is undone.
    let late = async {
        server.expect::<queue::Declare<'_>>(1).await;
        server.expect::<confirm::Select>(1).await;
        server.expect::<basic::Get<'_>>(1).await;
        server.expect::<basic::Consume<'_>>(1).await;
        server.expect::<channel::Open>(2).await;
        server.send(1, queue::DeclareOk::new("a", 0, 0)).await;
        server.send(1, confirm::SelectOk).await;
        let fetched = basic::GetOk::new(1, "", "q", 0);
        let properties = basic::Properties::default();
        server.send_content(1, fetched, &properties, b"late").await;
        server.send(1, basic::ConsumeOk::new("c")).await;
        server.send(2, channel::OpenOk).await;
        server.expect::<basic::Nack>(1).await;
        server.expect::<basic::Cancel<'_>>(1).await;
        server.send(1, basic::CancelOk::new("c")).await;
        server.expect::<channel::Close<'_>>(2).await;
        server.send(2, channel::CloseOk).await;
    };
    late.await;
    let ok = answered(&mut server, channel.call(queue::Declare::new("b"))).await;
    assert_eq!(ok.unwrap().queue, *"b");
    let metrics = connection.metrics();
    assert_eq!((metrics.channels, metrics.unsettled), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn channels_take_the_deadline_of_the_handle_that_opens_them() {
    let (connection, _channel, mut server) = connect_with_channel().await;
    let hasty = connection.with_call_timeout(5 * SECOND);
    let channel = answered(&mut server, hasty.open_channel()).await.unwrap();
    times_out(channel.call(queue::Declare::new("q")), 5, "queue.declare").await;
    // As long as a year and as short as nothing.
    let endless = channel.with_call_timeout(Duration::MAX);
    let ok = answered(&mut server, endless.call(queue::Declare::new("q"))).await;
    assert!(ok.is_ok());
    let hopeless = channel.with_call_timeout(Duration::ZERO);
    let error = hopeless.call(queue::Declare::new("q")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}
