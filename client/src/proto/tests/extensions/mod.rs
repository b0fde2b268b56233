//! Methods that the protocol does not have.

mod content;
mod hostile;
mod on_connection;
mod order;
mod places;
mod too_large;

#[path = "../../../../tests/driver/probe.rs"]
mod probe;

use amqp_methods::{Content as _, Decode, DynMethod, MethodId, Reader, Reply, Request};
use amqp_test_broker::Peer;

use super::Pair;
use crate::ConnectionParameters;
use crate::error::Error;
use crate::message::OwnedMethod;
use crate::proto::{Body, CallId, ChannelId, Event, RawReply};

/// A core that was told of the extension.
fn told() -> Pair {
    told_with(ConnectionParameters::default())
}

fn told_with(parameters: ConnectionParameters) -> Pair {
    let parameters = parameters.extension(&probe::PROTOCOL);
    parameters.validate().unwrap();
    Pair::with(&parameters, Peer::new()).opened()
}

impl Pair {
    fn call_connection<R: Request>(&mut self, request: &R) -> CallId {
        self.core.call(request, R::Reply::IDS).unwrap()
    }

    fn call_with<R: Request>(
        &mut self,
        channel: ChannelId,
        request: &R,
        subject: &str,
        body: &'static [u8],
    ) -> CallId {
        let mut channel = self.core.channel(channel).unwrap();
        let properties = probe::Properties::new(subject);
        channel
            .call_content(request, R::Reply::IDS, &properties, &Body::from(body))
            .unwrap()
    }

    fn send_with(
        &mut self,
        channel: ChannelId,
        method: &impl DynMethod,
        body: &'static [u8],
    ) -> Result<(), Error> {
        let mut channel = self.core.channel(channel).unwrap();
        channel.send_content(method, &probe::Properties::default(), &Body::from(body))
    }

    /// The next event, which must be a method; and the channel it came on.
    fn method(&mut self) -> (Option<ChannelId>, OwnedMethod) {
        match self.event() {
            Event::Method { channel, method } => (channel, method),
            other => panic!("{other:?}"),
        }
    }

    /// The server sends content of class `probe` on channel 1.
    fn pushes(&mut self, method: impl DynMethod, subject: &str, body: &[u8]) {
        let properties = probe::Properties::new(subject);
        self.peer.sends_content(1, method, &properties, body);
    }
}

fn read<M: for<'a> Decode<'a>>(reply: &RawReply) -> M {
    assert_eq!(reply.id, M::ID);
    M::from_args(Reader::new(&reply.arguments)).unwrap()
}

const CLASS: u16 = probe::Properties::CLASS_ID;
const UNHEARD_OF: MethodId = MethodId::new(CLASS, 999);
