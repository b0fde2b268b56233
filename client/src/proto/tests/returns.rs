//! Messages that come back, and the publishes they belong to. Rule: order and identity

use amqp_methods::{FieldArray, FieldTable, Value, basic};

use super::Pair;
use crate::proto::{ChannelId, Outcome};

fn mandatory(key: &str) -> basic::Publish<'_> {
    basic::Publish::new("", key).mandatory(true)
}

/// The server sends back a message on channel 1.
pub(super) fn returns(pair: &mut Pair, key: &str, properties: &basic::Properties<'_>, body: &[u8]) {
    let back = basic::Return::new(312, "NO_ROUTE", "", key);
    pair.peer.sends_content(1, back, properties, body);
}

pub(super) fn acks(pair: &mut Pair, number: u64, multiple: bool) {
    pair.peer
        .sends_on(1, basic::Ack::new(number).multiple(multiple));
    pair.exchange();
}

pub(super) fn publishes(pair: &mut Pair, channel: ChannelId, messages: &[(&str, &[u8])]) {
    for (key, body) in messages {
        pair.publish(channel, &mandatory(key), *body);
    }
    pair.exchange();
}

fn outcomes<const N: usize>(pair: &mut Pair, channel: ChannelId) -> [&'static str; N] {
    core::array::from_fn(|index| pair.outcome(channel, index as u64 + 1))
}

#[test]
fn a_return_and_its_ack_are_one_outcome() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    publishes(&mut pair, channel, &[("nowhere", b"x")]);
    returns(&mut pair, "nowhere", &basic::Properties::default(), b"x");
    pair.exchange();
    assert_eq!(pair.outcome(channel, 1), "none", "the ack is yet to come");
    acks(&mut pair, 1, false);
    let Some(Outcome::Returned(returned)) = pair.core.take_outcome(channel, 1) else {
        panic!("not returned");
    };
    assert_eq!(returned.reply_code().get(), 312);
    assert_eq!(returned.routing_key(), "nowhere");
    assert_eq!(returned.body(), Some(&b"x"[..]));
    assert!(pair.core.take_returned(channel).is_none());
    assert!(pair.core.take_outcome(channel, 1).is_none());
}

#[test]
fn a_multiple_ack_settles_the_returned_among_the_confirmed() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    let messages: [(&str, &[u8]); 5] = [
        ("a", b"1"),
        ("b", b"2"),
        ("a", b"3"),
        ("b", b"4"),
        ("a", b"5"),
    ];
    publishes(&mut pair, channel, &messages);
    returns(&mut pair, "b", &basic::Properties::default(), b"2");
    returns(&mut pair, "b", &basic::Properties::default(), b"4");
    acks(&mut pair, 5, true);
    let expected = [
        "confirmed",
        "returned",
        "confirmed",
        "returned",
        "confirmed",
    ];
    assert_eq!(outcomes(&mut pair, channel), expected);
}

#[test]
fn identical_twins_are_told_apart_by_order() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    publishes(&mut pair, channel, &[("a", &b"x"[..]); 4]);
    for _ in 0..4 {
        returns(&mut pair, "a", &basic::Properties::default(), b"x");
    }
    acks(&mut pair, 4, true);
    assert_eq!(outcomes(&mut pair, channel), ["returned"; 4]);
}

#[test]
fn a_twin_before_one_that_came_back_was_routed() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    publishes(&mut pair, channel, &[("a", b"x"), ("b", b"y"), ("a", b"x")]);
    // Returns keep the order of publishes: behind that of 2 can only be that of 3.
    returns(&mut pair, "b", &basic::Properties::default(), b"y");
    returns(&mut pair, "a", &basic::Properties::default(), b"x");
    acks(&mut pair, 3, true);
    assert_eq!(
        outcomes(&mut pair, channel),
        ["confirmed", "returned", "returned"]
    );
}

#[test]
fn returns_out_of_order_find_their_publish_as_well() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    publishes(&mut pair, channel, &[("a", b"x"), ("b", b"y")]);
    returns(&mut pair, "b", &basic::Properties::default(), b"y");
    returns(&mut pair, "a", &basic::Properties::default(), b"x");
    acks(&mut pair, 2, true);
    assert_eq!(outcomes(&mut pair, channel), ["returned"; 2]);
}

#[test]
fn a_settled_publish_takes_no_return() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    publishes(&mut pair, channel, &[("a", b"x"), ("a", b"x")]);
    acks(&mut pair, 1, false);
    returns(&mut pair, "a", &basic::Properties::default(), b"x");
    acks(&mut pair, 2, false);
    assert_eq!(outcomes(&mut pair, channel), ["confirmed", "returned"]);
}

#[test]
fn publishes_that_are_not_mandatory_take_no_return() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    pair.publish(channel, &basic::Publish::new("", "a"), b"x");
    pair.publish(channel, &mandatory("a"), b"x");
    pair.exchange();
    returns(&mut pair, "a", &basic::Properties::default(), b"x");
    acks(&mut pair, 2, true);
    assert_eq!(outcomes(&mut pair, channel), ["confirmed", "returned"]);
}

#[test]
fn everything_that_comes_back_is_part_of_the_identity() {
    let headers = FieldTable::builder().entry("h", 1).build().unwrap();
    let variants = [
        basic::Properties::default(),
        basic::Properties::default().message_id("m"),
        basic::Properties::default().correlation_id("m"),
        basic::Properties::default().priority(1),
        basic::Properties::default().headers(headers),
    ];
    for returned in 0..variants.len() {
        let mut pair = Pair::open();
        let channel = pair.confirm_channel();
        for properties in &variants {
            let mut view = pair.core.channel(channel).unwrap();
            view.publish(&mandatory("a"), properties, &b"x".into(), true)
                .unwrap();
        }
        pair.exchange();
        returns(&mut pair, "a", &variants[returned], b"x");
        acks(&mut pair, 5, true);
        let outcomes: [_; 5] = outcomes(&mut pair, channel);
        for (index, outcome) in outcomes.into_iter().enumerate() {
            let expected = if index == returned {
                "returned"
            } else {
                "confirmed"
            };
            assert_eq!(outcome, expected, "{returned} {index}");
        }
    }
}

#[test]
fn a_header_that_the_server_strips_does_not_count() {
    // RabbitMQ: removes BCC
    let blind = FieldArray::builder().element("hidden").build().unwrap();
    let with = |entries: &[(&str, Value<'_>)]| {
        let mut table = FieldTable::builder();
        for (name, value) in entries {
            table = table.entry(name, value.clone());
        }
        basic::Properties::default()
            .headers(table.build().unwrap())
            .into_owned()
    };
    let one = Value::from(1);
    for (sent, back) in [
        (with(&[("BCC", Value::Array(blind.clone()))]), with(&[])),
        (
            with(&[("BCC", Value::Array(blind.clone()))]),
            basic::Properties::default(),
        ),
        (
            with(&[("BCC", Value::Array(blind.clone())), ("h", one.clone())]),
            with(&[("h", one.clone())]),
        ),
        (
            with(&[("CC", Value::Array(blind.clone()))]),
            with(&[("CC", Value::Array(blind.clone()))]),
        ),
    ] {
        let mut pair = Pair::open();
        let channel = pair.confirm_channel();
        let mut view = pair.core.channel(channel).unwrap();
        view.publish(&mandatory("a"), &sent, &b"x".into(), true)
            .unwrap();
        pair.exchange();
        returns(&mut pair, "a", &back, b"x");
        acks(&mut pair, 1, false);
        assert_eq!(pair.outcome(channel, 1), "returned");
    }
}

#[test]
fn a_return_leaves_no_doubt_when_the_channel_dies() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    publishes(&mut pair, channel, &[("a", b"x"), ("b", b"y")]);
    returns(&mut pair, "a", &basic::Properties::default(), b"x");
    pair.hang_up();
    assert_eq!(outcomes(&mut pair, channel), ["returned", "in doubt"]);
}

#[test]
fn many_returns_take_no_time_to_match() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    let count = 20_000;
    for _ in 0..count {
        pair.publish(channel, &mandatory("a"), b"x");
    }
    pair.output();
    for _ in 0..count {
        returns(&mut pair, "a", &basic::Properties::default(), b"x");
    }
    acks(&mut pair, count, true);
    assert!((1..=count).all(|number| pair.outcome(channel, number) == "returned"));
}
