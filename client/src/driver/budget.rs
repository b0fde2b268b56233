//! How long connecting may take over all, and each stage of it.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

/// What is left of the time for connecting.
pub(super) struct Budget {
    total: Option<(Instant, Duration)>,
}

impl Budget {
    pub(super) fn new(total: Option<Duration>) -> Self {
        Self {
            total: total.map(|total| (Instant::now() + total, total)),
        }
    }

    /// The end of a stage that has just begun.
    pub(super) fn limit(&self, within: Duration) -> Limit {
        self.limit_from(Instant::now(), within)
    }

    /// The end of something that began then.
    pub(super) fn limit_from(&self, begun: Instant, within: Duration) -> Limit {
        let own = Limit {
            at: begun + within,
            within,
            is_total: false,
        };
        match self.total {
            Some((at, within)) if at < own.at => Limit {
                at,
                within,
                is_total: true,
            },
            _ => own,
        }
    }

    /// Waits before another round. False if there would be no time for it.
    pub(super) async fn sleep(&self, delay: Duration) -> bool {
        let fits = match self.total {
            Some((at, _)) => Instant::now() + delay < at,
            None => true,
        };
        if fits {
            sleep(delay).await;
        }
        fits
    }

    /// Whether there is no time for another attempt.
    pub(super) fn is_spent(&self) -> bool {
        self.total.is_some_and(|(at, _)| Instant::now() >= at)
    }

    /// The time for everything.
    pub(super) fn total(&self) -> Option<Duration> {
        self.total.map(|(_, total)| total)
    }
}

/// Longer than any time-out.
pub(super) const LONG: Duration = Duration::from_secs(366 * 24 * 3600);

/// When something has to have happened: `within 3s`
#[derive(Clone, Copy)]
pub(super) struct Limit {
    at: Instant,
    within: Duration,
    is_total: bool,
}

impl Limit {
    /// The end of what has just begun.
    #[cfg(feature = "tls")]
    pub(super) fn new(within: Duration) -> Self {
        Self {
            at: Instant::now() + within,
            within,
            is_total: false,
        }
    }

    /// The earlier of the two.
    #[cfg(feature = "tls")]
    pub(super) fn min(self, other: Self) -> Self {
        match other.at < self.at {
            true => other,
            false => self,
        }
    }

    /// None if it took longer.
    pub(super) async fn hold<F: Future>(self, future: F) -> Option<F::Output> {
        timeout_at(self.at, future).await.ok()
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "within {:?}", self.within)?;
        match self.is_total {
            true => f.write_str(", the time for everything"),
            false => Ok(()),
        }
    }
}
