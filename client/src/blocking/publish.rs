//! Publishing, and what becomes of it.

use std::time::Duration;

use amqp_methods::basic;

use super::Channel;
use super::thread::Thread;
use crate::driver;
use crate::error::Error;
use crate::message::Returned;
use crate::proto::{Body, Outcome, Tally};

impl Channel {
    /// Publishes a message, and returns when it is in the output buffer. As
    /// [`Channel::basic_publish`](crate::Channel::basic_publish).
    ///
    /// # Errors
    /// As there.
    pub fn basic_publish<'b>(
        &self,
        publish: basic::Publish<'_>,
        properties: basic::Properties<'_>,
        body: impl Into<Body<'b>>,
    ) -> Result<(), Error> {
        self.thread
            .wait(self.inner.basic_publish(publish, properties, body))
    }

    /// Publishes a message on a channel in confirm mode, for a [`Receipt`] that tells what became of it. As
    /// [`Channel::basic_publish_confirmed`](crate::Channel::basic_publish_confirmed).
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
        let inner = self.thread.wait(publishing)?;
        Ok(Receipt::new(inner, self))
    }

    /// Waits until everything published so far is settled, and tells how that ended for publishes without a receipt. As
    /// [`Channel::wait_for_confirms`](crate::Channel::wait_for_confirms).
    ///
    /// # Errors
    /// As there.
    pub fn wait_for_confirms(&self) -> Result<Tally, Error> {
        self.thread.wait(self.inner.wait_for_confirms())
    }

    /// The same for no longer than `timeout`.
    ///
    /// # Errors
    /// A time-out, after which everything is as before; as [`wait_for_confirms`](Self::wait_for_confirms).
    pub fn wait_for_confirms_within(&self, timeout: Duration) -> Result<Tally, Error> {
        self.thread
            .wait_within(timeout, self.inner.wait_for_confirms())?
    }

    /// How publishes without a receipt have ended, also on a channel that has. As
    /// [`Channel::take_tally`](crate::Channel::take_tally).
    pub fn take_tally(&self) -> Tally {
        self.inner.take_tally()
    }

    /// Waits for the next message that came back and belongs to no receipt. As
    /// [`Channel::returned`](crate::Channel::returned).
    ///
    /// # Errors
    /// As there.
    pub fn returned(&self) -> Result<Returned, Error> {
        self.thread.wait(self.inner.returned())
    }

    /// The same for no longer than `timeout`; zero takes what is there.
    ///
    /// # Errors
    /// A time-out; as [`returned`](Self::returned).
    pub fn returned_within(&self, timeout: Duration) -> Result<Returned, Error> {
        self.thread.wait_within(timeout, self.inner.returned())?
    }
}

/// Tells what became of a message, exactly once. As [`Receipt`](crate::Receipt).
///
/// Dropped, it changes nothing about the message, whose end is counted by
/// [`wait_for_confirms`](Channel::wait_for_confirms) instead.
#[derive(Debug)]
#[must_use = "a receipt tells whether the message was confirmed"]
pub struct Receipt {
    inner: driver::Receipt,
    thread: Thread,
}

impl Receipt {
    pub(super) fn new(inner: driver::Receipt, channel: &Channel) -> Self {
        Self {
            inner,
            thread: channel.thread.clone(),
        }
    }

    /// The number of the publish on its channel.
    pub fn number(&self) -> u64 {
        self.inner.number()
    }

    /// Limits every wait for the message to `limit` from now on: then the outcome is *in doubt*, and the publish has
    /// ended. As [`Receipt::within`](crate::Receipt::within). [`wait_for`](Self::wait_for) ends a wait alone.
    pub fn within(mut self, limit: Duration) -> Self {
        self.inner = self.inner.within(limit);
        self
    }

    /// Waits until it is known what became of the message, or the time [given to it](Self::within) is up.
    pub fn wait(self) -> Outcome {
        let waited = self.thread.try_wait(self.inner);
        waited.unwrap_or_else(Outcome::InDoubt)
    }

    /// The same for no longer than `timeout`; zero only looks.
    ///
    /// # Errors
    /// The receipt, if nothing is known by then.
    pub fn wait_for(mut self, timeout: Duration) -> Result<Outcome, Self> {
        match self.thread.within(timeout, &mut self.inner) {
            Ok(Some(outcome)) => Ok(outcome),
            Ok(None) => Err(self),
            Err(refused) => Ok(Outcome::InDoubt(refused)),
        }
    }

    /// The same receipt as a future.
    pub fn into_async(self) -> crate::Receipt {
        self.inner
    }
}
