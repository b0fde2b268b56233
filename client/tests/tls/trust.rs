//! Whom the client trusts, and under which name.

use leveret::{ConnectStage, ErrorKind, ServerName, TlsFailure, TlsParameters};
use rcgen::date_time_ymd;

use super::authority::{Authority, Identity};
use super::server::{HOST, Server, VERSIONS, parameters, trusting};

#[tokio::test]
async fn a_server_of_a_trusted_authority_is_let_in_by_both_versions() {
    let authority = Authority::root("ours");
    let identity = authority.issue(&[HOST]);
    for version in VERSIONS {
        let server = Server::with(&identity, None, &[version]);
        let seen = server.meet(&parameters(HOST, trusting(&authority))).await;
        let seen = seen.unwrap();
        assert_eq!(seen.name.as_deref(), Some(HOST), "{version:?}");
        assert!(!seen.has_certificate);
    }
}

#[tokio::test]
async fn addresses_are_looked_for_in_certificates_and_never_told() {
    let authority = Authority::root("ours");
    let server = Server::of(&authority.issue(&["10.1.2.3", "fe80::1"]));
    for host in ["10.1.2.3", "fe80::1", "fe80::1%eth0"] {
        let seen = server.meet(&parameters(host, trusting(&authority))).await;
        assert_eq!(seen.unwrap().name, None, "{host}");
    }
    let error = server
        .refused(&parameters("10.1.2.4", trusting(&authority)))
        .await;
    assert_eq!(
        error.tls_failure(),
        Some(TlsFailure::CertificateForAnotherName)
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_told() {
    let ours = Authority::root("ours");
    let theirs = Authority::root("theirs");
    for (identity, failure, text) in [
        (
            ours.issue_with(&[HOST], |params| {
                params.not_after = date_time_ymd(2001, 1, 1);
            }),
            TlsFailure::CertificateExpired,
            "has expired",
        ),
        (
            ours.issue_with(&[HOST], |params| {
                params.not_before = date_time_ymd(4000, 1, 1);
            }),
            TlsFailure::CertificateNotYetValid,
            "is not valid yet",
        ),
        (
            ours.issue(&["other.test", "*.more.test"]),
            TlsFailure::CertificateForAnotherName,
            r#"is not for broker.test; it is for DnsName("other.test"), DnsName("*.more.test")"#,
        ),
        (
            theirs.issue(&[HOST]),
            TlsFailure::UnknownIssuer,
            "was issued by somebody who is not trusted",
        ),
        (
            Identity::self_signed(&[HOST]),
            TlsFailure::UnknownIssuer,
            "was issued by somebody who is not trusted",
        ),
        (
            ours.issue_with(&[HOST], |params| {
                params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
            }),
            TlsFailure::CertificateUnfit,
            "cannot be used for this",
        ),
        (
            ours.issue_with(&[HOST], |params| {
                params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
            }),
            TlsFailure::CertificateUnfit,
            "is that of an authority, which no server can show; a self-signed one is made without by \
             `openssl req -x509 -addext basicConstraints=CA:FALSE`",
        ),
    ] {
        let server = Server::of(&identity);
        let error = server.refused(&parameters(HOST, trusting(&ours))).await;
        assert_eq!(error.kind(), ErrorKind::Tls, "{error}");
        assert_eq!(error.tls_failure(), Some(failure), "{error}");
        assert_eq!(error.stage(), Some(ConnectStage::Tls));
        assert_eq!(
            error.to_string(),
            format!("TLS failed: the certificate of broker.test port 5671 over a stream {text}")
        );
        // What rustls says of it, with times and names.
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[tokio::test]
async fn another_name_can_be_looked_for_and_told() {
    let authority = Authority::root("ours");
    let server = Server::of(&authority.issue(&["other.test"]));
    let named = trusting(&authority).server_name(ServerName::Name("other.test".to_owned()));
    let seen = server.meet(&parameters(HOST, named)).await.unwrap();
    assert_eq!(seen.name.as_deref(), Some("other.test"));
}

#[tokio::test]
async fn the_name_of_the_host_can_be_kept_from_the_server_and_is_looked_for_all_the_same() {
    let authority = Authority::root("ours");
    let untold = trusting(&authority).server_name(ServerName::Untold);
    let server = Server::of(&authority.issue(&[HOST]));
    let seen = server.meet(&parameters(HOST, untold.clone())).await;
    assert_eq!(seen.unwrap().name, None);
    let error = server.refused(&parameters("other.test", untold)).await;
    assert_eq!(
        error.tls_failure(),
        Some(TlsFailure::CertificateForAnotherName)
    );
}

#[tokio::test]
async fn anybody_is_let_in_if_that_is_asked_for() {
    let anybody = TlsParameters::default().verify_peer(false);
    for version in VERSIONS {
        let server = Server::with(&Identity::self_signed(&["nobody.test"]), None, &[version]);
        server
            .meet(&parameters(HOST, anybody.clone()))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn authorities_in_between_are_counted() {
    let root = Authority::root("root");
    let server = Server::of(&root.below("first").below("second").issue(&[HOST]));
    for (depth, is_let_in) in [
        (None, true),
        (Some(3), true),
        (Some(2), true),
        (Some(1), false),
        (Some(0), false),
    ] {
        let tls = match depth {
            Some(depth) => trusting(&root).depth(depth),
            None => trusting(&root),
        };
        let met = server.meet(&parameters(HOST, tls)).await;
        match met {
            Ok(_) => assert!(is_let_in, "{depth:?}"),
            Err(error) => {
                assert!(!is_let_in, "{depth:?}: {error}");
                assert_eq!(error.tls_failure(), Some(TlsFailure::UnknownIssuer));
                assert!(error.to_string().contains("or over more than"), "{error}");
            }
        }
    }
    let direct = Server::of(&root.issue(&[HOST]));
    let tls = trusting(&root).depth(0);
    direct.meet(&parameters(HOST, tls)).await.unwrap();
}

/// No test can know whom this system trusts, but surely not somebody made up here.
#[tokio::test]
async fn without_a_word_the_authorities_of_the_system_count() {
    let server = Server::of(&Authority::root("made up").issue(&[HOST]));
    let error = server
        .refused(&parameters(HOST, TlsParameters::default()))
        .await;
    // A system that trusts nobody has no store to read.
    match error.kind() {
        ErrorKind::Tls => assert_eq!(error.tls_failure(), Some(TlsFailure::UnknownIssuer)),
        kind => {
            assert_eq!(kind, ErrorKind::Parameters);
            assert!(
                error.to_string().contains("that this system trusts"),
                "{error}"
            );
        }
    }
}
