//! Files that hold certificates and keys, or something else.

use std::error::Error as _;
use std::fs;
use std::path::PathBuf;

use leveret::{ConnectStage, Error, ErrorKind, TlsParameters};

use super::authority::Authority;
use super::server::{HOST, Server, parameters, trusting};

/// A file with that text, under a name that no other test has.
pub(crate) fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

#[tokio::test]
async fn authorities_come_from_files_folders_and_data() {
    let (ours, theirs) = (Authority::root("ours"), Authority::root("theirs"));
    let server = Server::of(&ours.issue(&[HOST]));
    let both = format!("a note\n{}{}", theirs.pem(), ours.pem());
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("authorities");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("ours.pem"), ours.pem()).unwrap();
    fs::write(folder.join("README"), "no certificate").unwrap();
    for tls in [
        TlsParameters::default().ca_file(file("both.pem", &both)),
        TlsParameters::default().ca_path(folder),
        TlsParameters::default().ca_data(both),
        trusting(&theirs).ca_file(file("ours.pem", &ours.pem())),
    ] {
        server.meet(&parameters(HOST, tls)).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_renewed_on_the_disk_is_in_effect_with_the_next_connection() {
    let (old, new) = (Authority::root("old"), Authority::root("new"));
    let path = file("renewed.pem", &old.pem());
    let parameters = parameters(HOST, TlsParameters::default().ca_file(&path));
    let server = Server::of(&new.issue(&[HOST]));
    server.refused(&parameters).await;
    fs::write(path, new.pem()).unwrap();
    server.meet(&parameters).await.unwrap();
}

async fn refused(tls: TlsParameters) -> Error {
    let server = Server::of(&Authority::root("ours").issue(&[HOST]));
    let error = server.refused(&parameters(HOST, tls)).await;
    assert_eq!(error.kind(), ErrorKind::Parameters, "{error}");
    assert_eq!(error.stage(), Some(ConnectStage::Tls));
    error
}

#[tokio::test]
async fn authorities_that_cannot_be_read_are_named() {
    let base = TlsParameters::default;
    let garbled = "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n";
    let no_certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (tls, place, has_cause) in [
        (
            base().ca_file("nowhere.pem"),
            "cannot read the certificates of authorities in nowhere.pem",
            true,
        ),
        (
            base().ca_path("nowhere"),
            "cannot read the certificates of authorities in nowhere",
            true,
        ),
        (
            base().ca_data(""),
            "cannot find the certificates of authorities in `ca_data`",
            false,
        ),
        (
            base().ca_data(garbled),
            "cannot read the certificates of authorities in `ca_data`",
            true,
        ),
        (
            base().ca_data(no_certificate),
            "cannot read the certificates of authorities in `ca_data`",
            true,
        ),
        (
            base().ca_file(file("empty.pem", "")),
            "cannot find the certificates of authorities in",
            false,
        ),
        (
            base().ca_file(file("garbled.pem", garbled)),
            "cannot read the certificates of authorities in",
            true,
        ),
    ] {
        let error = refused(tls).await;
        assert!(error.to_string().contains(place), "{error}");
        assert_eq!(error.source().is_some(), has_cause, "{error}");
    }
}

#[tokio::test]
async fn a_certificate_of_the_client_that_cannot_be_used_is_named() {
    let authority = Authority::root("ours");
    let (app, other) = (authority.issue(&["app"]), authority.issue(&["other"]));
    let certificate = file("app.pem", &app.pem);
    let key = file("app.key", &app.key_pem());
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let traditional = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\
                       DEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    for (certificate, key, text) in [
        (
            "nowhere.pem".into(),
            key.clone(),
            "cannot read the client's certificate in nowhere.pem",
        ),
        (
            file("no.pem", "x"),
            key,
            "cannot find the client's certificate in",
        ),
        (
            certificate.clone(),
            "nowhere.key".into(),
            "cannot read the client's key in nowhere.key",
        ),
        (
            certificate.clone(),
            file("no.key", &app.pem),
            "cannot find the client's key in",
        ),
        (
            certificate.clone(),
            file("encrypted.key", encrypted),
            "encrypted.key is encrypted, and such keys are not read",
        ),
        (
            certificate.clone(),
            file("traditional.key", traditional),
            "traditional.key is encrypted, and such keys are not read",
        ),
        (
            certificate,
            file("other.key", &other.key_pem()),
            "does not go with the key in",
        ),
    ] {
        let error = refused(trusting(&authority).client_certificate(certificate, key)).await;
        assert!(error.to_string().contains(text), "{error}");
    }
}
