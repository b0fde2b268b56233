//! Acknowledgements that are put together: a run of single ones becomes one that says `multiple`.
//!
//! `multiple` acknowledges everything up to its tag that is not settled yet, on the whole channel. So it may be said only
//! where nothing is left out: every tag up to there has been acknowledged by the application, or settled in another
//! way. Servers number the deliveries of a channel 1, 2, 3; what was not settled is whatever lies between.

use core::time::Duration;
use std::collections::BTreeMap;
use std::time::Instant;

use amqp_methods::basic;

use super::{Channel, DeliveryTag, Settlement};
use crate::error::{Error, ErrorKind};

/// What of a channel is settled, and which acknowledgements wait to be sent.
#[derive(Debug)]
pub(super) struct Acks {
    /// So many at most.
    count: usize,
    /// So long at most.
    pub(super) within: Duration,
    /// Everything up to here is settled, or its acknowledgement waits.
    floor: u64,
    /// The same beyond a gap: runs, each from its first tag to its last.
    above: BTreeMap<u64, u64>,
    /// Acknowledgements that wait.
    pub(super) waiting: Vec<u64>,
    /// When they are sent at the latest, once that is known.
    pub(super) due: Option<Instant>,
}

impl Acks {
    pub(super) fn new(count: usize, within: Duration) -> Self {
        Self {
            count,
            within,
            floor: 0,
            above: BTreeMap::new(),
            waiting: Vec::new(),
            due: None,
        }
    }

    /// The application acknowledges a delivery. True if so many wait now that they have to be sent.
    fn ack(&mut self, tag: u64) -> bool {
        self.settled(tag);
        self.waiting.push(tag);
        self.waiting.len() >= self.count
    }

    /// A delivery was settled in another way, or needs no settling.
    pub(super) fn settled(&mut self, tag: u64) {
        if tag <= self.floor {
            return;
        }
        let mut run = (tag, tag);
        // The run that ends just before, or holds the tag.
        if let Some((&first, &last)) = self.above.range(..=tag).next_back()
            && last >= tag - 1
        {
            run = (first, last.max(tag));
        }
        if let Some(next) = run.1.checked_add(1)
            && let Some(last) = self.above.remove(&next)
        {
            run.1 = last;
        }
        if run.0 == self.floor + 1 {
            self.above.remove(&run.0);
            self.floor = run.1;
        } else {
            self.above.insert(run.0, run.1);
        }
    }

    /// Everything up to there is settled.
    fn settled_to(&mut self, tag: u64) {
        if tag <= self.floor {
            return;
        }
        let mut beyond = self.above.split_off(&tag);
        if let Some((_, &last)) = self.above.last_key_value()
            && last > tag
        {
            beyond.insert(tag, last);
        }
        self.above = beyond;
        self.floor = tag;
        // What begins there or right behind belongs to it now.
        for first in [tag, tag.saturating_add(1)] {
            if let Some(last) = self.above.remove(&first) {
                self.floor = self.floor.max(last);
            }
        }
    }

    /// A delivery is to be settled that was.
    fn unsettled(&mut self, tag: u64) {
        if tag <= self.floor {
            if tag < self.floor {
                self.above.insert(tag + 1, self.floor);
            }
            self.floor = tag.saturating_sub(1);
        } else if let Some((&first, &last)) = self.above.range(..=tag).next_back()
            && last >= tag
        {
            self.above.remove(&first);
            if first < tag {
                self.above.insert(first, tag - 1);
            }
            if tag < last {
                self.above.insert(tag + 1, last);
            }
        }
    }

    /// What has to be sent so that nothing waits: one for all that lie below the first gap, one for each beyond it.
    fn flush(&mut self) -> impl Iterator<Item = basic::Ack> {
        self.due = None;
        let floor = self.floor;
        let waiting = core::mem::take(&mut self.waiting);
        let below = waiting.iter().filter(|tag| **tag <= floor);
        // The last that is outstanding: a server does not know a tag that was settled in another way.
        let run = below.clone().max().map(|last| basic::Ack {
            delivery_tag: *last,
            multiple: below.count() > 1,
        });
        let beyond = waiting.into_iter().filter(move |tag| *tag > floor);
        run.into_iter().chain(beyond.map(basic::Ack::new))
    }
}

impl Channel<'_> {
    /// From now on, acknowledgements wait until there are `count` of them or the oldest has waited for `within`, and go
    /// out as one that says `multiple` where nothing unsettled lies between.
    ///
    /// They also go out before any other method on the channel, other than what settles or publishes, and before the
    /// connection closes. How long they have waited is counted from when the core hears of the time:
    /// [`Connection::time_acks`](super::Connection::time_acks).
    ///
    /// # Errors
    /// A channel that has received deliveries: what is settled of them is not known.
    pub fn coalesce_acks(&mut self, count: usize, within: Duration) -> Result<(), Error> {
        let id = self.id;
        let Some(state) = self.connection.channels.usable(id) else {
            return Err(self.connection.unusable(id));
        };
        if state.has_delivered {
            let refusal = "acknowledgements are coalesced from before the first delivery on";
            return Err(Error::new(ErrorKind::State, refusal));
        }
        match &mut state.acks {
            Some(acks) => (acks.count, acks.within) = (count, within),
            None => state.acks = Some(Box::new(Acks::new(count, within))),
        }
        Ok(())
    }

    /// Sends the acknowledgements that wait.
    pub fn flush_acks(&mut self) {
        let id = self.id;
        let Some(state) = self.connection.channels.open(id) else {
            if self.is_committing() {
                let _ = self.behind_commit(|channel| {
                    channel.flush_acks();
                    Ok(())
                });
            }
            return;
        };
        let Some(acks) = &mut state.acks else {
            return;
        };
        let outbox = &mut self.connection.outbox;
        let encoder = self.connection.encoder;
        for ack in acks.flush() {
            if let Err(error) = outbox.method(encoder, id.number(), &ack) {
                tracing::error!(%error, "basic.ack does not fit the wire");
            }
        }
    }

    /// Settles a delivery where acknowledgements are coalesced.
    #[cold]
    pub(super) fn settle_coalesced(
        &mut self,
        tag: DeliveryTag,
        settlement: Settlement,
    ) -> Result<(), Error> {
        let (value, id) = (tag.value, self.id);
        let multiple = settlement.is_multiple();
        // Zero would mean all of them; no server gives it to a delivery.
        if settlement == (Settlement::Ack { multiple: false }) && value != 0 {
            let state = self.connection.channels.open(id);
            if let Some(acks) = state.and_then(|state| state.acks.as_mut()) {
                if acks.ack(value) {
                    self.flush_acks();
                } else if acks.due.is_none() {
                    self.connection.ack_timer.begin();
                }
            }
            return Ok(());
        }
        if multiple {
            self.flush_acks();
        }
        self.write_settlement(value, settlement)?;
        self.note_settled(value, multiple);
        Ok(())
    }

    /// Where acknowledgements are coalesced, notes what was settled in another way; with `multiple` and 0 all there is.
    pub(super) fn note_settled(&mut self, value: u64, multiple: bool) {
        let Some(state) = self.connection.channels.get(self.id) else {
            return;
        };
        let Some(acks) = &mut state.acks else {
            return;
        };
        match (multiple, value) {
            (true, 0) => acks.settled_to(state.unsettled.last()),
            (true, value) => acks.settled_to(value),
            (false, value) => acks.settled(value),
        }
    }

    /// The same for what is to be settled once more.
    pub(super) fn note_unsettled(&mut self, values: Vec<u64>) {
        if let Some(state) = self.connection.channels.get(self.id)
            && let Some(acks) = &mut state.acks
        {
            values.into_iter().for_each(|value| acks.unsettled(value));
        }
    }
}

#[cfg(test)]
#[path = "acks_tests.rs"]
mod tests;
