//! The end of every publish: exactly one, whoever is there to hear of it.

use amqp_methods::{ReplyCode, basic};

use super::confirms::{acks, nacks, outcomes, publish, publishing};
use crate::error::ErrorKind;
use crate::proto::{Outcome, Tally};

#[test]
fn the_end_of_a_channel_puts_what_is_outstanding_in_doubt() {
    let (mut pair, channel) = publishing(4);
    acks(&mut pair, 1, false);
    nacks(&mut pair, 3, false);
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "no exchange");
    pair.exchange();
    let Some(Outcome::InDoubt(error)) = pair.core.take_outcome(channel, 2) else {
        panic!("not in doubt");
    };
    assert_eq!(error.close_reason().unwrap().reply_text, "no exchange");
    assert_eq!(
        outcomes(&mut pair, channel),
        ["confirmed", "none", "nacked", "in doubt"]
    );
    // Each exactly once, and then nothing is left.
    assert_eq!(outcomes(&mut pair, channel), ["none"; 4]);
    assert!(pair.core.ended.is_empty());
}

#[test]
fn the_end_of_the_connection_does_so_too() {
    let (mut pair, channel) = publishing(2);
    acks(&mut pair, 2, false);
    pair.hang_up();
    assert_eq!(pair.closed().kind(), ErrorKind::ConnectionLost);
    assert_eq!(outcomes(&mut pair, channel), ["in doubt", "confirmed"]);
}

#[test]
fn our_close_still_hears_confirms() {
    let (mut pair, channel) = publishing(2);
    pair.core
        .channel(channel)
        .unwrap()
        .close(200.into(), "")
        .unwrap();
    acks(&mut pair, 1, false);
    pair.settle();
    assert_eq!(outcomes(&mut pair, channel), ["confirmed", "in doubt"]);
}

#[test]
fn publishes_without_a_receipt_are_counted() {
    let (mut pair, channel) = publishing(0);
    let mut view = pair.core.channel(channel).unwrap();
    for _ in 0..5 {
        let properties = basic::Properties::default();
        view.publish(&publish(), &properties, &b"x".into(), false)
            .unwrap();
    }
    pair.exchange();
    acks(&mut pair, 2, true);
    nacks(&mut pair, 3, false);
    let expected = Tally {
        confirmed: 2,
        nacked: 1,
        ..Tally::default()
    };
    assert_eq!(pair.core.channel(channel).unwrap().take_tally(), expected);
    assert_eq!(
        pair.core.channel(channel).unwrap().take_tally(),
        Tally::default()
    );
    acks(&mut pair, 4, false);
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "");
    pair.exchange();
    // Also beyond the end of the channel.
    let expected = Tally {
        confirmed: 1,
        in_doubt: 1,
        ..Tally::default()
    };
    assert_eq!(pair.core.take_tally(channel), expected);
    assert!(pair.core.ended.is_empty());
}

#[test]
fn a_receipt_that_is_dropped_is_counted_once() {
    let (mut pair, channel) = publishing(4);
    pair.core.unwatch(channel, 1);
    acks(&mut pair, 2, true);
    pair.core.unwatch(channel, 2);
    pair.core.unwatch(channel, 2);
    let tally = pair.core.take_tally(channel);
    assert_eq!(
        tally,
        Tally {
            confirmed: 2,
            ..Tally::default()
        }
    );
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "");
    pair.exchange();
    pair.core.unwatch(channel, 3);
    assert_eq!(pair.core.take_tally(channel).in_doubt, 1);
    assert_eq!(
        outcomes(&mut pair, channel),
        ["none", "none", "none", "in doubt"]
    );
    assert!(pair.core.ended.is_empty());
}

#[test]
fn a_long_run_is_let_go_as_it_is_settled() {
    let (mut pair, channel) = publishing(0);
    let mut confirmed = 0;
    for round in 0..100 {
        for _ in 0..100 {
            pair.publish(channel, &publish(), b"x");
        }
        pair.speak();
        acks(&mut pair, (round + 1) * 100 - round % 7, true);
        for number in pair.core.channel(channel).unwrap().take_settled() {
            confirmed += u64::from(pair.outcome(channel, number) == "confirmed");
        }
    }
    let outstanding = pair.core.channel(channel).unwrap().outstanding() as u64;
    assert_eq!((confirmed + outstanding, outstanding), (10_000, 99 % 7));
}
