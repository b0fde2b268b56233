//! Servers with TLS, in memory.

use std::sync::Arc;
use std::time::Duration;

use amqp_test_broker::{Peer, StreamPeer};
use leveret::rustls::crypto::ring;
use leveret::rustls::server::WebPkiClientVerifier;
use leveret::rustls::version::{TLS12, TLS13};
use leveret::rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use leveret::{Connection, ConnectionParameters, Error, TlsParameters};
use tokio::io::{DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::authority::{Authority, Identity};

/// The name by which servers go.
pub(crate) const HOST: &str = "broker.test";

pub(crate) const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// What a server does.
#[derive(Clone)]
pub(crate) struct Server {
    config: ServerConfig,
}

/// What a server has seen of its client.
#[derive(Debug, Default, Eq, PartialEq)]
pub(crate) struct Seen {
    pub(crate) name: Option<String>,
    pub(crate) has_certificate: bool,
    pub(crate) mechanism: String,
}

impl Server {
    /// One that shows a certificate, and asks for none.
    pub(crate) fn of(identity: &Identity) -> Self {
        Self::with(identity, None, &VERSIONS)
    }

    /// One that wants a certificate of that authority.
    pub(crate) fn asking(
        identity: &Identity,
        authority: &Authority,
        version: &'static SupportedProtocolVersion,
    ) -> Self {
        Self::with(identity, Some(authority), &[version])
    }

    pub(crate) fn with(
        identity: &Identity,
        asks_for: Option<&Authority>,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Self {
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .unwrap();
        let builder = match asks_for {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.der()).unwrap();
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build();
                builder.with_client_cert_verifier(verifier.unwrap())
            }
        };
        let config = builder.with_single_cert(identity.chain.clone(), identity.key());
        Self {
            config: config.unwrap(),
        }
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::new(self.config.clone()))
    }

    /// Serves one client until it leaves; none if they did not come together.
    pub(crate) fn serve(&self, stream: DuplexStream) -> JoinHandle<Option<Seen>> {
        let acceptor = self.acceptor();
        tokio::spawn(async move {
            let stream = acceptor.accept(stream).await.ok()?;
            let mut seen = seen(&stream);
            let mut peer = peer(stream);
            peer.handshake().await;
            let start_ok = peer.peer().start_ok().unwrap();
            seen.mechanism = start_ok.mechanism.to_string();
            peer.serve_auto().await;
            Some(seen)
        })
    }

    /// What comes of connecting to it, and what it has seen by then.
    pub(crate) async fn meet(&self, parameters: &ConnectionParameters) -> Result<Seen, Error> {
        let (client, server) = duplex(16 * 1024);
        let serving = self.serve(server);
        let connection = Connection::connect_over(client, parameters).await?;
        connection.open_channel().await?;
        connection.close().await?;
        Ok(serving.await.unwrap().expect("a connection came about"))
    }

    /// Why connecting to it fails.
    pub(crate) async fn refused(&self, parameters: &ConnectionParameters) -> Error {
        self.meet(parameters).await.expect_err("it has to fail")
    }
}

/// A peer that takes certificates for a login.
pub(crate) fn peer<S>(stream: S) -> StreamPeer<S> {
    StreamPeer::with_peer(stream, Peer::new().mechanisms("PLAIN EXTERNAL")).patience(None)
}

fn seen<S>(stream: &TlsStream<S>) -> Seen {
    let (_, session) = stream.get_ref();
    Seen {
        name: session.server_name().map(str::to_owned),
        has_certificate: session.peer_certificates().is_some(),
        mechanism: String::new(),
    }
}

/// Parameters for a host, by TLS.
pub(crate) fn parameters(host: &str, tls: TlsParameters) -> ConnectionParameters {
    ConnectionParameters::new(host)
        .heartbeat(Duration::ZERO)
        .tls(tls)
}

/// Trust in one authority.
pub(crate) fn trusting(authority: &Authority) -> TlsParameters {
    TlsParameters::default().ca_data(authority.pem())
}
