//! Errors name the server, if somebody has said where it is.

use core::time::Duration;
use std::sync::Arc;

use amqp_methods::{ReplyCode, basic, channel, connection, queue};
use amqp_test_broker::Peer;

use super::{Pair, SECOND};
use crate::ConnectionParameters;
use crate::error::{ConnectStage, Error, ErrorKind};
use crate::proto::{ConsumerOptions, OverLimit};

const RABBIT: &str = "rabbit-1 (10.0.0.1) port 5672";

/// An open connection whose core knows where the server is.
fn named(parameters: &ConnectionParameters) -> Pair {
    let mut pair = Pair::with(parameters, Peer::new());
    pair.core.set_address(RABBIT);
    pair.opened()
}

#[test]
fn every_end_of_a_connection_names_the_server() {
    let parameters = ConnectionParameters::default()
        .heartbeat(Duration::from_secs(5))
        .blocked_connection_timeout(SECOND);
    type End = (fn(&mut Pair), ErrorKind, &'static str);
    let ends: [End; 6] = [
        (
            |pair| pair.core.handle_eof(),
            ErrorKind::ConnectionLost,
            "the connection to rabbit-1 (10.0.0.1) port 5672 was lost: the server hung up without closing the connection",
        ),
        (
            |pair| {
                let broken = std::io::Error::other("cable cut");
                pair.core.handle_failure(Error::connection_lost(broken));
            },
            ErrorKind::ConnectionLost,
            "the connection to rabbit-1 (10.0.0.1) port 5672 was lost: cable cut",
        ),
        (
            |pair| {
                pair.peer.sends(connection::Close::new(320, "bye", 0, 0));
                pair.exchange();
            },
            ErrorKind::ConnectionClosed,
            "connection to rabbit-1 (10.0.0.1) port 5672 closed by server: 320 bye",
        ),
        (
            |pair| pair.pass(10 * SECOND),
            ErrorKind::HeartbeatMissed,
            "the server at rabbit-1 (10.0.0.1) port 5672 is silent: nothing came for 10 s",
        ),
        (
            |pair| {
                pair.peer.sends(connection::Blocked::new("low"));
                pair.exchange();
                pair.pass(SECOND);
            },
            ErrorKind::BlockedTimeout,
            "the server at rabbit-1 (10.0.0.1) port 5672 held back publishers for too long: \
             connection.blocked 1s ago, and no connection.unblocked",
        ),
        (
            |pair| pair.core_reads(b"\x01\0\x07\0\0\0\x04\0\x32\0\x0b\xce"),
            ErrorKind::Protocol,
            "the server at rabbit-1 (10.0.0.1) port 5672 broke the protocol: a frame on channel 7, which is not open",
        ),
    ];
    for (end, kind, text) in ends {
        let mut pair = named(&parameters);
        let channel = pair.channel();
        let call = pair.call(channel, &queue::Declare::new("q"));
        end(&mut pair);
        let error = pair.core.closed().cloned().unwrap();
        assert_eq!((error.kind(), &*error.to_string()), (kind, text));
        assert_eq!(error.address(), Some(RABBIT));
        let told = [
            pair.reply(call).unwrap_err(),
            pair.channel_closed().1,
            pair.core.open_channel().unwrap_err(),
        ];
        for copy in told {
            assert_eq!(copy.to_string(), text);
            // The same octets: it is stored once.
            assert!(core::ptr::eq(
                copy.address().unwrap(),
                pair.core.address().unwrap()
            ));
        }
    }
}

#[test]
fn our_own_close_names_the_server_from_when_it_is_begun() {
    let mut pair = named(&ConnectionParameters::default());
    let channel = pair.channel();
    pair.core
        .close(pair.now, ReplyCode::REPLY_SUCCESS, "goodbye");
    let (ended, error) = pair.channel_closed();
    assert_eq!(ended, channel);
    assert_eq!(
        error.to_string(),
        "connection to rabbit-1 (10.0.0.1) port 5672 closed by client: 200 goodbye"
    );
    assert_eq!(error.address(), Some(RABBIT));
    let refused = pair.core.open_channel().unwrap_err();
    assert_eq!(refused.address(), Some(RABBIT));
}

/// Its text is of the channel; who asks is told of which connection.
#[test]
fn the_end_of_a_channel_has_the_server_beside_its_text() {
    let mut pair = named(&ConnectionParameters::default());
    pair.channel();
    pair.peer
        .sends_on(1, channel::Close::new(404, "no queue 'jobs'", 0, 0));
    pair.exchange();
    let (_, error) = pair.channel_closed();
    assert_eq!(
        error.to_string(),
        "channel 1 closed by server: 404 no queue 'jobs'"
    );
    assert_eq!(error.address(), Some(RABBIT));

    // One that we close for a message that is too large, and one that the application closes.
    let parameters = ConnectionParameters::default().max_message_size(10);
    let mut pair = named(&parameters);
    let channel = pair.channel();
    let mut options = ConsumerOptions::new();
    options.over_limit = OverLimit::CloseChannel;
    pair.consumer_told(channel, basic::Consume::new("q", "c"), options);
    pair.delivers(channel, "c", 1, &[0; 11]);
    pair.exchange();
    let (_, error) = pair.channel_closed();
    assert_eq!(error.reply_code(), Some(ReplyCode::CONTENT_TOO_LARGE));
    assert_eq!(error.address(), Some(RABBIT));

    let mut pair = named(&ConnectionParameters::default());
    let channel = pair.channel();
    pair.call(channel, &channel::Close::new(200, "done", 0, 0));
    let mut view = pair.core.channel(channel).unwrap();
    let refused = view.send(&basic::Ack::new(1)).unwrap_err();
    assert_eq!(refused.to_string(), "channel 1 closed by client: 200 done");
    assert_eq!(refused.address(), Some(RABBIT));
}

#[test]
fn what_is_refused_for_a_limit_is_about_the_server() {
    let parameters = ConnectionParameters::default()
        .max_message_size(10)
        .channel_max(1);
    let mut pair = named(&parameters);
    let channel = pair.channel();
    let call = pair.call(channel, &basic::Get::new("q"));
    pair.exchange();
    pair.peer.expects::<basic::Get<'_>>(1);
    let get_ok = basic::GetOk::new(1, "", "q", 0);
    let properties = basic::Properties::default();
    pair.peer.sends_content(1, get_ok, &properties, &[0; 11]);
    pair.exchange();
    let error = pair.reply(call).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MessageTooLarge);
    assert_eq!(error.address(), Some(RABBIT));

    let error = pair.core.open_channel().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoFreeChannel);
    assert_eq!(error.address(), Some(RABBIT));
}

/// The log of attempts says it beside each of them.
#[test]
fn the_handshake_has_the_server_beside_its_text() {
    let mut pair = Pair::new();
    pair.core.set_address(Arc::<str>::from(RABBIT));
    pair.core.handle_eof();
    let error = pair.closed();
    assert_eq!(error.stage(), Some(ConnectStage::Protocol));
    assert_eq!(error.address(), Some(RABBIT));
    assert!(!error.to_string().contains("rabbit-1"), "{error}");
}

#[test]
fn a_core_that_was_not_told_says_nothing_of_where_the_server_is() {
    let mut pair = Pair::open();
    assert_eq!(pair.core.address(), None);
    pair.core.handle_eof();
    let error = pair.closed();
    assert_eq!(error.address(), None);
    assert!(error.to_string().starts_with("the connection was lost: "));
}

#[test]
fn no_name_of_a_server_clears_a_terminal() {
    let mut pair = Pair::open();
    pair.core.set_address("rabbit\u{1b}[2J");
    pair.core.handle_eof();
    let text = pair.closed().to_string();
    assert!(
        text.starts_with(r"the connection to rabbit\u{1b}[2J was lost"),
        "{text}"
    );
}
