//! Octets between a peer and its stream.

use std::future::{Future, poll_fn};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{StreamPeer, hold_at};
use crate::failure::Mismatch;

/// Octets taken from the stream at once.
const READ: usize = 16 * 1024;

impl<S: AsyncRead + AsyncWrite + Unpin> StreamPeer<S> {
    /// Writes all that is to be sent.
    ///
    /// # Panics
    /// The client sends what is no frame.
    #[track_caller]
    pub fn flush(&mut self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move { hold_at(place, self.flush_all().await) }
    }

    /// Waits for another frame, sending what is to be sent. False if the stream has ended.
    ///
    /// Protocol headers count as frames. No patience is applied.
    ///
    /// # Panics
    /// The client sends what is no frame.
    #[track_caller]
    pub fn pump(&mut self) -> impl Future<Output = bool> {
        let place = Location::caller();
        async move { hold_at(place, self.pump_once().await) }
    }

    /// Sends what is to be sent, and then the end of the stream. Reading goes on.
    ///
    /// # Panics
    /// The client sends what is no frame.
    #[track_caller]
    pub fn shutdown(&mut self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            hold_at(place, self.flush_all().await);
            if let Err(error) = poll_fn(|cx| Pin::new(&mut self.stream).poll_shutdown(cx)).await {
                self.end
                    .get_or_insert(format!("the stream failed: {error}"));
            }
        }
    }

    pub(super) async fn flush_all(&mut self) -> Result<(), Mismatch> {
        poll_fn(|cx| {
            loop {
                if self.poll_write(cx).is_ready() {
                    return Poll::Ready(Ok(()));
                }
                // The client may be unable to read until we have read.
                if self.end.is_some() {
                    return Poll::Pending;
                }
                ready!(self.poll_read(cx))?;
            }
        })
        .await
    }

    pub(super) async fn pump_once(&mut self) -> Result<bool, Mismatch> {
        let known = self.peer.inbox.frames().len();
        poll_fn(|cx| {
            loop {
                let written = self.poll_write(cx);
                if self.end.is_some() {
                    return written.map(|()| Ok(false));
                }
                ready!(self.poll_read(cx))?;
                if self.peer.inbox.frames().len() > known || self.peer.inbox.has_header() {
                    return Poll::Ready(Ok(true));
                }
            }
        })
        .await
    }

    /// Ready once nothing is left to write. A client that has gone reads nothing: what was meant for it is
    /// dropped.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let outbox = &mut self.peer.outbox;
        while !outbox.is_empty() {
            match ready!(Pin::new(&mut self.stream).poll_write(cx, outbox)) {
                Ok(written) if written > 0 => outbox.advance(written),
                _ => outbox.clear(),
            }
        }
        // Failing to flush shows in what is read, or in what the client never does.
        Pin::new(&mut self.stream).poll_flush(cx).map(drop)
    }

    /// Ready once octets have come, or the end.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Mismatch>> {
        let mut octets = [0; READ];
        let mut buf = ReadBuf::new(&mut octets);
        match ready!(Pin::new(&mut self.stream).poll_read(cx, &mut buf)) {
            Ok(()) if buf.filled().is_empty() => {
                self.end = Some("the client ended the stream".to_owned());
            }
            Ok(()) => return Poll::Ready(self.peer.inbox.receive(buf.filled())),
            Err(error) => self.end = Some(format!("the stream failed: {error}")),
        }
        Poll::Ready(Ok(()))
    }
}
