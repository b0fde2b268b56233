//! Counts of what a connection has done, and how much there is of what now.

use core::time::Duration;
use std::time::Instant;

use super::Connection;

/// What a connection has done since it began, and how much there is of what now.
///
/// A snapshot: all of it is of the same moment. What is counted only ever grows, and is not set back.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Metrics {
    /// Octets in frames that were taken in.
    pub octets_received: u64,
    /// Octets that were put into the output, whether they were written or wait.
    pub octets_sent: u64,
    /// Frames that were taken in, heartbeats included.
    pub frames_received: u64,
    /// Frames that were put into the output, the protocol header and heartbeats included.
    pub frames_sent: u64,
    /// Messages that were published: put into the output.
    pub messages_published: u64,
    /// Messages that came from consumers and by `basic.get`.
    pub messages_delivered: u64,
    /// Messages that came back.
    pub messages_returned: u64,
    /// Publishes that the server has confirmed, those that came back included.
    pub confirmed: u64,
    /// Publishes that the server has refused responsibility for.
    pub nacked: u64,
    /// Publishes that were not settled when their channel or the connection ended.
    pub in_doubt: u64,
    /// Publishes that the server has yet to settle, now.
    pub unconfirmed: u64,
    /// Deliveries that the application has yet to settle, now: those that it holds, and those that it has yet to take.
    pub unsettled: u64,
    /// Channels that live, now.
    pub channels: u64,
    /// Consumers that receive, now.
    pub consumers: u64,
    /// Octets that wait to be written, now.
    pub buffered_octets: u64,
    /// Octets of deliveries that wait to be taken, now.
    pub waiting_octets: u64,
    /// How long the server has held back publishers by `connection.blocked`, all in all, until now if it still does.
    pub blocked_time: Duration,
}

/// What is counted while it happens. The core has one owner: none of them is atomic.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) octets_received: u64,
    pub(super) frames_received: u64,
    pub(super) published: u64,
    pub(super) delivered: u64,
    pub(super) returned: u64,
    pub(super) in_doubt: u64,
    confirmed: u64,
    nacked: u64,
}

impl Counters {
    /// The server has settled so many publishes.
    pub(super) fn settled(&mut self, count: u64, ack: bool) {
        let counter = match ack {
            true => &mut self.confirmed,
            false => &mut self.nacked,
        };
        *counter += count;
    }
}

impl Connection {
    /// Counts of what was done, and how much there is of what.
    pub fn metrics(&mut self, now: Instant) -> Metrics {
        let numbers = self.channels.numbers();
        let (mut unconfirmed, mut unsettled) = (0, 0);
        for number in &numbers {
            if let Some(state) = self.channels.number(*number) {
                unconfirmed += state.outstanding() as u64;
                unsettled += state.unsettled.count() as u64;
            }
        }
        let output = self.output_total();
        let counters = &self.counters;
        Metrics {
            octets_received: counters.octets_received,
            octets_sent: output.octets,
            frames_received: counters.frames_received,
            frames_sent: output.frames,
            messages_published: counters.published,
            messages_delivered: counters.delivered,
            messages_returned: counters.returned,
            confirmed: counters.confirmed,
            nacked: counters.nacked,
            in_doubt: counters.in_doubt,
            unconfirmed,
            unsettled,
            channels: numbers.len() as u64,
            consumers: self.consumers.live().count() as u64,
            buffered_octets: self.outgoing_octets() as u64,
            waiting_octets: self.waiting_octets() as u64,
            blocked_time: self.blocked.total(now),
        }
    }
}
