//! Configurations of the application's own, and who does the cryptography.

use std::sync::Arc;

use leveret::rustls::crypto::ring;
use leveret::rustls::version::{TLS12, TLS13};
use leveret::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use leveret::{ErrorKind, ParameterErrorKind, ServerName, TlsFailure, TlsParameters};

use super::authority::Authority;
use super::server::{HOST, Server, parameters};

fn config(authority: &Authority, version: &'static SupportedProtocolVersion) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(authority.der()).unwrap();
    ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[tokio::test]
async fn the_applications_own_configuration_is_used() {
    let authority = Authority::root("ours");
    let identity = authority.issue(&[HOST]);
    let tls = TlsParameters::default().client_config(config(&authority, &TLS13));
    let server = Server::of(&identity);
    let seen = server.meet(&parameters(HOST, tls.clone())).await.unwrap();
    assert_eq!(seen.name.as_deref(), Some(HOST));
    let untold = tls.clone().server_name(ServerName::Untold);
    let seen = server.meet(&parameters(HOST, untold)).await.unwrap();
    assert_eq!(seen.name, None);

    let old = Server::with(&identity, None, &[&TLS12]);
    let error = old.refused(&parameters(HOST, tls)).await;
    assert_eq!(
        error.tls_failure(),
        Some(TlsFailure::NothingInCommon),
        "{error}"
    );
}

#[test]
fn beside_a_configuration_nothing_else_may_be_said() {
    let authority = Authority::root("ours");
    let config = Arc::new(config(&authority, &TLS13));
    let base = || TlsParameters::default().client_config(Arc::clone(&config));
    assert!(parameters(HOST, base()).validate().is_ok());
    for tls in [
        base().ca_data(""),
        base().ca_file("a"),
        base().ca_path("a"),
        base().client_certificate("a", "b"),
        base().verify_peer(false),
        base().depth(1),
    ] {
        let error = parameters(HOST, tls).validate().unwrap_err();
        assert_eq!(
            (error.kind(), error.parameter()),
            (ParameterErrorKind::Contradiction, "client_config")
        );
    }
    assert_eq!(base(), base());
    let other = TlsParameters::default().client_config(ClientConfig::clone(&config));
    assert_ne!(base(), other);
}

/// Tests of other features install none either, so that what comes about is the build's own choice.
#[tokio::test]
async fn a_build_without_a_provider_says_what_is_missing() {
    let authority = Authority::root("ours");
    let server = Server::of(&authority.issue(&[HOST]));
    let parameters = parameters(HOST, super::server::trusting(&authority));
    let met = server.meet(&parameters).await;
    if cfg!(any(feature = "tls-ring", feature = "tls-aws-lc")) {
        met.unwrap();
        return;
    }
    let error = met.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Parameters);
    assert!(
        error
            .to_string()
            .contains("CryptoProvider::install_default"),
        "{error}"
    );
}
