//! Callbacks, on a thread of their own.

use core::fmt;
use std::convert::Infallible;
use std::future::{Future as _, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::thread::ThreadId;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};

use super::thread::{Thread, no_thread};
use super::{Channel, Connection};
use crate::driver::{ChannelCallbacks, ConnectionCallbacks, Occasions};
use crate::error::{Error, ErrorKind};

/// The thread that calls callbacks: from [`ConnectionCallbacks::start`] or [`ChannelCallbacks::start`]. As
/// [`CallbackTask`](crate::CallbackTask).
///
/// It has the name `leveret-call-` and a number. All callbacks that were started together are called there and nowhere
/// else, one after the other. They may block, and wait for whatever the connection brings: frames are read elsewhere.
///
/// Dropped, it goes on until what it listens to has ended. It keeps nothing open.
pub struct CallbackThread {
    stop: Arc<Notify>,
    /// Nothing ever comes; it ends with the thread.
    end: mpsc::Receiver<Infallible>,
    id: ThreadId,
    thread: Thread,
}

impl Connection {
    /// Begins to put together callbacks. They do not keep the connection open once they have been started. As
    /// [`Connection::callbacks`](crate::Connection::callbacks).
    ///
    /// ```no_run
    /// # fn run(connection: leveret::blocking::Connection) -> Result<(), leveret::Error> {
    /// connection
    ///     .callbacks()
    ///     .on_blocked(|reason| println!("no publishes for now: {reason}"))
    ///     .on_unblocked(|| println!("go on"))
    ///     .on_close(|error| println!("over: {error}"))
    ///     .start()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn callbacks(&self) -> ConnectionCallbacks<Self> {
        ConnectionCallbacks::new(self.clone())
    }
}

impl Channel {
    /// Begins to put together callbacks. They do not keep the channel open once they have been started. As
    /// [`Channel::callbacks`](crate::Channel::callbacks).
    ///
    /// ```no_run
    /// # fn run(channel: leveret::blocking::Channel) -> Result<(), leveret::Error> {
    /// channel
    ///     .callbacks()
    ///     .on_return(|returned| println!("nobody wants {:?}", returned.routing_key()))
    ///     .on_cancel(|consumer_tag| println!("{consumer_tag} gets no more"))
    ///     .start()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn callbacks(&self) -> ChannelCallbacks<Self> {
        ChannelCallbacks::new(self.clone())
    }
}

impl ConnectionCallbacks<Connection> {
    /// Listens from here on, and calls, on a thread of its own.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(self) -> Result<CallbackThread, Error> {
        let thread = self.connection.thread.clone();
        let events = self.connection.inner.events();
        CallbackThread::start(thread, self.over(events))
    }
}

impl ChannelCallbacks<Channel> {
    /// Listens from here on, and calls, on a thread of its own.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(self) -> Result<CallbackThread, Error> {
        let thread = self.channel.thread.clone();
        let channel = self.channel.inner.clone();
        CallbackThread::start(thread, self.over(&channel))
    }
}

impl CallbackThread {
    fn start<O: Occasions>(
        thread: Thread,
        (occasions, callbacks): (O, O::Callbacks),
    ) -> Result<Self, Error> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let (lives, end) = mpsc::channel(1);
        let stop = Arc::new(Notify::new());
        let (carrier, stopped) = (thread.clone(), Arc::clone(&stop));
        let own = std::thread::Builder::new().name(format!("leveret-call-{number}"));
        let own = own
            .spawn(move || run(lives, &carrier, &stopped, occasions, callbacks))
            .map_err(|error| no_thread("the thread for callbacks cannot be started", error))?;
        Ok(Self {
            stop,
            end,
            id: own.thread().id(),
            thread,
        })
    }

    /// Calls no more. A callback that runs is let finish.
    pub fn stop(self) {
        self.stop.notify_one();
    }

    /// Waits until the last callback has returned: the connection or channel has ended, and that was told.
    ///
    /// # Errors
    /// This is the thread itself, or that of a connection: neither may wait.
    pub fn ended(mut self) -> Result<(), Error> {
        self.ended_within(Duration::MAX)
    }

    /// The same for no longer than `timeout`.
    ///
    /// # Errors
    /// A time-out, after which it goes on; as [`ended`](Self::ended).
    pub fn ended_within(&mut self, timeout: Duration) -> Result<(), Error> {
        if std::thread::current().id() == self.id {
            let refusal = "the thread of callbacks would wait for itself";
            return Err(Error::new(ErrorKind::State, refusal));
        }
        let ended = self.thread.wait_within(timeout, self.end.recv());
        ended.map(drop)
    }
}

/// What the thread does from first to last. What it was given is dropped from the back: nobody hears that it has ended
/// before the callbacks are gone.
fn run<O: Occasions>(
    _lives: mpsc::Sender<Infallible>,
    thread: &Thread,
    stopped: &Notify,
    mut occasions: O,
    mut callbacks: O::Callbacks,
) {
    // It carries no connection, so that it may wait. The callbacks run outside of that: the runtime that is entered
    // for the wait is not theirs.
    while let Ok(Some(occasion)) = thread.try_wait(unless(stopped, &mut occasions)) {
        O::call(&mut callbacks, occasion);
    }
}

/// The next occasion; none behind the last one or if the callbacks were stopped, which is looked at first.
async fn unless<O: Occasions>(stopped: &Notify, occasions: &mut O) -> Option<O::Occasion> {
    let mut stopped = pin!(stopped.notified());
    let mut next = pin!(occasions.next());
    poll_fn(|cx| {
        if stopped.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        next.as_mut().poll(cx)
    })
    .await
}

impl fmt::Debug for CallbackThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackThread").finish_non_exhaustive()
    }
}
