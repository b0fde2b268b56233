//! How publishes end.

use crate::error::Error;
use crate::message::Returned;

/// How a publish ended. Each ends exactly once.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// The server took responsibility for the message.
    Confirmed,
    /// The server could not take responsibility: a queue is full or unavailable, for instance.
    Nacked,
    /// The message reached no queue and came back; without its body, if that is larger than the connection takes.
    Returned(Box<Returned>),
    /// The channel or connection ended before the server said anything, or a deadline passed: the message may have
    /// arrived, or not. The library never sends it again by itself.
    InDoubt(Error),
    /// The message was not sent, and why. Of single messages that is told by the error of the publish itself; of
    /// those of a batch it is told here.
    NotSent(Error),
}

impl Outcome {
    /// Whether the server took responsibility for the message, and some queue has it.
    pub fn is_confirmed(&self) -> bool {
        matches!(self, Self::Confirmed)
    }
}

/// What became of publishes that nobody holds a receipt for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Tally {
    /// How many were confirmed.
    pub confirmed: u64,
    /// How many were nacked.
    pub nacked: u64,
    /// How many came back. The messages themselves are among the channel's returns.
    pub returned: u64,
    /// How many the channel's end has left in doubt.
    pub in_doubt: u64,
}

impl Tally {
    pub(super) fn count(&mut self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Confirmed => &mut self.confirmed,
            Outcome::Nacked => &mut self.nacked,
            Outcome::Returned(_) => &mut self.returned,
            Outcome::InDoubt(_) => &mut self.in_doubt,
            // Nothing has a number before it is sent.
            Outcome::NotSent(_) => return,
        };
        *count += 1;
    }
}
