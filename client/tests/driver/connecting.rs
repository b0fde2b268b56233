//! Opening a connection, and how that fails.

use std::error::Error as _;
use std::time::Duration;

use amqp_test_broker::{Stage, StreamPeer};
use leveret::amqp_methods::connection;
use leveret::{ConnectStage, Connection, ConnectionParameters, Error, ErrorKind};
use tokio::io::duplex;
use tokio::net::TcpSocket;
use tokio::time::Instant;

use super::meet::{begin_and_drop, connect, parameters};

#[tokio::test]
async fn an_address_that_refuses_is_named() {
    // Bound, and not listening: it refuses, and nobody else can have the port meanwhile.
    let nobody = TcpSocket::new_v4().unwrap();
    nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = nobody.local_addr().unwrap().port();
    let parameters = ConnectionParameters::new("127.0.0.1").port(port);
    let error = Connection::connect(parameters).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(
        error.to_string(),
        format!("input or output failed: cannot connect to 127.0.0.1 port {port}")
    );
    let cause = error.source().unwrap().to_string();
    assert!(cause.contains("refused"));
    assert_eq!(format!("{error:#}"), format!("{error}: {cause}"));
}

#[tokio::test]
async fn parameters_are_checked_first() {
    let error = Connection::connect(parameters().frame_max(5))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parameters);
}

/// A server that goes as far as `stage` and then does what `then` says.
async fn fails_at(stage: Stage, then: Then) -> (Error, Duration) {
    let (client, server) = duplex(4096);
    let mut server = StreamPeer::new(server).patience(None);
    let parameters = parameters().handshake_timeout(Duration::from_secs(7));
    let begun = Instant::now();
    let script = async move {
        server.handshake_until(stage).await;
        match then {
            Then::Silence => std::future::pending().await,
            Then::HangUp => drop(server),
            Then::Raw(octets) => {
                server.send_raw(octets).await;
                server.serve_auto().await;
            }
            Then::Close(code) => {
                let close = connection::Close::new(code, "NAME - because", 0, 0);
                server.send(0, close).await;
                server.expect::<connection::CloseOk>(0).await;
                server.expect_end().await;
            }
        }
    };
    let script = tokio::spawn(script);
    let error = Connection::connect_over(client, &parameters)
        .await
        .unwrap_err();
    let took = begun.elapsed();
    match then {
        Then::Silence => script.abort(),
        _ => script.await.unwrap(),
    }
    (error, took)
}

#[derive(Clone, Copy)]
enum Then {
    Silence,
    HangUp,
    Raw(&'static [u8]),
    Close(u16),
}

#[tokio::test(start_paused = true)]
async fn silence_at_any_stage_is_a_timeout_that_says_what_was_due() {
    for (stage, due, hint) in [
        (Stage::Connected, "connection.start", "; is it a TLS port?"),
        (Stage::Header, "connection.start", "; is it a TLS port?"),
        (Stage::StartOk, "connection.tune", ""),
        (Stage::Open, "connection.open-ok", ""),
    ] {
        let (error, took) = fails_at(stage, Then::Silence).await;
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.is_timeout());
        assert_eq!(
            error.to_string(),
            format!("timed out: no {due} from the server{hint}")
        );
        assert!(
            (7000..7010).contains(&took.as_millis()),
            "{stage:?} took {took:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn hanging_up_at_any_stage_is_explained() {
    for (stage, kind, text) in [
        (
            Stage::Header,
            ErrorKind::ConnectionLost,
            "the connection was lost: the server hung up on the protocol header; is it a TLS port?",
        ),
        (
            Stage::StartOk,
            ErrorKind::AuthenticationRefused,
            "the server refused the credentials: the server hung up on the login without a word; it \
             may not accept the user or the password",
        ),
        (
            Stage::Open,
            ErrorKind::ConnectionLost,
            "the connection was lost: the server hung up on connection.open; may the user enter the \
             virtual host?",
        ),
    ] {
        let (error, took) = fails_at(stage, Then::HangUp).await;
        assert_eq!((error.kind(), &*error.to_string()), (kind, text));
        assert!(took < Duration::from_secs(2), "{stage:?} took {took:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_closes_is_quoted() {
    let (error, _) = fails_at(Stage::StartOk, Then::Close(403)).await;
    assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
    assert_eq!(
        error.to_string(),
        "the server refused the credentials: 403 NAME - because"
    );
    let (error, _) = fails_at(Stage::Open, Then::Close(530)).await;
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    assert_eq!(error.reply_code().unwrap().get(), 530);
    assert_eq!(
        error.to_string(),
        "connection closed by server: 530 NAME - because"
    );
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_ends_as_soon_as_it_is_open_came_as_far_as_that() {
    let open_ok_and_close = b"\x01\0\0\0\0\0\x05\0\x0a\0\x29\0\xce\
        \x01\0\0\0\0\0\x0e\0\x0a\0\x32\x01\x40\x03bye\0\0\0\0\xce";
    let (error, _) = fails_at(Stage::Open, Then::Raw(open_ok_and_close)).await;
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    assert_eq!(error.stage(), Some(ConnectStage::Open));
    let text = "connection closed by server: 320 bye";
    assert_eq!(error.to_string(), text);
    assert!(error.is_retryable());
}

#[tokio::test(start_paused = true)]
async fn servers_of_another_kind_are_recognised() {
    for (octets, text) in [
        (
            &b"AMQP\x03\x01\x00\x00"[..],
            "the server asks for the protocol header 3 1 0 0",
        ),
        (
            b"HTTP/1.1 400 Bad Request\r\n",
            "the server answers in HTTP",
        ),
        (b"\x15\x03\x01\x00\x02\x02\x46", "the server answers in TLS"),
    ] {
        let (error, _) = fails_at(Stage::Header, Then::Raw(octets)).await;
        assert_eq!(error.kind(), ErrorKind::ProtocolVersion);
        assert_eq!(
            error.to_string(),
            format!("the server does not speak AMQP 0-9-1: {text}")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn dropping_the_future_ends_the_stream() {
    let (client, server) = duplex(4096);
    let mut server = StreamPeer::new(server).patience(None);
    begin_and_drop(Connection::connect_over(client, &parameters())).await;
    server.expect_protocol_header().await;
    while server.next_frame().await.is_some() {}
}

#[tokio::test(start_paused = true)]
async fn an_open_connection_knows_its_server() {
    let (connection, server) = connect().await;
    let tuning = connection.tuning();
    assert_eq!(
        (tuning.channel_max, tuning.frame_max, tuning.heartbeat),
        (2047, 131_072, 0)
    );
    let properties = connection.server_properties();
    let product = properties.get("product").unwrap().unwrap();
    assert_eq!(product.as_str(), Some("amqp-test-broker"));
    assert!(connection.close_error().is_none());
    assert_eq!(server.peer().opened().unwrap().virtual_host, *"/");
}
