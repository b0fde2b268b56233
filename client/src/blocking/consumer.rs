//! Consumers: iterators of deliveries.

use std::time::Duration;

use amqp_methods::ShortStr;

use super::Channel;
use super::bodies::StreamedDelivery;
use super::received::Received;
use crate::driver::{self, Delivery, Message, Next};
use crate::error::Error;
use crate::proto::ConsumerEnd;

/// A consumer: an iterator of deliveries, or of what else it was [asked for](Channel::consumer), which waits for the next
/// one. As [`Consumer`](crate::Consumer).
///
/// It ends with `None` when this client cancels the consumer. When the server cancels it, or the channel ends, the last
/// item is an error that says why. An error that tells of a message that is [too large](Error::too_large) is not the last
/// item.
///
/// A `for` loop over it takes the place of the asynchronous [`Consumer::for_each`](crate::Consumer::for_each): the loop
/// settles each delivery by what came of it, hands it to other threads if there is much to do, and ends by `break`.
/// [`Delivery::settle_on_drop`] is for what an early return or a panic leaves behind.
///
/// Dropped, it is cancelled in the background, and deliveries nobody has seen go back to their queue.
#[derive(Debug)]
pub struct Consumer<D: Received = Delivery> {
    inner: driver::Consumer<D::Inner>,
    channel: Channel,
}

impl<D: Received> Consumer<D> {
    pub(super) fn new(inner: driver::Consumer<D::Inner>, channel: Channel) -> Self {
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

    /// The next delivery, if one comes within `timeout`; zero takes what is there. As
    /// [`Consumer::next_within`](crate::Consumer::next_within).
    ///
    /// # Errors
    /// As there.
    pub fn next_within(&mut self, timeout: Duration) -> Result<Next<D>, Error> {
        match self.channel.thread.within(timeout, self.inner.next())? {
            Some(Some(next)) => next.map(|inner| Next::Delivery(D::received(&self.channel, inner))),
            Some(None) => Ok(Next::Ended),
            None => Ok(Next::Idle),
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
    pub fn inactivity_timeout(&mut self, timeout: Duration) -> InactivityTimeout<'_, D> {
        InactivityTimeout {
            consumer: self,
            timeout,
        }
    }

    /// How many deliveries are here that nobody has seen.
    pub fn waiting(&self) -> usize {
        self.inner.waiting()
    }

    /// Why the consumer ended, once the iterator has.
    pub fn end(&self) -> Option<&ConsumerEnd> {
        self.inner.end()
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

impl Consumer<Delivery> {
    /// Cancels the consumer and gives back what it was sent and nobody read; gives how many messages that were. As
    /// [`Consumer::cancel`](crate::Consumer::cancel).
    ///
    /// # Errors
    /// As there.
    pub fn cancel(&mut self) -> Result<usize, Error> {
        self.channel.thread.wait(self.inner.cancel())
    }
}

impl Consumer<StreamedDelivery> {
    /// Cancels the consumer, and gives back whatever nobody has seen: so many deliveries. What still comes of their
    /// bodies is passed over.
    ///
    /// # Errors
    /// The same as that of other consumers: [`Consumer::cancel`].
    pub fn cancel(&mut self) -> Result<usize, Error> {
        self.channel.thread.wait(self.inner.cancel())
    }
}

impl Consumer<Message> {
    /// Cancels the consumer, and gives whatever has been delivered and nobody has seen: the server has forgotten these
    /// messages.
    ///
    /// # Errors
    /// As [`Channel::call`]. If the channel or the connection had ended, what was delivered before can still be read from
    /// the iterator.
    pub fn cancel(&mut self) -> Result<Vec<Message>, Error> {
        self.channel.thread.wait(self.inner.cancel())
    }
}

impl<D: Received> Iterator for Consumer<D> {
    type Item = Result<D, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.channel.thread.try_wait(self.inner.next()) {
            Ok(next) => next.map(|next| next.map(|inner| D::received(&self.channel, inner))),
            Err(refused) => Some(Err(refused)),
        }
    }
}

/// Deliveries of a consumer, and times when none came, from [`Consumer::inactivity_timeout`].
#[derive(Debug)]
pub struct InactivityTimeout<'c, D: Received = Delivery> {
    consumer: &'c mut Consumer<D>,
    timeout: Duration,
}

impl<D: Received> Iterator for InactivityTimeout<'_, D> {
    type Item = Result<Option<D>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.consumer.next_within(self.timeout) {
            Ok(Next::Delivery(delivery)) => Some(Ok(Some(delivery))),
            Ok(Next::Idle) => Some(Ok(None)),
            Ok(Next::Ended) => None,
            Err(error) => Some(Err(error)),
        }
    }
}
