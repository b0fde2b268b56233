//! The core and a scripted server, octets carried between them by hand.

use core::time::Duration;
use std::collections::VecDeque;
use std::time::Instant;

use amqp_methods::{BytesMut, ReplyCode};
use amqp_test_broker::Peer;
use bytes::Buf as _;

use crate::ConnectionParameters;
use crate::error::{Error, ErrorKind};
use crate::proto::{ChannelId, Connection, Event, Outbox};

/// Both sides, and what time it is.
pub(super) struct Pair {
    pub(super) core: Connection,
    pub(super) peer: Peer,
    pub(super) now: Instant,
    pub(super) input: BytesMut,
    /// What has happened and was not looked at.
    pub(super) events: VecDeque<Event>,
}

impl Pair {
    /// Nothing was carried yet.
    pub(super) fn with(parameters: &ConnectionParameters, peer: Peer) -> Self {
        let now = Instant::now();
        Self {
            core: Connection::new(parameters, now),
            peer,
            now,
            input: BytesMut::new(),
            events: VecDeque::new(),
        }
    }

    pub(super) fn new() -> Self {
        Self::with(&ConnectionParameters::default(), Peer::new())
    }

    /// Both sides agree that the connection is open.
    pub(super) fn open() -> Self {
        Self::new().opened()
    }

    pub(super) fn opened(mut self) -> Self {
        while !self.peer.answer_handshake() {
            assert!(self.exchange(), "the handshake stops");
        }
        self.exchange();
        assert!(self.core.is_open());
        assert!(matches!(self.event(), Event::Open));
        self
    }

    /// Carries what the core has to say. False if it has nothing.
    pub(super) fn speak(&mut self) -> bool {
        let octets = self.output();
        self.peer.receive(&octets);
        !octets.is_empty()
    }

    /// What the core has to say.
    pub(super) fn output(&mut self) -> Vec<u8> {
        let mut out = Outbox::default();
        if !self.core.poll_transmit(&mut out) {
            return Vec::new();
        }
        let octets: Vec<u8> = out.slices().collect::<Vec<_>>().concat();
        assert_eq!(octets, out.copy_to_bytes(out.remaining()));
        octets
    }

    /// Carries what the server has to say. False if it has nothing.
    pub(super) fn listen(&mut self) -> bool {
        let octets = self.peer.transmit();
        self.core_reads(&octets);
        !octets.is_empty()
    }

    /// The core reads octets, in one piece.
    pub(super) fn core_reads(&mut self, octets: &[u8]) {
        self.input.extend_from_slice(octets);
        self.core.handle_input(self.now, &mut self.input);
        self.drain();
    }

    /// Takes what has happened, and has the application answer what it is asked.
    pub(super) fn drain(&mut self) {
        while let Some(question) = self.core.poll_question() {
            self.core.answer(self.now, question.answer());
        }
        while let Some(event) = self.core.poll_event() {
            self.events.push_back(event);
        }
    }

    /// Carries everything both ways, the core first and last. False if there was nothing.
    pub(super) fn exchange(&mut self) -> bool {
        self.drain();
        let sent = self.speak();
        let received = self.listen();
        self.speak();
        sent || received
    }

    /// Carries both ways, while the server answers what has a simple answer.
    pub(super) fn settle(&mut self) {
        loop {
            self.exchange();
            if self.peer.answer().is_empty() {
                return;
            }
        }
    }

    /// Time passes in steps to each deadline.
    pub(super) fn pass(&mut self, duration: Duration) {
        let until = self.now + duration;
        while let Some(deadline) = self.core.poll_timeout().filter(|at| *at <= until) {
            self.now = self.now.max(deadline);
            self.core.handle_timeout(self.now);
            self.drain();
            self.speak();
        }
        self.now = until;
    }

    /// The server hangs up.
    pub(super) fn hang_up(&mut self) {
        self.listen();
        self.core.handle_eof();
        self.drain();
    }

    /// The next event.
    pub(super) fn event(&mut self) -> Event {
        self.drain();
        self.events.pop_front().expect("an event")
    }

    /// Looks at nothing that has happened.
    pub(super) fn forget_events(&mut self) {
        self.drain();
        self.events.clear();
    }

    pub(super) fn no_event(&mut self) {
        self.drain();
        assert!(self.events.is_empty(), "{:?}", self.events);
    }

    /// Why the connection ended: the last of all events.
    pub(super) fn closed(&mut self) -> Error {
        self.drain();
        let Some(Event::Closed(error)) = self.events.pop_back() else {
            panic!("the last event is not the end of the connection");
        };
        let others = self.events.iter();
        assert!(
            !others
                .into_iter()
                .any(|event| matches!(event, Event::Closed(_)))
        );
        let stored = self.core.closed().expect("an end");
        assert_eq!(stored.to_string(), error.to_string());
        error
    }

    /// The connection has ended for a breach, and the server was told so with this code.
    pub(super) fn closed_with(&mut self, code: ReplyCode) -> Error {
        let error = self.closed();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
        assert_eq!(error.reply_code(), Some(code), "{error}");
        self.speak();
        let close: amqp_methods::connection::Close<'_> = self.peer.expects(0);
        assert_eq!(close.reply_code, code.get());
        error
    }

    /// The end of a channel: what is left in the queue before it stays there.
    pub(super) fn channel_closed(&mut self) -> (ChannelId, Error) {
        self.drain();
        let position = self
            .events
            .iter()
            .position(|event| matches!(event, Event::ChannelClosed { .. }));
        match self.events.remove(position.expect("the end of a channel")) {
            Some(Event::ChannelClosed { channel, error }) => (channel, error),
            _ => unreachable!(),
        }
    }
}

/// The head of a frame that announces `size` octets of payload.
pub(super) fn frame_head(kind: u8, channel: u16, size: u32) -> Vec<u8> {
    let mut head = vec![kind];
    head.extend(channel.to_be_bytes());
    head.extend(size.to_be_bytes());
    head
}

/// A whole frame, as no encoder would write it.
pub(super) fn raw_frame(kind: u8, channel: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = frame_head(kind, channel, u32::try_from(payload.len()).unwrap());
    frame.extend(payload);
    frame.push(amqp_methods::FRAME_END);
    frame
}
