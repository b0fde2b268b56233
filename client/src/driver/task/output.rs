//! From the core to the stream.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Buf as _;
use tokio::io::{AsyncRead, AsyncWrite};

use super::super::wire::note_sent;
use super::{Stage, Task};

/// Pieces of output per system call.
const SLICES: usize = 64;

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Task<S> {
    /// Writes what there is. True when the connection has ended and its last words are written.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if matches!(self.stage, Stage::Listening(..)) {
            return Poll::Pending;
        }
        if self.output.is_empty() && !self.fetch(cx) {
            if !matches!(self.stage, Stage::LastWords(_)) {
                return self.poll_flush(cx);
            }
            let flushed = ready!(Pin::new(&mut self.stream).poll_flush(cx));
            return Poll::Ready(flushed.map(|()| true));
        }
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut count = 0;
        for (slot, octets) in slices.iter_mut().zip(self.output.slices()) {
            *slot = IoSlice::new(octets);
            count += 1;
        }
        let slices = slices.get(..count).unwrap_or_default();
        let written = match Pin::new(&mut self.stream).poll_write_vectored(cx, slices)? {
            Poll::Ready(written) => written,
            Poll::Pending => {
                self.shared.notice_pressure();
                return Poll::Pending;
            }
        };
        if written == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        self.output.advance(written);
        self.is_flushed = false;
        // Before anything is read: whoever learns of an answer finds that what was answered does not wait any more.
        self.tell_written();
        Poll::Ready(Ok(false))
    }

    /// The stream has taken some of it: publishers may go on for that.
    fn tell_written(&mut self) {
        let mut state = self.shared.lock("tell what is written");
        let outgoing = state.core.outgoing_octets();
        let has_room = state.gauge.written(self.output.len(), outgoing);
        drop(state);
        if has_room {
            self.shared.room.notify_waiters();
        }
        self.shared.notice_pressure();
    }

    /// Pushes out what a stream with a buffer of its own may hold back. Only failure is worth a word.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        if self.is_flushed {
            return Poll::Pending;
        }
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.is_flushed = true;
        Poll::Pending
    }

    /// Takes the core's output, and looks at its end and its deadline on the way. False if there is nothing
    /// to write: then the task is woken when there is.
    fn fetch(&mut self, cx: &mut Context<'_>) -> bool {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.lock("fetch output");
        let outgoing = state.core.outgoing_octets();
        // Nothing is left of what was taken before.
        let has_room = state.gauge.written(0, outgoing);
        let has_output = state.core.poll_transmit(&mut self.output);
        state.gauge.taken(self.output.len());
        self.look(&state);
        let known = if has_output {
            state.know_io(cx.waker())
        } else {
            state.park_io(cx.waker())
        };
        drop(state);
        drop(known);
        if has_output {
            note_sent(&self.output);
        }
        if has_room {
            shared.room.notify_waiters();
        }
        shared.notice_pressure();
        has_output
    }
}
