//! Limits that both sides can live with. Spec: connection.tune, connection.tune-ok

use core::time::Duration;

use amqp_methods::{basic, channel};
use amqp_test_broker::{Peer, Tuning};

use super::Pair;
use super::pair::frame_head;
use crate::error::ErrorKind;
use crate::{ConnectionParameters, Heartbeat};

fn pair(parameters: &ConnectionParameters, tuning: Tuning) -> Pair {
    Pair::with(parameters, Peer::new().tuning(tuning))
}

#[test]
fn tune_ok_carries_the_smaller_limit_and_zero_is_none() {
    // Rule: connection.tune-ok, upper-limit; a zero would raise the server's limit.
    for (ours, theirs, agreed) in [
        (0, 0, 0),
        (0, 8192, 8192),
        (8192, 0, 8192),
        (8192, 131_072, 8192),
        (131_072, 8192, 8192),
        (4096, 4096, 4096),
    ] {
        let tuning = Tuning {
            frame_max: theirs,
            ..Tuning::default()
        };
        let pair = pair(&ConnectionParameters::default().frame_max(ours), tuning).opened();
        assert_eq!(pair.peer.tune_ok().unwrap().frame_max, agreed);
        assert_eq!(pair.core.tuning().frame_max, agreed);
    }
    for (ours, theirs, agreed) in [
        (0, 0, 0),
        (0, 2047, 2047),
        (2047, 0, 2047),
        (1, 2047, 1),
        (2047, 1, 1),
        (u16::MAX, u16::MAX, u16::MAX),
    ] {
        let tuning = Tuning {
            channel_max: theirs,
            ..Tuning::default()
        };
        let pair = pair(&ConnectionParameters::default().channel_max(ours), tuning).opened();
        assert_eq!(pair.peer.tune_ok().unwrap().channel_max, agreed);
        assert_eq!(pair.core.tuning().channel_max, agreed);
    }
}

#[test]
fn heartbeat_is_the_smaller_unless_it_was_decided_otherwise() {
    let every = |seconds| Heartbeat::Every(Duration::from_secs(seconds));
    let exactly = |seconds| Heartbeat::Exactly(Duration::from_secs(seconds));
    for (ours, theirs, agreed) in [
        (every(60), 60, 60),
        (every(10), 60, 10),
        (every(60), 10, 10),
        (every(60), 0, 60),
        (every(65_535), 0, 65_535),
        (every(1), 65_535, 1),
        (Heartbeat::Off, 60, 0),
        (Heartbeat::Off, 0, 0),
        (Heartbeat::Accept, 300, 300),
        (Heartbeat::Accept, 0, 0),
        (exactly(60), 10, 60),
        (exactly(10), 60, 10),
        (exactly(60), 0, 60),
        (Heartbeat::decide(|proposal| proposal / 2), 60, 30),
        (Heartbeat::decide(|proposal| proposal), 0, 0),
        (Heartbeat::decide(|_| u16::MAX), 0, u16::MAX),
        (Heartbeat::decide(|_| 0), 60, 0),
    ] {
        let tuning = Tuning {
            heartbeat: theirs,
            ..Tuning::default()
        };
        let pair = pair(&ConnectionParameters::default().heartbeat(ours), tuning).opened();
        assert_eq!(pair.peer.tune_ok().unwrap().heartbeat, agreed);
        assert_eq!(pair.core.tuning().heartbeat, agreed);
        assert_eq!(pair.core.poll_timeout().is_some(), agreed != 0);
    }
}

#[test]
fn a_frame_max_below_the_minimum_is_refused() {
    // Rule: frame-min-size
    for frame_max in [1, 7, 8, 9, 4095] {
        let tuning = Tuning {
            frame_max,
            ..Tuning::default()
        };
        let mut pair = pair(&ConnectionParameters::default(), tuning);
        pair.exchange();
        while pair.peer.handshake_step() {
            pair.exchange();
        }
        assert_eq!(pair.closed().kind(), ErrorKind::Negotiation);
        assert!(pair.peer.tune_ok().is_none());
    }
}

#[test]
fn what_was_agreed_holds_in_both_directions() {
    let tuning = Tuning {
        frame_max: 4096,
        ..Tuning::default()
    };
    let mut pair = pair(&ConnectionParameters::default(), tuning).opened();
    let channel = pair.channel();
    pair.publish(channel, &basic::Publish::new("", "q"), &[7; 10_000]);
    pair.speak(); // which refuses larger frames
    let (_, _, body) = pair.peer.expects_content(1);
    assert_eq!(body.len(), 10_000);

    // One that is exactly as large is taken, a larger one is not, and is not waited for either.
    pair.core_reads(&frame_head(3, 1, 4096 - 8));
    pair.no_event();
    pair.input.clear();
    pair.core_reads(&frame_head(3, 1, 4096 - 7));
    assert_eq!(pair.closed().kind(), ErrorKind::Protocol);
}

#[test]
fn without_a_limit_frames_are_still_no_larger_than_messages() {
    let tuning = Tuning {
        frame_max: 0,
        ..Tuning::default()
    };
    let parameters = ConnectionParameters::default()
        .frame_max(0)
        .max_message_size(1 << 24);
    for (size, is_taken) in [(1 << 23, true), (1 << 25, false), (u32::MAX, false)] {
        let mut pair = pair(&parameters, tuning).opened();
        pair.channel();
        pair.core_reads(&frame_head(3, 1, size));
        assert_eq!(pair.core.is_open(), is_taken, "{size}");
    }
}

#[test]
fn channels_run_out_at_channel_max() {
    let tuning = Tuning {
        channel_max: 3,
        ..Tuning::default()
    };
    let mut pair = pair(&ConnectionParameters::default(), tuning).opened();
    let channels = [pair.channel(), pair.channel(), pair.channel()];
    let error = pair.core.open_channel().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoFreeChannel);
    assert_eq!(pair.output(), b"");
    let close = pair
        .core
        .channel(channels[1])
        .unwrap()
        .close(200.into(), "")
        .unwrap();
    pair.settle();
    pair.reply(close).unwrap();
    let (reused, _) = pair.core.open_channel().unwrap();
    assert_eq!(reused.number(), 2);
    pair.speak();
    pair.peer.expects::<channel::Open>(2);
}

#[test]
fn all_numbers_can_be_in_use() {
    let tuning = Tuning {
        channel_max: 0,
        ..Tuning::default()
    };
    let parameters = ConnectionParameters::default().channel_max(0);
    let mut pair = pair(&parameters, tuning).opened();
    for number in 1..=u16::MAX {
        assert_eq!(pair.core.open_channel().unwrap().0.number(), number);
    }
    assert!(pair.core.open_channel().is_err());
}
