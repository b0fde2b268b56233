//! Short strings that are no text never cost the connection. RabbitMQ: sends them in reply texts

use amqp_methods::{MethodId, ReplyCode, ShortStr, basic, channel, connection, queue};

use super::Pair;
use crate::error::ErrorKind;
use crate::proto::{ConsumerEnd, Event};

/// No UTF-8, and as long as can be.
const NO_TEXT: &[u8] = &[0xff; 255];

fn no_text() -> ShortStr<'static> {
    ShortStr::from(NO_TEXT)
}

/// Properties whose every text is none, and the name of an entry too.
fn properties() -> basic::Properties<'static> {
    basic::Properties::default()
        .content_type(no_text())
        .headers(amqp_methods::FieldTable::from_wire(b"\x01\xffV"))
        .correlation_id(no_text())
        .reply_to(no_text())
        .message_id(no_text())
        .user_id(no_text())
}

#[test]
fn a_message_without_any_text_is_delivered() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let consumer = pair.consumer(channel, "c");
    let deliver = basic::Deliver::new("c", 1, no_text(), no_text());
    pair.peer
        .sends_content(1, deliver.clone(), &properties(), b"body");
    pair.exchange();
    let (deliveries, _) = pair.taken(consumer);
    let content = &deliveries[0].content;
    assert_eq!(content.method::<basic::Deliver<'_>>(), Ok(deliver));
    assert_eq!(content.properties(), properties());
    assert!(!format!("{content:?}").is_empty());
    assert!(pair.core.is_open());
}

#[test]
fn a_message_without_any_text_is_got_and_returned() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    let call = pair.call(channel, &basic::Get::new("q"));
    let got = basic::GetOk::new(1, no_text(), no_text(), 0);
    pair.peer.sends_content(1, got, &properties(), b"body");
    pair.exchange();
    let reply = pair.reply(call).unwrap();
    assert_eq!(reply.content.unwrap().body(), b"body");

    let publish = basic::Publish::new(no_text(), no_text()).mandatory(true);
    let number = pair.publish(channel, &publish, b"x").unwrap();
    pair.exchange();
    let back = basic::Return::new(312, no_text(), no_text(), no_text());
    pair.peer
        .sends_content(1, back, &basic::Properties::default(), b"x");
    pair.peer.sends_on(1, basic::Ack::new(1));
    pair.exchange();
    assert_eq!(pair.outcome(channel, number), "returned");
    assert!(pair.core.is_open());
}

#[test]
fn names_without_text_are_names() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let declare = pair.call(channel, &queue::Declare::default());
    let consume = pair.call(channel, &basic::Consume::new(no_text(), ""));
    pair.speak();
    pair.peer
        .sends_on(1, queue::DeclareOk::new(no_text(), 0, 0));
    pair.peer.sends_on(1, basic::ConsumeOk::new(no_text()));
    let deliver = basic::Deliver::new(no_text(), 1, "", "q");
    pair.peer
        .sends_content(1, deliver, &basic::Properties::default(), b"x");
    pair.peer.sends_on(1, basic::Cancel::new(no_text()));
    pair.exchange();
    pair.reply(declare).unwrap();
    let consumer = pair.reply(consume).unwrap().consumer.unwrap();
    let (deliveries, end) = pair.taken(consumer);
    assert_eq!(deliveries.len(), 1);
    assert!(
        matches!(end, Some(ConsumerEnd::CancelledByServer)),
        "{end:?}"
    );
    assert!(pair.core.is_open());
}

#[test]
fn reasons_without_text_are_reasons() {
    let mut pair = Pair::open();
    let one = pair.channel();
    pair.forget_events();
    pair.peer.sends(connection::Blocked::new(no_text()));
    pair.exchange();
    let Event::Blocked(reason) = pair.event() else {
        panic!("the server blocks");
    };
    assert!(reason.starts_with('\u{fffd}'));

    let close = channel::Close::new(404, no_text(), 50, 10);
    pair.peer.sends_on(1, close);
    pair.exchange();
    let (ended, error) = pair.channel_closed();
    assert_eq!((ended, error.kind()), (one, ErrorKind::ChannelClosed));
    assert_eq!(error.reply_code(), Some(ReplyCode::NOT_FOUND));
    let reason = error.close_reason().unwrap();
    assert_eq!(reason.method, Some(MethodId::new(50, 10)));
    assert!(reason.reply_text.starts_with('\u{fffd}'));
    pair.peer.expects::<channel::CloseOk>(1);
    assert_eq!(pair.channel().number(), 1);

    pair.peer
        .sends(connection::Close::new(320, no_text(), 0, 0));
    pair.exchange();
    let error = pair.closed();
    // It ended for the reason given, and not because that cannot be read.
    assert_eq!(error.reply_code(), Some(ReplyCode::CONNECTION_FORCED));
    pair.peer.expects::<connection::CloseOk>(0);
}
