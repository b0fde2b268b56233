//! What the server knows, and the rules that it insists on. What RabbitMQ would close something for is a panic here.

use std::collections::{BTreeSet, HashMap, VecDeque};

use amqp_methods::{DynMethod, basic, channel, tx};
use amqp_test_broker::Peer;

/// One of those, if there are any.
pub(super) fn pick<T: Copy>(from: &[T], n: u8) -> Option<T> {
    from.get(usize::from(n).checked_rem(from.len())?).copied()
}

#[derive(Debug, Default)]
pub(super) struct Broker {
    pub(super) served: HashMap<u16, Served>,
    pub(super) end: End,
}

/// How far the connection is from its end.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) enum End {
    #[default]
    Open,
    /// `connection.close` was sent: nothing counts but the answer.
    Closing,
    Closed,
}

/// What the server knows of a channel.
#[derive(Debug, Default)]
pub(super) struct Served {
    pub(super) consumers: Vec<Consumer>,
    /// Consumers that are cancelled, while what their queue has sent before it knew may still come.
    pub(super) stopping: Vec<Consumer>,
    /// How many there were.
    pub(super) begun: usize,
    pub(super) asked_for: usize,
    pub(super) delivered: u64,
    pub(super) unsettled: BTreeSet<u64>,
    /// What the transaction has settled; none without transactions.
    pub(super) transaction: Option<Vec<u64>>,
    /// `tx.commit` is not answered: nothing may come.
    pub(super) is_committing: bool,
    pub(super) confirms: bool,
    pub(super) published: u64,
    pub(super) incoming: Incoming,
    /// Octets that are due of a delivery that was begun.
    pub(super) unfinished: usize,
    /// Answers that come from elsewhere than the channel.
    pub(super) late: VecDeque<Late>,
    /// `channel.close` was sent: nothing counts but the answer.
    pub(super) is_closing: bool,
}

#[derive(Debug)]
pub(super) struct Consumer {
    pub(super) tag: String,
    pub(super) serial: usize,
    pub(super) no_ack: bool,
    /// Its `consume-ok` was sent, or is not asked for.
    pub(super) is_told: bool,
}

/// The content that the client is in the middle of.
#[derive(Debug, Default)]
pub(super) enum Incoming {
    #[default]
    None,
    Header {
        mandatory: bool,
    },
    Body {
        mandatory: bool,
        due: u64,
    },
}

#[derive(Debug)]
pub(super) enum Late {
    /// Of which consumer.
    Consume(String, usize),
    Cancel(String),
    Commit,
}

impl Broker {
    /// Channels that the server has not begun to close.
    pub(super) fn open(&self) -> Vec<u16> {
        let open = self.served.iter().filter(|(_, served)| !served.is_closing);
        let mut numbers: Vec<_> = open.map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        numbers
    }

    pub(super) fn unsettled(&self, number: u16) -> Option<usize> {
        let served = self.served.get(&number).filter(|served| !served.is_closing);
        served
            .filter(|_| self.end == End::Open)
            .map(|served| served.unsettled.len())
    }

    pub(super) fn has_transactions(&self, number: u16) -> bool {
        let served = self.served.get(&number);
        served.is_some_and(|served| served.transaction.is_some())
    }

    pub(super) fn beats(&self, peer: &mut Peer) {
        if self.end == End::Open {
            peer.sends_heartbeat();
        }
    }

    /// Gives all answers that are late.
    pub(super) fn answers_all(&mut self, peer: &mut Peer) {
        if self.end != End::Open {
            return;
        }
        for number in self.open() {
            let served = self.served.get_mut(&number).unwrap();
            served.finish(peer, number);
            while served.answers_late(peer, number) {}
        }
    }
}

impl Served {
    /// Sends a method, behind the content that was begun.
    pub(super) fn say(&mut self, peer: &mut Peer, number: u16, method: impl DynMethod) {
        self.finish(peer, number);
        peer.sends_on(number, method);
    }

    pub(super) fn finish(&mut self, peer: &mut Peer, number: u16) {
        let rest = core::mem::take(&mut self.unfinished);
        if rest > 0 {
            peer.sends_body(number, &vec![1; rest]);
        }
    }

    /// Closes the channel for what it was asked to do.
    pub(super) fn refuse(&mut self, peer: &mut Peer, number: u16) {
        self.say(peer, number, channel::Close::new(406, "refused", 0, 0));
        self.closes();
    }

    pub(super) fn closes(&mut self) {
        self.is_closing = true;
        self.unfinished = 0;
        self.late.clear();
    }

    /// Gives the oldest answer that is late. False if there is none.
    pub(super) fn answers_late(&mut self, peer: &mut Peer, number: u16) -> bool {
        match self.late.pop_front() {
            None => return false,
            Some(Late::Cancel(tag)) => {
                let mut stopping = self.stopping.iter();
                let stopped = stopping.position(|consumer| consumer.tag == tag).unwrap();
                self.stopping.remove(stopped);
                self.say(peer, number, basic::CancelOk::new(tag));
            }
            Some(Late::Commit) => {
                self.is_committing = false;
                self.say(peer, number, tx::CommitOk);
            }
            Some(Late::Consume(tag, serial)) => {
                self.say(peer, number, basic::ConsumeOk::new(tag));
                // It may be cancelled by now, and its tag another's.
                for consumer in self.consumers.iter_mut().chain(&mut self.stopping) {
                    consumer.is_told |= consumer.serial == serial;
                }
            }
        }
        true
    }

    /// Begins to send a message to a consumer.
    pub(super) fn begins(&mut self, peer: &mut Peer, number: u16, to: (String, bool), size: usize) {
        self.finish(peer, number);
        let (tag, no_ack) = to;
        let deliver = basic::Deliver::new(tag, self.delivers(no_ack), "", "q");
        let properties = basic::Properties::default();
        peer.sends_content_start(number, deliver, &properties, size as u64);
        self.unfinished = size;
    }

    /// Numbers a message that is sent.
    pub(super) fn delivers(&mut self, no_ack: bool) -> u64 {
        self.delivered += 1;
        if !no_ack {
            self.unsettled.insert(self.delivered);
        }
        self.delivered
    }

    pub(super) fn settles(&mut self, tag: u64, multiple: bool) {
        let settled: Vec<u64> = match (tag, multiple) {
            (0, true) => self.unsettled.iter().copied().collect(),
            (_, true) => self.unsettled.range(..=tag).copied().collect(),
            (_, false) => vec![tag],
        };
        let is_known = self.unsettled.contains(&tag) || tag == 0 && multiple;
        assert!(is_known, "406: unknown delivery tag {tag}");
        self.unsettled.retain(|tag| !settled.contains(tag));
        if let Some(staged) = &mut self.transaction {
            staged.extend(settled);
        }
    }

    /// Gives the message that a publish was if that is complete, and whether it was mandatory.
    pub(super) fn content(&mut self, header: Option<u64>, octets: usize) -> Option<bool> {
        let (mandatory, due) = match (&self.incoming, header) {
            (Incoming::Header { mandatory }, Some(size)) => (*mandatory, size),
            (Incoming::Body { mandatory, due }, None) => {
                (*mandatory, due.checked_sub(octets as u64).expect("501"))
            }
            (incoming, _) => panic!("501: content where {incoming:?} is due"),
        };
        self.incoming = match due {
            0 => Incoming::None,
            due => Incoming::Body { mandatory, due },
        };
        (due == 0).then_some(mandatory)
    }
}
