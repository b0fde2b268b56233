//! The core of the client with a connection open, for tests that feed it octets.

#![allow(dead_code, reason = "every test that shares this needs a part of it")]

use std::collections::VecDeque;
use std::time::Instant;

use amqp_methods::{BytesMut, Method as _, basic, confirm};
use amqp_test_broker::{Peer, Tuning};
use leveret::ConnectionParameters;
use leveret::proto::{ChannelId, Connection, ConsumerId, Event, Outbox, RawDelivery};

/// The core, and a consumer called `c` on channel 1.
pub(crate) struct Opened {
    pub(crate) core: Connection,
    pub(crate) channel: ChannelId,
    pub(crate) consumer: ConsumerId,
    peer: Peer,
    input: BytesMut,
    now: Instant,
}

impl Opened {
    pub(crate) fn new() -> Self {
        Self::with(&ConnectionParameters::default(), Peer::new())
    }

    /// With every limit as far off as it goes.
    pub(crate) fn without_limits() -> Self {
        let parameters = ConnectionParameters::default()
            .frame_max(0)
            .max_header_size(u32::MAX)
            .max_message_size(u64::MAX);
        let tuning = Tuning {
            frame_max: 0,
            ..Tuning::default()
        };
        Self::with(&parameters, Peer::new().tuning(tuning))
    }

    fn with(parameters: &ConnectionParameters, mut peer: Peer) -> Self {
        let now = Instant::now();
        let mut core = Connection::new(parameters, now);
        let mut input = BytesMut::new();
        while !core.is_open() {
            peer.receive(&output(&mut core));
            peer.answer();
            input.extend_from_slice(&peer.transmit());
            core.handle_input(now, &mut input);
        }
        let (channel, _) = core.open_channel().unwrap();
        let mut consumer = None;
        let consume = basic::Consume::new("q", "c");
        while consumer.is_none() {
            peer.receive(&output(&mut core));
            peer.answer();
            input.extend_from_slice(&peer.transmit());
            core.handle_input(now, &mut input);
            while let Some(event) = core.poll_event() {
                let Event::Reply { result, .. } = event else {
                    continue;
                };
                let reply = result.unwrap();
                consumer = reply.consumer;
                if consumer.is_none() {
                    let mut channel = core.channel(channel).unwrap();
                    channel.call(&consume, &[basic::ConsumeOk::ID]).unwrap();
                }
            }
        }
        Self {
            core,
            channel,
            consumer: consumer.unwrap(),
            peer,
            input,
            now,
        }
    }

    /// Puts the channel into confirm mode.
    pub(crate) fn confirms(&mut self) {
        let select = confirm::Select::default();
        let mut channel = self.core.channel(self.channel).unwrap();
        channel.call(&select, &[confirm::SelectOk::ID]).unwrap();
        self.settle();
    }

    /// The core calls, and the server answers as if all were well.
    pub(crate) fn settle(&mut self) {
        self.peer.receive(&output(&mut self.core));
        self.peer.answer();
        let octets = self.peer.transmit();
        self.reads(&octets);
        while self.core.poll_event().is_some() {}
    }

    /// The core reads octets.
    pub(crate) fn reads(&mut self, octets: &[u8]) {
        self.input.extend_from_slice(octets);
        self.core.handle_input(self.now, &mut self.input);
    }

    /// The core reads octets one by one.
    pub(crate) fn reads_one_by_one(&mut self, octets: &[u8]) {
        for octet in octets {
            self.reads(&[*octet]);
        }
    }

    /// What the consumer has received.
    pub(crate) fn taken(&mut self) -> VecDeque<RawDelivery> {
        let mut deliveries = VecDeque::new();
        self.core.take_deliveries(self.consumer, &mut deliveries);
        deliveries
    }

    /// Octets that the core keeps because they are no whole frame yet.
    pub(crate) fn unread(&self) -> usize {
        self.input.len()
    }
}

/// What the core has to say.
fn output(core: &mut Connection) -> Vec<u8> {
    let mut out = Outbox::default();
    core.poll_transmit(&mut out);
    out.slices().collect::<Vec<_>>().concat()
}
