//! The task that reads and writes.

use std::future::{Future, poll_fn};
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::{Buf as _, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::time::Sleep;

use super::shared::Shared;
use crate::error::{Error, ErrorKind};
use crate::proto::Outbox;

/// Room for the first read; it doubles while reads fill it.
const READ_MIN: usize = 4 * 1024;
/// Room for a read at most. Below the size from which allocators ask the system for fresh pages each time.
const READ_MAX: usize = 64 * 1024;
/// Buffers that grew beyond this are given back when there is nothing to do.
const KEEP: usize = 8 * 1024;
/// Octets of deliveries that nobody has taken, beyond which the socket is not read.
const UNTAKEN_MAX: usize = 64 * 1024 * 1024;
/// Further than any deadline: no timer is set.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);
/// Pieces of output per system call.
const SLICES: usize = 64;

/// Moves octets between a stream and the core until the connection has ended.
pub(super) struct Task<S> {
    stream: S,
    shared: Arc<Shared>,
    input: BytesMut,
    output: Outbox,
    read_size: usize,
    /// The core has ended: nothing is read any more.
    is_over: bool,
    /// More deliveries wait to be taken than should.
    is_full: bool,
    timer: Pin<Box<Sleep>>,
    /// What the timer is set to.
    armed: Instant,
    /// When the core wants to be called.
    deadline: Option<Instant>,
    close_timeout: Duration,
    /// The core has ended, and until when its last words may take.
    last_words: Option<Instant>,
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Task<S> {
    pub(super) fn new(stream: S, shared: Arc<Shared>, close_timeout: Duration) -> Self {
        let now = Instant::now();
        Self {
            stream,
            shared,
            input: BytesMut::new(),
            output: Outbox::default(),
            read_size: READ_MIN,
            is_over: false,
            is_full: false,
            timer: Box::pin(tokio::time::sleep_until(now.into())),
            armed: now + FAR,
            deadline: None,
            close_timeout,
            last_words: None,
        }
    }

    pub(super) async fn run(mut self) {
        poll_fn(|cx| self.poll(cx)).await;
        // Best effort: the connection is over, and everybody knows why.
        let shutdown = poll_fn(|cx| Pin::new(&mut self.stream).poll_shutdown(cx));
        let _ = tokio::time::timeout(self.close_timeout, shutdown).await;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let read = self.poll_read(cx);
            let written = match self.poll_write(cx) {
                Poll::Ready(Ok(true)) => return Poll::Ready(()),
                Poll::Ready(Err(error)) => {
                    if self.last_words.is_some() {
                        return Poll::Ready(());
                    }
                    self.output = Outbox::default();
                    // The server may have said why it no longer listens.
                    while self.poll_read(cx).is_ready() {}
                    self.fail(Some(error));
                    Poll::Ready(())
                }
                written => written.map(drop),
            };
            let time = self.poll_time(cx);
            if time.is_ready() && self.last_words.is_some_and(|until| Instant::now() >= until) {
                return Poll::Ready(());
            }
            if read.is_pending() && written.is_pending() && time.is_pending() {
                self.rest();
                return Poll::Pending;
            }
        }
    }

    /// Reads once and hands it to the core.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_over || self.is_paused(cx) {
            return Poll::Pending;
        }
        self.input.reserve(self.read_size);
        let read = pin!(self.stream.read_buf(&mut self.input));
        match ready!(read.poll(cx)) {
            Ok(0) => self.fail(None),
            Ok(count) => {
                let room = self.read_size;
                if count >= room {
                    self.read_size = (2 * room).min(READ_MAX);
                } else if count < room / 4 {
                    self.read_size = (room / 2).max(READ_MIN);
                }
                self.take();
            }
            Err(error) => self.fail(Some(error)),
        }
        Poll::Ready(())
    }

    /// Whether deliveries that nobody takes keep the socket from being read.
    fn is_paused(&mut self, cx: &mut Context<'_>) -> bool {
        if !self.is_full {
            return false;
        }
        let mut state = self.shared.lock("look whether to read");
        state.is_read_paused = state.core.waiting_octets() > UNTAKEN_MAX;
        if state.is_read_paused {
            // What is not read is not the server's silence.
            state.core.heard(Instant::now());
            state.park_io(cx.waker());
        }
        self.is_full = state.is_read_paused;
        self.is_full
    }

    fn take(&mut self) {
        let mut state = self.shared.lock("take input");
        state.core.handle_input(Instant::now(), &mut self.input);
        self.is_full = state.core.waiting_octets() > UNTAKEN_MAX;
        self.is_over = state.core.closed().is_some();
        let afterwards = state.dispatch();
        drop(state);
        if let Some(afterwards) = afterwards {
            self.shared.run(afterwards);
        }
    }

    /// The stream ended, or broke.
    fn fail(&mut self, error: Option<io::Error>) {
        let mut state = self.shared.lock("take the end");
        match error {
            None => state.core.handle_eof(),
            Some(error) if error.kind() == io::ErrorKind::UnexpectedEof => state.core.handle_eof(),
            Some(error) => state.core.handle_failure(Error::with_source(
                ErrorKind::ConnectionLost,
                error.to_string(),
                error,
            )),
        }
        self.is_over = true;
        let afterwards = state.dispatch();
        drop(state);
        if let Some(afterwards) = afterwards {
            self.shared.run(afterwards);
        }
    }

    /// Writes what there is. True when the connection has ended and its last words are written.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if self.output.is_empty() && !self.fetch(cx) {
            return if self.last_words.is_some() {
                Poll::Ready(Ok(true))
            } else {
                Poll::Pending
            };
        }
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut count = 0;
        for (slot, octets) in slices.iter_mut().zip(self.output.slices()) {
            *slot = IoSlice::new(octets);
            count += 1;
        }
        let slices = slices.get(..count).unwrap_or_default();
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(cx, slices))?;
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        self.output.advance(written);
        Poll::Ready(Ok(false))
    }

    /// Takes the core's output, and looks at its end and its deadline on the way. False if there is nothing
    /// to write: then the task is woken when there is.
    fn fetch(&mut self, cx: &mut Context<'_>) -> bool {
        let mut state = self.shared.lock("fetch output");
        let has_output = state.core.poll_transmit(&mut self.output);
        self.deadline = state.core.poll_timeout();
        if state.core.closed().is_some() && self.last_words.is_none() {
            self.is_over = true;
            self.last_words = Some(Instant::now() + self.close_timeout);
        }
        if let Some(until) = self.last_words {
            self.deadline = Some(until);
        }
        if !has_output {
            state.park_io(cx.waker());
        }
        drop(state);
        if has_output {
            self.shared.room.notify_waiters();
        }
        has_output
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
        let now = Instant::now();
        if now < deadline {
            // The deadline moved away since the timer was set: no timer is set per frame.
            self.arm(deadline);
            return self.timer.as_mut().poll(cx);
        }
        let mut state = self.shared.lock("take time");
        state.core.handle_timeout(now);
        self.deadline = self.last_words.or_else(|| state.core.poll_timeout());
        self.armed = now + FAR;
        let afterwards = state.dispatch();
        drop(state);
        if let Some(afterwards) = afterwards {
            self.shared.run(afterwards);
        }
        Poll::Ready(())
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
        state.core.handle_failure(Error::new(
            ErrorKind::ConnectionLost,
            "the runtime that carried the connection has ended",
        ));
        let afterwards = state.dispatch();
        drop(state);
        if let Some(afterwards) = afterwards {
            self.shared.run(afterwards);
        }
        self.shared.room.notify_waiters();
    }
}
