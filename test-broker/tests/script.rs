//! Scripts as a client's tests would write them.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use amqp_methods::{BytesMut, DynMethod, FrameEncoder, basic, channel, queue};
use amqp_test_broker::Peer;

fn method(channel: u16, method: impl DynMethod) -> BytesMut {
    let mut octets = BytesMut::new();
    FrameEncoder::new(0)
        .method(&mut octets, channel, &method)
        .unwrap();
    octets
}

#[test]
fn channels_are_looked_at_one_by_one() {
    let mut peer = Peer::open();
    peer.receive(&[method(2, basic::Ack::new(5)), method(1, channel::Open)].concat());
    peer.on(1).expects::<channel::Open>();
    peer.on(1).sends(channel::OpenOk).expects_nothing();
    assert_eq!(peer.on(2).expects::<basic::Ack>().delivery_tag, 5);
    peer.expects_nothing();
}

#[test]
fn frames_can_be_taken_as_they_came() {
    let mut peer = Peer::open();
    peer.receive(&[method(2, basic::Ack::new(5)), method(1, channel::Open)].concat());
    let channels: Vec<_> = std::iter::from_fn(|| peer.next_frame())
        .map(|frame| frame.channel)
        .collect();
    assert_eq!(channels, [2, 1]);
}

#[test]
#[should_panic(
    expected = "expected basic.ack {delivery-tag: 1, multiple: false} on channel 1\n     got basic.nack {"
)]
fn another_method_fails_the_test() {
    let mut peer = Peer::open();
    peer.receive(&method(1, basic::Nack::new(1)));
    peer.expects_method(1, &basic::Ack::new(1));
}

#[test]
#[should_panic(expected = "queue: expected \"jobs\", got \"job\"")]
fn another_field_fails_the_test() {
    let mut peer = Peer::open();
    peer.receive(&method(1, queue::Declare::new("job").durable(true)));
    peer.expects_method(1, &queue::Declare::new("jobs").durable(true));
}

#[test]
#[should_panic(
    expected = "expected nothing more\nnot looked at yet:\n  channel.open {} on channel 1"
)]
fn more_than_expected_fails_the_test() {
    let mut peer = Peer::open();
    peer.receive(&method(1, channel::Open));
    peer.expects_nothing();
}

#[test]
#[should_panic(expected = "a string reaches beyond its end")]
fn damage_fails_the_test() {
    let mut peer = Peer::open();
    // The consumer tag of this basic.cancel claims nine octets.
    peer.receive(b"\x01\x00\x01\x00\x00\x00\x06\x00\x3c\x00\x1e\x09q\xce");
    peer.expects_any(1);
}
