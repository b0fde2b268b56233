//! TLS with RabbitMQ, if it is the one that `scripts/rabbitmq` has started: the certificates are that one's.

use leveret::amqp_methods::queue;
use leveret::{
    ConnectStage, Connection, ConnectionParameters, Credentials, Error, ErrorKind, ServerName,
    TlsFailure, TlsParameters,
};

use crate::broker::{broker, ctl_beside, ours, own_queue, unique};
use crate::messages::round_trip;

/// A broker with TLS.
struct Secured {
    url: String,
    folder: String,
}

impl Secured {
    fn find() -> Option<Self> {
        broker()?;
        let (url, folder) = (ours(&["url", "--tls"])?, ours(&["tls"])?);
        Some(Self {
            url: url.trim().to_owned(),
            folder: folder.trim().to_owned(),
        })
    }

    fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    /// What its URL says, with other parameters for TLS.
    fn with(&self, tls: TlsParameters) -> ConnectionParameters {
        let parameters = ConnectionParameters::try_from(self.url.as_str()).unwrap();
        parameters.tls(tls)
    }

    fn trusting(&self) -> TlsParameters {
        TlsParameters::default().ca_file(self.file("ca.pem"))
    }

    async fn refused(&self, parameters: ConnectionParameters) -> Error {
        Connection::connect(parameters).await.unwrap_err()
    }
}

#[tokio::test]
async fn an_amqps_url_is_all_it_takes() {
    let Some(secured) = Secured::find() else {
        return;
    };
    let connection = Connection::connect(secured.url.as_str()).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    let queue = own_queue(&channel).await;
    for size in [0, 1, 16_384, 1_000_000] {
        round_trip(&channel, &queue, size).await;
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_certificate_is_a_login() {
    let Some(secured) = Secured::find() else {
        return;
    };
    let shown = secured
        .trusting()
        .client_certificate(secured.file("client.pem"), secured.file("client.key"));
    let name = unique("external");
    let parameters = secured
        .with(shown)
        .credentials(Credentials::external())
        .connection_name(&*name);
    let connection = Connection::connect(parameters).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    let declare = queue::Declare::new("").exclusive(true);
    channel.call(declare).await.unwrap();
    let columns = [
        "list_connections",
        "ssl",
        "auth_mechanism",
        "user",
        "client_properties",
    ];
    let listed = ctl_beside(&columns).await.unwrap();
    let line = listed.lines().find(|line| line.contains(&*name)).unwrap();
    assert!(line.starts_with("true\tEXTERNAL\tguest\t"), "{line}");
    connection.close().await.unwrap();

    // Whoever shows none is nobody.
    let parameters = secured.with(secured.trusting());
    let error = secured
        .refused(parameters.credentials(Credentials::external()))
        .await;
    assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
    assert_eq!(error.reply_code().unwrap().get(), 403);
}

#[tokio::test]
async fn a_stranger_is_not_trusted_by_either_side() {
    let Some(secured) = Secured::find() else {
        return;
    };
    for tls in [
        TlsParameters::default().ca_file(secured.file("stranger-ca.pem")),
        secured.trusting().ca_file(secured.file("stranger-ca.pem")),
    ] {
        let error = secured.refused(secured.with(tls)).await;
        assert_eq!(error.kind(), ErrorKind::Tls);
        assert_eq!(error.tls_failure(), Some(TlsFailure::UnknownIssuer));
        assert_eq!(error.stage(), Some(ConnectStage::Tls));
    }
    let shown = secured
        .trusting()
        .client_certificate(secured.file("stranger.pem"), secured.file("stranger.key"));
    let error = secured.refused(secured.with(shown)).await;
    assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
    assert_eq!(
        error.tls_failure(),
        Some(TlsFailure::ClientCertificateRefused),
        "{error}"
    );
    assert_eq!(error.stage(), Some(ConnectStage::Tls));
}

#[tokio::test]
async fn the_name_has_to_be_the_one_that_is_looked_for() {
    let Some(secured) = Secured::find() else {
        return;
    };
    let named = |name: &str| {
        let name = ServerName::Name(name.to_owned());
        secured.with(secured.trusting().server_name(name))
    };
    let error = secured.refused(named("other.test")).await;
    assert_eq!(
        error.tls_failure(),
        Some(TlsFailure::CertificateForAnotherName)
    );
    let text = error.to_string();
    assert!(
        text.contains(r#"is not for other.test; it is for DnsName("localhost")"#),
        "{text}"
    );
    let connection = Connection::connect(named("localhost")).await.unwrap();
    connection.close().await.unwrap();
    let untold = secured.trusting().server_name(ServerName::Untold);
    let connection = Connection::connect(secured.with(untold)).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn each_port_is_recognised_for_what_it_is() {
    let Some(secured) = Secured::find() else {
        return;
    };
    let plain = broker().unwrap();
    let (_, port) = plain.endpoints().next().unwrap();
    let error = secured
        .refused(
            secured
                .with(secured.trusting())
                .host("127.0.0.1")
                .port(port),
        )
        .await;
    assert_eq!(error.tls_failure(), Some(TlsFailure::NotTls), "{error}");
    assert!(
        error.to_string().contains("it is AMQP without TLS"),
        "{error}"
    );

    let parameters = secured.with(secured.trusting());
    let (_, port) = parameters.endpoints().next().unwrap();
    let error = secured.refused(plain.host("127.0.0.1").port(port)).await;
    assert_eq!(error.kind(), ErrorKind::ProtocolVersion, "{error}");
    assert!(
        error.to_string().contains("the server answers in TLS"),
        "{error}"
    );
}
