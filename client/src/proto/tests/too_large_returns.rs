//! Messages that come back and are larger than is taken: matched and told as any other, without their bodies.

use amqp_methods::{FieldTable, ReplyCode, basic, queue};
use amqp_test_broker::Peer;

use super::Pair;
use super::returns::{acks, publishes, returns};
use crate::ConnectionParameters;
use crate::error::ErrorKind;
use crate::proto::{ChannelId, Event, Outcome};

const LIMIT: u64 = 1000;

fn limited() -> Pair {
    let parameters = ConnectionParameters::default().max_message_size(LIMIT);
    Pair::with(&parameters, Peer::new()).opened()
}

fn confirming() -> (Pair, ChannelId) {
    let mut pair = limited();
    let channel = pair.confirm_channel();
    (pair, channel)
}

fn plain() -> basic::Properties<'static> {
    basic::Properties::default()
}

/// The server begins to send back a message on channel 1.
fn announces(pair: &mut Pair, key: &str, size: u64) {
    let back = basic::Return::new(312, "NO_ROUTE", "", key);
    pair.peer.sends_content_start(1, back, &plain(), size);
}

#[test]
fn the_receipt_says_everything_but_the_body() {
    let (mut pair, channel) = confirming();
    let properties = plain().message_id("m").priority(3);
    let body = vec![7; 300_000];
    let publish = basic::Publish::new("e", "nowhere").mandatory(true);
    let mut view = pair.core.channel(channel).unwrap();
    view.publish(&publish, &properties, &(&body[..]).into(), true)
        .unwrap();
    pair.exchange();
    let back = basic::Return::new(312, "NO_ROUTE", "e", "nowhere");
    pair.peer.sends_content(1, back, &properties, &body);
    pair.exchange();
    assert_eq!(pair.outcome(channel, 1), "none", "the ack is yet to come");
    acks(&mut pair, 1, false);
    let Some(Outcome::Returned(returned)) = pair.core.take_outcome(channel, 1) else {
        panic!("not returned");
    };
    assert_eq!(returned.reply_code().get(), 312);
    assert_eq!(returned.reply_text(), *"NO_ROUTE");
    assert_eq!(returned.exchange(), *"e");
    assert_eq!(returned.routing_key(), *"nowhere");
    assert_eq!(returned.properties(), properties);
    assert_eq!(returned.size(), 300_000);
    assert_eq!(returned.body(), None);
    let told = format!("{returned:?}");
    assert!(told.contains("size: 300000, has_body: false"), "{told}");
    assert_eq!(returned.into_body(), None);
    assert!(pair.core.take_returned(channel).is_none());
    assert!(pair.core.channel(channel).is_some());
}

#[test]
fn an_empty_body_is_not_one_that_was_passed_over() {
    let (mut pair, channel) = confirming();
    publishes(&mut pair, channel, &[("a", b"")]);
    returns(&mut pair, "a", &plain(), b"");
    acks(&mut pair, 1, false);
    let Some(Outcome::Returned(returned)) = pair.core.take_outcome(channel, 1) else {
        panic!("not returned");
    };
    assert_eq!((returned.size(), returned.body()), (0, Some(&b""[..])));
    let told = format!("{returned:?}");
    assert!(told.contains("size: 0, has_body: true"), "{told}");
}

#[test]
fn the_largest_that_is_taken_has_its_body() {
    let (mut pair, channel) = confirming();
    let (largest, larger) = ([1; LIMIT as usize], [1; LIMIT as usize + 1]);
    publishes(&mut pair, channel, &[("a", &largest), ("a", &larger)]);
    returns(&mut pair, "a", &plain(), &largest);
    returns(&mut pair, "a", &plain(), &larger);
    acks(&mut pair, 2, true);
    for (number, body) in [(1, Some(&largest[..])), (2, None)] {
        let Some(Outcome::Returned(returned)) = pair.core.take_outcome(channel, number) else {
            panic!("not returned");
        };
        assert_eq!(returned.body(), body);
    }
}

#[test]
fn the_body_is_part_of_the_identity_in_whichever_pieces_it_comes() {
    const SIZE: usize = 5000;
    let mut bodies = [[0; SIZE]; 5];
    bodies[1][0] = 1;
    bodies[2][256] = 1;
    bodies[3][SIZE - 1] = 1;
    bodies[4][SIZE / 2] = 1;
    for piece in [1, 255, 256, 257, 4096, SIZE] {
        for came_back in 0..bodies.len() {
            let (mut pair, channel) = confirming();
            let messages = bodies.each_ref().map(|body| ("a", &body[..]));
            publishes(&mut pair, channel, &messages);
            announces(&mut pair, "a", SIZE as u64);
            for piece in bodies[came_back].chunks(piece) {
                pair.peer.sends_body(1, piece);
            }
            acks(&mut pair, 5, true);
            for number in 0..5 {
                let expected = match number == came_back {
                    true => "returned",
                    false => "confirmed",
                };
                let outcome = pair.outcome(channel, number as u64 + 1);
                assert_eq!(outcome, expected, "{piece} {came_back} {number}");
            }
        }
    }
}

#[test]
fn everything_else_is_part_of_it_too() {
    let body = [7; 2000];
    let headers = FieldTable::builder().entry("h", 1).build().unwrap();
    let variants = [
        ("a", plain()),
        ("b", plain()),
        ("a", plain().message_id("m")),
        ("a", plain().headers(headers)),
    ];
    for (index, (key, properties)) in variants.iter().enumerate() {
        let (mut pair, channel) = confirming();
        for (key, properties) in &variants {
            let publish = basic::Publish::new("", *key).mandatory(true);
            let mut view = pair.core.channel(channel).unwrap();
            view.publish(&publish, properties, &(&body[..]).into(), true)
                .unwrap();
        }
        pair.exchange();
        returns(&mut pair, key, properties, &body);
        acks(&mut pair, 4, true);
        for number in 0..4 {
            let expected = match number == index {
                true => "returned",
                false => "confirmed",
            };
            assert_eq!(pair.outcome(channel, number as u64 + 1), expected);
        }
    }
}

#[test]
fn twins_are_told_apart_by_order_among_those_that_are_small() {
    let (mut pair, channel) = confirming();
    let large = [7; 2000];
    let messages: [(&str, &[u8]); 4] = [("a", &large), ("b", b"x"), ("a", &large), ("b", b"x")];
    publishes(&mut pair, channel, &messages);
    // Behind the return of 2 can only be that of 3.
    returns(&mut pair, "b", &plain(), b"x");
    returns(&mut pair, "a", &plain(), &large);
    acks(&mut pair, 4, true);
    let outcomes = [1, 2, 3, 4].map(|number| pair.outcome(channel, number));
    assert_eq!(outcomes, ["confirmed", "returned", "returned", "confirmed"]);
}

#[test]
fn what_no_receipt_waits_for_is_told_without_its_body() {
    for confirms in [false, true] {
        let mut pair = limited();
        let channel = match confirms {
            true => pair.confirm_channel(),
            false => pair.channel(),
        };
        let before = pair.core.metrics(pair.now).messages_returned;
        returns(&mut pair, "a", &plain(), &[7; 2000]);
        pair.exchange();
        assert!(matches!(pair.event(), Event::Returned(told) if told == channel));
        let returned = pair.core.take_returned(channel).unwrap();
        assert_eq!((returned.size(), returned.body()), (2000, None));
        assert_eq!(returned.routing_key(), *"a");
        let metrics = pair.core.metrics(pair.now);
        assert_eq!(metrics.messages_returned, before + 1);
        // The channel goes on.
        let call = pair.call(channel, &queue::Declare::new("q"));
        pair.peer.sends_on(1, queue::DeclareOk::new("q", 0, 0));
        pair.exchange();
        pair.reply(call).unwrap();
    }
}

#[test]
fn a_receipt_that_is_dropped_or_expires_leaves_it_to_whoever_asks() {
    let (mut pair, channel) = confirming();
    let (one, two, three) = ([1; 2000], [2; 2000], [3; 2000]);
    publishes(
        &mut pair,
        channel,
        &[("a", &one), ("a", &two), ("a", &three)],
    );
    pair.core.unwatch(channel, 1);
    assert!(pair.core.expire(channel, 2).is_none());
    for body in [&one, &two, &three] {
        returns(&mut pair, "a", &plain(), body);
    }
    pair.exchange();
    pair.core.unwatch(channel, 3);
    for _ in 0..3 {
        let returned = pair.core.take_returned(channel).unwrap();
        assert_eq!((returned.size(), returned.body()), (2000, None));
    }
    assert!(pair.core.take_returned(channel).is_none());
    acks(&mut pair, 3, true);
    assert_eq!(pair.core.take_tally(channel).returned, 2);
}

#[test]
fn confirms_that_begin_in_the_middle_of_it_wait_for_nothing_of_it() {
    let mut pair = limited();
    let channel = pair.channel();
    announces(&mut pair, "a", LIMIT + 1);
    pair.listen();
    pair.call(channel, &amqp_methods::confirm::Select::default());
    // All that could be mistaken for it: the same, and what is known of it.
    publishes(
        &mut pair,
        channel,
        &[("a", b""), ("a", &[0; LIMIT as usize + 1])],
    );
    pair.peer.sends_body(1, &[0; LIMIT as usize + 1]);
    pair.peer.sends_on(1, amqp_methods::confirm::SelectOk);
    acks(&mut pair, 2, true);
    let outcomes = [1, 2].map(|number| pair.outcome(channel, number));
    assert_eq!(outcomes, ["confirmed"; 2]);
    assert_eq!(pair.core.take_returned(channel).unwrap().body(), None);
}

#[test]
fn nothing_of_the_body_is_kept() {
    let (mut pair, channel) = confirming();
    announces(&mut pair, "a", 1 << 62);
    for _ in 0..100 {
        pair.peer.sends_body(1, &[0; 100_000]);
        pair.exchange();
        assert!(pair.core.half_received < 100);
    }
    assert_eq!(pair.core.waiting_octets(), 0);
    assert!(pair.core.channel(channel).is_some());
    pair.hang_up();
    assert_eq!(pair.core.half_received, 0);
    assert!(pair.core.take_returned(channel).is_none());
}

#[test]
fn headers_count_with_what_is_half_received() {
    let parameters = ConnectionParameters::default()
        .max_message_size(1)
        .max_header_size(4096);
    let mut pair = Pair::with(&parameters, Peer::new()).opened();
    let long = "x".repeat(3500);
    let headers = FieldTable::builder()
        .entry("h", long.as_str())
        .build()
        .unwrap();
    let properties = plain().headers(headers);
    let mut announced = 0;
    while pair.core.is_open() && announced < 100 {
        let number = pair.confirm_channel().number();
        let back = basic::Return::new(312, "", "", "a");
        pair.peer
            .sends_content_start(number, back, &properties, 1 << 30);
        pair.peer.sends_body(number, &[0; 100_000]);
        announced += 1;
        pair.exchange();
    }
    assert_eq!(announced, 3);
    pair.closed_with(ReplyCode::RESOURCE_ERROR);
}

#[test]
fn more_octets_than_announced_are_a_breach_all_the_same() {
    let (mut pair, _) = confirming();
    announces(&mut pair, "a", LIMIT + 1);
    pair.peer.sends_body(1, &[0; LIMIT as usize + 2]);
    pair.exchange();
    assert_eq!(pair.closed().kind(), ErrorKind::Protocol);
}
