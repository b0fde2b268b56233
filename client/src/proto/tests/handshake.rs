//! From the protocol header to an open connection, or to its end on the way.

use amqp_methods::{AnyMethod, DynMethod as _, Method as _, ReplyCode, connection};
use amqp_test_broker::{Peer, Stage};

use super::pair::frame_head;
use super::{Pair, SECOND};
use crate::error::{Error, ErrorKind, Initiator};
use crate::proto::Event;
use crate::{ConnectionParameters, Credentials};

/// A core whose server has come to `stage`, with the client's answer to that carried.
pub(super) fn at(stage: Stage) -> Pair {
    let mut pair = Pair::new();
    while pair.peer.stage() < stage {
        pair.exchange();
        assert!(pair.peer.handshake_step());
    }
    pair.exchange();
    pair.no_event();
    pair
}

#[test]
fn a_connection_opens() {
    let mut pair = Pair::with(
        &ConnectionParameters::default()
            .virtual_host("orders")
            .connection_name("billing")
            .credentials(Credentials::plain("app", "secret")),
        Peer::new(),
    );
    assert!(!pair.core.is_open());
    assert!(
        pair.core
            .open_channel()
            .is_err_and(|e| e.kind() == ErrorKind::State)
    );
    pair = pair.opened();
    let start_ok = pair.peer.start_ok().unwrap();
    assert_eq!(start_ok.mechanism, "PLAIN");
    assert_eq!(start_ok.response.as_bytes(), b"\0app\0secret");
    let properties = &start_ok.client_properties;
    let name = properties.get("connection_name").unwrap().unwrap();
    assert_eq!(name.as_bytes(), Some(&b"billing"[..]));
    let capabilities = properties.get("capabilities").unwrap().unwrap();
    for capability in [
        "authentication_failure_close",
        "consumer_cancel_notify",
        "connection.blocked",
    ] {
        let capability = capabilities.as_table().unwrap().get(capability).unwrap();
        assert_eq!(capability.unwrap().as_bool(), Some(true));
    }
    assert_eq!(pair.peer.opened().unwrap().virtual_host, "orders");
    let product = pair.core.server_properties().get("product").unwrap();
    assert_eq!(product.unwrap().as_bytes(), Some(&b"amqp-test-broker"[..]));
    pair.no_event();
}

#[test]
fn nothing_is_said_before_the_protocol_header() {
    let mut pair = Pair::new();
    assert_eq!(pair.output(), b"AMQP\0\0\x09\x01");
    assert_eq!(pair.output(), b"");
}

#[test]
fn hanging_up_means_something_else_at_every_stage() {
    for (stage, kind) in [
        (Stage::Header, ErrorKind::ConnectionLost),
        (Stage::Start, ErrorKind::AuthenticationRefused),
        (Stage::Tune, ErrorKind::ConnectionLost),
    ] {
        let mut pair = at(stage);
        pair.hang_up();
        assert_eq!(pair.closed().kind(), kind, "{stage:?}");
    }
}

#[test]
fn a_reset_is_told_with_what_it_may_mean_at_every_stage() {
    for (stage, hint) in [
        (Stage::Header, "is it a TLS port?"),
        (Stage::Start, "reset by peer on the login"),
        (Stage::Tune, "may the user enter the virtual host?"),
    ] {
        let mut pair = at(stage);
        let reset = std::io::Error::other("reset by peer");
        pair.core.handle_failure(Error::connection_lost(reset));
        let error = pair.closed();
        assert_eq!(error.kind(), ErrorKind::ConnectionLost);
        let text = error.to_string();
        assert!(text.contains("reset by peer on "), "{text}");
        assert!(text.ends_with(hint), "{text}");
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.is::<std::io::Error>());
    }
    let mut pair = Pair::with(
        &ConnectionParameters::default().initial_frame_max(8192),
        Peer::new(),
    );
    pair.exchange();
    pair.peer.answer_handshake();
    pair.exchange();
    let reset = std::io::Error::other("reset by peer");
    pair.core.handle_failure(Error::connection_lost(reset));
    let text = pair.closed().to_string();
    assert!(
        text.ends_with("does the server take `initial_frame_max`?"),
        "{text}"
    );
}

#[test]
fn close_at_every_stage_is_answered_and_told() {
    for stage in [Stage::Header, Stage::Start, Stage::Tune] {
        let mut pair = at(stage);
        pair.peer
            .sends(connection::Close::new(320, "going down", 0, 0));
        pair.exchange();
        let error = pair.closed();
        assert_eq!(error.kind(), ErrorKind::ConnectionClosed, "{stage:?}");
        let reason = error.close_reason().unwrap();
        assert_eq!(reason.initiator, Initiator::Server);
        assert_eq!(reason.reply_code, ReplyCode::CONNECTION_FORCED);
        let frames: Vec<_> = pair.peer.pending().map(|f| f.method().unwrap()).collect();
        assert!(matches!(
            frames.last(),
            Some(AnyMethod::ConnectionCloseOk(_))
        ));
    }
}

#[test]
fn a_refused_empty_virtual_host_hints_at_the_slash() {
    for (virtual_host, code, has_hint) in [
        ("", 530, true),
        ("", 402, true),
        ("", 320, false),
        ("nowhere", 530, false),
    ] {
        let parameters = ConnectionParameters::default().virtual_host(virtual_host);
        let mut pair = Pair::with(&parameters, Peer::new());
        while pair.peer.stage() < Stage::Open {
            pair.exchange();
            assert!(pair.peer.handshake_step());
        }
        pair.peer
            .sends(connection::Close::new(code, "NOT_ALLOWED", 10, 40));
        pair.exchange();
        let error = pair.closed();
        assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
        assert_eq!(error.reply_code().unwrap().get(), code);
        let text = error.to_string();
        assert_eq!(text.contains("ends in a slash"), has_hint, "{text}");
        assert!(!text.contains("  "), "{text}");
    }
}

#[test]
fn open_follows_tune_ok_at_once() {
    let mut pair = at(Stage::Start);
    pair.peer.sends(connection::Tune::new(7, 4096, 0));
    pair.exchange();
    let methods = pair.peer.pending().map(|frame| frame.method().unwrap());
    let ids: Vec<_> = methods.map(|method| method.id()).collect();
    let behind = &ids[ids.len() - 2..];
    assert_eq!(behind, [connection::TuneOk::ID, connection::Open::ID]);
}

#[test]
fn client_properties_are_said_with_ours() {
    let properties = amqp_methods::FieldTable::builder()
        .entry("product", "billing")
        .entry("x-team", "red")
        .build();
    let parameters = ConnectionParameters::default()
        .client_properties(properties.unwrap())
        .locale("de_DE");
    let pair = Pair::with(&parameters, Peer::new()).opened();
    let start_ok = pair.peer.start_ok().unwrap();
    assert_eq!(start_ok.locale, "de_DE");
    let properties = &start_ok.client_properties;
    assert_eq!(properties.get_str("product"), Ok(Some("billing")));
    assert_eq!(properties.get_str("x-team"), Ok(Some("red")));
    assert_eq!(properties.get_str("platform"), Ok(Some("Rust")));
    let capabilities = properties.get_table("capabilities").unwrap().unwrap();
    assert_eq!(capabilities.get_bool("basic.nack"), Ok(Some(true)));
}

#[test]
fn a_handshake_has_to_end_in_time() {
    for (stage, awaited) in [
        (Stage::Header, "connection.start"),
        (Stage::Start, "connection.tune"),
        (Stage::Tune, "connection.open-ok"),
    ] {
        let mut pair = at(stage);
        pair.pass(9 * SECOND);
        // Heartbeats that come all the while change nothing.
        pair.peer.sends_heartbeat();
        pair.listen();
        pair.no_event();
        pair.pass(SECOND);
        let error = pair.closed();
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains(awaited), "{error}");
        assert_eq!(pair.core.poll_timeout(), None);
    }
}

#[test]
fn start_ok_that_a_server_may_drop_is_not_sent() {
    // Rule: frame-min-size; before tune, no server has to read more.
    let token = "t".repeat(4096);
    let parameters = ConnectionParameters::default().credentials(Credentials::plain("app", token));
    let mut pair = Pair::with(&parameters, Peer::new());
    pair.exchange();
    pair.peer.answer_handshake();
    pair.exchange();
    let error = pair.closed();
    assert_eq!(error.kind(), ErrorKind::Encode);
    assert!(error.to_string().contains("credentials"), "{error}");
    assert!(!error.to_string().contains("ttt"));
    pair.peer.expects_nothing();
}

#[test]
fn start_ok_is_as_long_as_the_server_is_said_to_take() {
    for (limit, is_sent) in [(8192, true), (6000, true), (5000, false)] {
        let parameters = ConnectionParameters::default()
            .credentials(Credentials::plain("app", "t".repeat(5000)))
            .initial_frame_max(limit);
        let mut pair = Pair::with(&parameters, Peer::new().initial_frame_max(6000));
        pair.exchange();
        pair.peer.answer_handshake();
        pair.exchange();
        match is_sent {
            true => {
                let start_ok = pair.peer.expects::<connection::StartOk<'_>>(0);
                assert_eq!(start_ok.response.as_bytes().len(), 5005);
            }
            false => {
                let text = pair.closed().to_string();
                assert!(
                    text.contains("the 5000 octets of `initial_frame_max`"),
                    "{text}"
                );
                pair.peer.expects_nothing();
            }
        }
    }
}

#[test]
fn a_long_start_is_read_and_an_endless_one_is_not() {
    let long = "x".repeat(50_000);
    let start = connection::Start::new(0, 9, "PLAIN", long.as_str());
    let mut pair = Pair::with(&ConnectionParameters::default(), Peer::after_header());
    pair.output();
    pair.peer.sends(start);
    pair.exchange();
    pair.peer.expects::<connection::StartOk<'_>>(0);

    let mut pair = Pair::new();
    pair.core_reads(&frame_head(1, 0, 1 << 20));
    assert_eq!(pair.closed().kind(), ErrorKind::ProtocolVersion);
}

#[test]
fn closing_before_the_end_of_the_handshake_just_hangs_up() {
    for stage in [Stage::Header, Stage::Start, Stage::Tune] {
        let mut pair = at(stage);
        pair.core
            .close(pair.now, ReplyCode::REPLY_SUCCESS, "changed our mind");
        let error = pair.closed();
        assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
        assert_eq!(error.close_reason().unwrap().initiator, Initiator::Client);
        assert_eq!(pair.output(), b"");
    }
}

#[test]
fn a_server_that_says_everything_at_once_is_understood() {
    let mut pair = Pair::new();
    let mut octets = Vec::new();
    let start = connection::Start::new(0, 9, "PLAIN", "en_US");
    pair.peer.sends(start);
    pair.peer.sends(connection::Tune::new(7, 4096, 0));
    pair.peer.sends(connection::OpenOk);
    octets.extend(pair.peer.transmit());
    pair.core_reads(&octets);
    assert!(matches!(pair.event(), Event::Open));
    assert_eq!(pair.core.tuning().channel_max, 7);
}
