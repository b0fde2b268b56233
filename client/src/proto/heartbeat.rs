//! Signs of life, in both directions.

use core::time::Duration;
use std::time::Instant;

/// When to send a heartbeat, and when silence means that the server is gone.
///
/// One is sent when nothing else was for half an interval; the server is given up after two intervals
/// without a single octet.
///
/// Spec: 4.2.7; RabbitMQ does the same on its side
#[derive(Debug)]
pub(super) struct Heartbeat {
    interval: Duration,
    received: Instant,
    /// When to look whether something was sent since it was last looked at.
    send_check: Instant,
    sent: bool,
    /// A heartbeat is due, or in the output: what is sent next is no other sign of life.
    is_beating: bool,
}

/// What is due.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Due {
    Nothing,
    Send,
    PeerIsSilent,
}

impl Heartbeat {
    /// With the interval that was agreed; none if that is zero.
    pub(super) fn new(interval: Duration, now: Instant) -> Option<Self> {
        (!interval.is_zero()).then(|| Self {
            interval,
            received: now,
            send_check: now + interval / 2,
            sent: true,
            is_beating: false,
        })
    }

    pub(super) fn received(&mut self, now: Instant) {
        self.received = now;
    }

    pub(super) fn sent(&mut self) {
        if !core::mem::take(&mut self.is_beating) {
            self.sent = true;
        }
    }

    pub(super) fn deadline(&self) -> Instant {
        self.send_check.min(self.received + 2 * self.interval)
    }

    pub(super) fn check(&mut self, now: Instant) -> Due {
        if now >= self.received + 2 * self.interval {
            return Due::PeerIsSilent;
        }
        if now < self.send_check {
            return Due::Nothing;
        }
        self.send_check = now + self.interval / 2;
        if core::mem::take(&mut self.sent) {
            Due::Nothing
        } else {
            self.is_beating = true;
            Due::Send
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_sent_when_nothing_else_was() {
        let start = Instant::now();
        let second = Duration::from_secs(1);
        let mut heartbeat = Heartbeat::new(10 * second, start).unwrap();
        assert_eq!(heartbeat.deadline(), start + 5 * second);
        // The tune-ok before counts as sent.
        assert_eq!(heartbeat.check(start + 5 * second), Due::Nothing);
        heartbeat.received(start + 5 * second);
        assert_eq!(heartbeat.check(start + 10 * second), Due::Send);
        heartbeat.sent();
        // The heartbeat itself does not put off the next one.
        assert_eq!(heartbeat.check(start + 15 * second), Due::Send);
        heartbeat.sent();
        heartbeat.sent();
        assert_eq!(heartbeat.check(start + 20 * second), Due::Nothing);
        assert_eq!(heartbeat.check(start + 25 * second), Due::PeerIsSilent);
    }

    #[test]
    fn zero_turns_it_off() {
        assert!(Heartbeat::new(Duration::ZERO, Instant::now()).is_none());
    }
}
