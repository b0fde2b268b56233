//! What may not be sent, and is refused before anything is.

use amqp_methods::{AnyMethod, basic, channel, confirm, connection, queue};

use super::Pair;
use crate::error::ErrorKind;

#[test]
fn methods_that_would_upset_the_order_of_replies_are_refused() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let mut channel = pair.core.channel(channel).unwrap();
    for answered in [
        AnyMethod::QueueDeclare(queue::Declare::new("q")),
        AnyMethod::ChannelClose(channel::Close::new(200, "", 0, 0)),
        AnyMethod::ConfirmSelect(confirm::Select::default()),
        AnyMethod::BasicGet(basic::Get::new("q")),
    ] {
        assert_eq!(
            channel.send(&answered).unwrap_err().kind(),
            ErrorKind::State
        );
    }
    for silent in [
        AnyMethod::QueueDeclare(queue::Declare::new("q").no_wait(true)),
        AnyMethod::ConfirmSelect(confirm::Select::default().nowait(true)),
        AnyMethod::BasicAck(basic::Ack::new(1)),
    ] {
        assert_eq!(
            channel.call(&silent, &[]).unwrap_err().kind(),
            ErrorKind::State
        );
    }
    for elsewhere in [
        AnyMethod::BasicPublish(basic::Publish::new("", "q")),
        AnyMethod::ChannelOpen(channel::Open),
        AnyMethod::ConnectionClose(connection::Close::new(200, "", 0, 0)),
        AnyMethod::BasicDeliver(basic::Deliver::new("c", 1, "", "q")),
    ] {
        assert_eq!(
            channel.call(&elsewhere, &[]).unwrap_err().kind(),
            ErrorKind::State
        );
        assert_eq!(
            channel.send(&elsewhere).unwrap_err().kind(),
            ErrorKind::State
        );
    }
    pair.speak();
    pair.peer.expects_nothing();
}

#[test]
fn methods_without_an_answer_are_sent() {
    let mut pair = Pair::open();
    let id = pair.channel();
    let mut channel = pair.core.channel(id).unwrap();
    let purge = queue::Purge::new("q").no_wait(true);
    channel.send(&purge).unwrap();
    channel
        .send(&basic::RecoverAsync::default().requeue(true))
        .unwrap();
    let unknown = AnyMethod::decode(&[0, 99, 0, 1, 7]).unwrap();
    channel.send(&unknown).unwrap();
    pair.speak();
    pair.peer.expects_method(1, &purge);
    pair.peer.expects::<basic::RecoverAsync>(1);
    pair.peer.expects_method(1, &unknown);
}

#[test]
fn values_that_do_not_fit_the_wire_are_not_sent() {
    let mut pair = Pair::open();
    let id = pair.confirm_channel();
    let long = "x".repeat(256);
    let publish = basic::Publish::new("", long.as_str());
    let properties = basic::Properties::default();
    let mut channel = pair.core.channel(id).unwrap();
    let error = channel
        .publish(&publish, &properties, &b"x".into(), true)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Encode);
    let declare = queue::Declare::new(long.as_str());
    let error = channel.call(&declare, &[]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Encode);
    // Neither counts: the next publish is the first.
    assert_eq!(channel.last_published(), 0);
    assert_eq!(
        pair.publish(id, &basic::Publish::new("", "q"), b"x"),
        Some(1)
    );
    pair.speak();
    pair.peer.expects_content(1);
    pair.peer.expects_nothing();
}

#[test]
fn a_header_larger_than_a_frame_is_refused_with_its_body_kept_back() {
    let mut pair = Pair::open();
    let id = pair.channel();
    let long = "x".repeat(200_000);
    let headers = amqp_methods::FieldTable::builder()
        .entry("h", long.as_str())
        .build()
        .unwrap();
    let properties = basic::Properties::default().headers(headers);
    let mut channel = pair.core.channel(id).unwrap();
    let publish = basic::Publish::new("", "q");
    for body in [vec![1; 10].into(), vec![1; 100_000].into()] {
        let error = channel
            .publish(&publish, &properties, &body, true)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Encode);
    }
    pair.speak();
    pair.peer.expects_nothing();
}

#[test]
fn nothing_is_possible_on_a_connection_that_ended() {
    let mut pair = Pair::open();
    let id = pair.channel();
    pair.hang_up();
    pair.closed();
    assert!(pair.core.channel(id).is_none());
    let error = pair.core.open_channel().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
}
