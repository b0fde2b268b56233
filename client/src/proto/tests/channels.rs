//! Channels: numbers, lives and ends.

use amqp_methods::{AnyMethod, MethodId, ReplyCode, basic, channel, queue};

use super::Pair;
use super::pair::raw_frame;
use crate::error::{ErrorKind, Initiator};
use crate::proto::{Event, Settlement};

#[test]
fn a_channel_is_usable_once_the_server_says_so() {
    let mut pair = Pair::open();
    let (channel, call) = pair.core.open_channel().unwrap();
    let declare = queue::Declare::new("q");
    let early = pair
        .core
        .channel(channel)
        .unwrap()
        .call(&declare, &[])
        .unwrap_err();
    assert_eq!(early.kind(), ErrorKind::State);
    pair.settle();
    pair.reply(call).unwrap();
    pair.call(channel, &declare);
}

#[test]
fn our_close_ends_with_the_servers_answer() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let call = pair
        .core
        .channel(channel)
        .unwrap()
        .close(200.into(), "done")
        .unwrap();
    // Nothing is sent behind the close, and the reason is there already.
    let error = pair
        .core
        .channel(channel)
        .unwrap()
        .send(&basic::Ack::new(1))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChannelClosed);
    assert_eq!(error.close_reason().unwrap().reply_text, "done");
    pair.no_event();
    pair.settle();
    pair.reply(call).unwrap();
    let (ended, error) = pair.channel_closed();
    assert_eq!(ended, channel);
    assert_eq!(error.close_reason().unwrap().initiator, Initiator::Client);
    assert_eq!(error.close_reason().unwrap().reply_text, "done");
    assert!(error.is_channel());
    assert!(pair.core.channel(channel).is_none());
    pair.no_event();
}

#[test]
fn numbers_are_used_again_once_both_sides_are_done() {
    // Rule: 4.7
    let mut pair = Pair::open();
    let first = pair.channel();
    pair.core
        .channel(first)
        .unwrap()
        .close(200.into(), "")
        .unwrap();
    let (second, _) = pair.core.open_channel().unwrap();
    assert_eq!((first.number(), second.number()), (1, 2));
    pair.settle();
    let (third, _) = pair.core.open_channel().unwrap();
    assert_eq!(third.number(), 1);
    assert_ne!(third, first);
}

#[test]
fn the_servers_close_is_answered_and_told() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let call = pair.call(channel, &queue::Declare::new("q").passive(true));
    pair.speak();
    pair.peer.expects::<queue::Declare<'_>>(1);
    pair.peer.sends_on(
        1,
        channel::Close::new(404, "NOT_FOUND - no queue 'q'", 50, 10),
    );
    pair.exchange();
    pair.peer.expects::<channel::CloseOk>(1);
    let error = pair.reply(call).unwrap_err();
    assert_eq!(
        error.to_string(),
        "channel 1 closed by server: 404 NOT_FOUND - no queue 'q'"
    );
    let (_, told) = pair.channel_closed();
    assert_eq!(told.to_string(), error.to_string());
    assert!(pair.core.is_open());
    assert_eq!(pair.channel().number(), 1);
}

#[test]
fn crossing_closes_keep_the_number_until_both_are_answered() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let call = pair
        .core
        .channel(channel)
        .unwrap()
        .close(200.into(), "")
        .unwrap();
    pair.speak();
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "late");
    pair.exchange();
    // The server's reason is news; ours is not.
    assert_eq!(
        pair.reply(call).unwrap_err().reply_code(),
        Some(ReplyCode::NOT_FOUND)
    );
    pair.channel_closed();
    pair.peer.expects::<channel::Close<'_>>(1);
    pair.peer.expects::<channel::CloseOk>(1);
    let (other, _) = pair.core.open_channel().unwrap();
    assert_eq!(other.number(), 2, "1 is still on the server's mind");
    pair.peer.sends_on(1, channel::CloseOk);
    pair.exchange();
    assert!(pair.core.is_open());
    let (reused, _) = pair.core.open_channel().unwrap();
    assert_eq!(reused.number(), 1);
    pair.no_event();
}

#[test]
fn a_close_that_never_left_frees_the_number_at_once() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "");
    pair.core
        .channel(channel)
        .unwrap()
        .close(200.into(), "")
        .unwrap();
    pair.listen();
    pair.speak();
    // Rule: nothing of the channel but the close-ok
    pair.peer.expects::<channel::CloseOk>(1);
    pair.peer.expects_nothing();
    assert_eq!(pair.channel().number(), 1);
}

#[test]
fn what_comes_on_a_channel_between_crossing_closes_is_passed_over() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    pair.core
        .channel(channel)
        .unwrap()
        .close(200.into(), "")
        .unwrap();
    pair.speak();
    pair.closes_channel(channel, ReplyCode::NOT_FOUND, "");
    pair.listen();
    pair.channel_closed();
    pair.peer.sends_on(1, basic::Ack::new(3));
    pair.delivers(channel, "c", 1, b"x");
    pair.listen();
    assert!(pair.core.is_open());
}

#[test]
fn frames_on_channels_that_are_not_open_close_the_connection() {
    // Rule: 504, channel error
    let deliver = [0, 60, 0, 60, 1, b'c', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0];
    for (kind, payload) in [
        (1, &deliver[..]),
        (2, &[0, 60]),
        (3, b"x"),
        (1, &[0, 20, 0, 41]),
    ] {
        let mut pair = Pair::open();
        pair.channel();
        pair.core_reads(&raw_frame(kind, 2, payload));
        pair.closed_with(ReplyCode::CHANNEL_ERROR);
    }
    for kind in [2, 3] {
        let mut pair = Pair::open();
        pair.core_reads(&raw_frame(kind, 0, b"x"));
        pair.closed_with(ReplyCode::CHANNEL_ERROR);
    }
}

#[test]
fn a_delivery_of_an_earlier_life_cannot_be_settled() {
    let mut pair = Pair::open();
    let first = pair.channel();
    let consumer = pair.consumer(first, "c");
    pair.delivers(first, "c", 1, b"x");
    pair.exchange();
    let stale = pair.taken(consumer).0[0].tag;
    pair.closes_channel(first, ReplyCode::PRECONDITION_FAILED, "");
    pair.exchange();
    while pair.peer.next_frame().is_some() {}
    let second = pair.channel();
    assert_eq!((second.number(), stale.channel().number()), (1, 1));
    assert!(pair.core.channel(first).is_none());
    for settlement in [
        Settlement::Ack { multiple: true },
        Settlement::Nack {
            multiple: false,
            requeue: true,
        },
        Settlement::Reject { requeue: false },
    ] {
        let mut channel = pair.core.channel(second).unwrap();
        let error = channel.settle(stale, settlement).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StaleDelivery);
    }
    pair.speak();
    pair.peer.expects_nothing();
}

#[test]
fn unknown_methods_are_events() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let unknown = AnyMethod::decode(&[0, 99, 0, 1, 7, 7]).unwrap();
    pair.peer.sends_on(1, unknown.clone());
    pair.peer.sends(unknown.clone());
    pair.listen();
    for expected in [Some(channel), None] {
        let Event::Method { channel, method } = pair.event() else {
            panic!("no method");
        };
        let arguments = method.arguments().rest();
        assert_eq!((channel, arguments), (expected, &[7, 7][..]));
        assert_eq!(method.id(), MethodId::new(99, 1));
    }
    assert!(pair.core.is_open());
}

#[test]
fn known_methods_that_nobody_asked_for_close_the_connection() {
    for method in [
        AnyMethod::ChannelCloseOk(channel::CloseOk),
        AnyMethod::ChannelOpenOk(channel::OpenOk),
        AnyMethod::QueueDeclareOk(queue::DeclareOk::new("q", 0, 0)),
        AnyMethod::QueueDeclare(queue::Declare::new("q")),
        AnyMethod::BasicGetEmpty(basic::GetEmpty),
        AnyMethod::BasicGetOk(basic::GetOk::new(1, "", "q", 0)),
        AnyMethod::BasicAck(basic::Ack::new(1)),
        AnyMethod::BasicDeliver(basic::Deliver::new("nobody", 1, "", "q")),
    ] {
        let mut pair = Pair::open();
        pair.channel();
        pair.peer.sends_on(1, method);
        pair.listen();
        pair.closed_with(ReplyCode::COMMAND_INVALID);
    }
}

#[test]
fn damaged_arguments_close_the_connection() {
    for (payload, code) in [
        (&[0u8, 50][..], ReplyCode::FRAME_ERROR),
        (&[0, 60, 0, 80, 0, 0], ReplyCode::FRAME_ERROR),
        (&[0, 60, 0, 30, 9, b'x'], ReplyCode::FRAME_ERROR),
        (
            &[0, 20, 0, 40, 1, 0x94, 0, 0, 0, 0, 0, 0],
            ReplyCode::FRAME_ERROR,
        ),
    ] {
        let mut pair = Pair::open();
        pair.channel();
        pair.core_reads(&raw_frame(1, 1, payload));
        pair.closed_with(code);
    }
}

#[test]
fn opening_and_closing_for_ever_takes_one_number() {
    let mut pair = Pair::open();
    for _ in 0..100 {
        let channel = pair.channel();
        pair.core
            .channel(channel)
            .unwrap()
            .close(200.into(), "")
            .unwrap();
        pair.settle();
        assert_eq!(channel.number(), 1);
    }
}
