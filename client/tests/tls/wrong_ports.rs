//! Ports behind which something else is, or nobody.

use std::time::Duration;

use amqp_test_broker::StreamPeer;
use leveret::{ConnectStage, Connection, ConnectionParameters, Error, ErrorKind, TlsFailure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::Instant;

use super::authority::Authority;
use super::server::{HOST, Server, parameters, trusting};

/// Connects by TLS to a script.
async fn fails<F: Future<Output = ()> + Send + 'static>(
    server: impl FnOnce(DuplexStream) -> F,
) -> Error {
    let (client, stream) = duplex(16 * 1024);
    tokio::spawn(server(stream));
    let parameters = parameters(HOST, trusting(&Authority::root("ours")))
        .tls_handshake_timeout(Duration::from_secs(4));
    let error = Connection::connect_over(client, &parameters).await;
    let error = error.unwrap_err();
    assert_eq!(error.stage(), Some(ConnectStage::Tls), "{error}");
    error
}

/// Answers the first octets with these, and then waits for the client to leave.
async fn answer(mut stream: DuplexStream, octets: &'static [u8]) {
    let mut hello = [0; 16];
    stream.read_exact(&mut hello).await.unwrap();
    stream.write_all(octets).await.unwrap();
    let _ = stream.read_to_end(&mut Vec::new()).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_no_tls_is_recognised() {
    for (octets, text) in [
        // RabbitMQ: what its plain port says to anything but a protocol header
        (&b"AMQP\x00\x00\x09\x01"[..], "it is AMQP without TLS"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "it answers in HTTP"),
        (b"SSH-2.0-OpenSSH", "its answer is something else"),
    ] {
        let error = fails(|stream| answer(stream, octets)).await;
        assert_eq!(error.kind(), ErrorKind::Tls);
        assert_eq!(error.tls_failure(), Some(TlsFailure::NotTls));
        let expected =
            format!("TLS failed: broker.test port 5671 over a stream does not speak TLS: {text}");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_up_is_told() {
    let error = fails(|mut stream| async move {
        let mut hello = [0; 16];
        stream.read_exact(&mut hello).await.unwrap();
    });
    let error = error.await;
    assert_eq!(error.kind(), ErrorKind::Tls);
    assert_eq!(error.tls_failure(), Some(TlsFailure::HungUp));
    assert_eq!(
        error.to_string(),
        "TLS failed: broker.test port 5671 over a stream hung up during the handshake of TLS"
    );
}

#[tokio::test(start_paused = true)]
async fn silence_ends_with_the_time_for_tls() {
    let begun = Instant::now();
    let error = fails(|stream| answer(stream, b"")).await;
    assert_eq!(begun.elapsed(), Duration::from_secs(4));
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(
        error.to_string(),
        "timed out: no TLS with broker.test port 5671 over a stream within 4s"
    );
}

#[tokio::test]
async fn alerts_are_told() {
    for (octets, failure, text) in [
        (
            &b"\x15\x03\x03\x00\x02\x02\x28"[..],
            TlsFailure::NothingInCommon,
            "no version or cipher of TLS is in common with broker.test port 5671 over a stream (HandshakeFailure)",
        ),
        (
            b"\x15\x03\x03\x00\x02\x02\x46",
            TlsFailure::NothingInCommon,
            "no version or cipher of TLS is in common with broker.test port 5671 over a stream (ProtocolVersion)",
        ),
        (
            b"\x15\x03\x03\x00\x02\x02\x70",
            TlsFailure::NameRefused,
            "broker.test port 5671 over a stream knows nobody by the name broker.test",
        ),
        (
            b"\x15\x03\x03\x00\x02\x02\x50",
            TlsFailure::Refused,
            "broker.test port 5671 over a stream refused: InternalError",
        ),
        (
            b"\x17\x03\x03\x00\x02\x02\x50",
            TlsFailure::Broken,
            "broker.test port 5671 over a stream does something that TLS does not allow",
        ),
    ] {
        let error = fails(|stream| answer(stream, octets)).await;
        assert_eq!(error.tls_failure(), Some(failure), "{error}");
        assert!(
            error
                .to_string()
                .starts_with(&format!("TLS failed: {text}")),
            "{error}"
        );
    }
}

/// Both speak TLS, and nothing else is in common.
#[tokio::test(start_paused = true)]
async fn what_is_said_within_tls_is_recognised_too() {
    let authority = Authority::root("ours");
    let (client, stream) = duplex(16 * 1024);
    let serving = tokio::spawn(async move {
        let mut peer = StreamPeer::new(stream).patience(None);
        peer.expect_protocol_header().await;
        peer.send_raw(b"\x15\x03\x03\x00\x02\x02\x46").await;
    });
    let plain = ConnectionParameters::new(HOST).heartbeat(Duration::ZERO);
    let error = Connection::connect_over(client, &plain).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProtocolVersion);
    assert_eq!(error.stage(), Some(ConnectStage::Protocol));
    serving.await.unwrap();

    // The same port, with a server that really is there.
    let server = Server::of(&authority.issue(&[HOST]));
    let error = server.refused(&plain).await;
    assert_eq!(error.kind(), ErrorKind::ProtocolVersion, "{error}");
    assert_eq!(
        error.to_string(),
        "the server does not speak AMQP 0-9-1: the server answers in TLS"
    );
}
