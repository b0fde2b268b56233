//! What the client shows of itself.

use leveret::{ConnectStage, Credentials, ErrorKind, TlsFailure};

use super::authority::Authority;
use super::files::file;
use super::server::{HOST, Server, VERSIONS, parameters, trusting};

#[tokio::test]
async fn a_certificate_is_shown_to_who_asks_for_it() {
    let authority = Authority::root("ours");
    let app = authority.issue(&["app"]);
    let (certificate, key) = (
        file("shown.pem", &app.pem),
        file("shown.key", &app.key_pem()),
    );
    let shown = trusting(&authority).client_certificate(certificate, key);
    let external = parameters(HOST, shown).credentials(Credentials::external());
    let identity = authority.issue(&[HOST]);
    for version in VERSIONS {
        let server = Server::asking(&identity, &authority, version);
        let seen = server.meet(&external).await.unwrap();
        assert!(seen.has_certificate, "{version:?}");
        assert_eq!(seen.mechanism, "EXTERNAL");
    }
    let server = Server::of(&identity);
    assert!(!server.meet(&external).await.unwrap().has_certificate);
}

#[tokio::test]
async fn a_certificate_that_is_missing_is_told() {
    let authority = Authority::root("ours");
    let identity = authority.issue(&[HOST]);
    for version in VERSIONS {
        let server = Server::asking(&identity, &authority, version);
        let error = server
            .refused(&parameters(HOST, trusting(&authority)))
            .await;
        assert_eq!(error.kind(), ErrorKind::Tls, "{version:?}: {error}");
        assert_eq!(
            error.tls_failure(),
            Some(TlsFailure::ClientCertificateMissing),
            "{version:?}: {error}"
        );
        assert_eq!(error.stage(), Some(ConnectStage::Tls));
        let text = error.to_string();
        let begins = "TLS failed: broker.test port 5671 over a stream wants a certificate of the client, and none was shown";
        assert!(text.starts_with(begins), "{text}");
    }
}

#[tokio::test]
async fn a_certificate_of_the_wrong_authority_is_told() {
    let (ours, theirs) = (Authority::root("ours"), Authority::root("theirs"));
    let app = theirs.issue(&["app"]);
    let (certificate, key) = (
        file("theirs.pem", &app.pem),
        file("theirs.key", &app.key_pem()),
    );
    let shown = trusting(&ours).client_certificate(certificate, key);
    for version in VERSIONS {
        let server = Server::asking(&ours.issue(&[HOST]), &ours, version);
        let error = server.refused(&parameters(HOST, shown.clone())).await;
        assert_eq!(
            error.tls_failure(),
            Some(TlsFailure::ClientCertificateRefused),
            "{version:?}: {error}"
        );
        assert_eq!(
            (error.kind(), error.stage()),
            (ErrorKind::Tls, Some(ConnectStage::Tls))
        );
        let text = error.to_string();
        assert!(text.contains("refused the client's certificate"), "{text}");
    }
}
