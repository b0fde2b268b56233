//! The thread that carries a connection.

use std::cell::Cell;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use super::wait::wait;
use crate::driver::Connection;
use crate::error::{Error, ErrorKind};

/// A handle to the thread of a connection, by which others wait for what it brings.
///
/// It keeps nothing alive. Whoever waits has a handle of the connection too, and that does.
#[derive(Clone)]
pub(super) struct Thread {
    /// Timers of calls are set here.
    runtime: Handle,
    /// What the server is called in errors.
    address: Arc<str>,
}

/// Handles show their connection, and not who carries it.
impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").finish_non_exhaustive()
    }
}

/// A connection, and what carries it.
pub(super) struct Started {
    pub(super) connection: Connection,
    pub(super) thread: Thread,
    /// For tests: nobody else waits for the end.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "dropping it lets the thread go")
    )]
    pub(super) end: JoinHandle<()>,
}

thread_local! {
    /// Whether this thread carries a connection.
    static CARRIES: Cell<bool> = const { Cell::new(false) };
}

impl Thread {
    /// Starts a thread that connects and then carries the connection; waits until it is open.
    pub(super) fn start<F>(connecting: F) -> Result<Started, Error>
    where
        F: Future<Output = Result<Connection, Error>> + Send + 'static,
    {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let (tell, told) = mpsc::sync_channel(1);
        let thread = std::thread::Builder::new().name(format!("leveret-io-{number}"));
        let thread = thread.spawn(move || carry(connecting, &tell));
        let end = thread.map_err(|error| no_thread("the thread cannot be started", error))?;
        match told.recv() {
            Ok(Ok((connection, runtime))) => {
                let address = Arc::from(connection.address());
                Ok(Started {
                    connection,
                    thread: Self { runtime, address },
                    end,
                })
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(Error::new(
                ErrorKind::ConnectionLost,
                "the thread that should carry the connection panicked",
            )),
        }
    }

    /// Waits for the result of a future.
    pub(super) fn wait<T>(
        &self,
        future: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        self.try_wait(future)?
    }

    /// Waits for a future.
    ///
    /// # Errors
    /// This is the thread of a connection.
    pub(super) fn try_wait<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        self.wait_within(Duration::MAX, future)
    }

    /// Waits for a future, no longer than `timeout`; then it is dropped.
    ///
    /// # Errors
    /// A time-out; this is the thread of a connection.
    pub(super) fn wait_within<F: Future>(
        &self,
        timeout: Duration,
        future: F,
    ) -> Result<F::Output, Error> {
        let late = || Error::new(ErrorKind::Timeout, format!("nothing within {timeout:?}"));
        let done = self.within(timeout, future)?;
        done.ok_or_else(|| self.about_server(late()))
    }

    /// The same error, with where the server is.
    pub(super) fn about_server(&self, error: impl Into<Error>) -> Error {
        error.into().about(&self.address)
    }

    /// The same, with none for a time-out.
    pub(super) fn within<F: Future>(
        &self,
        timeout: Duration,
        future: F,
    ) -> Result<Option<F::Output>, Error> {
        if CARRIES.get() {
            let refusal = "the thread of a connection would wait for itself";
            return Err(Error::new(ErrorKind::State, refusal));
        }
        let _context = self.runtime.enter();
        // Too late to be told is never.
        Ok(wait(future, Instant::now().checked_add(timeout)))
    }
}

type Opened = Result<(Connection, Handle), Error>;

/// What the thread does from first to last.
fn carry<F>(connecting: F, tell: &mpsc::SyncSender<Opened>)
where
    F: Future<Output = Result<Connection, Error>>,
{
    CARRIES.set(true);
    let mut builder = Builder::new_current_thread();
    builder.enable_io().enable_time();
    // Names are looked up on another thread, which has nothing to do afterwards.
    builder
        .thread_name("leveret-lookup")
        .thread_keep_alive(Duration::from_secs(1));
    let runtime = match builder.build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = tell.send(Err(no_thread("no runtime for the thread", error)));
            return;
        }
    };
    runtime.block_on(async {
        let connection = match connecting.await {
            Ok(connection) => connection,
            Err(error) => {
                let _ = tell.send(Err(error));
                return;
            }
        };
        let (lives, ended) = oneshot::channel::<Infallible>();
        connection.keep(lives);
        let runtime = Handle::current();
        // Its only handle goes to whoever has asked for it.
        let _ = tell.send(Ok((connection, runtime)));
        // Nothing is ever sent: all handles are gone, and the connection has said its last words.
        let _ = ended.await;
    });
    // A lookup that was given up may still take its time.
    runtime.shutdown_background();
}

pub(super) fn no_thread(what: &str, error: std::io::Error) -> Error {
    Error::with_source(ErrorKind::Io, format!("{what}: {error}"), error)
}
