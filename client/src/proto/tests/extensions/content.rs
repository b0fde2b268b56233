//! Methods of an extension that have content, in both directions.

use amqp_methods::{basic, channel, connection, queue};

use super::probe::{
    Ask, AskOk, Echoed, Fetch, Fetched, Noted, Post, Properties, Pushed, Put, PutOk, Tell,
};
use super::{read, told};
use crate::proto::Body;

fn octets(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 31 + at / 251) as u8).collect()
}

#[test]
fn content_that_nobody_asked_for_is_an_event_whatever_its_size() {
    let mut pair = told();
    let on = pair.channel();
    for length in [0, 1, 8191, 8192, 131_064, 131_065, 500_000] {
        pair.pushes(Pushed(9), "news", &octets(length));
        pair.exchange();
        let (channel, method) = pair.method();
        assert_eq!((channel, method.decode()), (Some(on), Ok(Pushed(9))));
        assert_eq!(method.properties(), Ok(Properties::new("news")));
        assert!(method.body() == octets(length), "{length}");
        pair.no_event();
    }
    assert_eq!(pair.core.half_received, 0);
}

#[test]
fn methods_without_content_are_not_held_back() {
    let mut pair = told();
    pair.channel();
    pair.peer.sends_on(1, Noted(1));
    pair.listen();
    assert_eq!(pair.method().1.decode(), Ok(Noted(1)));
    pair.pushes(Pushed(2), "", b"x");
    pair.peer.sends_on(1, Noted(3));
    pair.listen();
    assert_eq!(pair.method().1.decode(), Ok(Pushed(2)));
    assert_eq!(pair.method().1.decode(), Ok(Noted(3)));
}

#[test]
fn a_request_goes_with_its_content_in_frames_of_the_size_agreed() {
    let mut pair = told();
    let channel = pair.channel();
    for body in [&b""[..], b"short", octets(300_000).leak()] {
        let call = pair.call_with(channel, &Put(1), "subject", body);
        pair.speak();
        let sent = pair.peer.expects_content_of::<Put>(1);
        assert_eq!(sent.method(), Ok(Put(1)));
        assert_eq!(sent.header().properties(), Ok(Properties::new("subject")));
        assert!(sent.body() == body);
        pair.peer.sends_on(1, PutOk(2));
        pair.listen();
        let reply = pair.reply(call).unwrap();
        assert_eq!(read::<PutOk>(&reply), PutOk(2));
        assert!(reply.content.is_none());
    }
}

#[test]
fn a_reply_comes_with_its_content() {
    let mut pair = told();
    let channel = pair.channel();
    let declared = pair.call(channel, &queue::Declare::new("q"));
    let fetched = pair.call(channel, &Fetch(1));
    let asked = pair.call(channel, &Ask(1));
    pair.peer.sends_on(1, queue::DeclareOk::new("q", 0, 0));
    pair.pushes(Fetched(5), "found", b"body");
    pair.peer.sends_on(1, AskOk(6));
    pair.exchange();
    pair.reply(declared).unwrap();
    let reply = pair.reply(fetched).unwrap();
    assert_eq!(read::<Fetched>(&reply), Fetched(5));
    let content = reply.content.unwrap();
    assert_eq!(content.header().properties(), Ok(Properties::new("found")));
    assert_eq!(content.body(), b"body");
    assert_eq!(read::<AskOk>(&pair.reply(asked).unwrap()), AskOk(6));
    pair.no_event();
}

#[test]
fn a_late_reply_is_dropped_with_its_content() {
    let mut pair = told();
    let channel = pair.channel();
    let first = pair.call(channel, &Fetch(1));
    pair.speak();
    pair.core.channel(channel).unwrap().abandon(first);
    let second = pair.call(channel, &Fetch(2));
    pair.pushes(Fetched(1), "late", b"late");
    pair.exchange();
    pair.no_event();
    pair.pushes(Fetched(2), "in time", b"in time");
    pair.exchange();
    assert_eq!(
        pair.reply(second).unwrap().content.unwrap().body(),
        b"in time"
    );
}

#[test]
fn a_call_that_comes_too_late_is_not_answered_by_what_was_on_its_way() {
    let mut pair = told();
    let channel = pair.channel();
    pair.peer
        .sends_content_start(1, Fetched(1), &Properties::default(), 4);
    pair.peer.sends_body(1, b"un");
    pair.listen();
    let call = pair.call(channel, &Fetch(2));
    pair.peer.sends_body(1, b"do");
    pair.listen();
    assert_eq!(pair.method().1.body(), b"undo");
    pair.pushes(Fetched(2), "", b"asked");
    pair.exchange();
    assert_eq!(pair.reply(call).unwrap().content.unwrap().body(), b"asked");
}

#[test]
fn a_call_abandoned_in_the_middle_of_its_reply_gets_none() {
    let mut pair = told();
    let channel = pair.channel();
    let call = pair.call(channel, &Fetch(1));
    pair.peer
        .sends_content_start(1, Fetched(1), &Properties::default(), 4);
    pair.listen();
    pair.core.channel(channel).unwrap().abandon(call);
    pair.peer.sends_body(1, b"late");
    pair.listen();
    pair.no_event();
    assert_eq!(pair.core.half_received, 0);
}

#[test]
fn the_end_of_a_channel_answers_a_call_in_the_middle_of_its_reply() {
    let mut pair = told();
    let channel = pair.channel();
    let call = pair.call(channel, &Fetch(1));
    pair.peer
        .sends_content_start(1, Fetched(1), &Properties::default(), 4);
    pair.closes_channel(channel, 406.into(), "enough");
    pair.exchange();
    let error = pair.reply(call).unwrap_err();
    assert_eq!(error.close_reason().unwrap().reply_text, "enough");
    assert_eq!(pair.core.half_received, 0);
}

#[test]
fn content_of_extensions_counts_for_no_confirm() {
    let mut pair = told();
    let channel = pair.confirm_channel();
    pair.send_with(channel, &Post(1), b"x").unwrap();
    let number = pair.publish(channel, &basic::Publish::new("", "q"), b"x");
    assert_eq!(number, Some(1));
    pair.call_with(channel, &Put(1), "", b"x");
    assert_eq!(pair.core.channel(channel).unwrap().last_published(), 1);
    pair.speak();
    assert_eq!(pair.peer.expects_content_of::<Post>(1).body(), b"x");
    pair.peer.expects_content(1);
    pair.peer.expects_content_of::<Put>(1);
}

#[test]
fn only_content_is_the_caller_s_to_hold_back() {
    let mut pair = told();
    let id = pair.channel();
    pair.peer.sends(connection::Blocked::new("low"));
    pair.peer.sends_on(1, channel::Flow { active: false });
    pair.exchange();
    pair.forget_events();
    assert!(pair.core.is_blocked() && !pair.core.channel(id).unwrap().is_flowing());
    pair.core.channel(id).unwrap().send(&Tell(1)).unwrap();
    pair.call(id, &Ask(1));
    pair.speak();
    pair.peer
        .expects_method(1, &channel::FlowOk { active: false });
    pair.peer.expects_method(1, &Tell(1));
    pair.peer.expects_method(1, &Ask(1));
}

#[test]
fn values_that_do_not_fit_the_wire_are_not_sent() {
    let mut pair = told();
    let channel = pair.channel();
    let long = "x".repeat(256);
    let mut view = pair.core.channel(channel).unwrap();
    let properties = Properties::new(&long);
    for body in [Body::from(b"x"), Body::from(vec![0; 100_000])] {
        view.send_content(&Post(1), &properties, &body).unwrap_err();
        view.call_content(&Put(1), &[], &properties, &body)
            .unwrap_err();
    }
    pair.speak();
    pair.peer.expects_nothing();
    // No call was noted either.
    let call = pair.call(channel, &Ask(1));
    pair.peer.sends_on(1, AskOk(1));
    pair.listen();
    pair.reply(call).unwrap();
}

#[test]
fn nothing_goes_out_on_a_channel_that_is_not_open() {
    let mut pair = told();
    let (opening, _) = pair.core.open_channel().unwrap();
    let error = pair.send_with(opening, &Post(1), b"x").unwrap_err();
    assert!(error.to_string().contains("not open yet"), "{error}");
    pair.settle();
    let mut view = pair.core.channel(opening).unwrap();
    view.close(200.into(), "bye").unwrap();
    let error = pair.send_with(opening, &Post(1), b"x").unwrap_err();
    assert_eq!(error.close_reason().unwrap().reply_text, "bye");
}

#[test]
fn an_extension_of_basic_has_the_properties_of_basic() {
    let mut pair = told();
    let channel = pair.channel();
    let properties = basic::Properties::default().message_id("m");
    pair.peer.sends_content(1, Echoed(1), &properties, b"x");
    pair.exchange();
    let (_, method) = pair.method();
    assert_eq!(
        (method.decode(), method.properties()),
        (Ok(Echoed(1)), Ok(properties.clone()))
    );
    // It may be sent as well, and is no publish.
    let mut view = pair.core.channel(channel).unwrap();
    view.send_content(&Echoed(2), &properties, &Body::from(b"y"))
        .unwrap();
    pair.speak();
    let sent = pair.peer.expects_content_of::<Echoed>(1);
    assert_eq!((sent.properties(), sent.body()), (properties, &b"y"[..]));
}
