//! Messages that came back, and that no receipt waits for.

use std::collections::VecDeque;

use crate::message::Returned;

/// So many are kept for whoever asks; beyond that the oldest is dropped, and counted.
const WAITING_MAX: usize = 1024;
/// So many octets of them; the newest is kept whatever its size.
const OCTETS_MAX: usize = 16 * 1024 * 1024;

/// What came back on a channel and was not asked for yet.
#[derive(Debug, Default)]
pub(super) struct Unclaimed {
    waiting: VecDeque<Returned>,
    octets: usize,
    /// How many were dropped since that was last asked: all came before those that wait.
    missed: u64,
}

impl Unclaimed {
    /// Keeps a message, and drops the oldest for it if it has to.
    pub(super) fn keep(&mut self, returned: Returned) {
        self.octets += returned.octets();
        self.waiting.push_back(returned);
        while self.waiting.len() > WAITING_MAX || self.waiting.len() > 1 && self.octets > OCTETS_MAX
        {
            if self.pop().is_none() {
                break;
            }
            self.missed += 1;
        }
    }

    /// The oldest.
    pub(super) fn pop(&mut self) -> Option<Returned> {
        let oldest = self.waiting.pop_front()?;
        self.octets -= oldest.octets();
        Some(oldest)
    }

    /// How many were dropped since this was last asked.
    pub(super) fn take_missed(&mut self) -> u64 {
        core::mem::take(&mut self.missed)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
