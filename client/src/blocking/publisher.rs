//! Publishing within limits.

use std::time::Duration;

use amqp_methods::basic;

use super::{Channel, Receipt};
use crate::driver::{self, Outcomes, Outgoing, WhenHeld};
use crate::error::Error;
use crate::proto::Body;

/// Publishes on a channel within limits: how many messages may be in flight, what to do while publishing is held back,
/// and how long to wait for confirms. From [`Channel::publisher`]. As [`Publisher`](crate::Publisher).
///
/// ```no_run
/// # fn run(channel: leveret::blocking::Channel) -> Result<(), leveret::Error> {
/// use std::time::Duration;
/// use leveret::{Outgoing, WhenHeld};
/// use leveret::amqp_methods::basic;
///
/// channel.confirm_select()?;
/// let publisher = channel
///     .publisher()
///     .max_in_flight(256)
///     .when_held(WhenHeld::WaitAtMost(Duration::from_secs(5)))
///     .confirm_timeout(Duration::from_secs(30));
/// let messages = ["one", "two", "three"]
///     .map(|body| Outgoing::new(basic::Publish::new("", "jobs"), Default::default(), body));
/// let outcomes = publisher.basic_publish_batch(&messages)?;
/// for (index, outcome) in outcomes.unconfirmed() {
///     println!("{:?}: {outcome:?}", messages[index].body);
/// }
/// # Ok(())
/// # }
/// ```
///
/// Cheap to clone, and usable from any thread at once. Those who have to wait go on in the order in which they came, over
/// all clones.
#[derive(Clone, Debug)]
pub struct Publisher {
    inner: driver::Publisher,
    channel: Channel,
}

impl Channel {
    /// Makes a publisher with the default limits. As [`Channel::publisher`](crate::Channel::publisher).
    pub fn publisher(&self) -> Publisher {
        Publisher {
            inner: self.inner.publisher(),
            channel: self.clone(),
        }
    }
}

impl Publisher {
    /// Sets how many publishes of the channel may be unsettled, at least 1. As
    /// [`Publisher::max_in_flight`](crate::Publisher::max_in_flight).
    #[must_use]
    pub fn max_in_flight(mut self, count: usize) -> Self {
        self.inner = self.inner.max_in_flight(count);
        self
    }

    /// Sets what to do with a message that cannot go out now. As
    /// [`Publisher::when_held`](crate::Publisher::when_held).
    #[must_use]
    pub fn when_held(mut self, when_held: WhenHeld) -> Self {
        self.inner = self.inner.when_held(when_held);
        self
    }

    /// Sets how long receipts wait, counted from when the message was in the output buffer: as [`Receipt::within`]. As
    /// [`Publisher::confirm_timeout`](crate::Publisher::confirm_timeout).
    #[must_use]
    pub fn confirm_timeout(mut self, limit: Duration) -> Self {
        self.inner = self.inner.confirm_timeout(limit);
        self
    }

    /// The channel it publishes on.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// How many publishes of the channel are not settled. Always 0 without confirm mode.
    pub fn in_flight(&self) -> usize {
        self.inner.in_flight()
    }

    /// Publishes a message, and returns when it is in the output buffer. As
    /// [`Publisher::basic_publish`](crate::Publisher::basic_publish).
    ///
    /// # Errors
    /// As there.
    pub fn basic_publish<'b>(
        &self,
        publish: basic::Publish<'_>,
        properties: basic::Properties<'_>,
        body: impl Into<Body<'b>>,
    ) -> Result<(), Error> {
        let publishing = self.inner.basic_publish(publish, properties, body);
        self.channel.thread.wait(publishing)
    }

    /// Publishes a message on a channel in confirm mode, for a [`Receipt`] that tells what became of it. As
    /// [`Publisher::basic_publish_confirmed`](crate::Publisher::basic_publish_confirmed).
    ///
    /// # Errors
    /// As there.
    pub fn basic_publish_confirmed<'b>(
        &self,
        publish: basic::Publish<'_>,
        properties: basic::Properties<'_>,
        body: impl Into<Body<'b>>,
    ) -> Result<Receipt, Error> {
        let publishing = self
            .inner
            .basic_publish_confirmed(publish, properties, body);
        let inner = self.channel.thread.wait(publishing)?;
        Ok(Receipt::new(inner, &self.channel))
    }

    /// Publishes messages in their order on a channel in confirm mode, and waits until all are settled. As
    /// [`Publisher::basic_publish_batch`](crate::Publisher::basic_publish_batch).
    ///
    /// # Errors
    /// As there.
    pub fn basic_publish_batch(&self, messages: &[Outgoing<'_>]) -> Result<Outcomes, Error> {
        let publishing = self.inner.basic_publish_batch(messages);
        self.channel.thread.wait(publishing)
    }
}
