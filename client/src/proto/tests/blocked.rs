//! How long the server may hold publishers back. RabbitMQ: connection.blocked

use amqp_methods::connection;
use amqp_test_broker::{Peer, Tuning};

use super::{Pair, SECOND};
use crate::error::ErrorKind;
use crate::proto::Event;
use crate::{ConnectionParameters, Heartbeat};

/// A connection without heartbeats, whose server may hold publishers back for ten seconds.
fn pair() -> Pair {
    let parameters = ConnectionParameters::default()
        .heartbeat(Heartbeat::Off)
        .blocked_connection_timeout(10 * SECOND);
    Pair::with(&parameters, Peer::new().tuning(Tuning::default())).opened()
}

fn block(pair: &mut Pair) {
    pair.peer.sends(connection::Blocked::new("low on memory"));
    pair.exchange();
    assert!(matches!(pair.event(), Event::Blocked(reason) if reason == "low on memory"));
}

#[test]
fn a_connection_that_is_blocked_for_too_long_ends_for_that_reason() {
    let mut pair = pair();
    assert_eq!(pair.core.poll_timeout(), None);
    block(&mut pair);
    pair.pass(9 * SECOND);
    assert!(pair.core.is_open() && pair.core.is_blocked());
    pair.pass(SECOND);
    let error = pair.closed();
    assert_eq!(error.kind(), ErrorKind::BlockedTimeout);
    assert!(error.is_timeout());
    assert_eq!(
        error.to_string(),
        "the server held back publishers for too long: connection.blocked 10s ago, and no connection.unblocked"
    );
    assert_eq!(pair.core.poll_timeout(), None);
}

#[test]
fn saying_it_again_gives_the_server_no_more_time() {
    let mut pair = pair();
    block(&mut pair);
    pair.pass(6 * SECOND);
    block(&mut pair);
    pair.pass(4 * SECOND);
    assert_eq!(pair.closed().kind(), ErrorKind::BlockedTimeout);
}

#[test]
fn unblocking_in_time_is_in_time_and_the_next_time_counts_anew() {
    let mut pair = pair();
    for _ in 0..3 {
        block(&mut pair);
        pair.pass(9 * SECOND);
        pair.peer.sends(connection::Unblocked);
        pair.exchange();
        assert!(matches!(pair.event(), Event::Unblocked));
        assert_eq!(pair.core.poll_timeout(), None);
        pair.pass(9 * SECOND);
        pair.no_event();
    }
}

#[test]
fn without_a_limit_it_may_last() {
    let parameters = ConnectionParameters::default().heartbeat(Heartbeat::Off);
    let mut pair = Pair::with(&parameters, Peer::new()).opened();
    block(&mut pair);
    assert_eq!(pair.core.poll_timeout(), None);
    pair.pass(1000 * SECOND);
    assert!(pair.core.is_open());
}

#[test]
fn heartbeats_go_on_and_are_missed_meanwhile() {
    let parameters = ConnectionParameters::default()
        .heartbeat(4 * SECOND)
        .blocked_connection_timeout(10 * SECOND);
    let mut pair = Pair::with(&parameters, Peer::new()).opened();
    block(&mut pair);
    pair.pass(10 * SECOND);
    assert_eq!(pair.closed().kind(), ErrorKind::HeartbeatMissed);
}

#[test]
fn closing_in_order_has_its_own_time() {
    let mut pair = pair();
    block(&mut pair);
    pair.pass(8 * SECOND);
    pair.core.close(pair.now, 200.into(), "");
    pair.pass(4 * SECOND);
    pair.no_event();
    pair.pass(SECOND);
    assert_eq!(pair.closed().kind(), ErrorKind::ConnectionClosed);
}
