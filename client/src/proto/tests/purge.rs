//! What was queued for a channel does not follow its `close-ok`. Rule: a late frame is a 504.

use amqp_methods::{AnyMethod, ReplyCode, basic, channel, queue};
use amqp_test_broker::{Peer, Tuning};

use super::Pair;
use crate::ConnectionParameters;
use crate::proto::ChannelId;

fn channels() -> (Pair, ChannelId, ChannelId) {
    let mut pair = Pair::open();
    let first = pair.channel();
    let second = pair.channel();
    (pair, first, second)
}

fn publish(pair: &mut Pair, channel: ChannelId, body: Vec<u8>) {
    pair.publish(channel, &basic::Publish::new("", "q"), body);
}

#[test]
fn queued_frames_of_the_channel_go_and_all_others_stay() {
    let (mut pair, first, second) = channels();
    let sizes = [10, 20_000, 300_000, 0, 16_384, 131_064];
    for size in sizes {
        publish(&mut pair, first, vec![1; size]);
        publish(&mut pair, second, vec![2; size]);
        pair.core
            .channel(first)
            .unwrap()
            .send(&basic::Ack::new(1))
            .unwrap();
    }
    pair.closes_channel(first, ReplyCode::NOT_FOUND, "");
    pair.listen();
    publish(&mut pair, second, vec![3; 50_000]);
    pair.speak();
    pair.peer.expects::<channel::CloseOk>(1);
    pair.peer.expects_nothing_on(1);
    for size in sizes {
        assert!(pair.peer.expects_content(2).2 == vec![2; size]);
    }
    assert!(pair.peer.expects_content(2).2 == vec![3; 50_000]);
    pair.peer.expects_nothing();
    assert_eq!(pair.core.outgoing_octets(), 0);
}

#[test]
fn frames_of_the_channels_next_life_follow_the_close_ok() {
    let (mut pair, first, _) = channels();
    publish(&mut pair, first, vec![1; 50_000]);
    pair.closes_channel(first, ReplyCode::NOT_FOUND, "");
    pair.listen();
    let (again, _) = pair.core.open_channel().unwrap();
    assert_eq!(again.number(), 1);
    pair.speak();
    pair.peer.expects::<channel::CloseOk>(1);
    pair.peer.expects::<channel::Open>(1);
    pair.peer.expects_nothing();
}

#[test]
fn a_single_channel_is_purged_to_nothing() {
    let tuning = Tuning {
        frame_max: 4096,
        ..Tuning::default()
    };
    let parameters = ConnectionParameters::default();
    let mut pair = Pair::with(&parameters, Peer::new().tuning(tuning)).opened();
    let channel = pair.channel();
    for size in [100_000, 1, 16_384, 4088 * 5] {
        publish(&mut pair, channel, vec![1; size]);
    }
    pair.call(channel, &queue::Declare::new("q"));
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "");
    pair.listen();
    pair.speak();
    let frames: Vec<_> = pair
        .peer
        .pending()
        .map(|frame| frame.method().unwrap())
        .collect();
    assert_eq!(frames, [AnyMethod::ChannelCloseOk(channel::CloseOk)]);
}

#[test]
fn the_protocol_header_survives() {
    // Nothing was written yet, because the server said everything before it was asked.
    let mut pair = Pair::new();
    pair.peer
        .sends(amqp_methods::connection::Start::new(0, 9, "PLAIN", "en_US"));
    pair.peer
        .sends(amqp_methods::connection::Tune::new(0, 0, 0));
    pair.peer.sends(amqp_methods::connection::OpenOk);
    pair.listen();
    let (channel, _) = pair.core.open_channel().unwrap();
    pair.peer.sends_on(1, channel::OpenOk);
    pair.listen();
    publish(&mut pair, channel, vec![1; 50_000]);
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "");
    pair.listen();
    pair.speak();
    pair.peer.expects_protocol_header();
    for _ in 0..3 {
        pair.peer.expects_any(0);
    }
    pair.peer.expects::<channel::CloseOk>(1);
    pair.peer.expects_nothing();
}

#[test]
fn what_was_handed_to_the_transport_goes_out_before_the_close_ok() {
    let (mut pair, first, _) = channels();
    publish(&mut pair, first, vec![1; 50_000]);
    let written = pair.output();
    pair.closes_channel(first, ReplyCode::NOT_FOUND, "");
    pair.listen();
    pair.peer.receive(&written);
    pair.speak();
    pair.peer.expects_content(1);
    pair.peer.expects::<channel::CloseOk>(1);
}
