//! Bodies that are handed on piece by piece.

use std::collections::VecDeque;

use amqp_methods::{ReplyCode, basic};
use amqp_test_broker::Peer;

use super::Pair;
use crate::ConnectionParameters;
use crate::error::Error;
use crate::proto::{Arrival, BodyId, ChannelId, ConsumerId, ConsumerOptions, Event, Settlement};

const FROM: u64 = 1000;

fn consuming() -> (Pair, ChannelId, ConsumerId) {
    let parameters = ConnectionParameters::default().max_message_size(50_000);
    let mut pair = Pair::with(&parameters, Peer::new()).opened();
    let channel = pair.channel();
    let mut options = ConsumerOptions::new();
    options.stream_from = Some(FROM);
    let consumer = pair.consumer_told(channel, basic::Consume::new("q", "c"), options);
    (pair, channel, consumer)
}

impl Pair {
    /// Announces a delivery; the body that the consumer is given for it.
    fn streams(&mut self, consumer: ConsumerId, number: u64, size: u64) -> BodyId {
        let deliver = basic::Deliver::new("c", number, "", "q");
        let properties = basic::Properties::default().message_id("large");
        self.peer.sends_content_start(1, deliver, &properties, size);
        self.exchange();
        let (deliveries, _) = self.taken(consumer);
        assert_eq!(deliveries.len(), 1);
        assert_eq!(deliveries[0].content.properties(), properties);
        assert_eq!(deliveries[0].content.header().body_size, size);
        match deliveries[0].arrival {
            Arrival::Streamed(body) => body,
            other => panic!("{other:?}"),
        }
    }

    /// What has come of a body, and its end.
    fn read(&mut self, body: BodyId) -> (Vec<u8>, Option<Result<(), Error>>) {
        let mut pieces = VecDeque::new();
        loop {
            let before = pieces.len();
            let end = self.core.take_body(body, &mut pieces);
            if end.is_some() || pieces.len() == before {
                assert!(pieces.iter().all(|piece| !piece.is_empty()));
                return (pieces.into_iter().flatten().collect(), end);
            }
        }
    }
}

#[test]
fn a_large_body_is_read_while_it_comes() {
    let (mut pair, channel, consumer) = consuming();
    // Beyond the limit for messages that are kept whole.
    let size = 400_000u64;
    let body = pair.streams(consumer, 1, size);
    pair.forget_events();
    assert_eq!(pair.core.half_received, 0);
    let octets: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
    let mut read = Vec::new();
    for piece in octets.chunks(150_000) {
        pair.peer.sends_body(1, piece);
        pair.exchange();
        assert!(matches!(pair.event(), Event::Body(told) if told == body));
        assert_eq!(pair.core.waiting_octets(), piece.len());
        let (part, end) = pair.read(body);
        read.extend(part);
        assert_eq!(end.is_some(), read.len() == octets.len());
        pair.forget_events();
        assert_eq!(pair.core.waiting_octets(), 0);
    }
    assert_eq!(read, octets);
    assert!(matches!(pair.read(body), (rest, Some(Ok(()))) if rest.is_empty()));
    pair.core.drop_body(body);
    assert_eq!(pair.core.bodies.len(), 0);
    // The channel is free for what comes next.
    pair.delivers(channel, "c", 2, b"small");
    pair.exchange();
    let (deliveries, _) = pair.taken(consumer);
    assert_eq!(deliveries[0].arrival, Arrival::Whole);
    assert_eq!(deliveries[0].content.body(), b"small");
}

#[test]
fn only_bodies_of_that_size_are_streamed_and_only_to_who_asked() {
    let (mut pair, channel, consumer) = consuming();
    let other = pair.consumer(channel, "other");
    let (below, exactly) = ([0; FROM as usize - 1], [0; FROM as usize]);
    pair.delivers(channel, "c", 1, &below);
    pair.delivers(channel, "c", 2, &exactly);
    pair.delivers(channel, "other", 3, &exactly);
    pair.delivers(channel, "other", 4, &[0; 20_000]);
    pair.delivers(channel, "other", 5, &[0; 60_000]);
    pair.exchange();
    let arrivals = |pair: &mut Pair, consumer| {
        let (deliveries, _) = pair.taken(consumer);
        deliveries.iter().map(|raw| raw.arrival).collect::<Vec<_>>()
    };
    let streamed = arrivals(&mut pair, consumer);
    assert_eq!(streamed[0], Arrival::Whole);
    assert!(matches!(streamed[1], Arrival::Streamed(_)));
    let whole = arrivals(&mut pair, other);
    assert_eq!(whole, [Arrival::Whole, Arrival::Whole, Arrival::PassedOver]);
}

#[test]
fn many_bodies_wait_beside_each_other() {
    let (mut pair, channel, consumer) = consuming();
    for number in 1..=3u8 {
        pair.delivers(channel, "c", number.into(), &[number; 30_000]);
    }
    pair.exchange();
    let (deliveries, _) = pair.taken(consumer);
    for (raw, number) in deliveries.iter().zip(1..=3u8).rev() {
        let Arrival::Streamed(body) = raw.arrival else {
            panic!("{:?}", raw.arrival);
        };
        let (read, end) = pair.read(body);
        assert_eq!(read, [number; 30_000]);
        assert!(matches!(end, Some(Ok(()))));
    }
}

#[test]
fn pieces_of_one_octet_are_put_together() {
    let (mut pair, _, consumer) = consuming();
    let body = pair.streams(consumer, 1, 5000);
    for _ in 0..5000 {
        pair.peer.sends_body(1, b"x");
    }
    pair.exchange();
    let mut pieces = VecDeque::new();
    pair.core.take_body(body, &mut pieces);
    assert_eq!(pieces.len(), 1);
    assert_eq!(pieces[0].len(), 5000);
}

#[test]
fn a_channel_that_ends_ends_the_body_with_its_reason() {
    let (mut pair, channel, consumer) = consuming();
    let body = pair.streams(consumer, 1, 5000);
    pair.peer.sends_body(1, &[1; 2000]);
    pair.closes_channel(channel, ReplyCode::PRECONDITION_FAILED, "timed out");
    pair.exchange();
    let (read, end) = pair.read(body);
    assert_eq!(read, [1; 2000]);
    let error = end.unwrap().unwrap_err();
    assert_eq!(error.close_reason().unwrap().reply_text, "timed out");
    pair.core.drop_body(body);
    assert_eq!(pair.core.bodies.len(), 0);
}

#[test]
fn a_body_that_nobody_reads_is_passed_over() {
    let (mut pair, channel, consumer) = consuming();
    let body = pair.streams(consumer, 1, 100_000);
    pair.peer.sends_body(1, &[1; 50_000]);
    pair.exchange();
    pair.core.drop_body(body);
    assert_eq!(pair.core.waiting_octets(), 0);
    pair.peer.sends_body(1, &[1; 50_000]);
    pair.delivers(channel, "c", 2, b"next");
    pair.exchange();
    assert_eq!(pair.core.waiting_octets(), pair.core.consumers.waiting());
    assert_eq!(pair.bodies(consumer), [b"next"]);
}

#[test]
fn a_dropped_consumer_gives_back_and_leaves_no_body() {
    let (mut pair, channel, consumer) = consuming();
    // One that waits unseen while its body comes.
    let deliver = basic::Deliver::new("c", 1, "", "q");
    let properties = basic::Properties::default();
    pair.peer
        .sends_content_start(1, deliver, &properties, 200_000);
    pair.peer.sends_body(1, &[1; 50_000]);
    pair.exchange();
    pair.core.drop_consumer(consumer);
    pair.exchange();
    pair.peer.expects::<basic::Cancel<'_>>(1);
    let nack = basic::Nack::new(1).requeue(true);
    pair.peer.expects_method(1, &nack);
    assert_eq!(pair.core.bodies.len(), 0);
    pair.peer.sends_body(1, &[1; 150_000]);
    // One that comes when the consumer is gone is not kept either.
    pair.delivers(channel, "c", 2, &[1; 60_000]);
    pair.exchange();
    let nack = basic::Nack::new(2).requeue(true);
    pair.peer.expects_method(1, &nack);
    assert_eq!(pair.core.bodies.len(), 0);
    assert_eq!(pair.core.waiting_octets(), 0);
}

#[test]
fn more_octets_than_announced_are_a_breach() {
    let (mut pair, _, consumer) = consuming();
    let body = pair.streams(consumer, 1, 2000);
    pair.peer.sends_body(1, &[1; 2001]);
    pair.exchange();
    pair.closed_with(ReplyCode::FRAME_ERROR);
    assert!(pair.read(body).1.unwrap().is_err());
}

#[test]
fn what_waits_is_taken_in_parts_and_counted_until_then() {
    let (mut pair, _, consumer) = consuming();
    let size = 10 << 20;
    let body = pair.streams(consumer, 1, size as u64);
    pair.peer.sends_body(1, &vec![1; size]);
    pair.exchange();
    let mut pieces = VecDeque::new();
    assert!(pair.core.take_body(body, &mut pieces).is_none());
    let taken: usize = pieces.iter().map(bytes::Bytes::len).sum();
    assert!((256 << 10..512 << 10).contains(&taken), "{taken}");
    assert_eq!(pair.core.waiting_octets(), size - taken);
    let (rest, end) = pair.read(body);
    assert_eq!(rest.len(), size - taken);
    assert!(matches!(end, Some(Ok(()))));
}

#[test]
fn a_streamed_delivery_is_unsettled_from_its_header_on() {
    let (mut pair, channel, consumer) = consuming();
    pair.streams(consumer, 1, FROM);
    let metrics = pair.core.metrics(pair.now);
    assert_eq!((metrics.messages_delivered, metrics.unsettled), (1, 1));
    let tag = pair.core.delivery_tag(channel, 1);
    let ack = Settlement::Ack { multiple: false };
    pair.core
        .channel(channel)
        .unwrap()
        .settle(tag, ack)
        .unwrap();
    assert_eq!(pair.core.metrics(pair.now).unsettled, 0);
}
