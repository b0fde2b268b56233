//! Publisher confirms: a ring of what is outstanding, and the returns that belong to it.

use std::collections::{HashMap, VecDeque};

use amqp_methods::ReplyCode;

use super::{Outcome, Tally};
use crate::error::Error;
use crate::message::Returned;

/// The publishes of a channel in confirm mode.
#[derive(Debug)]
pub(super) struct Confirms {
    /// Publishes in order, the first with the number `first`. What is settled and waited for by nobody
    /// leaves at the front.
    ring: VecDeque<Entry>,
    first: u64,
    /// The lowest number that may be outstanding: acks of many start here.
    cursor: u64,
    /// The number behind the last publish that came back: returns keep the order of publishes.
    return_cursor: u64,
    outstanding: usize,
    /// Outcomes in the ring that a receipt has yet to take.
    untaken: usize,
    /// Outcomes that receipts left behind for so long that the ring went on without them.
    kept: HashMap<u64, Outcome>,
    tally: Tally,
    /// Numbers with a receipt that have been settled since somebody asked.
    settled: Vec<u64>,
}

#[derive(Debug)]
struct Entry {
    state: State,
    watch: Watch,
    /// What a return is recognised by; none for publishes that cannot come back.
    identity: Option<u64>,
    returned: Option<Box<Returned>>,
}

/// Who hears of the end of a publish.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Watch {
    /// The tally counts it.
    Tally,
    /// Somebody holds a receipt.
    Receipt,
    /// The receipt's holder was told that it is in doubt, and waits no longer.
    Told,
}

#[derive(Debug)]
enum State {
    Outstanding,
    Settled(Outcome),
    Gone,
}

impl Default for Confirms {
    fn default() -> Self {
        Self {
            ring: VecDeque::new(),
            first: 1,
            cursor: 1,
            return_cursor: 1,
            outstanding: 0,
            untaken: 0,
            kept: HashMap::new(),
            tally: Tally::default(),
            settled: Vec::new(),
        }
    }
}

impl Confirms {
    /// Numbers a publish, which was put into the output in the same breath.
    pub(super) fn publish(&mut self, watched: bool, identity: Option<u64>) -> u64 {
        let number = self.first + self.ring.len() as u64;
        self.outstanding += 1;
        let watch = match watched {
            true => Watch::Receipt,
            false => Watch::Tally,
        };
        self.ring.push_back(Entry {
            state: State::Outstanding,
            watch,
            identity,
            returned: None,
        });
        number
    }

    pub(super) fn outstanding(&self) -> usize {
        self.outstanding
    }

    /// The number that the last publish has; 0 before the first.
    pub(super) fn last(&self) -> u64 {
        self.first + self.ring.len() as u64 - 1
    }

    /// Whether nothing up to and including `number` is outstanding.
    pub(super) fn is_settled(&self, number: u64) -> bool {
        self.cursor > number
    }

    /// How many places the ring has.
    #[cfg(test)]
    pub(super) fn places(&self) -> usize {
        self.ring.len()
    }

    /// What became of publishes without a receipt since this was last asked.
    pub(super) fn take_tally(&mut self) -> Tally {
        core::mem::take(&mut self.tally)
    }

    /// Numbers with a receipt that were settled since this was last asked.
    pub(super) fn take_settled(&mut self) -> Vec<u64> {
        core::mem::take(&mut self.settled)
    }

    /// Handles `basic.ack` and `basic.nack` from the server. `multiple` settles what is unsettled up to
    /// the number, and only that: an ack may come behind a nack of a lower number.
    pub(super) fn settle(&mut self, number: u64, multiple: bool, ack: bool) -> Result<(), Error> {
        let last = self.last();
        let is_all = multiple && number == 0;
        let number = if is_all { last } else { number };
        if (number == 0 && !is_all) || number > last {
            return Err(Error::protocol(
                ReplyCode::COMMAND_INVALID,
                format!("confirm {number} of {last} publishes"),
                None,
            ));
        }
        let outcome = if ack {
            Outcome::Confirmed
        } else {
            Outcome::Nacked
        };
        let from = if multiple { self.cursor } else { number };
        for number in from..=number {
            self.settle_one(number, outcome.clone());
        }
        self.advance();
        Ok(())
    }

    /// Takes what came back, with its identity. Gives the message back if it belongs to no outstanding publish, or if nobody
    /// holds its receipt.
    ///
    /// Returns keep the order of publishes: it is the first publish with that identity behind the one that
    /// came back before. A server that does not keep the order gets another look from the start.
    pub(super) fn returned(&mut self, returned: Returned, identity: u64) -> Option<Returned> {
        let behind_last = self.return_cursor.max(self.cursor);
        let found = self
            .find_returned(behind_last, identity)
            .or_else(|| self.find_returned(self.cursor, identity));
        let Some(number) = found else {
            return Some(returned);
        };
        self.return_cursor = number + 1;
        let Some(entry) = self.entry(number) else {
            return Some(returned);
        };
        let boxed = Box::new(returned);
        if entry.watch == Watch::Receipt {
            entry.returned = Some(boxed);
            return None;
        }
        entry.returned = Some(boxed.clone());
        Some(*boxed)
    }

    /// The first outstanding publish from `start` on that has this identity, and has not come back.
    fn find_returned(&self, start: u64, identity: u64) -> Option<u64> {
        let skip = start.saturating_sub(self.first);
        let mut entries = self.ring.iter().skip(usize::try_from(skip).ok()?);
        let index = entries.position(|entry| {
            entry.identity == Some(identity)
                && entry.returned.is_none()
                && matches!(entry.state, State::Outstanding)
        })?;
        Some(self.first + skip + index as u64)
    }

    /// The outcome of a publish with a receipt, once; none while it is outstanding.
    pub(super) fn take(&mut self, number: u64) -> Option<Outcome> {
        if number < self.first {
            return self.kept.remove(&number);
        }
        let outcome = self.take_settled_state(number)?;
        self.advance();
        Some(outcome)
    }

    /// Nobody waits for that publish any more: its end is counted in the tally. Gives the message, if it
    /// came back.
    pub(super) fn unwatch(&mut self, number: u64) -> Option<Returned> {
        if let Some(outcome) = self.take(number) {
            self.tally.count(&outcome);
            return match outcome {
                Outcome::Returned(returned) => Some(*returned),
                _ => None,
            };
        }
        let entry = self.entry(number)?;
        if entry.watch != Watch::Receipt {
            return None;
        }
        entry.watch = Watch::Tally;
        entry.returned.as_deref().cloned()
    }

    /// The receipt's deadline has passed. Gives the end of the publish if it is known: a message that came back needs
    /// no confirm. Otherwise its holder takes it for in doubt: what the server still says of it settles it here,
    /// and is told nobody else.
    pub(super) fn expire(&mut self, number: u64) -> Option<Outcome> {
        if let Some(outcome) = self.take(number) {
            return Some(outcome);
        }
        let entry = self.entry(number)?;
        entry.watch = Watch::Told;
        let returned = entry.returned.take()?;
        // It has come back: the next return is that of a twin.
        entry.identity = None;
        Some(Outcome::Returned(returned))
    }

    /// Takes the outcome out of the ring, if it is there.
    fn take_settled_state(&mut self, number: u64) -> Option<Outcome> {
        let entry = self.entry(number)?;
        match core::mem::replace(&mut entry.state, State::Gone) {
            State::Settled(outcome) => {
                self.untaken -= 1;
                Some(outcome)
            }
            state => {
                entry.state = state;
                None
            }
        }
    }

    /// Ends every outstanding publish in doubt.
    pub(super) fn fail(&mut self, error: &Error) {
        for number in self.cursor..=self.last() {
            self.settle_one(number, Outcome::InDoubt(error.clone()));
        }
        self.advance();
    }

    /// Whether nobody can still ask for anything.
    pub(super) fn is_empty(&self) -> bool {
        self.ring.is_empty() && self.kept.is_empty() && self.tally == Tally::default()
    }

    fn entry(&mut self, number: u64) -> Option<&mut Entry> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.ring.get_mut(index)
    }

    fn settle_one(&mut self, number: u64, outcome: Outcome) {
        let Some(entry) = self.entry(number) else {
            return;
        };
        if !matches!(entry.state, State::Outstanding) {
            return;
        }
        let outcome = match (outcome, entry.returned.take()) {
            // A return says more than the ack behind it, and leaves no doubt if none came.
            (Outcome::Confirmed | Outcome::InDoubt(_), Some(returned)) => {
                Outcome::Returned(returned)
            }
            (outcome, _) => outcome,
        };
        match entry.watch {
            Watch::Receipt => {
                entry.state = State::Settled(outcome);
                self.untaken += 1;
                self.settled.push(number);
            }
            Watch::Tally => {
                entry.state = State::Gone;
                self.tally.count(&outcome);
            }
            Watch::Told => entry.state = State::Gone,
        }
        self.outstanding -= 1;
    }

    /// Moves the cursor over what is settled, and lets go of what nobody can ask for.
    fn advance(&mut self) {
        while let Some(index) = self.cursor.checked_sub(self.first)
            && let Some(entry) = self.ring.get(usize::try_from(index).unwrap_or(usize::MAX))
            && !matches!(entry.state, State::Outstanding)
        {
            self.cursor += 1;
        }
        while let Some(Entry {
            state: State::Gone, ..
        }) = self.ring.front()
        {
            self.ring.pop_front();
            self.first += 1;
        }
        if self.ring.len() > 2 * (self.outstanding + self.untaken) + SPARE {
            self.leave_behind();
        }
    }

    /// Lets the ring go on without outcomes at its front that receipts have not taken: one receipt that is kept for
    /// long shall not keep the places of all publishes behind it.
    #[cold]
    fn leave_behind(&mut self) {
        while self.first < self.cursor
            && let Some(entry) = self.ring.pop_front()
        {
            if let State::Settled(outcome) = entry.state {
                self.untaken -= 1;
                self.kept.insert(self.first, outcome);
            }
            self.first += 1;
        }
    }
}

/// Places in the ring that may be taken by publishes whose end was told, beyond one for each that was not.
const SPARE: usize = 1024;
