//! Streams of every kind, with and without TLS.

use std::time::Duration;

use leveret::amqp_methods::{basic, channel};
use leveret::{ConnectStage, Connection, Credentials, ErrorKind, TlsFailure};
use tokio::io::duplex;
use tokio::net::TcpListener;

use super::authority::Authority;
use super::files::file;
use super::server::{HOST, Server, parameters, peer, trusting};

/// Large and small, through records of 16 KiB and a stream with less room than one.
#[tokio::test]
async fn bodies_of_every_size_pass_through_tls() {
    let authority = Authority::root("ours");
    let config = Server::of(&authority.issue(&[HOST]));
    let (client, stream) = duplex(1000);
    let parameters = parameters(HOST, trusting(&authority));
    let sizes = [0_usize, 1, 16_383, 16_384, 200_000];
    let serving = tokio::spawn(async move {
        let stream = config.acceptor().accept(stream).await.unwrap();
        let mut peer = peer(stream);
        peer.handshake().await;
        peer.expect::<channel::Open>(1).await;
        peer.send(1, channel::OpenOk).await;
        for size in sizes {
            let (.., body) = peer.expect_content(1).await;
            assert_eq!(body.len(), size);
            assert!(body.iter().all(|octet| *octet == 7));
        }
        peer.serve_auto().await;
    });
    let connection = Connection::connect_over(client, &parameters).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    for size in sizes {
        let publish = basic::Publish::new("", "q");
        let properties = basic::Properties::default();
        channel
            .basic_publish(publish, properties, vec![7; size])
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
    serving.await.unwrap();
}

/// A server on a port of this machine, found by its URL.
#[tokio::test]
async fn amqps_urls_connect_over_tcp() {
    let authority = Authority::root("ours");
    let app = authority.issue(&["app"]);
    let server = Server::asking(
        &authority.issue(&["localhost", "127.0.0.1"]),
        &authority,
        &leveret::rustls::version::TLS13,
    );
    let ca = file("url-ca.pem", &authority.pem());
    let (certificate, key) = (file("url.pem", &app.pem), file("url.key", &app.key_pem()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = server.acceptor();
    let serving = tokio::spawn(async move {
        for _ in 0..2 {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut peer = peer(stream);
            peer.handshake().await;
            peer.serve_auto().await;
        }
    });
    let base = format!("amqps://127.0.0.1:{port}/%2F?cacertfile={}", ca.display());
    let url = format!(
        "{base}&certfile={}&keyfile={}&auth_mechanism=external",
        certificate.display(),
        key.display()
    );
    let connection = Connection::connect(url).await.unwrap();
    connection.close().await.unwrap();

    let error = Connection::connect(base).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
    assert_eq!(
        error.tls_failure(),
        Some(TlsFailure::ClientCertificateMissing)
    );
    assert_eq!(error.stage(), Some(ConnectStage::Tls));
    assert_eq!(error.address(), Some(&*format!("127.0.0.1 port {port}")));
    assert_eq!(error.attempts().len(), 1);
    serving.await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn unix_sockets_carry_connections_with_tls_and_without() {
    use tokio::net::UnixStream;

    let authority = Authority::root("ours");
    let server = Server::of(&authority.issue(&[HOST]));
    let (client, stream) = UnixStream::pair().unwrap();
    let acceptor = server.acceptor();
    let serving = tokio::spawn(async move {
        let stream = acceptor.accept(stream).await.unwrap();
        let mut peer = peer(stream);
        peer.handshake().await;
        peer.serve_auto().await;
    });
    let secured = parameters(HOST, trusting(&authority));
    let connection = Connection::connect_over(client, &secured).await.unwrap();
    connection.close().await.unwrap();
    serving.await.unwrap();

    let (client, stream) = UnixStream::pair().unwrap();
    let serving = tokio::spawn(async move {
        let mut peer = peer(stream);
        peer.handshake().await;
        peer.serve_auto().await;
    });
    let plain = leveret::ConnectionParameters::default()
        .heartbeat(Duration::ZERO)
        .credentials(Credentials::external());
    let connection = Connection::connect_over(client, &plain).await.unwrap();
    connection.close().await.unwrap();
    serving.await.unwrap();
}
