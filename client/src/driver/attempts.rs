//! The log of connecting: what came of every attempt.

use super::budget::Budget;
use crate::error::{Error, ErrorKind};

/// What came of all attempts, as far as they failed.
#[derive(Default)]
pub(super) struct Log {
    last: Vec<Error>,
    count: u64,
}

impl Log {
    pub(super) fn add(&mut self, error: Error) {
        let (address, stage) = (error.address(), error.stage());
        tracing::debug!(%error, address, ?stage, "an attempt to connect failed");
        self.count += 1;
        if self.last.len() == KEPT {
            self.last.remove(0);
        }
        self.last.push(error);
    }

    /// The error of connecting that ends with the last failure: because of that, or because everything was tried as often
    /// as it should be.
    pub(super) fn into_error(self, is_hopeless: bool) -> Error {
        let error = Error::of_attempts(self.last, self.count, is_hopeless);
        // Parameters have at least one host and one attempt, so that something was tried.
        error.unwrap_or_else(|| Error::new(ErrorKind::Io, "there was nothing to try"))
    }

    /// The error of connecting that ends because there is no time for another attempt.
    pub(super) fn into_timeout(self, budget: &Budget) -> Error {
        let total = budget.total().unwrap_or_default();
        Error::of_attempts_in_time(self.last, self.count, total)
    }
}

/// How many failures are told.
pub(super) const KEPT: usize = 64;
