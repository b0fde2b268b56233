//! Waiting for a future on a thread that runs nothing else.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Instant;

use tokio::task::coop::unconstrained;

/// Waits for `future`, until `deadline` if there is one; then it is dropped.
///
/// Nothing of a runtime is asked for: whoever carries the connection wakes this thread. So it works inside of a runtime
/// too, where tokio's own `block_on` panics. There the budget of the surrounding task must not count: once it is used up,
/// nothing would ever be ready.
pub(super) fn wait<F: Future>(future: F, deadline: Option<Instant>) -> Option<F::Output> {
    let mut future = pin!(unconstrained(future));
    // Most are ready at once, and need nobody to wake.
    let mut idle = Context::from_waker(Waker::noop());
    if let Poll::Ready(output) = future.as_mut().poll(&mut idle) {
        return Some(output);
    }
    // One for each wait: a future that waits itself while it is polled must not take the wake of the outer one.
    let parker = Arc::new(Parker {
        thread: std::thread::current(),
        is_woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&parker));
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
        if !parker.park(deadline) {
            return None;
        }
    }
}

struct Parker {
    thread: Thread,
    is_woken: AtomicBool,
}

impl Parker {
    /// Sleeps until woken. False if the deadline comes first.
    fn park(&self, deadline: Option<Instant>) -> bool {
        while !self.is_woken.swap(false, Ordering::Acquire) {
            let Some(deadline) = deadline else {
                std::thread::park();
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            std::thread::park_timeout(left);
        }
        true
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.is_woken.swap(true, Ordering::Release) {
            self.thread.unpark();
        }
    }
}
