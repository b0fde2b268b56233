//! Waiting in line for what holds publishers back.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Mutex;

use super::channel::Channel;
use crate::error::Error;
use crate::hold::Hold;

/// Those who wait to publish, in the order in which they came.
///
/// Only the first of them looks at the channel, so that what makes room wakes one and not all.
#[derive(Debug, Default)]
pub(super) struct Turns {
    turn: Mutex<()>,
    waiting: AtomicUsize,
}

/// What came of an attempt that failed for no other reason.
#[derive(Debug)]
pub(super) enum Attempt<T> {
    Done(T),
    Held(Hold),
}

impl Turns {
    /// Whether somebody waits. A glance: who comes at the same moment comes in any order.
    pub(super) fn is_awaited(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) != 0
    }

    /// Waits for the turn, and then tries until nothing holds it back. Dropped, it leaves the line.
    pub(super) async fn wait<T>(
        &self,
        channel: &Channel,
        attempt: &mut impl FnMut() -> Result<Attempt<T>, Error>,
    ) -> Result<T, Error> {
        let _counted = Counted::new(&self.waiting);
        let _turn = self.turn.lock().await;
        loop {
            let mut room = pin!(channel.shared().room.notified());
            let mut changed = pin!(channel.changes().notified());
            // Before trying, so that nothing in between is missed.
            room.as_mut().enable();
            changed.as_mut().enable();
            match attempt()? {
                Attempt::Done(done) => return Ok(done),
                Attempt::Held(Hold::InFlight) => changed.await,
                Attempt::Held(_) => room.await,
            }
        }
    }
}

/// One who waits, as long as it is not dropped.
struct Counted<'t>(&'t AtomicUsize);

impl<'t> Counted<'t> {
    fn new(count: &'t AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
