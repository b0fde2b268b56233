//! How long the server may hold publishers back.

use core::time::Duration;
use std::time::Instant;

use crate::error::{Error, ErrorKind};

/// Whether the server holds publishers back, and until when it may.
///
/// RabbitMQ: connection.blocked, connection.unblocked
#[derive(Debug)]
pub(super) struct Blocked {
    timeout: Option<Duration>,
    since: Option<Since>,
    /// How long it did before.
    before: Duration,
}

#[derive(Debug)]
struct Since {
    start: Instant,
    deadline: Option<Instant>,
    /// Why, in the server's words.
    reason: String,
}

impl Blocked {
    pub(super) fn new(timeout: Option<Duration>) -> Self {
        Self {
            timeout,
            since: None,
            before: Duration::ZERO,
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.since.is_some()
    }

    /// Why, if it is on.
    pub(super) fn reason(&self) -> Option<&str> {
        self.since.as_ref().map(|since| since.reason.as_str())
    }

    /// The server begins. That it says so again gives it no more time.
    pub(super) fn begin(&mut self, now: Instant, reason: &str) {
        match &mut self.since {
            Some(since) => reason.clone_into(&mut since.reason),
            None => {
                self.since = Some(Since {
                    start: now,
                    deadline: self.timeout.and_then(|timeout| now.checked_add(timeout)),
                    reason: reason.to_owned(),
                });
            }
        }
    }

    pub(super) fn end(&mut self, now: Instant) {
        self.before = self.total(now);
        self.since = None;
    }

    /// How long the server has held back publishers, all in all.
    pub(super) fn total(&self, now: Instant) -> Duration {
        let since = self.since.as_ref();
        let lasting = since.map(|since| now.saturating_duration_since(since.start));
        self.before.saturating_add(lasting.unwrap_or_default())
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.since.as_ref()?.deadline
    }

    /// What the connection ends with if this has lasted too long.
    pub(super) fn check(&self, now: Instant) -> Option<Error> {
        let is_over = self.deadline().is_some_and(|deadline| now >= deadline);
        let timeout = self.timeout.filter(|_| is_over)?;
        let detail = format!("connection.blocked {timeout:?} ago, and no connection.unblocked");
        Some(Error::new(ErrorKind::BlockedTimeout, detail))
    }
}
