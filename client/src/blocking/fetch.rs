//! Fetching until a queue is empty.

use amqp_methods::basic;

use super::Channel;
use super::thread::Thread;
use crate::driver::{self, Delivery};
use crate::error::Error;

/// Messages of a queue, fetched one by one until it is empty: an iterator, from [`Channel::fetch`]. As
/// [`Fetch`](crate::Fetch).
///
/// Behind its end it may be asked again, for what has come since.
#[derive(Debug)]
pub struct Fetch {
    inner: driver::Fetch,
    thread: Thread,
}

impl Channel {
    /// Fetches messages one by one, with a request and an answer for each, until the queue is empty. As
    /// [`Channel::fetch`](crate::Channel::fetch).
    ///
    /// ```no_run
    /// # fn run(channel: leveret::blocking::Channel) -> Result<(), leveret::Error> {
    /// use leveret::amqp_methods::basic;
    ///
    /// for letter in channel.fetch(basic::Get::new("dead-letters")) {
    ///     letter?.ack()?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn fetch(&self, get: basic::Get<'_>) -> Fetch {
        Fetch {
            inner: self.inner.fetch(get),
            thread: self.thread.clone(),
        }
    }
}

impl Iterator for Fetch {
    type Item = Result<Delivery, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.thread.try_wait(self.inner.next());
        next.unwrap_or_else(|refused| Some(Err(refused)))
    }
}
