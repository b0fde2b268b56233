//! Which method may be sent where, and how.

use amqp_methods::{
    AnyMethod, DynMethod, Method as _, MethodId, Reader, UnknownMethod, basic, channel, connection,
    queue,
};

use super::super::Pair;
use super::probe::{Advise, Ask, Fetch, Post, Properties, Put, Quota, Tell};
use super::told;
use crate::error::{Error, ErrorKind};
use crate::proto::calls::arguments;
use crate::proto::{Body, ChannelId};

/// What became of sending, which must be a refusal: why.
#[track_caller]
fn refused<T: core::fmt::Debug>(sent: Result<T, Error>) -> String {
    let error = sent.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State, "{error}");
    error.to_string()
}

#[track_caller]
fn nothing_was_sent(pair: &mut Pair) {
    pair.speak();
    pair.peer.expects_nothing();
}

#[test]
fn methods_of_channels_are_refused_on_the_connection() {
    let mut pair = told();
    for method in [
        AnyMethod::QueueDeclare(queue::Declare::new("q")),
        AnyMethod::BasicAck(basic::Ack::new(1)),
        AnyMethod::ChannelOpen(channel::Open),
        AnyMethod::ChannelFlow(channel::Flow::default()),
        AnyMethod::TxSelect(amqp_methods::tx::Select),
    ] {
        for why in [
            refused(pair.core.call(&method, &[])),
            refused(pair.core.send(&method)),
        ] {
            assert!(why.contains("belongs on a channel"), "{why}");
        }
    }
    // An extension of such a class is known by its class.
    let credit = UnknownMethod::new(MethodId::new(60, 200), Reader::new(&[]));
    refused(pair.core.send(&credit));
    nothing_was_sent(&mut pair);
}

#[test]
fn methods_of_the_connection_are_refused_on_channels() {
    let mut pair = told();
    let channel = pair.channel();
    let mut view = pair.core.channel(channel).unwrap();
    let secret = connection::UpdateSecret::new("s", "");
    for why in [
        refused(view.call(&secret, &[])),
        refused(view.call(&Quota(1), &[])),
        refused(view.send(&Advise(1))),
    ] {
        assert!(why.contains("concerns the connection"), "{why}");
    }
    nothing_was_sent(&mut pair);
}

#[test]
fn what_the_core_says_itself_is_refused() {
    let mut pair = told();
    for method in [
        AnyMethod::ConnectionStartOk(connection::StartOk::new("PLAIN", "", "en_US")),
        AnyMethod::ConnectionSecureOk(connection::SecureOk::new("")),
        AnyMethod::ConnectionTuneOk(connection::TuneOk::new(1, 4096, 1)),
        AnyMethod::ConnectionOpen(connection::Open::new("/")),
        AnyMethod::ConnectionClose(connection::Close::new(200, "", 0, 0)),
        AnyMethod::ConnectionCloseOk(connection::CloseOk),
        AnyMethod::ConnectionBlocked(connection::Blocked::new("")),
        AnyMethod::ConnectionUpdateSecretOk(connection::UpdateSecretOk),
    ] {
        refused(pair.core.call(&method, &[]));
        refused(pair.core.send(&method));
        // Nor does it help to hide what it is.
        let octets = arguments(&method).unwrap();
        let hidden = UnknownMethod::new(method.id(), Reader::new(&octets));
        refused(pair.core.send(&hidden));
    }
    let channel = pair.channel();
    let mut view = pair.core.channel(channel).unwrap();
    for method in [
        AnyMethod::ChannelOpen(channel::Open),
        AnyMethod::ChannelCloseOk(channel::CloseOk),
        AnyMethod::ChannelFlowOk(channel::FlowOk { active: true }),
        AnyMethod::BasicCancelOk(basic::CancelOk::new("c")),
    ] {
        refused(view.send(&method));
    }
    nothing_was_sent(&mut pair);
}

#[test]
fn a_secret_is_called_and_not_sent() {
    let mut pair = Pair::open();
    let secret = connection::UpdateSecret::new("s", "");
    let why = refused(pair.core.send(&secret));
    assert!(
        why.contains("connection.update-secret is answered"),
        "{why}"
    );
    let why = refused(pair.core.call(&Advise(1), &[]));
    assert!(why.contains("connection.advise is not answered"), "{why}");
    nothing_was_sent(&mut pair);
}

fn with_content(
    pair: &mut Pair,
    channel: ChannelId,
    method: &impl DynMethod,
    is_call: bool,
) -> Result<(), Error> {
    let mut view = pair.core.channel(channel).unwrap();
    let (properties, body) = (Properties::default(), Body::from(b"x"));
    match is_call {
        true => view.call_content(method, &[], &properties, &body).map(drop),
        false => view.send_content(method, &properties, &body),
    }
}

#[test]
fn content_goes_with_methods_that_have_it_and_with_no_others() {
    let mut pair = told();
    let channel = pair.channel();
    let why = refused(with_content(&mut pair, channel, &Tell(1), false));
    assert!(why.contains("probe.tell carries no content"), "{why}");
    refused(with_content(&mut pair, channel, &Ask(1), true));
    refused(with_content(&mut pair, channel, &Fetch(1), true));
    let why = refused(with_content(&mut pair, channel, &Put(1), false));
    assert!(why.contains("is answered"), "{why}");
    let why = refused(with_content(&mut pair, channel, &Post(1), true));
    assert!(why.contains("is not answered"), "{why}");
    let mut view = pair.core.channel(channel).unwrap();
    let why = refused(view.send(&Post(1)));
    assert!(why.contains("probe.post carries content"), "{why}");
    refused(view.call(&Put(1), &[]));
    nothing_was_sent(&mut pair);
}

#[test]
fn messages_are_published_and_nothing_else() {
    let mut pair = told();
    let channel = pair.confirm_channel();
    let publish = basic::Publish::new("", "q");
    let (properties, body) = (basic::Properties::default(), Body::from(b"x"));
    let mut view = pair.core.channel(channel).unwrap();
    let why = refused(view.send_content(&publish, &properties, &body));
    assert!(why.contains("basic.publish is published"), "{why}");
    refused(view.call_content(&publish, &[], &properties, &body));
    let hidden = UnknownMethod::new(basic::Publish::ID, Reader::new(&[]));
    refused(view.send_content(&hidden, &properties, &body));
    refused(view.send_content(&basic::Deliver::default(), &properties, &body));
    assert_eq!(view.last_published(), 0);
    nothing_was_sent(&mut pair);
}

#[test]
fn properties_are_those_of_the_method_s_class() {
    let mut pair = told();
    let channel = pair.channel();
    let mut view = pair.core.channel(channel).unwrap();
    let (properties, body) = (basic::Properties::default(), Body::from(b"x"));
    let why = refused(view.send_content(&Post(1), &properties, &body));
    assert!(why.contains("properties of class 60"), "{why}");
    nothing_was_sent(&mut pair);
}

#[test]
fn what_nothing_describes_is_its_sender_s_to_know() {
    let mut pair = Pair::open();
    let channel = pair.channel();
    let unknown = UnknownMethod::new(super::UNHEARD_OF, Reader::new(b"\x07"));
    pair.core.send(&unknown).unwrap();
    pair.core.channel(channel).unwrap().send(&unknown).unwrap();
    with_content(&mut pair, channel, &unknown, false).unwrap();
    pair.speak();
    pair.peer.expects_method(0, &unknown);
    pair.peer.expects_method(1, &unknown);
    assert_eq!(pair.peer.pending().count(), 3);
}
