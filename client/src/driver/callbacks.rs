//! Callbacks, for those who port from clients that have them.

use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::{JoinHandle, spawn_blocking};

mod of_channel;
mod of_connection;

pub use of_channel::ChannelCallbacks;
pub use of_connection::ConnectionCallbacks;

/// Functions that are called with the same thing, in the order in which they were given.
struct Callbacks<A: ?Sized>(Vec<Callback<A>>);

type Callback<A> = Box<dyn FnMut(&A) + Send>;

impl<A: ?Sized> Callbacks<A> {
    fn add(&mut self, callback: impl FnMut(&A) + Send + 'static) {
        self.0.push(Box::new(callback));
    }

    /// Calls all of them. A panic ends the one that panics, for this time.
    fn call(&mut self, argument: &A) {
        for callback in &mut self.0 {
            if catch_unwind(AssertUnwindSafe(|| callback(argument))).is_err() {
                tracing::error!("a callback panicked");
            }
        }
    }
}

impl<A: ?Sized> Default for Callbacks<A> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// All callbacks of a task, which are called one after the other.
struct Shelf<C>(Arc<Mutex<C>>);

impl<C: Send + 'static> Shelf<C> {
    fn new(callbacks: C) -> Self {
        Self(Arc::new(Mutex::new(callbacks)))
    }

    /// Calls some, on a thread where they may block. False if the runtime is about to end.
    async fn call(&self, act: impl FnOnce(&mut C) + Send + 'static) -> bool {
        let callbacks = Arc::clone(&self.0);
        let called = spawn_blocking(move || {
            act(&mut callbacks.lock().unwrap_or_else(PoisonError::into_inner));
        });
        called.await.is_ok()
    }
}

/// The task that calls callbacks, from [`ConnectionCallbacks::start`] or [`ChannelCallbacks::start`].
///
/// Dropped, it goes on until what it listens to has ended.
pub struct CallbackTask {
    task: JoinHandle<()>,
}

impl CallbackTask {
    /// Calls no more. A callback that runs is let finish.
    pub fn stop(self) {
        self.task.abort();
    }

    /// Waits until the last callback has returned: the connection or channel has ended, and that was told.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    pub async fn ended(self) {
        // It cannot panic, and nobody can stop it while it is borrowed here.
        let _ = self.task.await;
    }
}

impl fmt::Debug for CallbackTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackTask").finish_non_exhaustive()
    }
}
