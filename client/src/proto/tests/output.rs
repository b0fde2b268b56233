//! What was ever to be written, in octets and frames.

use amqp_methods::{ReplyCode, basic, queue};

use super::Pair;

/// Frames and octets that the core wrote, as they are counted on the wire.
fn written(octets: &[u8]) -> (u64, u64) {
    let mut rest = octets.strip_prefix(b"AMQP\0\0\x09\x01").unwrap_or(octets);
    let mut frames = u64::from(rest.len() < octets.len());
    while let [_, _, _, a, b, c, d, ..] = *rest {
        rest = &rest[u32::from_be_bytes([a, b, c, d]) as usize + 8..];
        frames += 1;
    }
    assert!(rest.is_empty());
    (octets.len() as u64, frames)
}

#[test]
fn every_frame_is_counted_once() {
    let mut pair = Pair::new();
    let mut wire = Vec::new();
    let mut carry = |pair: &mut Pair| {
        let waiting = pair.core.outgoing_octets();
        let octets = pair.output();
        assert_eq!(waiting, octets.len());
        pair.peer.receive(&octets);
        wire.extend(octets);
        let (octets, frames) = written(&wire);
        let total = pair.core.output_total();
        assert_eq!((total.octets, total.frames), (octets, frames));
    };
    while !pair.peer.answer_handshake() {
        carry(&mut pair);
        pair.listen();
    }
    pair.listen();
    let (channel, _) = pair.core.open_channel().unwrap();
    carry(&mut pair);
    pair.peer.answer();
    pair.listen();
    let publish = basic::Publish::new("", "q");
    for size in [0, 1, 131_064, 131_065, 300_000] {
        for body in [vec![0; size].into(), (&vec![0; size]).into()] {
            let mut view = pair.core.channel(channel).unwrap();
            let properties = basic::Properties::default();
            view.publish(&publish, &properties, &body, false).unwrap();
        }
        pair.call(channel, &queue::Declare::new("q"));
        let before = pair.core.output_total();
        carry(&mut pair);
        assert_eq!(pair.core.output_total(), before);
    }
}

#[test]
fn what_is_purged_with_its_channel_does_not_count() {
    let mut pair = Pair::open();
    let (one, other) = (pair.channel(), pair.channel());
    pair.output();
    let before = pair.core.output_total();
    let publish = basic::Publish::new("", "q");
    for channel in [one, other, one, other] {
        pair.publish(channel, &publish, vec![0; 20_000]);
    }
    let waiting = pair.core.output_total();
    assert_eq!(waiting.frames, before.frames + 12);
    pair.closes_channel(one, ReplyCode::NOT_FOUND, "");
    pair.listen();
    let (octets, frames) = written(&pair.output());
    // Two publishes, and the answer to the close.
    assert_eq!(frames, 7);
    let total = pair.core.output_total();
    assert_eq!(total.frames, before.frames + 7);
    assert_eq!(total.octets, before.octets + octets);
}
