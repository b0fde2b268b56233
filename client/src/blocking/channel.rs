//! Channels: calls, consumers, fetching, closing.

use amqp_methods::{DynMethod, Request, basic};

use super::thread::Thread;
use super::{Consumer, Methods};
use crate::driver::{self, Delivery};
use crate::error::Error;

/// A channel. As [`Channel`](crate::Channel).
///
/// Cheap to clone, and usable from any thread at once; all clones are the same channel. When the last clone, consumer,
/// delivery and receipt of it are dropped, it is closed in the background.
#[derive(Clone, Debug)]
pub struct Channel {
    pub(super) inner: driver::Channel,
    pub(super) thread: Thread,
}

impl Channel {
    pub(super) fn new(inner: driver::Channel, thread: Thread) -> Self {
        Self { inner, thread }
    }

    /// The number of the channel on the wire.
    pub fn number(&self) -> u16 {
        self.inner.number()
    }

    /// Sends a request and waits for its typed reply: any synchronous method, those of extensions included. As
    /// [`Channel::call`](crate::Channel::call).
    ///
    /// ```no_run
    /// # fn run(channel: leveret::blocking::Channel) -> Result<(), leveret::Error> {
    /// use leveret::amqp_methods::queue;
    ///
    /// let ok = channel.call(queue::Declare::new("jobs").durable(true))?;
    /// println!("{} messages wait", ok.message_count);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As there.
    pub fn call<R: Request>(&self, request: R) -> Result<R::Reply, Error> {
        self.thread.wait(self.inner.call(request))
    }

    /// Sends a method that is not answered: one-way, or with `no_wait`. As [`Channel::send`](crate::Channel::send).
    ///
    /// # Errors
    /// As there.
    pub fn send<M: DynMethod>(&self, method: M) -> Result<(), Error> {
        self.inner.send(method)
    }

    /// Turns on publisher confirms. As [`Channel::confirm_select`](crate::Channel::confirm_select).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn confirm_select(&self) -> Result<(), Error> {
        self.thread.wait(self.inner.confirm_select())
    }

    /// Limits how many unsettled deliveries each consumer that is started from now on may have. As
    /// [`Channel::basic_qos`](crate::Channel::basic_qos).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn basic_qos(&self, prefetch_count: u16) -> Result<(), Error> {
        self.thread.wait(self.inner.basic_qos(prefetch_count))
    }

    /// Starts a consumer. As [`Channel::basic_consume`](crate::Channel::basic_consume); [`consumer`](Self::consumer) has
    /// more to choose from.
    ///
    /// # Errors
    /// As there.
    pub fn basic_consume(&self, consume: basic::Consume<'_>) -> Result<Consumer, Error> {
        let consumer = self.thread.wait(self.inner.basic_consume(consume))?;
        Ok(Consumer::new(consumer, self.clone()))
    }

    /// Fetches one message, if the queue has any. As [`Channel::basic_get`](crate::Channel::basic_get).
    ///
    /// # Errors
    /// As there.
    pub fn basic_get(&self, get: basic::Get<'_>) -> Result<Option<Delivery>, Error> {
        self.thread.wait(self.inner.basic_get(get))
    }

    /// Listens to methods of extensions that the server sends on this channel. As
    /// [`Channel::methods`](crate::Channel::methods).
    pub fn methods(&self) -> Methods {
        Methods::new(self.inner.methods(), self.thread.clone())
    }

    /// Closes the channel in order. As [`Channel::close`](crate::Channel::close).
    ///
    /// # Errors
    /// As there.
    pub fn close(&self) -> Result<(), Error> {
        self.thread.wait(self.inner.close())
    }

    /// Why the channel ended, if it has.
    pub fn close_error(&self) -> Option<Error> {
        self.inner.close_error()
    }

    /// The same channel for asynchronous code. See [`Connection::as_async`](super::Connection::as_async).
    pub fn as_async(&self) -> &crate::Channel {
        &self.inner
    }
}
