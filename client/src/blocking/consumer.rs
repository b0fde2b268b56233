//! Consumers: iterators of deliveries.

use std::time::Duration;

use amqp_methods::ShortStr;

use super::Channel;
use crate::driver::{self, Delivery};
use crate::error::{Error, ErrorKind};
use crate::proto::ConsumerEnd;

/// A consumer: an iterator of deliveries, which waits for the next one. As [`Consumer`](crate::Consumer).
///
/// It ends with `None` when this client cancels the consumer. When the server cancels it, or the channel ends, the last
/// item is an error that says why.
///
/// Dropped, it is cancelled in the background, and deliveries nobody has seen go back to their queue.
#[derive(Debug)]
pub struct Consumer {
    inner: driver::Consumer,
    channel: Channel,
}

impl Consumer {
    pub(super) fn new(inner: driver::Consumer, channel: Channel) -> Self {
        Self { inner, channel }
    }

    /// The tag by which the server knows the consumer.
    pub fn consumer_tag(&self) -> &ShortStr<'static> {
        self.inner.consumer_tag()
    }

    /// The channel it consumes on.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// The next delivery, if it comes within `timeout`; zero takes what is there. None at the end.
    ///
    /// # Errors
    /// A time-out ([`Error::is_timeout`]), after which the consumer goes on; why the consumer ended, once, if that was not
    /// this client's doing.
    pub fn next_within(&mut self, timeout: Duration) -> Option<Result<Delivery, Error>> {
        let delivery = self.within(timeout)?;
        let detail = || format!("no delivery within {timeout:?}");
        let late = || Error::new(ErrorKind::Timeout, detail());
        Some(delivery.and_then(|delivery| delivery.ok_or_else(late)))
    }

    /// The same, with a delivery of none for a time-out.
    fn within(&mut self, timeout: Duration) -> Option<Result<Option<Delivery>, Error>> {
        match self.channel.thread.within(timeout, self.inner.next()) {
            Ok(Some(next)) => next.map(|delivery| delivery.map(Some)),
            Ok(None) => Some(Ok(None)),
            Err(refused) => Some(Err(refused)),
        }
    }

    /// Iterates with a limit to every wait: an item is `None` when nothing came for so long.
    ///
    /// ```no_run
    /// # fn run(mut consumer: leveret::blocking::Consumer) -> Result<(), leveret::Error> {
    /// use std::time::Duration;
    ///
    /// for delivery in consumer.inactivity_timeout(Duration::from_secs(5)) {
    ///     match delivery? {
    ///         Some(delivery) => delivery.ack()?,
    ///         None => println!("all quiet"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn inactivity_timeout(&mut self, timeout: Duration) -> InactivityTimeout<'_> {
        InactivityTimeout {
            consumer: self,
            timeout,
        }
    }

    /// Why the consumer ended, once the iterator has.
    pub fn end(&self) -> Option<&ConsumerEnd> {
        self.inner.end()
    }

    /// Cancels the consumer and gives back what it was sent and nobody read; gives how many messages that were. As
    /// [`Consumer::cancel`](crate::Consumer::cancel).
    ///
    /// # Errors
    /// As [`Channel::call`].
    pub fn cancel(&mut self) -> Result<usize, Error> {
        self.channel.thread.wait(self.inner.cancel())
    }

    /// Cancels the consumer. What the server had sent before it knew can still be read from the iterator, which ends
    /// then. As [`Consumer::stop`](crate::Consumer::stop).
    ///
    /// # Errors
    /// As [`Channel::call`].
    pub fn stop(&mut self) -> Result<(), Error> {
        self.channel.thread.wait(self.inner.stop())
    }
}

impl Iterator for Consumer {
    type Item = Result<Delivery, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.channel.thread.try_wait(self.inner.next());
        next.unwrap_or_else(|refused| Some(Err(refused)))
    }
}

/// Deliveries of a consumer, and times when none came, from [`Consumer::inactivity_timeout`].
#[derive(Debug)]
pub struct InactivityTimeout<'c> {
    consumer: &'c mut Consumer,
    timeout: Duration,
}

impl Iterator for InactivityTimeout<'_> {
    type Item = Result<Option<Delivery>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.consumer.within(self.timeout)
    }
}
