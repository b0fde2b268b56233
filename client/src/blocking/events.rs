//! What happens to a connection or channel, as iterators, and what can be seen of it.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use futures_core::Stream;

use super::thread::Thread;
use super::{Channel, Connection};
use crate::driver::{
    ChannelEvents, ChannelState, ConnectionEvents, ConnectionState, Lagged, Leftovers,
};
use crate::error::Error;
use crate::proto::Metrics;

/// What happens to a connection or a channel: an iterator, from [`Connection::events`] or [`Channel::events`]. As
/// [`ConnectionEvents`] and [`ChannelEvents`].
///
/// Events that were missed are an item that is an error of the kind [`Lagged`](crate::ErrorKind::Lagged); the iterator
/// goes on behind them. It ends behind the end of what it is about.
#[derive(Debug)]
pub struct Events<S> {
    inner: S,
    thread: Thread,
}

impl Connection {
    /// Listens to what happens to the connection from here on. As
    /// [`Connection::events`](crate::Connection::events).
    pub fn events(&self) -> Events<ConnectionEvents> {
        Events {
            inner: self.inner.events(),
            thread: self.thread.clone(),
        }
    }

    /// What holds of the connection now. As [`Connection::state`](crate::Connection::state).
    pub fn state(&self) -> ConnectionState {
        self.inner.state()
    }

    /// Counts, and how much there is of what now. As [`Connection::metrics`](crate::Connection::metrics).
    pub fn metrics(&self) -> Metrics {
        self.inner.metrics()
    }

    /// Ends the connection in order: consumers are cancelled, what is at hand is finished, and no more than `within` is
    /// waited for that; gives what was left. As [`Connection::shutdown`](crate::Connection::shutdown).
    ///
    /// Deliveries have to be settled by other threads meanwhile, since this one waits.
    ///
    /// # Errors
    /// As there.
    pub fn shutdown(&self, within: Duration) -> Result<Leftovers, Error> {
        self.thread.wait(self.inner.shutdown(within))
    }

    /// The same connection, with another time for calls through this handle. As
    /// [`Connection::with_call_timeout`](crate::Connection::with_call_timeout).
    #[must_use]
    pub fn with_call_timeout(&self, timeout: Duration) -> Self {
        Self {
            inner: self.inner.with_call_timeout(timeout),
            thread: self.thread.clone(),
        }
    }
}

impl Channel {
    /// Listens to what happens to the channel from here on. As [`Channel::events`](crate::Channel::events).
    pub fn events(&self) -> Events<ChannelEvents> {
        Events {
            inner: self.inner.events(),
            thread: self.thread.clone(),
        }
    }

    /// What holds of the channel now. As [`Channel::state`](crate::Channel::state).
    pub fn state(&self) -> ChannelState {
        self.inner.state()
    }

    /// The same channel, with another time for calls through this handle. As
    /// [`Channel::with_call_timeout`](crate::Channel::with_call_timeout).
    #[must_use]
    pub fn with_call_timeout(&self, timeout: Duration) -> Self {
        Self {
            inner: self.inner.with_call_timeout(timeout),
            thread: self.thread.clone(),
        }
    }
}

impl<S, T> Events<S>
where
    S: Stream<Item = Result<T, Lagged>> + Unpin,
{
    /// The next event, if it comes within `timeout`; zero takes what is there. None at the end.
    ///
    /// # Errors
    /// A time-out, after which the iterator goes on; events were missed.
    pub fn next_within(&mut self, timeout: Duration) -> Option<Result<T, Error>> {
        let inner = &mut self.inner;
        let next = poll_fn(|cx| Pin::new(&mut *inner).poll_next(cx));
        match self.thread.wait_within(timeout, next) {
            Ok(next) => next.map(|event| event.map_err(|lagged| self.thread.about_server(lagged))),
            Err(error) => Some(Err(error)),
        }
    }
}

impl<S, T> Iterator for Events<S>
where
    S: Stream<Item = Result<T, Lagged>> + Unpin,
{
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_within(Duration::MAX)
    }
}
