//! Methods that the server sends of its own accord, as a stream.

use core::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::channel::{Channel, ended};
use super::connection::Connection;
use super::listeners::{Heard, ListenerId};
use super::shared::Shared;
use crate::error::{Error, ErrorKind};
use crate::message::OwnedMethod;
use crate::proto::ChannelId;

/// Methods of extensions that the server sends of its own accord: a stream, from [`Channel::methods`] or
/// [`Connection::methods`].
///
/// It begins when it is made: what came before is not in it. Every stream gets every method. What nobody looks at
/// waits up to 1024 methods and 16 MiB; then the oldest are dropped, and the stream says so by an item that is an
/// error and tells how many. The stream ends with its channel or connection;
/// [`close_error`](Self::close_error) says why.
///
/// It keeps neither channel nor connection open.
pub struct Methods {
    shared: Arc<Shared>,
    /// What is listened to; none is the connection itself.
    channel: Option<ChannelId>,
    id: ListenerId,
}

/// Methods were dropped, because those before them waited for too long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lagged {
    missed: u64,
}

impl Channel {
    /// Listens to methods of extensions that the server sends on this channel, and that answer no call.
    pub fn methods(&self) -> Methods {
        let shared = Arc::clone(self.shared());
        let channel = self.id();
        let mut state = shared.lock("listen to a channel");
        let is_live = state.core.channel(channel).is_some();
        let end = (!is_live).then(|| ended(&state, channel));
        let id = state.listeners.add(Some(channel), end);
        drop(state);
        Methods {
            shared,
            channel: Some(channel),
            id,
        }
    }
}

impl Connection {
    /// Listens to methods of extensions that the server sends on channel 0, and that answer no call.
    pub fn methods(&self) -> Methods {
        let shared = Arc::clone(self.shared());
        let mut state = shared.lock("listen to the connection");
        let end = state.core.closed().cloned();
        let id = state.listeners.add(None, end);
        drop(state);
        Methods {
            shared,
            channel: None,
            id,
        }
    }
}

impl Methods {
    /// The next method; none when the channel or connection has ended.
    ///
    /// # Errors
    /// Methods were missed, and how many. The stream goes on behind them.
    ///
    /// # Cancel safety
    /// No method is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<OwnedMethod, Lagged>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// Why the channel or connection ended, if it has. There may be methods from before.
    pub fn close_error(&self) -> Option<Error> {
        let mut state = self.shared.lock("look at the end");
        state.listeners.end_of(self.channel, self.id)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<OwnedMethod, Lagged>>> {
        let mut state = self.shared.lock("take a method");
        let heard = state.listeners.poll(self.channel, self.id, cx.waker());
        drop(state);
        match heard {
            Some(Heard::Method(method)) => Poll::Ready(Some(Ok(method))),
            Some(Heard::Missed(missed)) => Poll::Ready(Some(Err(Lagged { missed }))),
            Some(Heard::Nothing(known)) => {
                drop(known);
                Poll::Pending
            }
            Some(Heard::Ended) | None => Poll::Ready(None),
        }
    }
}

impl Stream for Methods {
    type Item = Result<OwnedMethod, Lagged>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl Drop for Methods {
    fn drop(&mut self) {
        let mut state = self.shared.lock("stop to listen");
        let waker = state.listeners.remove(self.channel, self.id);
        drop(state);
        drop(waker);
    }
}

impl fmt::Debug for Methods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Methods")
            .field("channel", &self.channel.map(ChannelId::number))
            .finish_non_exhaustive()
    }
}

impl Lagged {
    /// How many methods were missed.
    pub fn missed(self) -> u64 {
        self.missed
    }
}

impl fmt::Display for Lagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} methods were missed", self.missed)
    }
}

impl std::error::Error for Lagged {}

/// For whoever cannot go on without what was missed.
impl From<Lagged> for Error {
    fn from(lagged: Lagged) -> Self {
        Self::with_source(
            ErrorKind::Lagged,
            format!("{} of them", lagged.missed),
            lagged,
        )
    }
}
