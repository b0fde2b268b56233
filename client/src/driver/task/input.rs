//! From the stream to the core.

use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};

use super::super::now;
use super::super::wire::note_received;
use super::{Stage, Task};
use crate::proto::Connection;

/// Room for the first read; it doubles while reads fill it.
pub(super) const READ_MIN: usize = 4 * 1024;
/// Room for a read at most. Below the size from which allocators ask the system for fresh pages each time.
const READ_MAX: usize = 64 * 1024;
/// Octets of deliveries that nobody has taken, beyond which the socket is not read.
const UNTAKEN_MAX: usize = 64 * 1024 * 1024;
/// For how long the socket is not read before that is worth a warning.
const LONG_PAUSE: Duration = Duration::from_secs(5);

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Task<S> {
    /// Reads once and hands it to the core.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if matches!(self.stage, Stage::LastWords(_)) || self.is_paused(cx) {
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
        let was_paused = state.is_read_paused;
        state.is_read_paused = is_too_much(&state.core);
        let begins = state.is_read_paused && !was_paused;
        let mut known = None;
        if state.is_read_paused {
            // What is not read is not the server's silence.
            state.core.heard(now());
            known = state.park_io(cx.waker());
        }
        self.is_full = state.is_read_paused;
        drop(state);
        drop(known);
        self.note_pause();
        if begins {
            // Who waits for what is behind that may make room.
            self.shared.room.notify_waiters();
        }
        self.is_full
    }

    /// Notes in the log that nothing was read for long: a server may give up the connection for that.
    fn note_pause(&mut self) {
        if self.is_full {
            self.unread_since.get_or_insert_with(now);
        } else if let Some(since) = self.unread_since.take() {
            let time = now().saturating_duration_since(since);
            if time >= LONG_PAUSE {
                tracing::warn!(?time, "nothing was read: deliveries waited to be taken");
            }
        }
    }

    fn take(&mut self) {
        let mut input = core::mem::take(&mut self.input);
        note_received(&input);
        self.is_full = self.change("take input", |state| {
            state.core.handle_input(now(), &mut input);
            is_too_much(&state.core)
        });
        self.input = input;
    }
}

/// Whether more deliveries wait than should. Once the connection closes no more are kept, and the server's answer lies behind
/// what it has sent.
fn is_too_much(core: &Connection) -> bool {
    core.is_open() && core.waiting_octets() > UNTAKEN_MAX
}
