//! Callbacks, for those who port from clients that have them.

use core::fmt;
use std::future::Future;
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

/// What callbacks are called for. Both drivers ask for one occasion after the other, and have it called where user code
/// may take its time: here, and nowhere else, is said what that is.
pub(crate) trait Occasions: Send + 'static {
    /// The callbacks.
    type Callbacks: Send + 'static;
    /// Something to call for.
    type Occasion: Send + 'static;

    /// The next one. First comes the handle itself, last the end; then none.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    fn next(&mut self) -> impl Future<Output = Option<Self::Occasion>> + Send;

    /// Calls those that are for it.
    fn call(callbacks: &mut Self::Callbacks, occasion: Self::Occasion);
}

/// Calls for one occasion after the other, on the runtime's threads for code that blocks.
async fn run<O: Occasions>(mut occasions: O, callbacks: O::Callbacks) {
    // Each call borrows them for a thread of its own; no two are at the same time.
    let callbacks = Arc::new(Mutex::new(callbacks));
    while let Some(occasion) = occasions.next().await {
        let callbacks = Arc::clone(&callbacks);
        let called = spawn_blocking(move || {
            let mut callbacks = callbacks.lock().unwrap_or_else(PoisonError::into_inner);
            O::call(&mut callbacks, occasion);
        });
        if called.await.is_err() {
            // The runtime is about to end.
            return;
        }
    }
}

/// The task that calls callbacks, from [`ConnectionCallbacks::start`] or [`ChannelCallbacks::start`].
///
/// Dropped, it goes on until what it listens to has ended.
pub struct CallbackTask {
    task: JoinHandle<()>,
}

impl CallbackTask {
    fn start<O: Occasions>((occasions, callbacks): (O, O::Callbacks)) -> Self {
        let task = tokio::spawn(run(occasions, callbacks));
        Self { task }
    }

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
