//! Calls and methods on channel 0.

use amqp_methods::{Method as _, ReplyCode, connection};

use super::super::{Pair, SECOND};
use super::probe::{Advise, Ask, AskOk, Quota, QuotaOk, Warned};
use super::{read, told};
use crate::error::ErrorKind;
use crate::proto::Event;

#[test]
fn a_secret_is_renewed_on_channel_0() {
    let mut pair = Pair::open();
    let renewed = connection::UpdateSecret::new("s3cr3t", "it expires");
    let call = pair.call_connection(&renewed);
    pair.speak();
    pair.peer.expects_method(0, &renewed);
    pair.peer.sends(connection::UpdateSecretOk);
    pair.exchange();
    assert_eq!(pair.replied(call), connection::UpdateSecretOk::ID);
    pair.no_event();
}

#[test]
fn calls_on_the_connection_get_their_own_replies() {
    let mut pair = Pair::open();
    let calls = [1, 2, 3].map(|number| pair.call_connection(&Quota(number)));
    let on_channel = pair.channel();
    let asked = pair.call(on_channel, &Ask(7));
    pair.speak();
    for _ in 1..=3 {
        let Quota(number) = pair.peer.expects(0);
        pair.peer.sends(QuotaOk(number * 10));
    }
    pair.listen();
    let replies = calls.map(|call| read::<QuotaOk>(&pair.reply(call).unwrap()).0);
    assert_eq!(replies, [10, 20, 30]);
    assert!(pair.maybe_reply(asked).is_none());
}

#[test]
fn a_late_reply_on_the_connection_is_dropped_and_the_next_call_gets_its_own() {
    let mut pair = told();
    let first = pair.call_connection(&Quota(1));
    pair.speak();
    pair.core.abandon(first);
    let second = pair.call_connection(&Quota(2));
    pair.peer.sends(QuotaOk(10));
    pair.exchange();
    pair.no_event();
    pair.peer.sends(QuotaOk(20));
    pair.exchange();
    assert_eq!(read::<QuotaOk>(&pair.reply(second).unwrap()), QuotaOk(20));
    pair.no_event();
    // Neither is left behind: what comes now answers nobody.
    pair.peer.sends(QuotaOk(30));
    pair.exchange();
    let (channel, method) = pair.method();
    assert_eq!((channel, method.decode()), (None, Ok(QuotaOk(30))));
}

#[test]
fn the_end_of_the_connection_answers_its_calls_once() {
    let mut pair = Pair::open();
    let waiting = pair.call_connection(&Quota(1));
    let abandoned = pair.call_connection(&Quota(2));
    pair.core.abandon(abandoned);
    pair.hang_up();
    let error = pair.closed();
    let answer = pair.reply(waiting).unwrap_err();
    assert_eq!(answer.to_string(), error.to_string());
    pair.no_event();
    let error = pair.core.call(&Quota(3), &[QuotaOk::ID]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
}

#[test]
fn closing_answers_calls_at_once_and_takes_no_more() {
    let mut pair = Pair::open();
    let call = pair.call_connection(&Quota(1));
    pair.core.close(pair.now, ReplyCode::REPLY_SUCCESS, "bye");
    let error = pair.reply(call).unwrap_err();
    assert_eq!(error.close_reason().unwrap().reply_text, "bye");
    let refused = pair.core.send(&Advise(1)).unwrap_err();
    assert_eq!(refused.to_string(), error.to_string());
    // What the server had on its way is of no interest.
    pair.speak();
    pair.peer.sends(QuotaOk(1));
    pair.peer.sends(Warned(1));
    pair.listen();
    pair.no_event();
    pair.pass(5 * SECOND);
    assert!(matches!(pair.event(), Event::Closed(_)));
}

#[test]
fn nothing_is_called_before_the_connection_is_open() {
    let mut pair = Pair::new();
    let error = pair.core.call(&Quota(1), &[QuotaOk::ID]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    assert_eq!(
        pair.core.send(&Advise(1)).unwrap_err().kind(),
        ErrorKind::State
    );
    assert_eq!(pair.output(), b"AMQP\0\0\x09\x01");
}

#[test]
fn one_way_methods_go_out_and_unasked_ones_come_in() {
    let mut pair = told();
    pair.core.send(&Advise(4)).unwrap();
    // A class that the protocol does not have may travel here as well as on a channel.
    let call = pair.call_connection(&Ask(5));
    pair.speak();
    pair.peer.expects_method(0, &Advise(4));
    pair.peer.expects_method(0, &Ask(5));
    pair.peer.sends(Warned(6));
    pair.peer.sends(AskOk(7));
    pair.listen();
    let (channel, method) = pair.method();
    assert_eq!((channel, method.decode()), (None, Ok(Warned(6))));
    assert!(method.content().is_none());
    assert_eq!(read::<AskOk>(&pair.reply(call).unwrap()), AskOk(7));
}
