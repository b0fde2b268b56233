//! What messages keep from being freed, and what peers can make us hold.

use amqp_methods::{BytesMut, ReplyCode, basic};
use amqp_test_broker::Peer;

use super::Pair;
use crate::ConnectionParameters;
use crate::proto::{ChannelId, ConsumerId};

fn consuming() -> (Pair, ChannelId, ConsumerId) {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    (pair, channel, consumer)
}

#[test]
fn small_messages_do_not_keep_the_read_buffer() {
    let (mut pair, channel, consumer) = consuming();
    for number in 1..=20 {
        pair.delivers(channel, "c", number, &[1; 5000]);
    }
    pair.input = BytesMut::with_capacity(1 << 20);
    pair.exchange();
    let (deliveries, _) = pair.taken(consumer);
    assert_eq!(deliveries.len(), 20);
    // Nobody else holds it: all of its room can be had again.
    assert!(pair.input.try_reclaim(1 << 20));
}

#[test]
fn large_messages_are_not_copied() {
    let (mut pair, channel, consumer) = consuming();
    pair.delivers(channel, "c", 1, &[7; 100_000]);
    pair.input = BytesMut::with_capacity(1 << 20);
    let buffer = pair.input.as_ptr() as usize..pair.input.as_ptr() as usize + (1 << 20);
    pair.exchange();
    let (mut deliveries, _) = pair.taken(consumer);
    assert!(!pair.input.try_reclaim(1 << 20));
    let body = deliveries.remove(0).content.into_body();
    assert!(buffer.contains(&(body.as_ptr() as usize)));
    drop(body);
    drop(deliveries);
    assert!(pair.input.try_reclaim(1 << 20));
}

#[test]
fn a_body_in_pieces_takes_no_more_than_its_size() {
    let (mut pair, channel, consumer) = consuming();
    pair.delivers(channel, "c", 1, &vec![7; 1_000_000]);
    pair.exchange();
    let (mut deliveries, _) = pair.taken(consumer);
    let body = deliveries.remove(0).content.into_body();
    assert_eq!(body.try_into_mut().unwrap().capacity(), 1_000_000);
}

#[test]
fn memory_follows_what_arrives_and_not_what_is_announced() {
    let (mut pair, ..) = consuming();
    let deliver = basic::Deliver::new("c", 1, "", "q");
    let size = 128 * 1024 * 1024;
    pair.peer
        .sends_content_start(1, deliver, &basic::Properties::default(), size);
    pair.peer.sends_body(1, &[0; 10_000]);
    pair.exchange();
    assert!(pair.core.is_open());
    assert!((10_000..11_000).contains(&pair.core.half_received));
}

#[test]
fn half_messages_on_many_channels_have_one_limit_together() {
    let parameters = ConnectionParameters::default()
        .max_message_size(1 << 20)
        .max_header_size(4096);
    let mut pair = Pair::with(&parameters, Peer::new()).opened();
    let mut announced = 0;
    for _ in 0..100 {
        let channel = pair.channel();
        pair.consumer(channel, "c");
        let deliver = basic::Deliver::new("c", 1, "", "q");
        let number = channel.number();
        pair.peer
            .sends_content_start(number, deliver, &basic::Properties::default(), 1 << 20);
        pair.peer.sends_body(number, &[0; 1_000_000]);
        announced += 1;
        pair.exchange();
        if !pair.core.is_open() {
            break;
        }
    }
    assert_eq!(announced, 3);
    pair.closed_with(ReplyCode::RESOURCE_ERROR);
    assert_eq!(pair.core.half_received, 0);
}

#[test]
fn octets_that_wait_are_counted_until_they_are_taken() {
    let (mut pair, channel, consumer) = consuming();
    for number in 1..=3 {
        pair.delivers(channel, "c", number, &[1; 50_000]);
    }
    pair.exchange();
    assert!((150_000..151_000).contains(&pair.core.waiting_octets()));
    pair.taken(consumer);
    assert_eq!(pair.core.waiting_octets(), 0);
    pair.delivers(channel, "c", 4, &[1; 50_000]);
    pair.exchange();
    pair.core.drop_consumer(consumer);
    assert_eq!(pair.core.waiting_octets(), 0);
}

#[test]
fn a_message_waits_for_its_taker_in_a_block_of_its_size() {
    let (mut pair, channel, consumer) = consuming();
    pair.delivers(channel, "c", 1, b"small");
    pair.exchange();
    let (mut deliveries, _) = pair.taken(consumer);
    let content = deliveries.remove(0).content;
    assert!(content.len() < 64);
}

#[test]
fn channels_that_come_and_go_leave_nothing() {
    let mut pair = Pair::open();
    for _ in 0..50 {
        let channel = pair.confirm_channel();
        let consumer = pair.consumer(channel, "c");
        let number = pair
            .publish(channel, &basic::Publish::new("", "q"), b"x")
            .unwrap();
        pair.closes_channel(channel, ReplyCode::NOT_FOUND, "");
        pair.exchange();
        assert_eq!(pair.outcome(channel, number), "in doubt");
        pair.core.drop_consumer(consumer);
        pair.forget_events();
        while pair.peer.next_frame().is_some() {}
    }
    assert_eq!(pair.core.consumers.len(), 0);
    assert!(pair.core.ended.is_empty());
}

#[test]
fn a_forgotten_channel_leaves_nothing_when_it_ends_later() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    let publish = basic::Publish::new("", "q").mandatory(true);
    let number = pair.publish(channel, &publish, b"x").unwrap();
    pair.core.unwatch(channel, number);
    let back = basic::Return::new(312, "NO_ROUTE", "", "q");
    pair.peer
        .sends_content(1, back, &basic::Properties::default(), b"x");
    pair.exchange();
    pair.core.forget(channel);
    pair.core
        .channel(channel)
        .unwrap()
        .close(200.into(), "")
        .unwrap();
    pair.settle();
    assert!(pair.core.ended.is_empty());
}
