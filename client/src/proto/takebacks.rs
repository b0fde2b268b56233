//! What a server takes back: settlements when a transaction is rolled back, deliveries when it is asked to recover.

use super::unsettled::{Tag, Unsettled};

/// What was settled and may have to be settled again, and how often `basic.recover` is not answered yet.
///
/// The server reads what a channel sends in order. So `tx.commit` and `tx.rollback` count from when they are sent: what is
/// settled behind them is part of the next transaction, whenever their answers come. `basic.recover` counts from its answer,
/// because it also takes back what is on its way until then.
///
/// RabbitMQ: `basic.recover` leaves what a transaction has settled to that transaction.
#[derive(Debug, Default)]
pub(super) struct Takebacks {
    /// Settled since the transaction began; none where there are no transactions.
    staged: Option<Vec<u64>>,
    /// So many times `basic.recover` was sent and is not answered yet.
    recovering: usize,
    /// Rolled back behind all of these: to be settled when they are answered.
    rolled_back: Vec<u64>,
}

impl Takebacks {
    /// Whether nothing can be settled, because it will be delivered again.
    pub(super) fn is_recovering(&self) -> bool {
        self.recovering > 0
    }

    /// Whether there is nothing to think of.
    pub(super) fn is_idle(&self) -> bool {
        self.staged.is_none() && self.recovering == 0
    }

    pub(super) fn select(&mut self) {
        self.staged.get_or_insert_default();
    }

    /// Notes what was settled, if that is in a transaction.
    pub(super) fn stage(&mut self, settled: &[u64]) {
        if let Some(staged) = &mut self.staged {
            staged.extend_from_slice(settled);
        }
    }

    pub(super) fn commit(&mut self) {
        if let Some(staged) = &mut self.staged {
            staged.clear();
        }
    }

    /// Gives what is to be settled again from now on.
    pub(super) fn roll_back(&mut self) -> Vec<u64> {
        let staged = self.staged.as_mut().map(core::mem::take);
        let staged = staged.unwrap_or_default();
        if self.recovering == 0 {
            return staged;
        }
        self.rolled_back.extend(staged);
        Vec::new()
    }

    pub(super) fn recover(&mut self) {
        self.recovering += 1;
        // It comes again with the rest.
        self.rolled_back.clear();
    }

    /// Gives what is to be settled again from now on.
    pub(super) fn recovered(&mut self) -> Vec<u64> {
        self.recovering = self.recovering.saturating_sub(1);
        match self.recovering {
            0 => core::mem::take(&mut self.rolled_back),
            _ => Vec::new(),
        }
    }
}

impl Unsettled {
    /// Settles where the server may take it back.
    #[cold]
    pub(super) fn settle_for_now(&mut self, value: u64, multiple: bool) -> bool {
        let Some(takebacks) = &mut self.takebacks else {
            return false;
        };
        if takebacks.is_recovering() {
            return false;
        }
        let up_to = if value == 0 { u64::MAX } else { value };
        let covered = self
            .tags
            .iter()
            .take_while(|tag| multiple && tag.value <= up_to);
        let covered = covered.filter(|tag| !tag.is_settled);
        let covered: Vec<_> = covered.map(|tag| tag.value).collect();
        let is_settled = self.strike_out(value, multiple);
        if is_settled && let Some(takebacks) = &mut self.takebacks {
            match multiple {
                true => takebacks.stage(&covered),
                false => takebacks.stage(&[value]),
            }
        }
        is_settled
    }

    /// `tx.select` was sent: what is settled from now on can be rolled back. Again, it changes nothing.
    pub(super) fn select(&mut self) {
        self.takebacks.get_or_insert_default().select();
    }

    /// `tx.commit` was sent: what was settled before is settled for good. If the server refuses, the channel ends.
    pub(super) fn commit(&mut self) {
        if let Some(takebacks) = &mut self.takebacks {
            takebacks.commit();
        }
    }

    /// `tx.rollback` was sent: what was settled since the transaction began is to be settled again, by what is sent from
    /// now on, because the server reads it behind the rollback. Gives what that is.
    pub(super) fn roll_back(&mut self) -> Vec<u64> {
        let taken_back = self
            .takebacks
            .as_mut()
            .map(|takebacks| takebacks.roll_back());
        self.put_back(taken_back.unwrap_or_default())
    }

    /// `basic.recover` was sent: the server will deliver again what it has delivered until it answers.
    pub(super) fn recover(&mut self) {
        self.takebacks.get_or_insert_default().recover();
    }

    /// The server has answered: nothing that came before is to be settled, but for what was rolled back since. Gives what
    /// that is.
    pub(super) fn recovered(&mut self) -> Vec<u64> {
        self.forget();
        let taken_back = self
            .takebacks
            .as_mut()
            .map(|takebacks| takebacks.recovered());
        if self
            .takebacks
            .as_ref()
            .is_some_and(|takebacks| takebacks.is_idle())
        {
            self.takebacks = None;
        }
        self.put_back(taken_back.unwrap_or_default())
    }

    /// `basic.recover-async` was sent, which has no answer: nothing that came before is to be settled.
    pub(super) fn forget(&mut self) {
        self.tags.clear();
        self.count = 0;
    }

    /// Deliveries are to be settled that were.
    fn put_back(&mut self, values: Vec<u64>) -> Vec<u64> {
        if !values.is_empty() {
            let unsettled = |value: &u64| Tag {
                value: *value,
                is_settled: false,
            };
            self.tags.retain(|tag| !tag.is_settled);
            self.tags.extend(values.iter().map(unsettled));
            self.tags
                .make_contiguous()
                .sort_unstable_by_key(|tag| tag.value);
            self.count = self.tags.len();
        }
        values
    }
}
