//! Starting consumers.

use amqp_methods::basic;

use super::bodies::StreamedDelivery;
use super::received::Received;
use super::{Channel, Consumer};
use crate::driver::{self, Delivery, Message};
use crate::error::Error;
use crate::proto::OverLimit;

/// A consumer that is about to be started, from [`Channel::consumer`]. As [`ConsumerBuilder`](crate::ConsumerBuilder).
///
/// ```no_run
/// # fn run(channel: leveret::blocking::Channel) -> Result<(), leveret::Error> {
/// use leveret::amqp_methods::basic;
///
/// let consume = basic::Consume::new("readings", "");
/// let mut consumer = channel.consumer(consume).no_ack().start()?;
/// for message in &mut consumer {
///     println!("{} octets", message?.body().len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a consumer begins with `start`"]
pub struct ConsumerBuilder<'c, D: Received = Delivery> {
    inner: driver::ConsumerBuilder<'c, D::Inner>,
    channel: &'c Channel,
}

impl Channel {
    /// Prepares a consumer. As [`Channel::consumer`](crate::Channel::consumer).
    pub fn consumer<'c>(&'c self, consume: basic::Consume<'c>) -> ConsumerBuilder<'c> {
        ConsumerBuilder {
            inner: self.inner.consumer(consume),
            channel: self,
        }
    }
}

impl<'c> ConsumerBuilder<'c> {
    /// Without acknowledgements: the server forgets a message when it has sent it, and there is nothing to settle. As
    /// [`ConsumerBuilder::no_ack`](crate::ConsumerBuilder::no_ack).
    pub fn no_ack(self) -> ConsumerBuilder<'c, Message> {
        ConsumerBuilder {
            inner: self.inner.no_ack(),
            channel: self.channel,
        }
    }

    /// Gives messages whose bodies have `octets` octets or more as soon as their headers are here, with the body to be
    /// read while it comes. As [`ConsumerBuilder::stream_bodies`](crate::ConsumerBuilder::stream_bodies).
    pub fn stream_bodies(self, octets: u64) -> ConsumerBuilder<'c, StreamedDelivery> {
        ConsumerBuilder {
            inner: self.inner.stream_bodies(octets),
            channel: self.channel,
        }
    }
}

impl<D: Received> ConsumerBuilder<'_, D> {
    /// Limits how many unsettled deliveries the consumer may have. Zero is no limit. As
    /// [`ConsumerBuilder::prefetch`](crate::ConsumerBuilder::prefetch).
    pub fn prefetch(mut self, prefetch_count: u16) -> Self {
        self.inner = self.inner.prefetch(prefetch_count);
        self
    }

    /// Says what becomes of a message that is larger than `max_message_size`. As
    /// [`ConsumerBuilder::over_limit`](crate::ConsumerBuilder::over_limit).
    pub fn over_limit(mut self, over_limit: OverLimit) -> Self {
        self.inner = self.inner.over_limit(over_limit);
        self
    }

    /// Starts the consumer. As [`ConsumerBuilder::start`](crate::ConsumerBuilder::start).
    ///
    /// # Errors
    /// As there.
    pub fn start(self) -> Result<Consumer<D>, Error> {
        let inner = self.channel.thread.wait(self.inner.start())?;
        Ok(Consumer::new(inner, self.channel.clone()))
    }
}
