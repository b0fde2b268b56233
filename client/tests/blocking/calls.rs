//! Connecting, calls, fetching.

use std::time::Duration;

use amqp_test_broker::Stage;
use leveret::amqp_methods::{basic, channel, connection, exchange, queue};
use leveret::blocking::Connection;
use leveret::{ConnectionParameters, ErrorKind};
use tokio::net::TcpSocket;

use super::meet::Script;

#[test]
fn a_session_from_first_to_last() {
    let script = Script::new(async |mut server| {
        server.serve_auto().await;
        assert_eq!(server.peer().stage(), Stage::Closed);
    });
    let connection = script.connect();
    assert!(connection.tuning().frame_max > 0);
    assert!(!connection.is_blocked());
    let properties = connection.server_properties();
    assert!(properties.get("product").unwrap().is_some());
    let channel = connection.open_channel().unwrap();
    assert_eq!(channel.number(), 1);
    channel.basic_qos(10).unwrap();
    let declared = channel.call(queue::Declare::new("jobs")).unwrap();
    assert_eq!(declared.queue, *"jobs");
    let declare = exchange::Declare::new("e", "fanout").no_wait(true);
    channel.send(declare).unwrap();
    let renew = connection::UpdateSecret::new("token", "it expires");
    connection.call(renew).unwrap();
    channel.close().unwrap();
    assert_eq!(
        channel.close_error().unwrap().kind(),
        ErrorKind::ChannelClosed
    );
    assert!(connection.close_error().is_none());
    connection.close().unwrap();
    assert_eq!(connection.closed().kind(), ErrorKind::ConnectionClosed);
    script.end();
}

#[test]
fn a_url_is_enough() {
    let script = Script::new(async |mut server| server.serve_auto().await);
    let url = format!("amqp://guest:guest@{}/%2F", script.address());
    Connection::connect(url).unwrap().close().unwrap();
    script.end();
    let error = Connection::connect("amqp:nonsense").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parameters);
}

#[test]
fn a_socket_that_the_application_has_connected() {
    let script = Script::new(async |mut server| server.serve_auto().await);
    let parameters = script.parameters();
    let stream = std::net::TcpStream::connect(script.address()).unwrap();
    let connection = Connection::connect_over_tcp(stream, &parameters).unwrap();
    connection.open_channel().unwrap().close().unwrap();
    connection.close().unwrap();
    script.end();
}

#[test]
fn nobody_at_the_address_is_an_error() {
    // Bound, and not listening: it refuses, and nobody else can have the port meanwhile.
    let nobody = TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = nobody.local_addr().unwrap().port();
    let parameters = ConnectionParameters::new("127.0.0.1").port(port);
    let error = Connection::connect(parameters).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

#[test]
fn connecting_to_somebody_silent_times_out() {
    let (ends, ended) = tokio::sync::oneshot::channel::<()>();
    let script = Script::new(async move |_server| assert!(ended.await.is_err()));
    let parameters = script
        .parameters()
        .handshake_timeout(Duration::from_millis(50));
    let error = Connection::connect(parameters).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    drop(ends);
    script.end();
}

#[test]
fn a_call_that_timed_out_leaves_the_channel_usable() {
    let (late, lateness) = tokio::sync::oneshot::channel();
    let script = Script::with_channel(async move |mut server| {
        server.expect::<queue::Declare<'_>>(1).await;
        lateness.await.unwrap();
        server.send(1, queue::DeclareOk::new("one", 1, 0)).await;
        server.expect::<queue::Declare<'_>>(1).await;
        server.send(1, queue::DeclareOk::new("two", 2, 0)).await;
        server.serve_auto().await;
    });
    let parameters = script.parameters();
    let connection = Connection::connect(parameters).unwrap();
    let channel = connection.open_channel().unwrap();
    let declare = channel.as_async().call(queue::Declare::new("one"));
    let error = connection.wait_within(Duration::from_millis(10), declare);
    assert!(error.unwrap_err().is_timeout());
    late.send(()).unwrap();
    let declared = channel.call(queue::Declare::new("two")).unwrap();
    assert_eq!(declared.message_count, 2);
    connection.close().unwrap();
    script.end();
}

#[test]
fn the_deadline_of_calls_runs_without_a_runtime_here() {
    let (ends, ended) = tokio::sync::oneshot::channel::<()>();
    let script = Script::with_channel(async move |mut server| {
        server.expect::<queue::Declare<'_>>(1).await;
        assert!(ended.await.is_err());
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let hasty = channel.with_call_timeout(Duration::from_millis(50));
    let error = hasty.call(queue::Declare::new("q")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("queue.declare"), "{error}");
    drop(ends);
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_message_is_fetched_and_settled() {
    let script = Script::with_channel(async |mut server| {
        server.expect::<basic::Get<'_>>(1).await;
        server.send(1, basic::GetEmpty).await;
        server.expect::<basic::Get<'_>>(1).await;
        let ok = basic::GetOk::new(7, "", "q", 3);
        server
            .send_content(1, ok, &basic::Properties::default(), b"body")
            .await;
        server.expect_method(1, &basic::Ack::new(7)).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    assert!(channel.basic_get(basic::Get::new("q")).unwrap().is_none());
    let delivery = channel.basic_get(basic::Get::new("q")).unwrap().unwrap();
    assert_eq!(delivery.body(), b"body");
    assert_eq!(delivery.message_count(), Some(3));
    delivery.ack().unwrap();
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_channel_that_the_server_closes_says_why_to_every_call() {
    let script = Script::with_channel(async |mut server| {
        server.expect::<queue::Declare<'_>>(1).await;
        let text = "NOT_FOUND - no queue 'q'";
        server.send(1, channel::Close::new(404, text, 50, 10)).await;
        server.expect::<channel::CloseOk>(1).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    for _ in 0..2 {
        let declare = queue::Declare::new("q").passive(true);
        let error = channel.call(declare).unwrap_err();
        assert_eq!(error.reply_code().unwrap().get(), 404);
        assert!(error.is_channel());
    }
    let error = channel.close().unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 404);
    assert_eq!(connection.open_channel().unwrap().number(), 1);
    connection.close().unwrap();
    script.end();
}
