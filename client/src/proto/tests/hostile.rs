//! Octets of a server that means harm, or is broken.

use amqp_methods::{Decode as _, FieldTable, LongStr, ReplyCode, ShortStr, basic, queue};
use proptest::prelude::*;

use super::Pair;
use super::pair::{frame_head, raw_frame};

#[test]
fn what_is_no_frame_closes_the_connection() {
    // Rule: 501, frame error
    for octets in [
        &b"\x00\0\x01\0\0\0\0\xce"[..],
        b"\x04\0\x01\0\0\0\0\xce",
        b"\xff\0\x01\0\0\0\0\xce",
        b"\x01\0\x01\0\0\0\x04\0\x14\0\x29\xcf",
        b"AMQP\0\0\x09\x01",
    ] {
        let mut pair = Pair::open();
        pair.channel();
        pair.core_reads(octets);
        pair.closed_with(ReplyCode::FRAME_ERROR);
    }
}

#[test]
fn lengths_are_checked_before_anything_is_waited_for() {
    for (size, is_taken) in [
        (131_072 - 8, true),
        (131_072 - 7, false),
        (131_072, false),
        (u32::MAX - 8, false),
        (u32::MAX - 7, false),
        (u32::MAX, false),
    ] {
        for kind in [1, 3] {
            let mut pair = Pair::open();
            pair.core_reads(&frame_head(kind, 1, size));
            assert_eq!(pair.core.is_open(), is_taken, "{kind} {size}");
        }
    }
}

#[test]
fn a_flood_of_flow_is_answered_frame_by_frame_and_no_more() {
    let mut pair = Pair::open();
    pair.channel();
    let flow = raw_frame(1, 1, b"\0\x14\0\x14\x00");
    pair.core_reads(&flow.repeat(1000));
    assert!(pair.core.outgoing_octets() <= 1000 * flow.len());
}

#[test]
fn confirms_without_confirm_mode_close_the_connection() {
    let mut pair = Pair::open();
    pair.channel();
    pair.peer.sends_on(1, basic::Nack::new(1));
    pair.listen();
    pair.closed_with(ReplyCode::COMMAND_INVALID);
}

#[test]
fn texts_that_are_no_text_are_shown_as_well_as_can_be() {
    let mut pair = Pair::open();
    pair.channel();
    let payload = b"\0\x14\0\x28\x01\x94\x02\xff\xfe\0\0\0\0";
    pair.core_reads(&raw_frame(1, 1, payload));
    let (_, error) = pair.channel_closed();
    assert_eq!(error.close_reason().unwrap().reply_text, "\u{fffd}\u{fffd}");
}

#[test]
fn strings_that_are_no_text_cost_nothing_and_are_kept() {
    // RabbitMQ: takes names in any octets from other clients, and hands them on.
    let latin = || ShortStr::from(&b"caf\xe9"[..]);
    let mut pair = Pair::open();
    let channel = pair.channel();
    let call = pair.call(channel, &basic::Consume::new("q", ""));
    pair.peer.sends_on(1, basic::ConsumeOk::new(latin()));
    let headers = FieldTable::builder()
        .entry(latin(), LongStr::from(&b"\xff"[..]))
        .build()
        .unwrap();
    let properties = basic::Properties::default()
        .message_id(latin())
        .headers(headers);
    let deliver = basic::Deliver::new(latin(), 1, latin(), latin());
    pair.peer.sends_content(1, deliver, &properties, b"x");
    pair.exchange();
    let consumer = pair.reply(call).unwrap().consumer.unwrap();
    let (deliveries, _) = pair.taken(consumer);
    let content = &deliveries[0].content;
    let read = basic::Deliver::from_args(content.arguments()).unwrap();
    assert_eq!(read.routing_key, latin());
    assert!(read.routing_key.as_str().is_err());
    assert_eq!(read.routing_key.to_string_lossy(), "caf\u{fffd}");
    assert_eq!(content.properties(), properties);
    assert!(pair.core.is_open());
}

/// A core with everything going on that a server could disturb.
pub(super) fn busy() -> Pair {
    let mut pair = Pair::open();
    let one = pair.confirm_channel();
    let two = pair.channel();
    pair.consumer(one, "c");
    for _ in 0..3 {
        pair.publish(one, &basic::Publish::new("", "q").mandatory(true), b"x");
    }
    pair.call(two, &queue::Declare::new("q"));
    pair.call(two, &basic::Get::new("q"));
    pair.core.open_channel().unwrap();
    pair.output();
    pair
}

/// Frames that are well made, and mean something now and then.
pub(super) fn frame() -> impl Strategy<Value = Vec<u8>> {
    let class_method = prop_oneof![
        (Just(60u16), 10..=120u16),
        (Just(20u16), 10..=41u16),
        (Just(10u16), 10..=71u16),
        (Just(50u16), 10..=51u16),
        (Just(85u16), 10..=11u16),
        any::<(u16, u16)>(),
    ];
    let arguments = prop::collection::vec(prop_oneof![Just(0), Just(1), any::<u8>()], 0..30);
    let method = (class_method, arguments).prop_map(|((class, method), arguments)| {
        let mut payload = class.to_be_bytes().to_vec();
        payload.extend(method.to_be_bytes());
        payload.extend(arguments);
        (1u8, payload)
    });
    let header = (0..20u64, any::<u16>()).prop_map(|(size, flags)| {
        let mut payload = b"\0\x3c\0\0".to_vec();
        payload.extend(size.to_be_bytes());
        payload.extend(flags.to_be_bytes());
        (2, payload)
    });
    let body = prop::collection::vec(any::<u8>(), 0..20).prop_map(|body| (3, body));
    let deliver = Just((1, b"\0\x3c\0\x3c\x01c\0\0\0\0\0\0\0\x01\0\0\x01q".to_vec()));
    let any_payload = prop_oneof![method, header, body, deliver];
    (any_payload, 0..4u16).prop_map(|((kind, payload), channel)| raw_frame(kind, channel, &payload))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_octets_never_panic(octets in prop::collection::vec(any::<u8>(), 0..200), early in any::<bool>()) {
        let mut pair = if early { Pair::new() } else { busy() };
        pair.core_reads(&octets);
        pair.hang_up();
        pair.closed();
    }

    #[test]
    fn random_frames_never_panic(frames in prop::collection::vec(frame(), 1..30)) {
        let mut pair = busy();
        for frame in frames {
            pair.core_reads(&frame);
            prop_assert!(pair.core.half_received < 4096);
        }
        pair.hang_up();
        pair.closed();
        prop_assert_eq!(pair.core.half_received, 0);
    }
}
