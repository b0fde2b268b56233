//! Everything that can come instead of an open connection.

use amqp_methods::{AnyMethod, ReplyCode, connection};
use amqp_test_broker::{Peer, Stage};

use super::Pair;
use super::handshake::at;
use super::pair::raw_frame;
use crate::error::{Error, ErrorKind};
use crate::{ConnectionParameters, Credentials};

/// What becomes of a connection to a server that answers the protocol header with these octets.
fn answered(octets: &[u8]) -> Error {
    let mut pair = Pair::new();
    pair.speak();
    pair.core_reads(octets);
    let error = pair.closed();
    // To somebody who speaks something else, nothing more is said. Rule: connection.start, client-support
    assert_eq!(pair.output(), b"");
    error
}

#[test]
fn another_version_is_named_once_its_header_is_complete() {
    let header = b"AMQP\x03\x01\0\0";
    for first in 1..header.len() {
        let mut pair = Pair::new();
        pair.speak();
        pair.core_reads(&header[..first]);
        pair.no_event();
        pair.core_reads(&header[first..]);
        let error = pair.closed();
        assert_eq!(error.kind(), ErrorKind::ProtocolVersion);
        assert!(error.to_string().contains("3 1 0 0"), "{error}");
    }
}

#[test]
fn other_protocols_are_recognised() {
    for (octets, word) in [
        (&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], "HTTP"),
        (b"\x15\x03\x01\0\x02\x02\x46", "TLS"),
        (b"\x16\x03\x03\0\x7a\x02\0\0", "TLS"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "no frame"),
        (b"AMQX\0\0\x09\x01", "neither"),
        (b"220 mail.example ESMTP\r\n", "no frame"),
    ] {
        let error = answered(octets);
        assert_eq!(error.kind(), ErrorKind::ProtocolVersion, "{error}");
        assert!(error.to_string().contains(word), "{error}");
    }
}

/// The first thing that goes wrong with a server on another machine.
#[test]
fn a_guest_from_another_machine_is_told_why_it_may_be_refused() {
    let refused = |host: &str, credentials: Credentials| {
        let parameters = ConnectionParameters::new(host).credentials(credentials);
        let mut pair = Pair::with(&parameters, Peer::new());
        while pair.peer.stage() < Stage::StartOk {
            pair.exchange();
            assert!(pair.peer.handshake_step());
        }
        let close = connection::Close::new(403, "ACCESS_REFUSED", 0, 0);
        pair.peer.sends(close);
        pair.exchange();
        pair.closed().to_string()
    };
    let plain = "the server refused the credentials: 403 ACCESS_REFUSED";
    let hint =
        "; RabbitMQ lets the user guest in from the same machine only, unless it is told otherwise";
    for host in ["rabbit", "10.0.0.1", "2001:db8::1"] {
        let text = refused(host, Credentials::default());
        assert_eq!(text, format!("{plain}{hint}"), "{host}");
        assert_eq!(refused(host, Credentials::plain("app", "guest")), plain);
    }
    for host in ["localhost", "LOCALHOST", "127.0.0.2", "::1"] {
        assert_eq!(refused(host, Credentials::default()), plain, "{host}");
    }
}

#[test]
fn start_with_another_version_is_refused() {
    // Rule: connection.start, client-support
    let mut pair = Pair::with(&ConnectionParameters::default(), Peer::after_header());
    pair.output();
    pair.peer
        .sends(connection::Start::new(1, 0, "PLAIN", "en_US"));
    pair.listen();
    assert_eq!(pair.closed().kind(), ErrorKind::ProtocolVersion);
    assert_eq!(pair.output(), b"");
}

#[test]
fn a_mechanism_that_is_not_offered_is_not_tried() {
    for offered in ["EXTERNAL ANONYMOUS", "", "PLAINER", "plain"] {
        let mut pair = Pair::with(
            &ConnectionParameters::default(),
            Peer::new().mechanisms(offered),
        );
        pair.speak();
        pair.peer.handshake_step();
        pair.peer.handshake_step();
        pair.listen();
        let error = pair.closed();
        assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
        assert_eq!(pair.output(), b"");
    }
}

#[test]
fn refused_credentials_are_told_apart() {
    // RabbitMQ: authentication_failure_close
    let mut pair = at(Stage::Start);
    pair.peer.expects::<connection::StartOk<'_>>(0);
    pair.peer
        .sends(connection::Close::new(403, "ACCESS_REFUSED - no", 0, 0));
    pair.exchange();
    let error = pair.closed();
    assert_eq!(error.kind(), ErrorKind::AuthenticationRefused);
    assert_eq!(error.reply_code(), Some(ReplyCode::ACCESS_REFUSED));
    assert!(!error.to_string().contains("guest"));
    pair.peer.expects::<connection::CloseOk>(0);
    pair.peer.expects_nothing();
}

#[test]
fn a_virtual_host_that_may_not_be_entered_closes() {
    let mut pair = at(Stage::Tune);
    let open_id = (10, 40);
    let close =
        connection::Close::new(530, "NOT_ALLOWED - vhost / not found", open_id.0, open_id.1);
    pair.peer.sends(close);
    pair.exchange();
    let error = pair.closed();
    assert_eq!(error.reply_code(), Some(ReplyCode::NOT_ALLOWED));
    let method = error.close_reason().unwrap().method.unwrap();
    assert_eq!((method.class_id(), method.method_id()), open_id);
}

#[test]
fn a_challenge_that_cannot_be_met_ends_the_login() {
    let mut pair = at(Stage::Start);
    pair.peer.sends(connection::Secure::new(&b"salt"[..]));
    pair.listen();
    assert_eq!(pair.closed().kind(), ErrorKind::AuthenticationRefused);
}

#[test]
fn methods_out_of_turn_close_the_connection() {
    let tune = connection::Tune::new(0, 0, 0);
    for (stage, method) in [
        (Stage::Header, AnyMethod::ConnectionTune(tune)),
        (
            Stage::Header,
            AnyMethod::ConnectionOpenOk(connection::OpenOk),
        ),
        (
            Stage::Start,
            AnyMethod::ConnectionOpenOk(connection::OpenOk),
        ),
        (Stage::Tune, AnyMethod::ConnectionTune(tune)),
        (
            Stage::Tune,
            AnyMethod::ConnectionUnblocked(connection::Unblocked),
        ),
    ] {
        let mut pair = at(stage);
        while pair.peer.next_frame().is_some() {}
        pair.peer.sends(method);
        pair.listen();
        pair.closed_with(ReplyCode::COMMAND_INVALID);
    }
}

#[test]
fn damage_during_the_handshake_closes_with_its_code() {
    let mut pair = at(Stage::Start);
    while pair.peer.next_frame().is_some() {}
    pair.core_reads(&raw_frame(1, 0, &[0, 10, 0, 30, 0]));
    pair.closed_with(ReplyCode::FRAME_ERROR);
}
