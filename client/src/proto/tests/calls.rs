//! Requests and replies: first in, first out, whatever becomes of whoever asked.

use amqp_methods::{AnyMethod, Decode as _, Method as _, Reader, ReplyCode, basic, channel, queue};

use super::Pair;
use crate::error::ErrorKind;
use crate::proto::{CallId, ChannelId, Event, RawReply};

fn queue_of(reply: &RawReply) -> String {
    let ok = queue::DeclareOk::from_args(Reader::new(&reply.arguments)).unwrap();
    ok.queue.to_string_lossy().into_owned()
}

fn declare(pair: &mut Pair, channel: ChannelId, name: &str) -> CallId {
    pair.call(channel, &queue::Declare::new(name))
}

fn abandon(pair: &mut Pair, channel: ChannelId, call: CallId) {
    pair.core.channel(channel).unwrap().abandon(call);
}

#[test]
fn calls_of_one_kind_get_their_own_replies() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let calls = ["a", "b", "c"].map(|name| declare(&mut pair, channel, name));
    pair.settle();
    let replies = calls.map(|call| queue_of(&pair.reply(call).unwrap()));
    assert_eq!(replies, ["a", "b", "c"]);
}

#[test]
fn a_late_reply_is_dropped_and_the_next_call_gets_its_own() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let first = declare(&mut pair, channel, "first");
    pair.speak();
    abandon(&mut pair, channel, first);
    let second = declare(&mut pair, channel, "second");
    pair.settle();
    assert_eq!(queue_of(&pair.reply(second).unwrap()), "second");
    assert!(pair.maybe_reply(first).is_none());
    pair.no_event();
}

#[test]
fn an_abandoned_call_gets_no_error_either() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let call = declare(&mut pair, channel, "q");
    abandon(&mut pair, channel, call);
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "");
    pair.exchange();
    pair.channel_closed();
    pair.no_event();
}

#[test]
fn abandoning_what_was_answered_changes_nothing() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let first = declare(&mut pair, channel, "first");
    pair.settle();
    abandon(&mut pair, channel, first);
    let second = declare(&mut pair, channel, "second");
    pair.settle();
    assert_eq!(queue_of(&pair.reply(second).unwrap()), "second");
}

#[test]
fn an_abandoned_consumer_is_cancelled_and_gives_back_what_comes() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let call = pair.call(channel, &basic::Consume::new("q", "c"));
    pair.speak();
    abandon(&mut pair, channel, call);
    pair.peer.answer();
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    // Cancelled before the first delivery is looked at, which then goes back.
    assert_eq!(pair.peer.expects::<basic::Cancel<'_>>(1).consumer_tag, "c");
    pair.peer
        .expects_method(1, &basic::Nack::new(1).requeue(true));
    pair.peer.sends_on(1, basic::CancelOk::new("c"));
    pair.exchange();
    assert_eq!(pair.core.consumers.len(), 0);
    assert!(
        pair.events
            .iter()
            .all(|event| matches!(event, Event::Reply { .. }))
    );
}

#[test]
fn an_abandoned_get_gives_its_message_back() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let call = pair.call(channel, &basic::Get::new("q"));
    abandon(&mut pair, channel, call);
    let declared = declare(&mut pair, channel, "q");
    pair.speak();
    pair.peer.expects::<basic::Get<'_>>(1);
    let get_ok = basic::GetOk::new(7, "", "q", 0);
    pair.peer
        .sends_content(1, get_ok, &basic::Properties::default(), b"x");
    pair.settle();
    pair.peer
        .expects_method(1, &basic::Nack::new(7).requeue(true));
    assert_eq!(pair.replied(declared), queue::DeclareOk::ID);
    pair.no_event();
}

#[test]
fn an_abandoned_get_without_acknowledgement_is_not_nacked_but_told_as_lost() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let call = pair.call(channel, &basic::Get::new("q").no_ack(true));
    abandon(&mut pair, channel, call);
    pair.speak();
    pair.peer.expects::<basic::Get<'_>>(1);
    let get_ok = basic::GetOk::new(7, "", "q", 0);
    pair.peer
        .sends_content(1, get_ok, &basic::Properties::default(), b"x");
    pair.exchange();
    pair.peer.expects_nothing();
    assert!(matches!(pair.event(), Event::Lost(place) if place == channel));
    pair.no_event();
}

#[test]
fn an_abandoned_get_of_an_empty_queue_is_silent() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let call = pair.call(channel, &basic::Get::new("q"));
    abandon(&mut pair, channel, call);
    pair.peer.sends_on(1, basic::GetEmpty);
    pair.exchange();
    pair.no_event();
}

#[test]
fn an_abandoned_channel_is_closed_when_it_opens() {
    let mut pair = Pair::open();
    let (channel, call) = pair.core.open_channel().unwrap();
    abandon(&mut pair, channel, call);
    pair.settle();
    assert!(pair.maybe_reply(call).is_none());
    assert_eq!(pair.channel_closed().0, channel);
    assert_eq!(pair.channel().number(), 1);
}

#[test]
fn a_fetched_message_comes_with_its_reply() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let empty = pair.call(channel, &basic::Get::new("q"));
    let full = pair.call(channel, &basic::Get::new("q"));
    pair.peer.sends_on(1, basic::GetEmpty);
    let properties = basic::Properties::default().message_id("m");
    pair.peer
        .sends_content(1, basic::GetOk::new(1, "e", "k", 4), &properties, b"body");
    pair.exchange();
    assert_eq!(pair.replied(empty), basic::GetEmpty::ID);
    let reply = pair.reply(full).unwrap();
    let ok = basic::GetOk::from_args(Reader::new(&reply.arguments)).unwrap();
    assert_eq!(ok, basic::GetOk::new(1, "e", "k", 4));
    let content = reply.content.unwrap();
    assert_eq!(content.properties(), properties);
    assert_eq!(content.body(), b"body");
}

#[test]
fn a_reply_of_another_kind_closes_the_connection() {
    // Rule: 503, command invalid
    for method in [
        AnyMethod::QueueBindOk(queue::BindOk),
        AnyMethod::ChannelCloseOk(channel::CloseOk),
        AnyMethod::BasicGetEmpty(basic::GetEmpty),
        AnyMethod::BasicGetOk(basic::GetOk::new(1, "", "q", 0)),
    ] {
        let mut pair = Pair::open();
        let channel = pair.channel();
        let call = declare(&mut pair, channel, "q");
        pair.speak();
        while pair.peer.next_frame().is_some() {}
        pair.peer.sends_on(1, method);
        pair.listen();
        let error = pair.closed_with(ReplyCode::COMMAND_INVALID);
        assert_eq!(pair.reply(call).unwrap_err().to_string(), error.to_string());
    }
}

#[test]
fn replies_on_another_channel_answer_nothing_here() {
    let mut pair = Pair::open();
    let first = pair.channel();
    let second = pair.channel();
    let on_first = declare(&mut pair, first, "one");
    let on_second = declare(&mut pair, second, "two");
    pair.peer.sends_on(2, queue::DeclareOk::new("two", 0, 0));
    pair.listen();
    assert!(pair.maybe_reply(on_first).is_none());
    assert_eq!(queue_of(&pair.reply(on_second).unwrap()), "two");
}

#[test]
fn the_end_of_a_channel_answers_every_call_once_in_order() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let calls: Vec<_> = (0..5).map(|_| declare(&mut pair, channel, "q")).collect();
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "gone");
    pair.exchange();
    for expected in calls {
        let Event::Reply { call, result } = pair.event() else {
            panic!("not a reply");
        };
        assert_eq!(call, expected);
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ChannelClosed);
        assert_eq!(error.close_reason().unwrap().reply_text, "gone");
    }
    assert!(matches!(pair.event(), Event::ChannelClosed { .. }));
    pair.no_event();
}
