//! Watching how much waits to be written.

use std::time::Duration;

use super::Connection;
use super::thread::Thread;
use crate::driver::{self, PressureRule};
use crate::error::Error;

/// Tells when a connection comes under pressure, and when it is relieved of it. From [`Connection::watch_pressure`]. As
/// [`PressureWatch`](crate::PressureWatch).
#[derive(Debug)]
pub struct PressureWatch {
    inner: driver::PressureWatch,
    thread: Thread,
}

impl Connection {
    /// Watches what waits to be written. As [`Connection::watch_pressure`](crate::Connection::watch_pressure).
    pub fn watch_pressure(&self, rule: PressureRule) -> PressureWatch {
        PressureWatch {
            inner: self.inner.watch_pressure(rule),
            thread: self.thread.clone(),
        }
    }
}

impl PressureWatch {
    /// Waits for the next change: true for pressure, false for its end. At first there is none. As
    /// [`PressureWatch::changed`](crate::PressureWatch::changed).
    ///
    /// # Errors
    /// As there.
    pub fn changed(&mut self) -> Result<bool, Error> {
        self.thread.wait(self.inner.changed())
    }

    /// The same for no longer than `timeout`; zero only looks.
    ///
    /// # Errors
    /// A time-out, after which everything is as before; as [`changed`](Self::changed).
    pub fn changed_within(&mut self, timeout: Duration) -> Result<bool, Error> {
        self.thread.wait_within(timeout, self.inner.changed())?
    }
}
