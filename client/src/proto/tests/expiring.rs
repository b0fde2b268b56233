//! Publishes whose end nobody waits for any longer, and receipts that are kept for long.

use amqp_methods::{ReplyCode, basic};

use super::Pair;
use super::confirms::{acks, nacks, publish, publishing};
use super::returns::{publishes, returns};
use crate::proto::{Outcome, Tally};

#[test]
fn a_late_confirm_settles_and_is_told_nobody() {
    let (mut pair, channel) = publishing(3);
    assert!(pair.core.expire(channel, 1).is_none());
    assert!(pair.core.expire(channel, 2).is_none());
    let mut view = pair.core.channel(channel).unwrap();
    assert_eq!(view.outstanding(), 3, "the server has settled nothing");
    acks(&mut pair, 1, false);
    nacks(&mut pair, 2, false);
    let mut view = pair.core.channel(channel).unwrap();
    assert_eq!(view.outstanding(), 1);
    assert!(view.is_settled(2) && !view.is_settled(3));
    assert!(view.take_settled().is_empty(), "nobody is to be woken");
    for number in 1..=2 {
        assert_eq!(pair.outcome(channel, number), "none");
        assert!(pair.core.expire(channel, number).is_none());
        pair.core.unwatch(channel, number);
    }
    assert_eq!(pair.core.take_tally(channel), Tally::default());
    acks(&mut pair, 3, false);
    assert_eq!(pair.outcome(channel, 3), "confirmed");
}

#[test]
fn an_outcome_that_is_there_is_not_in_doubt() {
    let (mut pair, channel) = publishing(2);
    nacks(&mut pair, 2, false);
    let Some(Outcome::Nacked) = pair.core.expire(channel, 2) else {
        panic!("not nacked");
    };
    assert!(pair.core.expire(channel, 2).is_none());
    assert_eq!(pair.outcome(channel, 2), "none");
}

#[test]
fn the_end_of_the_channel_counts_no_late_publish() {
    let (mut pair, channel) = publishing(2);
    pair.core.expire(channel, 1);
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "");
    pair.exchange();
    assert_eq!(pair.outcome(channel, 1), "none");
    assert_eq!(pair.outcome(channel, 2), "in doubt");
    assert_eq!(pair.core.take_tally(channel), Tally::default());
    assert!(pair.core.ended.is_empty());
}

#[test]
fn what_came_back_in_time_is_returned_and_what_comes_late_is_unclaimed() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    publishes(&mut pair, channel, &[("a", b"x"), ("a", b"x")]);
    returns(&mut pair, "a", &basic::Properties::default(), b"x");
    pair.exchange();
    let Some(Outcome::Returned(returned)) = pair.core.expire(channel, 1) else {
        panic!("not returned");
    };
    assert_eq!(returned.body(), Some(&b"x"[..]));
    // The next return is that of its twin, whose time is up as well.
    assert!(pair.core.expire(channel, 2).is_none());
    returns(&mut pair, "a", &basic::Properties::default(), b"x");
    pair.exchange();
    assert_eq!(
        pair.core.take_returned(channel).unwrap().body(),
        Some(&b"x"[..])
    );
    acks(&mut pair, 2, true);
    assert_eq!(pair.core.take_tally(channel), Tally::default());
    assert_eq!(pair.core.channel(channel).unwrap().outstanding(), 0);
}

#[test]
fn a_receipt_that_is_kept_for_long_keeps_its_own_outcome_and_no_more() {
    let (mut pair, channel) = publishing(1);
    acks(&mut pair, 1, false);
    let mut longest = 0;
    for number in 2..=20_000 {
        pair.publish(channel, &publish(), b"x");
        pair.speak();
        acks(&mut pair, number, false);
        if number % 1000 == 0 {
            // A second one, kept as well.
            continue;
        }
        assert_eq!(pair.outcome(channel, number), "confirmed");
        let state = pair.core.channels.get(channel).unwrap();
        longest = longest.max(state.confirms.as_ref().unwrap().places());
    }
    assert!(longest < 1100, "{longest} places");
    for number in (1000..=20_000).step_by(1000).chain([1]) {
        assert_eq!(pair.outcome(channel, number), "confirmed");
        assert_eq!(pair.outcome(channel, number), "none");
    }
    pair.hang_up();
    assert!(pair.core.ended.is_empty());
}

#[test]
fn outcomes_that_were_left_behind_outlive_the_channel() {
    let (mut pair, channel) = publishing(3000);
    acks(&mut pair, 3000, true);
    for number in 2..=2999 {
        assert_eq!(pair.outcome(channel, number), "confirmed");
    }
    for _ in 0..2000 {
        pair.publish(channel, &publish(), b"x");
    }
    pair.exchange();
    acks(&mut pair, 5000, true);
    for number in 3001..=5000 {
        assert_eq!(pair.outcome(channel, number), "confirmed");
    }
    pair.hang_up();
    pair.core.unwatch(channel, 1);
    assert_eq!(pair.outcome(channel, 3000), "confirmed");
    assert_eq!(pair.core.take_tally(channel).confirmed, 1);
    assert!(pair.core.ended.is_empty());
}
