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
    is_on: bool,
    deadline: Option<Instant>,
}

impl Blocked {
    pub(super) fn new(timeout: Option<Duration>) -> Self {
        Self {
            timeout,
            is_on: false,
            deadline: None,
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    /// The server begins. That it says so again gives it no more time.
    pub(super) fn begin(&mut self, now: Instant) {
        if !self.is_on {
            self.is_on = true;
            self.deadline = self.timeout.and_then(|timeout| now.checked_add(timeout));
        }
    }

    pub(super) fn end(&mut self) {
        self.is_on = false;
        self.deadline = None;
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    /// What the connection ends with if this has lasted too long.
    pub(super) fn check(&self, now: Instant) -> Option<Error> {
        let is_over = self.deadline.is_some_and(|deadline| now >= deadline);
        let timeout = self.timeout.filter(|_| is_over)?;
        let detail = format!("connection.blocked {timeout:?} ago, and no connection.unblocked");
        Some(Error::new(ErrorKind::BlockedTimeout, detail))
    }
}
