//! Messages that came back and belong to no receipt, as an iterator.

use std::time::Duration;

use super::Channel;
use super::thread::Thread;
use crate::driver;
use crate::error::Error;
use crate::message::Returned;

/// Messages that came back and belong to no receipt: an iterator, from [`Channel::returns`]. As
/// [`Returns`](crate::Returns).
///
/// Messages that were missed are an item that is an error of the kind [`Lagged`](crate::ErrorKind::Lagged); the iterator
/// goes on behind them. It ends with its channel.
#[derive(Debug)]
pub struct Returns {
    inner: driver::Returns,
    thread: Thread,
}

impl Channel {
    /// Listens to messages that come back and belong to no receipt. As
    /// [`Channel::returns`](crate::Channel::returns).
    pub fn returns(&self) -> Returns {
        Returns {
            inner: self.inner.returns(),
            thread: self.thread.clone(),
        }
    }
}

impl Returns {
    /// The next message that came back, if it comes within `timeout`; zero takes what is there. None at the end.
    ///
    /// # Errors
    /// A time-out, after which the iterator goes on; messages were missed.
    pub fn next_within(&mut self, timeout: Duration) -> Option<Result<Returned, Error>> {
        match self.thread.wait_within(timeout, self.inner.next()) {
            Ok(next) => next.map(|next| next.map_err(|lagged| self.thread.about_server(lagged))),
            Err(error) => Some(Err(error)),
        }
    }

    /// Why the channel ended, if it has. There may be messages from before.
    pub fn close_error(&self) -> Option<Error> {
        self.inner.close_error()
    }
}

impl Iterator for Returns {
    type Item = Result<Returned, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_within(Duration::MAX)
    }
}
