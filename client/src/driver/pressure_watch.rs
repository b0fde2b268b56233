//! Watching how much waits to be written.

use core::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::connection::Connection;
use super::pressure::{PressureRule, WritePressure};
use super::shared::Shared;
use crate::error::Error;

/// Tells when a connection comes under pressure, and when it is relieved of it. From [`Connection::watch_pressure`].
///
/// It is a value that is watched, not a queue: who looks late finds how things are now. It does not keep the
/// connection open.
pub struct PressureWatch {
    shared: Arc<Shared>,
    id: u64,
}

impl Connection {
    /// What waits to be written at this moment.
    ///
    /// ```no_run
    /// # fn run(connection: leveret::Connection) {
    /// let pressure = connection.write_pressure();
    /// println!("{} octets wait, {} frames", pressure.octets(), pressure.frames_behind());
    /// # }
    /// ```
    pub fn write_pressure(&self) -> WritePressure {
        self.shared().lock("look at the pressure").write_pressure()
    }

    /// Watches what waits to be written.
    ///
    /// Publishing needs no watching: it waits by itself. This is for those who can do something about it before, or
    /// want to see it.
    pub fn watch_pressure(&self, rule: PressureRule) -> PressureWatch {
        let shared = Arc::clone(self.shared());
        let mut state = shared.lock("watch the pressure");
        let id = state.pressure.add(rule);
        drop(state);
        PressureWatch { shared, id }
    }
}

impl PressureWatch {
    /// Waits for the next change: true for pressure, false for its end. At first there is none.
    ///
    /// # Errors
    /// Why the connection ended.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn changed(&mut self) -> Result<bool, Error> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&self, cx: &mut Context<'_>) -> Poll<Result<bool, Error>> {
        let mut wakers = Vec::new();
        let mut state = self.shared.lock("look at the pressure");
        if let Some(error) = state.core.closed() {
            return Poll::Ready(Err(error.clone()));
        }
        let note = state.look_at_pressure(&mut wakers);
        let found = state.pressure.poll(self.id, cx.waker());
        drop(state);
        for waker in wakers {
            waker.wake();
        }
        if let Some(note) = note {
            note.write(&self.shared.spans);
        }
        match found {
            Ok(is_pressed) => Poll::Ready(Ok(is_pressed)),
            Err(known) => {
                drop(known);
                Poll::Pending
            }
        }
    }
}

impl Drop for PressureWatch {
    fn drop(&mut self) {
        let mut state = self.shared.lock("watch the pressure no longer");
        let waker = state.pressure.remove(self.id);
        drop(state);
        drop(waker);
    }
}

impl fmt::Debug for PressureWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PressureWatch").finish_non_exhaustive()
    }
}
