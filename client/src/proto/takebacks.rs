//! What a server takes back: settlements when a transaction is rolled back, deliveries when it is asked to recover.

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
