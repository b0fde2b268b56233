//! Messages that come back and have nobody to wait for them.

use amqp_methods::basic;

use super::Pair;
use super::returns::{acks, publishes, returns};
use crate::proto::{Event, Tally};

#[test]
fn a_return_of_nothing_known_goes_to_whoever_asks() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    publishes(&mut pair, channel, &[("a", b"x")]);
    returns(&mut pair, "a", &basic::Properties::default(), b"another");
    pair.exchange();
    assert!(matches!(pair.event(), Event::Returned(told) if told == channel));
    assert_eq!(
        pair.core.take_returned(channel).unwrap().body(),
        Some(&b"another"[..])
    );
    acks(&mut pair, 1, false);
    assert_eq!(pair.outcome(channel, 1), "confirmed");
}

#[test]
fn a_return_without_a_receipt_is_counted_and_goes_to_whoever_asks() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    publishes(&mut pair, channel, &[("a", b"x"), ("a", b"x")]);
    pair.core.unwatch(channel, 1);
    returns(&mut pair, "a", &basic::Properties::default(), b"x");
    returns(&mut pair, "a", &basic::Properties::default(), b"x");
    acks(&mut pair, 2, true);
    assert_eq!(
        pair.core.take_returned(channel).unwrap().body(),
        Some(&b"x"[..])
    );
    assert!(pair.core.take_returned(channel).is_none());
    let expected = Tally {
        returned: 1,
        ..Tally::default()
    };
    assert_eq!(pair.core.take_tally(channel), expected);
    assert_eq!(pair.outcome(channel, 2), "returned");
}

#[test]
fn a_receipt_dropped_behind_its_return_leaves_the_message() {
    for is_acked in [false, true] {
        let mut pair = Pair::open();
        let channel = pair.confirm_channel();
        publishes(&mut pair, channel, &[("a", b"x")]);
        returns(&mut pair, "a", &basic::Properties::default(), b"x");
        pair.exchange();
        if is_acked {
            acks(&mut pair, 1, false);
        }
        pair.core.unwatch(channel, 1);
        assert_eq!(
            pair.core.take_returned(channel).unwrap().body(),
            Some(&b"x"[..])
        );
        acks(&mut pair, 1, false);
        assert_eq!(pair.core.take_tally(channel).returned, 1);
    }
}

#[test]
fn without_confirms_returns_are_kept_up_to_a_limit() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    for number in 0..1030u32 {
        returns(
            &mut pair,
            "a",
            &basic::Properties::default(),
            &number.to_be_bytes(),
        );
    }
    pair.exchange();
    assert!(matches!(pair.event(), Event::Returned(_)));
    pair.no_event();
    assert_eq!(pair.core.take_missed_returns(channel), 6);
    assert_eq!(pair.core.take_missed_returns(channel), 0);
    let first = pair.core.take_returned(channel).unwrap();
    assert_eq!(first.body(), Some(&6u32.to_be_bytes()[..]));
    let mut count = 1;
    while pair.core.take_returned(channel).is_some() {
        count += 1;
    }
    assert_eq!(count, 1024);
}

#[test]
fn returns_are_kept_up_to_a_limit_of_octets() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let megabytes = |count: usize| vec![0; count * 1024 * 1024];
    for size in [6, 6, 6] {
        returns(
            &mut pair,
            "a",
            &basic::Properties::default(),
            &megabytes(size),
        );
    }
    pair.exchange();
    assert_eq!(pair.core.take_missed_returns(channel), 1);
    // The newest is kept, whatever its size.
    returns(
        &mut pair,
        "a",
        &basic::Properties::default(),
        &megabytes(20),
    );
    pair.exchange();
    assert_eq!(pair.core.take_missed_returns(channel), 2);
    let kept = pair.core.take_returned(channel).unwrap();
    assert_eq!(kept.body().unwrap().len(), 20 * 1024 * 1024);
    assert!(pair.core.take_returned(channel).is_none());
}

#[test]
fn what_was_missed_is_told_behind_the_end_of_the_channel() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    for _ in 0..1025 {
        returns(&mut pair, "a", &basic::Properties::default(), b"x");
    }
    pair.exchange();
    pair.hang_up();
    assert_eq!(pair.core.take_missed_returns(channel), 1);
    assert!(pair.core.take_returned(channel).is_some());
    pair.core.forget(channel);
    assert_eq!(pair.core.take_missed_returns(channel), 0);
}
