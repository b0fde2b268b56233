//! The end of a connection: by us, by the server, by both, by neither.

use amqp_methods::{ReplyCode, basic, connection, queue};

use super::pair::raw_frame;
use super::{Pair, SECOND};
use crate::error::{Error, ErrorKind, Initiator};
use crate::proto::Event;

fn close(pair: &mut Pair) {
    pair.core
        .close(pair.now, ReplyCode::REPLY_SUCCESS, "goodbye");
    pair.speak();
    pair.peer.expects::<connection::Close<'_>>(0);
}

#[test]
fn our_close_ends_channels_at_once_and_the_connection_with_the_answer() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let call = pair.call(channel, &queue::Declare::new("q"));
    close(&mut pair);
    let error = pair.reply(call).unwrap_err();
    assert_eq!(
        error.to_string(),
        "connection closed by client: 200 goodbye"
    );
    assert_eq!(pair.channel_closed().0, channel);
    pair.no_event();
    assert!(!pair.core.is_open());
    assert!(pair.core.closed().is_none());
    assert_eq!(
        pair.core.open_channel().unwrap_err().kind(),
        ErrorKind::ConnectionClosed
    );
    pair.peer.sends(connection::CloseOk);
    pair.exchange();
    assert_eq!(
        pair.closed().close_reason().unwrap().initiator,
        Initiator::Client
    );
    assert_eq!(pair.core.poll_timeout(), None);
}

#[test]
fn our_close_does_not_wait_for_ever() {
    let mut pair = Pair::open();
    close(&mut pair);
    pair.pass(4 * SECOND);
    pair.no_event();
    pair.pass(SECOND);
    assert_eq!(pair.closed().kind(), ErrorKind::ConnectionClosed);
}

#[test]
fn what_comes_before_the_answer_is_passed_over() {
    // Rule: connection.close, stability
    let mut pair = Pair::open();
    let channel = pair.channel();
    close(&mut pair);
    pair.forget_events();
    pair.delivers(channel, "c", 1, b"x");
    pair.peer.sends_on(1, queue::DeclareOk::new("q", 0, 0));
    pair.peer.sends(connection::Blocked::new("low on memory"));
    pair.peer.sends_heartbeat();
    pair.exchange();
    pair.no_event();
    pair.peer.sends(connection::CloseOk);
    pair.exchange();
    pair.closed();
}

#[test]
fn crossing_closes_are_both_answered_and_ours_is_the_reason() {
    let mut pair = Pair::open();
    close(&mut pair);
    pair.peer
        .sends(connection::Close::new(320, "going down", 0, 0));
    pair.exchange();
    pair.peer.expects::<connection::CloseOk>(0);
    assert_eq!(pair.closed().close_reason().unwrap().reply_text, "goodbye");
}

#[test]
fn whatever_happens_after_our_close_our_reason_stays() {
    let happenings: [fn(&mut Pair); 5] = [
        |pair| pair.hang_up(),
        |pair| pair.core.handle_failure(Error::new(ErrorKind::Io, "reset")),
        |pair| pair.core_reads(b"\xff\xff\xff\xff\xff\xff\xff\xff"),
        |pair| pair.core_reads(&raw_frame(1, 0, b"\0\x0a")),
        |pair| pair.pass(100 * SECOND),
    ];
    for happens in happenings {
        let mut pair = Pair::open();
        close(&mut pair);
        happens(&mut pair);
        let error = pair.closed();
        assert_eq!(
            error.to_string(),
            "connection closed by client: 200 goodbye"
        );
        assert_eq!(pair.output(), b"");
    }
}

#[test]
fn the_servers_close_is_answered_and_everybody_is_told() {
    let mut pair = Pair::open();
    let channels = [pair.channel(), pair.channel()];
    let calls = channels.map(|channel| pair.call(channel, &queue::Declare::new("q")));
    pair.speak();
    while pair.peer.next_frame().is_some() {}
    pair.peer.sends(connection::Close::new(
        320,
        "CONNECTION_FORCED - shutdown",
        0,
        0,
    ));
    pair.exchange();
    pair.peer.expects::<connection::CloseOk>(0);
    pair.peer.expects_nothing();
    let text = "connection closed by server: 320 CONNECTION_FORCED - shutdown";
    assert_eq!(pair.closed().to_string(), text);
    for call in calls {
        let error = pair.reply(call).unwrap_err();
        assert_eq!(error.to_string(), text);
        assert!(!error.is_channel());
    }
    for channel in channels {
        let (ended, error) = pair.channel_closed();
        assert_eq!((ended, error.to_string()), (channel, text.to_owned()));
    }
    // The reason is stored, and later errors carry it.
    assert_eq!(pair.core.open_channel().unwrap_err().to_string(), text);
    assert_eq!(pair.core.closed().unwrap().to_string(), text);
}

#[test]
fn input_after_the_end_is_ignored() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    pair.peer.sends(connection::Close::new(320, "", 0, 0));
    pair.peer.sends(connection::Close::new(320, "again", 0, 0));
    pair.delivers(channel, "c", 1, b"x");
    pair.exchange();
    pair.closed();
    pair.forget_events();
    assert!(pair.input.is_empty());
    pair.core_reads(b"anything");
    pair.core.handle_eof();
    pair.core.handle_failure(Error::new(ErrorKind::Io, "reset"));
    pair.core.handle_timeout(pair.now + 100 * SECOND);
    pair.core.close(pair.now, ReplyCode::REPLY_SUCCESS, "");
    pair.no_event();
    assert_eq!(pair.output(), b"");
}

#[test]
fn hanging_up_without_a_word_is_a_loss() {
    let mut pair = Pair::open();
    let channel = pair.confirm_channel();
    let consumer = pair.consumer(channel, "c");
    let call = pair.call(channel, &queue::Declare::new("q"));
    pair.hang_up();
    assert_eq!(pair.closed().kind(), ErrorKind::ConnectionLost);
    assert_eq!(
        pair.reply(call).unwrap_err().kind(),
        ErrorKind::ConnectionLost
    );
    assert!(pair.taken(consumer).1.is_some());
}

#[test]
fn a_broken_transport_is_told_as_it_was_reported() {
    let mut pair = Pair::open();
    pair.core
        .handle_failure(Error::new(ErrorKind::Io, "connection reset by peer"));
    assert_eq!(pair.closed().kind(), ErrorKind::Io);
}

#[test]
fn channels_end_before_the_connection_does_and_in_order() {
    let mut pair = Pair::open();
    let channels = [pair.channel(), pair.channel(), pair.channel()];
    pair.consumer(channels[1], "c");
    pair.hang_up();
    let mut ended = Vec::new();
    loop {
        match pair.event() {
            Event::ChannelClosed { channel, .. } => ended.push(channel),
            Event::Closed(_) => break,
            _ => {}
        }
    }
    assert_eq!(ended, channels);
    pair.no_event();
}

#[test]
fn a_long_text_is_cut_to_what_the_wire_holds() {
    let mut pair = Pair::open();
    let text = "é".repeat(200);
    pair.core.close(pair.now, ReplyCode::REPLY_SUCCESS, &text);
    pair.speak();
    let close: connection::Close<'_> = pair.peer.expects(0);
    assert_eq!(close.reply_text, "é".repeat(127).as_str());
}

#[test]
fn what_was_queued_goes_out_before_the_close() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    pair.publish(channel, &basic::Publish::new("", "q"), vec![1; 50_000]);
    pair.core.close(pair.now, ReplyCode::REPLY_SUCCESS, "");
    pair.speak();
    let kinds: Vec<_> = pair.peer.pending().map(|frame| frame.channel).collect();
    assert_eq!(kinds, [1, 1, 1, 0]);
}

#[test]
fn even_the_longest_timeout_is_a_time() {
    let parameters = crate::ConnectionParameters::default()
        .connection_timeout(core::time::Duration::MAX)
        .close_timeout(core::time::Duration::MAX);
    let mut pair = Pair::with(&parameters, amqp_test_broker::Peer::new()).opened();
    pair.core.close(pair.now, ReplyCode::REPLY_SUCCESS, "");
    assert!(pair.core.poll_timeout().is_some());
}
