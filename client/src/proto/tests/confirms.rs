//! Publisher confirms: numbers, and what the server says of them.

use amqp_methods::{ReplyCode, basic, confirm, queue};

use super::Pair;
use crate::proto::{ChannelId, Event};

pub(super) fn publishing(count: u64) -> (Pair, ChannelId) {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    for number in 1..=count {
        assert_eq!(pair.publish(channel, &publish(), b"x"), Some(number));
    }
    pair.exchange();
    (pair, channel)
}

pub(super) fn publish() -> basic::Publish<'static> {
    basic::Publish::new("", "q")
}

pub(super) fn outcomes<const N: usize>(pair: &mut Pair, channel: ChannelId) -> [&'static str; N] {
    core::array::from_fn(|index| pair.outcome(channel, index as u64 + 1))
}

pub(super) fn acks(pair: &mut Pair, number: u64, multiple: bool) {
    pair.peer
        .sends_on(1, basic::Ack::new(number).multiple(multiple));
    pair.exchange();
}

pub(super) fn nacks(pair: &mut Pair, number: u64, multiple: bool) {
    pair.peer
        .sends_on(1, basic::Nack::new(number).multiple(multiple));
    pair.exchange();
}

#[test]
fn publishes_are_numbered_from_the_moment_that_select_is_sent() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    assert_eq!(pair.publish(channel, &publish(), b"before"), None);
    let call = pair.call(channel, &confirm::Select::default());
    assert_eq!(pair.publish(channel, &publish(), b"x"), Some(1));
    pair.settle();
    pair.reply(call).unwrap();
    assert_eq!(pair.publish(channel, &publish(), b"x"), Some(2));
    // Asking again does not begin anew.
    let again = pair.call(channel, &confirm::Select::default());
    pair.settle();
    pair.reply(again).unwrap();
    assert_eq!(pair.publish(channel, &publish(), b"x"), Some(3));
}

#[test]
fn select_without_an_answer_counts_as_well() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let select = confirm::Select::default().nowait(true);
    pair.core.channel(channel).unwrap().send(&select).unwrap();
    assert_eq!(pair.publish(channel, &publish(), b"x"), Some(1));
}

#[test]
fn single_acks_settle_in_any_order() {
    let (mut pair, channel) = publishing(4);
    acks(&mut pair, 3, false);
    acks(&mut pair, 1, false);
    nacks(&mut pair, 4, false);
    assert_eq!(
        outcomes(&mut pair, channel),
        ["confirmed", "none", "confirmed", "nacked"]
    );
    acks(&mut pair, 2, false);
    assert_eq!(
        outcomes(&mut pair, channel),
        ["none", "confirmed", "none", "none"]
    );
    assert_eq!(pair.core.channel(channel).unwrap().outstanding(), 0);
}

#[test]
fn multiple_settles_only_what_is_unsettled() {
    // LavinMQ: acks are cumulative and may come behind a nack.
    let (mut pair, channel) = publishing(6);
    nacks(&mut pair, 2, false);
    acks(&mut pair, 4, true);
    nacks(&mut pair, 6, true);
    let expected = [
        "confirmed",
        "nacked",
        "confirmed",
        "confirmed",
        "nacked",
        "nacked",
    ];
    assert_eq!(outcomes(&mut pair, channel), expected);
}

#[test]
fn zero_with_multiple_is_all() {
    let (mut pair, channel) = publishing(3);
    acks(&mut pair, 0, true);
    assert_eq!(outcomes(&mut pair, channel), ["confirmed"; 3]);
    // All of nothing is nothing.
    acks(&mut pair, 0, true);
    let (mut pair, _) = publishing(0);
    acks(&mut pair, 0, true);
    assert!(pair.core.is_open());
}

#[test]
fn confirms_of_what_was_not_published_close_the_connection() {
    for (number, multiple) in [
        (0, false),
        (4, false),
        (4, true),
        (u64::MAX, true),
        (u64::MAX, false),
    ] {
        let (mut pair, channel) = publishing(3);
        while pair.peer.next_frame().is_some() {}
        pair.peer
            .sends_on(1, basic::Ack::new(number).multiple(multiple));
        pair.listen();
        pair.closed_with(ReplyCode::COMMAND_INVALID);
        assert_eq!(outcomes(&mut pair, channel), ["in doubt"; 3]);
    }
}

#[test]
fn the_same_ack_twice_is_no_harm() {
    let (mut pair, channel) = publishing(3);
    for _ in 0..2 {
        acks(&mut pair, 2, true);
        nacks(&mut pair, 1, false);
    }
    assert_eq!(
        outcomes(&mut pair, channel),
        ["confirmed", "confirmed", "none"]
    );
    acks(&mut pair, 1, true);
    assert!(pair.core.is_open());
    assert_eq!(pair.core.channel(channel).unwrap().outstanding(), 1);
}

#[test]
fn a_run_of_acks_is_one_event_and_lists_its_numbers() {
    let (mut pair, channel) = publishing(5);
    for number in [2, 1, 3] {
        pair.peer.sends_on(1, basic::Ack::new(number));
    }
    pair.exchange();
    assert!(matches!(pair.event(), Event::Confirms(told) if told == channel));
    pair.no_event();
    let mut view = pair.core.channel(channel).unwrap();
    assert_eq!(view.take_settled(), [2, 1, 3]);
    assert!(view.take_settled().is_empty());
    assert!(view.is_settled(3));
    assert!(!view.is_settled(4));
    assert_eq!(view.last_published(), 5);
}

#[test]
fn without_confirm_mode_nothing_is_numbered_or_settled() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    assert_eq!(pair.publish(channel, &publish(), b"x"), None);
    let mut view = pair.core.channel(channel).unwrap();
    assert!(!view.confirms());
    assert!(view.is_settled(1));
    assert_eq!(view.last_published(), 0);
    assert!(pair.core.take_outcome(channel, 1).is_none());
}

#[test]
fn wire_order_is_the_order_of_numbers() {
    let (mut pair, channel) = publishing(0);
    for number in 1..=50u64 {
        let body = if number % 3 == 0 {
            vec![0; 20_000]
        } else {
            Vec::new()
        };
        let body = [&number.to_be_bytes()[..], &body].concat();
        assert_eq!(pair.publish(channel, &publish(), body), Some(number));
        if number % 7 == 0 {
            pair.call(channel, &queue::Declare::new("q"));
        }
    }
    pair.exchange();
    pair.peer.answer();
    for number in 1..=50u64 {
        let (_, _, body) = pair.peer.expects_content(1);
        assert_eq!(body[..8], number.to_be_bytes());
    }
}
