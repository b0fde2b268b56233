//! The task that reads and writes.

use std::future::{Future as _, poll_fn};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Sleep;

use super::now;
use super::shared::{Shared, State};
use crate::error::{Error, ErrorKind};
use crate::proto::Outbox;

mod input;
mod output;

/// Buffers that grew beyond this are given back when there is nothing to do.
const KEEP: usize = 8 * 1024;
/// Further than any deadline: no timer is set.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);
/// How long to listen for the server's reason when it no longer takes what is written.
const LISTEN: Duration = Duration::from_secs(1);

/// Moves octets between a stream and the core until the connection has ended.
pub(super) struct Task<S> {
    stream: S,
    shared: Arc<Shared>,
    stage: Stage,
    input: BytesMut,
    output: Outbox,
    read_size: usize,
    /// Nothing was written since the stream was last told to push out what it holds.
    is_flushed: bool,
    /// More deliveries wait to be taken than should.
    is_full: bool,
    /// Nothing was read since, for that reason.
    unread_since: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    /// What the timer is set to.
    armed: Instant,
    /// When something is due, whatever comes.
    deadline: Option<Instant>,
    close_timeout: Duration,
}

/// How far a connection's transport has come.
enum Stage {
    /// Both ways are open.
    Open,
    /// Writing failed. The server may have said why it no longer listens, so that is read until then.
    Listening(io::Error, Instant),
    /// The core has ended. Its last words may take until then; nothing is read any more.
    LastWords(Instant),
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Task<S> {
    pub(super) fn new(stream: S, shared: Arc<Shared>, close_timeout: Duration) -> Self {
        let now = now();
        Self {
            stream,
            shared,
            stage: Stage::Open,
            input: BytesMut::new(),
            output: Outbox::default(),
            read_size: input::READ_MIN,
            is_flushed: true,
            is_full: false,
            unread_since: None,
            timer: Box::pin(tokio::time::sleep_until(now.into())),
            armed: now + FAR,
            deadline: None,
            close_timeout,
        }
    }

    pub(super) async fn run(mut self) {
        poll_fn(|cx| self.poll(cx)).await;
        // Best effort: the connection is over, and everybody knows why.
        let shutdown = poll_fn(|cx| Pin::new(&mut self.stream).poll_shutdown(cx));
        let _ = tokio::time::timeout(self.close_timeout, shutdown).await;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.shared.take_urgent() {
            self.change("look at the deadline", |_| {});
        }
        loop {
            let read = self.poll_read(cx);
            let written = match self.poll_write(cx) {
                Poll::Ready(Ok(true)) => return Poll::Ready(()),
                Poll::Ready(Err(error)) => {
                    if matches!(self.stage, Stage::LastWords(_)) {
                        return Poll::Ready(());
                    }
                    self.listen(error);
                    Poll::Ready(())
                }
                written => written.map(drop),
            };
            let time = self.poll_time(cx);
            if let Stage::LastWords(until) = self.stage
                && now() >= until
            {
                return Poll::Ready(());
            }
            if read.is_pending() && written.is_pending() && time.is_pending() {
                self.rest();
                return Poll::Pending;
            }
        }
    }

    /// Writing failed: nothing more is written, and the server's reason is waited for.
    fn listen(&mut self, error: io::Error) {
        self.output = Outbox::default();
        self.shared.lock("write no more").gauge.taken(0);
        self.shared.notice_pressure();
        let until = now() + self.close_timeout.min(LISTEN);
        self.stage = Stage::Listening(error, until);
        self.deadline = Some(self.deadline.map_or(until, |due| due.min(until)));
    }

    /// The stream ended, or broke.
    fn fail(&mut self, error: Option<io::Error>) {
        self.change("take the end", |state| match error {
            None => state.core.handle_eof(),
            Some(error) if error.kind() == io::ErrorKind::UnexpectedEof => state.core.handle_eof(),
            Some(error) => {
                let mut detail = error.to_string();
                // Servers give up who takes nothing for long.
                if let Some(why) = state.why_unread() {
                    detail = format!("{detail}; {why}");
                }
                let lost = Error::with_source(ErrorKind::ConnectionLost, detail, error);
                state.core.handle_failure(lost);
            }
        });
    }

    /// Calls the core when its deadline has come.
    fn poll_time(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(deadline) = self.deadline else {
            return Poll::Pending;
        };
        if deadline < self.armed {
            self.arm(deadline);
        }
        ready!(self.timer.as_mut().poll(cx));
        if now() < deadline {
            // The deadline moved away since the timer was set: no timer is set per frame.
            self.arm(deadline);
            return self.timer.as_mut().poll(cx);
        }
        self.armed = deadline + FAR;
        match core::mem::replace(&mut self.stage, Stage::Open) {
            Stage::Listening(error, until) if now() >= until => self.fail(Some(error)),
            stage => {
                self.stage = stage;
                self.change("take time", |state| state.core.handle_timeout(now()));
            }
        }
        Poll::Ready(())
    }

    /// Changes the core, looks at its deadline and its end, and tells who has to know.
    fn change<T>(&mut self, why: &'static str, act: impl FnOnce(&mut State) -> T) -> T {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.lock(why);
        let result = act(&mut state);
        self.look(&state);
        let afterwards = state.dispatch();
        let asks = state.core.has_question();
        drop(state);
        if let Some(afterwards) = afterwards {
            shared.run(afterwards);
        }
        if asks {
            shared.room.notify_waiters();
        }
        result
    }

    /// Looks at the core's end and its deadline.
    fn look(&mut self, state: &State) {
        if state.core.closed().is_some() && !matches!(self.stage, Stage::LastWords(_)) {
            self.stage = Stage::LastWords(now() + self.close_timeout);
        }
        let due = state.core.poll_timeout();
        self.deadline = match self.stage {
            Stage::Open => due,
            Stage::Listening(_, until) => Some(due.map_or(until, |due| due.min(until))),
            Stage::LastWords(until) => Some(until),
        };
    }

    fn arm(&mut self, deadline: Instant) {
        self.armed = deadline;
        self.timer.as_mut().reset(deadline.into());
    }

    /// Gives back what grew, while there is nothing to do.
    fn rest(&mut self) {
        if self.input.is_empty() && self.input.capacity() > KEEP {
            self.input = BytesMut::new();
        }
        if self.output.is_empty() {
            self.output.shrink_to(KEEP);
        }
    }
}

impl<S> Drop for Task<S> {
    /// The runtime shut down, or the task is over: nobody may wait for it any more.
    fn drop(&mut self) {
        let mut state = self.shared.lock("drop the task");
        let why = match std::thread::panicking() {
            true => "what carried the connection panicked",
            false => "the runtime that carried the connection has ended",
        };
        let error = Error::new(ErrorKind::ConnectionLost, why);
        state.core.handle_failure(error);
        // What is left is written by nobody, and waits no more.
        let mut left = Outbox::default();
        state.core.poll_transmit(&mut left);
        state.gauge.taken(0);
        let io = state.forget_io();
        let afterwards = state.dispatch();
        drop(state);
        drop((io, left));
        if let Some(afterwards) = afterwards {
            self.shared.run(afterwards);
        }
        self.shared.room.notify_waiters();
    }
}
