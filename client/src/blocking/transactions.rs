//! Transactions.

use super::Channel;
use crate::driver::CommitError;
use crate::error::Error;

impl Channel {
    /// Makes the channel transactional: from here on, what is published and acknowledged on it takes effect with
    /// [`tx_commit`](Self::tx_commit) only. As [`Channel::tx_select`](crate::Channel::tx_select).
    ///
    /// # Errors
    /// As there.
    pub fn tx_select(&self) -> Result<(), Error> {
        self.thread.wait(self.inner.tx_select())
    }

    /// Commits: everything published and acknowledged on this channel since the last commit or rollback takes effect.
    /// As [`Channel::tx_commit`](crate::Channel::tx_commit).
    ///
    /// # Errors
    /// As there: [`CommitError`] tells whether it may have taken effect all the same.
    pub fn tx_commit(&self) -> Result<(), CommitError> {
        let commit = self.thread.try_wait(self.inner.tx_commit());
        commit.unwrap_or_else(|refused| Err(CommitError::not_sent(refused)))
    }

    /// Rolls back: nothing that was published or acknowledged on this channel since the last commit or rollback takes
    /// effect. As [`Channel::tx_rollback`](crate::Channel::tx_rollback).
    ///
    /// # Errors
    /// As there.
    pub fn tx_rollback(&self) -> Result<(), Error> {
        self.thread.wait(self.inner.tx_rollback())
    }
}
