//! How connections end, and that everybody hears the same reason.

use std::time::Duration;

use amqp_test_broker::{Peer, Stage, StreamPeer};
use leveret::amqp_methods::{channel, connection, queue};
use leveret::proto::Outcome;
use leveret::{Channel, Connection, ErrorKind, Initiator};
use tokio::io::{DuplexStream, duplex, join};
use tokio::time::Instant;

use super::meet::{
    answered, connect, connect_with, connect_with_channel, connect_with_confirms, consume,
    parameters, publish, publish_confirmed, settle,
};

#[tokio::test(start_paused = true)]
async fn closing_is_agreed_on() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let (closed, ()) = tokio::join!(connection.close(), async {
        let close = server.expect::<connection::Close<'_>>(0).await;
        assert_eq!(
            (close.reply_code, close.reply_text),
            (200, "closed by the application".into())
        );
        server.send(0, connection::CloseOk).await;
        server.expect_end().await;
    });
    closed.unwrap();
    // Again is no error.
    connection.close().await.unwrap();
    let error = channel.close_error().unwrap();
    assert_eq!(
        error.to_string(),
        "connection to localhost port 5672 over a stream closed by client: 200 closed by the application"
    );
    assert!(!error.is_channel());
}

#[tokio::test(start_paused = true)]
async fn closing_does_not_wait_for_the_silent() {
    let parameters = parameters().close_timeout(Duration::from_secs(3));
    for room in [4096, 600] {
        let (connection, mut server) = connect_with(&parameters, room).await;
        let channel = answered(&mut server, connection.open_channel())
            .await
            .unwrap();
        // Fills the smaller stream, so that not even the close can be written.
        publish(&channel, &"x".repeat(1000)).await.unwrap();
        settle().await;
        let begun = Instant::now();
        connection.close().await.unwrap();
        let took = begun.elapsed().as_millis();
        assert!((2_900..3_100).contains(&took), "{took} ms");
        // And the stream is left soon after.
        tokio::time::sleep(Duration::from_secs(4)).await;
        drop(connection);
        while server.next_frame().await.is_some() {}
        assert!(begun.elapsed() < Duration::from_secs(8));
    }
}

#[tokio::test(start_paused = true)]
async fn a_close_timeout_of_zero_waits_for_nothing() {
    let parameters = parameters().close_timeout(Duration::ZERO);
    let (connection, mut server) = connect_with(&parameters, 4096).await;
    let begun = Instant::now();
    connection.close().await.unwrap();
    assert!(begun.elapsed() < Duration::from_millis(10));
    server.expect::<connection::Close<'_>>(0).await;
    server.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn the_server_s_reason_is_everybody_s() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    for _ in 1..=2 {
        consumer.next().await.unwrap().unwrap();
    }
    let receipt = publish_confirmed(&channel, "x").await;
    let call = tokio::spawn({
        let channel = channel.clone();
        async move { channel.call(queue::Declare::new("q")).await }
    });
    settle().await;
    let close = connection::Close::new(320, "CONNECTION_FORCED - node is shutting down", 0, 0);
    server.send(0, close).await;
    let text = "connection to localhost port 5672 over a stream closed by server: 320 CONNECTION_FORCED - node is shutting down";
    let told = [
        call.await.unwrap().unwrap_err(),
        consumer.next().await.unwrap().unwrap_err(),
        publish(&channel, "y").await.unwrap_err(),
        channel.wait_for_confirms().await.unwrap_err(),
        channel.returned().await.unwrap_err(),
        channel.close().await.unwrap_err(),
        channel.close_error().unwrap(),
        connection.open_channel().await.unwrap_err(),
        connection.closed().await,
        connection.close_error().unwrap(),
        connection.close().await.unwrap_err(),
    ];
    for error in told {
        assert_eq!(error.to_string(), text);
        assert_eq!(error.close_reason().unwrap().initiator, Initiator::Server);
    }
    match receipt.await {
        Outcome::InDoubt(error) => assert_eq!(error.to_string(), text),
        other => panic!("{other:?}"),
    }
    while server.peer().stage() != Stage::Closed {
        assert!(server.next_frame().await.is_some(), "no close-ok");
    }
    server.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn hanging_up_in_the_middle_of_a_frame_is_a_loss() {
    for octets in [&b""[..], b"\x01", b"\x01\0\x01\0\0\0\x20\0\x32"] {
        let (connection, channel, mut server) = connect_with_channel().await;
        let call = tokio::spawn(async move { channel.call(queue::Declare::new("q")).await });
        settle().await;
        server.send_raw(octets).await;
        drop(server);
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost);
        assert_eq!(
            error.to_string(),
            "the connection to localhost port 5672 over a stream was lost: the server hung up without closing the connection"
        );
        assert_eq!(connection.close().await.unwrap_err().kind(), error.kind());
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_writing_is_gone() {
    let (connection, mut server) = connect().await;
    server.shutdown().await;
    assert_eq!(connection.closed().await.kind(), ErrorKind::ConnectionLost);
    server.expect_end().await;
}

#[tokio::test(start_paused = true)]
async fn a_breach_of_the_protocol_is_answered_and_told() {
    let (connection, mut server) = connect().await;
    server
        .send_raw(b"\x01\0\x01\0\0\0\x04\0\x32\0\x0b\xcd")
        .await;
    let error = connection.closed().await;
    assert_eq!(error.kind(), ErrorKind::Protocol);
    let close = server.expect::<connection::Close<'_>>(0).await;
    assert_eq!(close.reply_code, 501);
}

/// A connection over two streams, of which the one that the client writes to was dropped by the server.
/// Gives the other.
async fn with_a_broken_writer() -> (Connection, Channel, DuplexStream) {
    let (to_server, at_server) = duplex(4096);
    let (from_server, to_client) = duplex(4096);
    let client = join(from_server, to_server);
    let mut server = StreamPeer::new(join(at_server, to_client)).patience(None);
    let parameters = parameters();
    let (connection, ()) = tokio::join!(
        Connection::connect_over(client, &parameters),
        server.handshake()
    );
    let connection = connection.unwrap();
    let (channel, ()) = tokio::join!(connection.open_channel(), async {
        server.expect::<channel::Open>(1).await;
        server.send(1, channel::OpenOk).await;
    });
    let (reader, writer) = server.into_parts().0.into_inner();
    drop(reader);
    (connection, channel.unwrap(), writer)
}

#[tokio::test(start_paused = true)]
async fn a_failing_write_is_noticed_while_nothing_comes() {
    let (connection, channel, _writer) = with_a_broken_writer().await;
    let begun = Instant::now();
    publish(&channel, "x").await.unwrap();
    let error = connection.closed().await;
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert_eq!(
        error.to_string(),
        "the connection to localhost port 5672 over a stream was lost: broken pipe"
    );
}

#[tokio::test(start_paused = true)]
async fn the_server_s_reason_outlives_a_failing_write() {
    for delay in [0, 300] {
        let (connection, channel, mut writer) = with_a_broken_writer().await;
        let mut peer = Peer::open();
        peer.sends(connection::Close::new(320, "CONNECTION_FORCED", 0, 0));
        publish(&channel, "x").await.unwrap();
        tokio::time::sleep(Duration::from_millis(delay)).await;
        tokio::io::AsyncWriteExt::write_all(&mut writer, &peer.transmit())
            .await
            .unwrap();
        drop(writer);
        let error = connection.closed().await;
        assert_eq!(
            error.to_string(),
            "connection to localhost port 5672 over a stream closed by server: 320 CONNECTION_FORCED"
        );
        let later = publish(&channel, "y").await.unwrap_err();
        assert_eq!(later.to_string(), error.to_string());
    }
}
