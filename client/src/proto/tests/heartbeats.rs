//! Signs of life, in both directions. Spec: 4.2.7

use core::time::Duration;

use amqp_methods::{ReplyCode, basic};
use amqp_test_broker::{Peer, Tuning};

use super::{Pair, SECOND};
use crate::ConnectionParameters;
use crate::error::ErrorKind;

fn beating(seconds: u16) -> Pair {
    let tuning = Tuning {
        heartbeat: seconds,
        ..Tuning::default()
    };
    let parameters = ConnectionParameters::default().heartbeat(crate::Heartbeat::Accept);
    Pair::with(&parameters, Peer::new().tuning(tuning)).opened()
}

/// Heartbeats that arrived at the server.
fn heard(pair: &mut Pair) -> usize {
    let mut count = 0;
    while let Some(frame) = pair.peer.next_frame() {
        count += usize::from(frame.kind == amqp_methods::FrameKind::Heartbeat);
    }
    count
}

/// The server says something every second, for so long.
fn chatters(pair: &mut Pair, seconds: u32) {
    for _ in 0..seconds {
        pair.pass(SECOND);
        pair.peer.sends_heartbeat();
        pair.listen();
    }
}

#[test]
fn one_is_sent_every_half_interval_of_silence() {
    let mut pair = beating(10);
    chatters(&mut pair, 5);
    assert_eq!(heard(&mut pair), 0, "what came before counts");
    chatters(&mut pair, 50);
    assert!((9..=10).contains(&heard(&mut pair)));
    assert!(pair.core.is_open());
}

#[test]
fn no_interval_passes_without_a_sign() {
    // The worst case: something is said just behind each look.
    let mut pair = beating(10);
    let channel = pair.channel();
    pair.pass(5 * SECOND + Duration::from_millis(1));
    heard(&mut pair);
    pair.core
        .channel(channel)
        .unwrap()
        .send(&basic::Ack::new(1))
        .unwrap();
    pair.speak();
    heard(&mut pair);
    chatters(&mut pair, 9);
    pair.pass(SECOND);
    assert!(heard(&mut pair) >= 1);
}

#[test]
fn none_is_sent_where_there_is_traffic() {
    let mut pair = beating(10);
    let channel = pair.channel();
    for _ in 0..30 {
        chatters(&mut pair, 2);
        pair.core
            .channel(channel)
            .unwrap()
            .send(&basic::Ack::new(1))
            .unwrap();
        pair.speak();
    }
    assert_eq!(heard(&mut pair), 0);
}

#[test]
fn silence_for_two_intervals_is_the_end() {
    let mut pair = beating(10);
    let channel = pair.channel();
    let call = pair.call(channel, &amqp_methods::queue::Declare::new("q"));
    pair.speak();
    pair.pass(20 * SECOND - Duration::from_millis(1));
    assert!(pair.core.is_open());
    pair.pass(Duration::from_millis(1));
    let error = pair.closed();
    assert_eq!(error.kind(), ErrorKind::HeartbeatMissed);
    assert!(error.is_timeout());
    assert_eq!(
        pair.reply(call).unwrap_err().kind(),
        ErrorKind::HeartbeatMissed
    );
    assert_eq!(pair.core.poll_timeout(), None);
}

#[test]
fn a_piece_of_a_frame_is_a_sign_of_life() {
    let mut pair = beating(10);
    for octet in b"\x01\0\0\0\0\0\x04" {
        pair.pass(19 * SECOND);
        pair.core_reads(&[*octet]);
    }
    assert!(pair.core.is_open());
    // That nothing came is none.
    pair.input.clear();
    pair.pass(19 * SECOND);
    pair.core_reads(b"");
    pair.pass(SECOND);
    assert_eq!(pair.closed().kind(), ErrorKind::HeartbeatMissed);
}

#[test]
fn what_is_not_read_is_no_silence() {
    let mut pair = beating(10);
    for _ in 0..10 {
        pair.pass(15 * SECOND);
        pair.core.heard(pair.now);
    }
    assert!(pair.core.is_open());
}

#[test]
fn zero_is_none_at_all() {
    let mut pair = beating(0);
    assert_eq!(pair.core.poll_timeout(), None);
    pair.pass(1_000_000 * SECOND);
    // A server that sends some all the same does no harm.
    pair.peer.sends_heartbeat();
    pair.listen();
    pair.no_event();
    assert!(pair.core.is_open());
    assert_eq!(heard(&mut pair), 0);
}

#[test]
fn the_shortest_and_the_longest_interval_hold() {
    for seconds in [1, u16::MAX] {
        let mut pair = beating(seconds);
        pair.pass(2 * u32::from(seconds) * SECOND - Duration::from_millis(1));
        assert!(pair.core.is_open());
        assert_eq!(heard(&mut pair), 2);
        pair.pass(Duration::from_millis(1));
        assert!(!pair.core.is_open());
    }
}

#[test]
fn the_servers_heartbeats_are_not_answered() {
    let mut pair = beating(60);
    heard(&mut pair);
    for _ in 0..100 {
        pair.peer.sends_heartbeat();
    }
    pair.exchange();
    pair.no_event();
    assert_eq!(heard(&mut pair), 0);
}

#[test]
fn a_heartbeat_on_a_channel_or_with_a_payload_is_damage() {
    for frame in [&b"\x08\0\x01\0\0\0\0\xce"[..], b"\x08\0\0\0\0\0\x01x\xce"] {
        let mut pair = beating(60);
        pair.core_reads(frame);
        pair.closed_with(ReplyCode::FRAME_ERROR);
    }
}
