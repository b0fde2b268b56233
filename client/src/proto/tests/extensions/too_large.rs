//! Content of extensions that is larger than is taken: told or answered without its body, and nothing is closed.

use amqp_methods::{Method as _, ReplyCode, basic};

use super::super::Pair;
use super::probe::{Echoed, Fetch, Fetched, Noted, Properties, Pushed};
use super::{read, told_with};
use crate::ConnectionParameters;
use crate::error::ErrorKind;
use crate::message::MethodTooLarge;
use crate::proto::{ChannelId, Event};

const LIMIT: u64 = 1000;

fn limited() -> (Pair, ChannelId) {
    let mut pair = told_with(ConnectionParameters::default().max_message_size(LIMIT));
    let channel = pair.channel();
    (pair, channel)
}

/// The next event, which must be a method that is too large, on that channel.
fn too_large(pair: &mut Pair, on: ChannelId) -> MethodTooLarge {
    match pair.event() {
        Event::MethodTooLarge { channel, method } if channel == on => method,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_that_answers_nothing_is_told_with_everything_but_its_body() {
    let (mut pair, channel) = limited();
    for size in [1001, 200_000] {
        pair.pushes(Pushed(1), "before", b"x");
        pair.pushes(Pushed(9), "news", &vec![7; size]);
        pair.peer.sends_on(1, Noted(2));
        pair.exchange();
        assert_eq!(pair.method().1.body(), b"x");
        let method = too_large(&mut pair, channel);
        assert_eq!((method.name(), method.id()), ("probe.pushed", Pushed::ID));
        assert_eq!(method.decode(), Ok(Pushed(9)));
        assert!(method.decode::<Fetched>().is_err());
        assert_eq!(method.arguments().rest(), [0, 0, 0, 9]);
        assert_eq!(method.properties(), Ok(Properties::new("news")));
        assert!(method.properties::<basic::Properties<'_>>().is_err());
        assert_eq!((method.size(), method.limit()), (size as u64, LIMIT));
        assert_eq!(pair.method().1.decode(), Ok(Noted(2)));
        pair.no_event();
    }
    assert_eq!(pair.core.half_received, 0);
    pair.speak();
    pair.peer.expects_nothing();
}

#[test]
fn the_largest_that_is_taken_is_a_method_like_any_other() {
    let (mut pair, _) = limited();
    pair.pushes(Pushed(1), "", &[7; LIMIT as usize]);
    pair.exchange();
    assert_eq!(pair.method().1.body(), [7; LIMIT as usize]);
}

#[test]
fn one_of_a_class_of_the_protocol_has_that_class_s_properties() {
    let (mut pair, channel) = limited();
    let properties = basic::Properties::default().message_id("m");
    pair.peer
        .sends_content(1, Echoed(1), &properties, &[7; 2000]);
    pair.exchange();
    let method = too_large(&mut pair, channel);
    assert_eq!(method.properties(), Ok(properties));
    assert_eq!(method.size(), 2000);
}

#[test]
fn one_that_answers_a_call_fails_that_call_and_no_other() {
    let (mut pair, channel) = limited();
    let calls = [1, 2].map(|number| pair.call(channel, &Fetch(number)));
    pair.pushes(Fetched(1), "large", &[7; 2000]);
    pair.pushes(Fetched(2), "small", b"x");
    pair.exchange();
    let error = pair.reply(calls[0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MessageTooLarge);
    assert_eq!(
        error.to_string(),
        "a message is too large: probe.fetched with a body of 2000 octets, more than the limit of 1000"
    );
    let method = error.method_too_large().unwrap();
    assert_eq!((method.decode(), method.size()), (Ok(Fetched(1)), 2000));
    assert_eq!(method.properties(), Ok(Properties::new("large")));
    assert!(error.too_large().is_none() && error.close_reason().is_none());
    let reply = pair.reply(calls[1]).unwrap();
    assert_eq!(read::<Fetched>(&reply), Fetched(2));
    assert_eq!(reply.content.unwrap().body(), b"x");
    pair.no_event();
    assert!(pair.core.channel(channel).is_some());
}

#[test]
fn one_that_comes_too_late_is_dropped() {
    let (mut pair, channel) = limited();
    let late = pair.call(channel, &Fetch(1));
    pair.core.channel(channel).unwrap().abandon(late);
    let call = pair.call(channel, &Fetch(2));
    pair.pushes(Fetched(1), "", &[7; 2000]);
    pair.exchange();
    pair.no_event();
    pair.pushes(Fetched(2), "", b"in time");
    pair.exchange();
    let reply = pair.reply(call).unwrap();
    assert_eq!(reply.content.unwrap().body(), b"in time");
}

#[test]
fn a_call_in_the_middle_of_one_is_not_what_it_answers() {
    let (mut pair, channel) = limited();
    pair.peer
        .sends_content_start(1, Fetched(1), &Properties::default(), 2000);
    pair.peer.sends_body(1, &[0; 1500]);
    pair.listen();
    let call = pair.call(channel, &Fetch(2));
    pair.peer.sends_body(1, &[0; 500]);
    pair.listen();
    let method = too_large(&mut pair, channel);
    assert_eq!(method.decode(), Ok(Fetched(1)));
    pair.pushes(Fetched(2), "", b"asked");
    pair.exchange();
    assert_eq!(pair.reply(call).unwrap().content.unwrap().body(), b"asked");
}

#[test]
fn the_end_of_the_channel_in_the_middle_of_one_is_the_call_s_end() {
    let (mut pair, channel) = limited();
    let call = pair.call(channel, &Fetch(1));
    pair.peer
        .sends_content_start(1, Fetched(1), &Properties::default(), 2000);
    pair.closes_channel(channel, ReplyCode::PRECONDITION_FAILED, "enough");
    pair.exchange();
    let error = pair.reply(call).unwrap_err();
    assert_eq!(error.close_reason().unwrap().reply_text, "enough");
    assert_eq!(pair.core.half_received, 0);
}

#[test]
fn nothing_of_the_body_is_kept() {
    for is_reply in [false, true] {
        let (mut pair, channel) = limited();
        if is_reply {
            pair.call(channel, &Fetch(1));
        }
        pair.peer
            .sends_content_start(1, Fetched(1), &Properties::new("endless"), u64::MAX);
        for _ in 0..100 {
            pair.peer.sends_body(1, &[0; 100_000]);
            pair.exchange();
            assert!(pair.core.half_received < 100);
        }
        pair.no_event();
        assert!(pair.core.is_open());
    }
}

#[test]
fn more_octets_than_announced_are_a_breach_all_the_same() {
    let (mut pair, _) = limited();
    pair.peer
        .sends_content_start(1, Pushed(1), &Properties::default(), LIMIT + 1);
    pair.peer.sends_body(1, &[0; LIMIT as usize + 2]);
    pair.exchange();
    pair.closed_with(ReplyCode::FRAME_ERROR);
}
