//! Messages from their frames. Spec: 4.2.6

use amqp_methods::{ReplyCode, basic};

use super::Pair;
use super::pair::{frame_head, raw_frame};
use crate::error::{ErrorKind, Initiator};
use crate::proto::{Arrival, ChannelId, ConsumerId, ConsumerOptions, OverLimit};

fn consuming() -> (Pair, ChannelId, ConsumerId) {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    (pair, channel, consumer)
}

/// Announces a delivery of `size` octets on channel 1.
fn announces(pair: &mut Pair, size: u64) {
    let deliver = basic::Deliver::new("c", 1, "", "q");
    pair.peer
        .sends_content_start(1, deliver, &basic::Properties::default(), size);
}

fn octets(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + at / 251) as u8).collect()
}

#[test]
fn bodies_of_every_size_arrive_whole() {
    let (mut pair, channel, consumer) = consuming();
    let frame = 131_072 - 8;
    for length in [
        0,
        1,
        4095,
        4096,
        8191,
        8192,
        8193,
        frame - 1,
        frame,
        frame + 1,
        200_000,
        2 * frame,
        2 * frame + 5000,
        500_000,
    ] {
        pair.delivers(channel, "c", 1, &octets(length));
        pair.exchange();
        assert!(pair.bodies(consumer) == [octets(length)], "{length}");
    }
    assert_eq!(pair.core.waiting_octets(), 0);
}

#[test]
fn a_large_last_piece_does_not_stand_for_the_whole_body() {
    let (mut pair, _, consumer) = consuming();
    announces(&mut pair, 20_100);
    pair.peer.sends_body(1, &[1; 100]);
    pair.peer.sends_body(1, &[2; 20_000]);
    pair.exchange();
    let expected = [[1; 100].as_slice(), &[2; 20_000]].concat();
    assert!(pair.bodies(consumer) == [expected]);
}

#[test]
fn published_bodies_are_split_at_frame_max_less_eight() {
    for length in [131_064, 131_065, 3 * 131_064] {
        for body in [
            crate::Body::from(octets(length)),
            crate::Body::Lent(&octets(length)),
        ] {
            let mut pair = Pair::open();
            let channel = pair.channel();
            pair.publish(channel, &basic::Publish::new("", "q"), body);
            pair.speak();
            let sizes: Vec<_> = pair
                .peer
                .pending()
                .skip(2)
                .map(|frame| frame.payload.len())
                .collect();
            assert_eq!(sizes.iter().sum::<usize>(), length);
            assert_eq!(sizes.len(), length.div_ceil(131_064));
            assert!(sizes.iter().rev().skip(1).all(|size| *size == 131_064));
            assert!(pair.peer.expects_content(1).2 == octets(length));
        }
    }
}

#[test]
fn an_empty_body_takes_no_frame() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    pair.publish(channel, &basic::Publish::new("", "q"), b"");
    pair.speak();
    assert_eq!(pair.peer.pending().count(), 2);
}

#[test]
fn empty_body_frames_say_nothing() {
    let (mut pair, channel, consumer) = consuming();
    let empty = raw_frame(3, 1, b"");
    for pieces in [
        &[5, 7][..],
        &[10_000, 3],
        &[3, 10_000],
        &[10_000],
        &[200_000, 9000],
    ] {
        let body = octets(pieces.iter().sum());
        announces(&mut pair, body.len() as u64);
        pair.peer.sends_frame_raw(&empty);
        let mut rest = &body[..];
        for piece in pieces {
            let (now, later) = rest.split_at(*piece);
            rest = later;
            pair.peer.sends_body(1, now);
            if !rest.is_empty() {
                pair.peer.sends_frame_raw(&empty);
            }
        }
        pair.exchange();
        assert!(pair.bodies(consumer) == [body]);
    }
    // Behind a message there is none to belong to.
    pair.delivers(channel, "c", 1, b"");
    pair.peer.sends_frame_raw(&empty);
    pair.exchange();
    pair.closed_with(ReplyCode::UNEXPECTED_FRAME);
}

#[test]
fn channels_and_heartbeats_may_stand_between_the_frames_of_a_message() {
    let (mut pair, _, one) = consuming();
    let second = pair.channel();
    let two = pair.consumer(second, "d");
    announces(&mut pair, 6);
    pair.peer.sends_heartbeat();
    pair.peer.sends_content_start(
        2,
        basic::Deliver::new("d", 1, "", "q"),
        &basic::Properties::default(),
        4,
    );
    pair.peer.sends_body(1, b"abc");
    pair.peer.sends_body(2, b"wx");
    pair.peer.sends_heartbeat();
    pair.peer.sends_body(1, b"def");
    pair.peer.sends_body(2, b"yz");
    pair.exchange();
    assert_eq!(pair.bodies(one), [b"abcdef"]);
    assert_eq!(pair.bodies(two), [b"wxyz"]);
}

#[test]
fn arguments_and_properties_stay_with_their_body() {
    let (mut pair, _, consumer) = consuming();
    for (number, body) in [
        (1, &b"small"[..]),
        (2, &octets(9000)),
        (3, &octets(200_000)),
    ] {
        let deliver = basic::Deliver::new("c", number, "exchange", "key").redelivered(true);
        let properties = basic::Properties::default().message_id("m").priority(7);
        pair.peer
            .sends_content(1, deliver.clone(), &properties, body);
        pair.exchange();
        let (deliveries, _) = pair.taken(consumer);
        let delivery = &deliveries[0];
        assert_eq!(delivery.tag.value(), number);
        assert_eq!(delivery.content.method::<basic::Deliver<'_>>(), Ok(deliver));
        assert_eq!(delivery.content.properties(), properties);
        assert_eq!(delivery.content.header().body_size, body.len() as u64);
    }
}

#[test]
fn frames_of_content_out_of_order_close_the_connection() {
    // Rule: 505 unexpected frame, 501 frame error
    let method = raw_frame(1, 1, b"\0\x3c\0\x3c\x01c\0\0\0\0\0\0\0\x01\0\0\x01q");
    let header = raw_frame(2, 1, b"\0\x3c\0\0\0\0\0\0\0\0\0\x03\0\0");
    let other_class = raw_frame(2, 1, b"\0\x0a\0\0\0\0\0\0\0\0\0\x03\0\0");
    let body = raw_frame(3, 1, b"abc");
    let too_much = raw_frame(3, 1, b"abcd");
    let ack = raw_frame(1, 1, b"\0\x3c\0\x50\0\0\0\0\0\0\0\x01\0");
    let short = raw_frame(2, 1, b"\0\x3c\0\0\0\0");
    for (frames, code) in [
        (&[&header][..], ReplyCode::UNEXPECTED_FRAME),
        (&[&body], ReplyCode::UNEXPECTED_FRAME),
        (&[&method, &body], ReplyCode::UNEXPECTED_FRAME),
        (&[&method, &method], ReplyCode::UNEXPECTED_FRAME),
        (&[&method, &ack], ReplyCode::UNEXPECTED_FRAME),
        (&[&method, &header, &header], ReplyCode::UNEXPECTED_FRAME),
        (&[&method, &header, &ack], ReplyCode::UNEXPECTED_FRAME),
        (
            &[&method, &header, &body, &body],
            ReplyCode::UNEXPECTED_FRAME,
        ),
        (&[&method, &other_class], ReplyCode::FRAME_ERROR),
        (&[&method, &header, &too_much], ReplyCode::FRAME_ERROR),
        (&[&method, &short], ReplyCode::FRAME_ERROR),
    ] {
        let (mut pair, ..) = consuming();
        for frame in frames {
            pair.core_reads(frame);
        }
        pair.closed_with(code);
    }
}

#[test]
fn damaged_properties_close_the_connection() {
    let (mut pair, ..) = consuming();
    pair.core_reads(&raw_frame(
        1,
        1,
        b"\0\x3c\0\x3c\x01c\0\0\0\0\0\0\0\x01\0\0\x01q",
    ));
    pair.core_reads(&raw_frame(2, 1, b"\0\x3c\0\0\0\0\0\0\0\0\0\x03\x80\0\x09x"));
    assert_eq!(pair.closed().kind(), ErrorKind::Protocol);
}

#[test]
fn a_message_too_large_closes_its_channel_and_nothing_else_if_that_is_chosen() {
    // Rule: 311, content too large
    for size in [u64::MAX, 1 << 63, 128 * 1024 * 1024 + 1] {
        let mut pair = Pair::open();
        let channel = pair.channel();
        let mut options = ConsumerOptions::new();
        options.over_limit = OverLimit::CloseChannel;
        let consumer = pair.consumer_told(channel, basic::Consume::new("q", "c"), options);
        announces(&mut pair, size);
        pair.peer.sends_body(1, &[0; 200_000]);
        pair.exchange();
        let close: amqp_methods::channel::Close<'_> = pair.peer.expects(1);
        assert_eq!(close.reply_code, 311);
        let (ended, error) = pair.channel_closed();
        assert_eq!(ended, channel);
        assert!(error.is_channel());
        assert_eq!(error.close_reason().unwrap().initiator, Initiator::Client);
        assert_eq!(error.reply_code(), Some(ReplyCode::CONTENT_TOO_LARGE));
        assert!(pair.taken(consumer).1.is_some());
        // What still comes is not kept, and the number is free when the server has answered.
        pair.peer.sends_body(1, &[0; 200_000]);
        assert_eq!(pair.channel().number(), 2);
        assert_eq!(pair.core.half_received, 0);
        pair.peer.sends_on(1, amqp_methods::channel::CloseOk);
        pair.exchange();
        assert_eq!(pair.channel().number(), 1);
    }
}

#[test]
fn a_servers_close_that_crosses_that_one_is_answered_before_the_number_is_used_again() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let mut options = ConsumerOptions::new();
    options.over_limit = OverLimit::CloseChannel;
    pair.consumer_told(channel, basic::Consume::new("q", "c"), options);
    announces(&mut pair, u64::MAX);
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "late");
    pair.exchange();
    pair.peer.expects::<amqp_methods::channel::Close<'_>>(1);
    pair.peer.expects::<amqp_methods::channel::CloseOk>(1);
    assert_eq!(pair.channel_closed().0, channel);
    assert_eq!(pair.channel().number(), 2);
    pair.peer.sends_on(1, amqp_methods::channel::CloseOk);
    pair.exchange();
    assert_eq!(pair.channel().number(), 1);
    assert!(pair.core.is_open());
}

#[test]
fn the_largest_message_allowed_is_taken() {
    let parameters = crate::ConnectionParameters::default().max_message_size(1000);
    let mut pair = Pair::with(&parameters, amqp_test_broker::Peer::new()).opened();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    pair.delivers(channel, "c", 1, &[0; 1000]);
    pair.exchange();
    assert_eq!(pair.bodies(consumer).len(), 1);
    pair.delivers(channel, "c", 2, &[0; 1001]);
    pair.exchange();
    let (deliveries, _) = pair.taken(consumer);
    assert_eq!(deliveries[0].arrival, Arrival::PassedOver);
}

#[test]
fn headers_beyond_frame_max_are_taken_up_to_their_own_limit() {
    // RabbitMQ: does not apply frame_max to headers
    let (mut pair, _, consumer) = consuming();
    let long = "x".repeat(200_000);
    let headers = amqp_methods::FieldTable::builder()
        .entry("x-death", long.as_str())
        .build()
        .unwrap();
    let properties = basic::Properties::default().headers(headers);
    pair.peer.sends_content(
        1,
        basic::Deliver::new("c", 1, "", "q"),
        &properties,
        b"body",
    );
    pair.exchange();
    let (deliveries, _) = pair.taken(consumer);
    assert_eq!(deliveries[0].content.properties(), properties);
    assert_eq!(deliveries[0].content.body(), b"body");

    pair.core_reads(&frame_head(2, 1, 1024 * 1024 - 7));
    assert_eq!(pair.closed().kind(), ErrorKind::Protocol);
}
