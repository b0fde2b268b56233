//! Methods that the server sends of its own accord, as an iterator.

use std::time::Duration;

use super::thread::Thread;
use crate::driver;
use crate::error::Error;
use crate::message::OwnedMethod;

/// Methods of extensions that the server sends of its own accord: an iterator, from
/// [`Channel::methods`](super::Channel::methods) or [`Connection::methods`](super::Connection::methods). As
/// [`Methods`](crate::Methods).
///
/// Methods that were missed are an item that is an error of the kind [`Lagged`](crate::ErrorKind::Lagged), and one whose
/// content is [too large](Error::method_too_large) is one of the kind
/// [`MessageTooLarge`](crate::ErrorKind::MessageTooLarge); the iterator goes on behind them. It ends with its channel or
/// connection.
#[derive(Debug)]
pub struct Methods {
    inner: driver::Methods,
    thread: Thread,
}

impl Methods {
    pub(super) fn new(inner: driver::Methods, thread: Thread) -> Self {
        Self { inner, thread }
    }

    /// The next method, if it comes within `timeout`; zero takes what is there. None at the end.
    ///
    /// # Errors
    /// A time-out, after which the iterator goes on; methods were missed; the content of one was too large.
    pub fn next_within(&mut self, timeout: Duration) -> Option<Result<OwnedMethod, Error>> {
        match self.thread.wait_within(timeout, self.inner.next()) {
            Ok(next) => next,
            Err(error) => Some(Err(error)),
        }
    }

    /// Why the channel or connection ended, if it has. There may be methods from before.
    pub fn close_error(&self) -> Option<Error> {
        self.inner.close_error()
    }
}

impl Iterator for Methods {
    type Item = Result<OwnedMethod, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.thread.try_wait(self.inner.next()) {
            Ok(next) => next,
            Err(refused) => Some(Err(refused)),
        }
    }
}
