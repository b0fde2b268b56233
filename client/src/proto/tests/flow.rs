//! Being asked to wait: `channel.flow` and `connection.blocked` hold back content and nothing else.

use amqp_methods::{basic, channel, connection, queue};

use super::{Pair, SECOND};
use crate::proto::{Event, Settlement};

#[test]
fn flow_is_answered_and_told() {
    // Rule: channel.flow
    let mut pair = Pair::open();
    let id = pair.channel();
    assert!(pair.core.channel(id).unwrap().is_flowing());
    for active in [false, true] {
        pair.peer.sends_on(1, channel::Flow { active });
        pair.exchange();
        assert!(
            matches!(pair.event(), Event::Flow { channel, active: told } if channel == id && told == active)
        );
        assert_eq!(pair.core.channel(id).unwrap().is_flowing(), active);
        pair.peer.expects_method(1, &channel::FlowOk { active });
    }
}

#[test]
fn flow_is_a_matter_of_one_channel() {
    let mut pair = Pair::open();
    let (one, two) = (pair.channel(), pair.channel());
    pair.peer.sends_on(1, channel::Flow { active: false });
    pair.exchange();
    assert!(!pair.core.channel(one).unwrap().is_flowing());
    assert!(pair.core.channel(two).unwrap().is_flowing());
}

#[test]
fn blocked_is_told_with_its_reason() {
    let mut pair = Pair::open();
    pair.peer.sends(connection::Blocked::new("low on memory"));
    pair.exchange();
    assert!(matches!(pair.event(), Event::Blocked(reason) if reason == "low on memory"));
    assert!(pair.core.is_blocked());
    pair.peer.sends(connection::Unblocked);
    pair.exchange();
    assert!(matches!(pair.event(), Event::Unblocked));
    assert!(!pair.core.is_blocked());
}

#[test]
fn acks_calls_heartbeats_and_close_pass() {
    let mut pair = Pair::open();
    let id = pair.channel();
    pair.consumer(id, "c");
    pair.delivers(id, "c", 1, b"x");
    pair.peer.sends(connection::Blocked::new("low on disk"));
    pair.peer.sends_on(1, channel::Flow { active: false });
    pair.exchange();
    pair.peer.expects::<channel::FlowOk>(1);
    let tag = pair.core.delivery_tag(id, 1);
    let ack = Settlement::Ack { multiple: false };
    pair.core.channel(id).unwrap().settle(tag, ack).unwrap();
    pair.call(id, &queue::Declare::new("q"));
    pair.core
        .channel(id)
        .unwrap()
        .close(200.into(), "")
        .unwrap();
    pair.exchange();
    pair.peer.expects::<basic::Ack>(1);
    pair.peer.expects::<queue::Declare<'_>>(1);
    pair.peer.expects::<channel::Close<'_>>(1);
    pair.pass(60 * SECOND);
    pair.peer.expects_heartbeat();
    pair.core.close(pair.now, 200.into(), "");
    pair.speak();
    pair.peer.expects::<connection::Close<'_>>(0);
}
