//! The first octets of what the server says, by which one sees what it speaks if it is not TLS.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream that remembers how it began.
pub(crate) struct FirstOctets<S> {
    stream: S,
    octets: [u8; KEPT],
    count: usize,
}

impl<S> FirstOctets<S> {
    pub(super) fn of(stream: S) -> Self {
        Self {
            stream,
            octets: [0; KEPT],
            count: 0,
        }
    }

    /// At most the first eight.
    pub(super) fn get(&self) -> &[u8] {
        self.octets.get(..self.count).unwrap_or_default()
    }

    #[cold]
    fn note(&mut self, octets: &[u8]) {
        for octet in octets {
            let Some(room) = self.octets.get_mut(self.count) else {
                return;
            };
            *room = *octet;
            self.count += 1;
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for FirstOctets<S> {
    #[inline]
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        if self.count < KEPT {
            self.note(buf.filled().get(before..).unwrap_or_default());
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for FirstOctets<S> {
    #[inline]
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, octets)
    }

    #[inline]
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    #[inline]
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A protocol header.
const KEPT: usize = 8;
