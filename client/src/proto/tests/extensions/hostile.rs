//! What a server may not do with methods of extensions, and what it may with those that nobody knows.

use amqp_methods::{Method as _, ReplyCode, basic, connection, queue};
use proptest::prelude::*;

use super::super::Pair;
use super::super::hostile::frame;
use super::super::pair::{frame_head, raw_frame};
use super::probe::{Ask, AskOk, Fetch, Fetched, Noted, Properties, Pushed, Quota, QuotaOk};
use super::{CLASS, UNHEARD_OF, told, told_with};
use crate::ConnectionParameters;
use crate::proto::Event;

/// A method frame on channel 1.
fn method(id: amqp_methods::MethodId, arguments: &[u8]) -> Vec<u8> {
    raw_frame(1, 1, &[&id.to_be_bytes(), arguments].concat())
}

/// A header frame on a channel, with no properties.
fn header(channel: u16, class: u16, size: u64) -> Vec<u8> {
    let mut payload = class.to_be_bytes().to_vec();
    payload.extend([0, 0]);
    payload.extend(size.to_be_bytes());
    payload.extend([0, 0]);
    raw_frame(2, channel, &payload)
}

#[test]
fn frames_out_of_order_close_the_connection() {
    // Rule: 505 unexpected frame, 501 frame error
    let pushed = method(Pushed::ID, &[0; 4]);
    let noted = method(Noted::ID, &[0; 4]);
    let unheard = method(UNHEARD_OF, b"");
    let head = header(1, CLASS, 3);
    let other_class = header(1, 60, 3);
    let unknown_class = header(1, 61_441, 3);
    let body = raw_frame(3, 1, b"abc");
    for (frames, code) in [
        (&[&pushed, &noted][..], ReplyCode::UNEXPECTED_FRAME),
        (&[&pushed, &pushed], ReplyCode::UNEXPECTED_FRAME),
        (&[&pushed, &body], ReplyCode::UNEXPECTED_FRAME),
        (&[&pushed, &head, &unheard], ReplyCode::UNEXPECTED_FRAME),
        (&[&pushed, &head, &head], ReplyCode::UNEXPECTED_FRAME),
        (&[&pushed, &other_class], ReplyCode::FRAME_ERROR),
        (&[&pushed, &unknown_class], ReplyCode::FRAME_ERROR),
        (&[&noted, &head], ReplyCode::UNEXPECTED_FRAME),
        (&[&unheard, &head], ReplyCode::UNEXPECTED_FRAME),
        (&[&head], ReplyCode::UNEXPECTED_FRAME),
    ] {
        let mut pair = told();
        pair.channel();
        for frame in frames {
            pair.core_reads(frame);
        }
        pair.closed_with(code);
    }
}

#[test]
fn without_a_description_content_is_refused_and_says_what_is_missing() {
    let mut pair = Pair::open();
    pair.channel();
    pair.pushes(Pushed(1), "", b"x");
    pair.listen();
    // It is taken for a method without content.
    assert_eq!(pair.method().1.decode(), Ok(Pushed(1)));
    let error = pair.closed_with(ReplyCode::UNEXPECTED_FRAME);
    assert!(error.to_string().contains("described"), "{error}");
}

#[test]
fn content_on_channel_0_closes_the_connection() {
    // Rule: 504, channel error
    for frames in [
        &[raw_frame(1, 0, &Pushed::ID.to_be_bytes())][..],
        &[
            raw_frame(1, 0, &Noted::ID.to_be_bytes()),
            header(0, CLASS, 3),
        ],
        &[header(0, CLASS, 3)],
    ] {
        let mut pair = told();
        for frame in frames {
            pair.core_reads(frame);
        }
        pair.forget_methods();
        pair.closed_with(ReplyCode::CHANNEL_ERROR);
    }
}

impl Pair {
    fn forget_methods(&mut self) {
        self.drain();
        self.events
            .retain(|event| !matches!(event, Event::Method { .. }));
    }
}

#[test]
fn headers_have_their_limit() {
    let mut pair = told_with(ConnectionParameters::default().max_header_size(4096));
    pair.channel();
    pair.core_reads(&method(Pushed::ID, &[0; 4]));
    pair.core_reads(&frame_head(2, 1, 131_072));
    pair.closed_with(ReplyCode::FRAME_ERROR);
}

#[test]
fn half_contents_on_many_channels_have_one_limit_together() {
    let parameters = ConnectionParameters::default()
        .max_message_size(1 << 20)
        .max_header_size(4096);
    let mut pair = told_with(parameters);
    let mut announced = 0;
    while pair.core.is_open() && announced < 100 {
        let number = pair.channel().number();
        pair.peer
            .sends_content_start(number, Pushed(1), &Properties::default(), 1 << 20);
        pair.peer.sends_body(number, &[0; 1_000_000]);
        announced += 1;
        pair.exchange();
    }
    assert_eq!(announced, 3);
    pair.closed_with(ReplyCode::RESOURCE_ERROR);
    assert_eq!(pair.core.half_received, 0);
}

#[test]
fn known_replies_that_nobody_asked_for_close_the_connection() {
    let mut pair = told();
    pair.call_connection(&Quota(1));
    pair.peer.sends(connection::UpdateSecretOk);
    pair.is_a_breach();
}

#[test]
fn replies_out_of_turn_close_the_connection() {
    // What a call waits for is its reply in its turn, and never a method that nobody asked for.
    for is_fetch in [false, true] {
        let mut pair = told();
        let channel = pair.channel();
        pair.call(channel, &queue::Declare::new("q"));
        pair.call(channel, &Ask(1));
        pair.call(channel, &Fetch(1));
        if is_fetch {
            pair.pushes(Fetched(1), "", b"x");
        } else {
            pair.peer.sends_on(1, AskOk(1));
        }
        pair.is_a_breach();
    }

    let mut pair = told();
    pair.call_connection(&connection::UpdateSecret::new("s", ""));
    pair.call_connection(&Quota(1));
    pair.peer.sends(QuotaOk(1));
    pair.is_a_breach();
}

impl Pair {
    /// What the server says ends the connection, and nobody hears of it.
    #[track_caller]
    fn is_a_breach(&mut self) {
        self.speak();
        while self.peer.next_frame().is_some() {}
        self.listen();
        let mut events = self.events.iter();
        assert!(!events.any(|event| matches!(event, Event::Method { .. })));
        self.closed_with(ReplyCode::COMMAND_INVALID);
    }
}

#[test]
fn damage_in_what_nobody_here_reads_is_for_its_reader() {
    let mut pair = told();
    pair.channel();
    pair.core_reads(&method(Noted::ID, b"\x01"));
    let (_, short) = pair.method();
    assert!(short.decode::<Noted>().is_err());
    // A flag for a property that there is none of.
    pair.core_reads(&method(Pushed::ID, &[0; 4]));
    let mut damaged = header(1, CLASS, 0);
    let flags = damaged.len() - 3;
    damaged[flags..flags + 2].copy_from_slice(&[0x80, 0]);
    pair.core_reads(&damaged);
    let (_, method) = pair.method();
    assert!(method.properties::<Properties<'_>>().is_err());
    assert!(method.properties::<basic::Properties<'_>>().is_err());
    assert!(pair.core.is_open());
}

#[test]
fn a_flood_of_methods_leaves_nothing_here() {
    let mut pair = told();
    pair.channel();
    let noted = method(Noted::ID, &[0; 4]);
    for _ in 0..100 {
        pair.core_reads(&noted.repeat(100));
        pair.forget_events();
    }
    assert_eq!(pair.core.half_received, 0);
    assert_eq!(pair.core.outgoing_octets(), 0);
    assert!(pair.core.is_open());
}

/// Frames of the extension that are well made, and mean something now and then.
fn extended() -> impl Strategy<Value = Vec<u8>> {
    let number = prop::collection::vec(any::<u8>(), 3..6);
    let of_probe = (10..=71u16, number.clone(), 0..3u16).prop_map(|(index, arguments, channel)| {
        let id = amqp_methods::MethodId::new(CLASS, index);
        raw_frame(1, channel, &[&id.to_be_bytes(), &arguments[..]].concat())
    });
    let of_connection = (200..=221u16, number).prop_map(|(index, arguments)| {
        let id = amqp_methods::MethodId::new(10, index);
        raw_frame(1, 0, &[&id.to_be_bytes(), &arguments[..]].concat())
    });
    let head = (0..30u64, 0..3u16).prop_map(|(size, channel)| header(channel, CLASS, size));
    let pushed = (0..8u64).prop_map(|size| {
        let body = raw_frame(3, 1, &vec![7; usize::try_from(size).unwrap()]);
        [method(Pushed::ID, &[0; 4]), header(1, CLASS, size), body].concat()
    });
    prop_oneof![of_probe, of_connection, head, pushed, frame()]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_frames_never_panic(frames in prop::collection::vec(extended(), 1..30)) {
        let mut pair = told_with(ConnectionParameters::default().max_message_size(5));
        let (one, two) = (pair.channel(), pair.channel());
        let calls = [pair.call(one, &Fetch(1)), pair.call(two, &Ask(1)), pair.call_connection(&Quota(1))];
        for frame in frames {
            pair.core_reads(&frame);
            prop_assert!(pair.core.half_received < 4096);
        }
        pair.hang_up();
        pair.drain();
        for call in calls {
            prop_assert!(pair.maybe_reply(call).is_some());
            prop_assert!(pair.maybe_reply(call).is_none());
        }
        pair.closed();
        prop_assert_eq!(pair.core.half_received, 0);
    }
}
