//! Opening and closing connections.

use std::future::Future;
use std::time::Duration;

use amqp_methods::{DynMethod, FieldTable, Request};
use tokio::io::{AsyncRead, AsyncWrite};

use super::thread::{Started, Thread};
use super::{Channel, Methods};
use crate::driver::{self, WritePressure};
use crate::error::{Error, ErrorKind};
use crate::parameters::{ConnectionParameters, gather};
use crate::proto::Tuning;

/// A connection to a server, on a thread of its own. As [`Connection`](crate::Connection).
///
/// Cheap to clone; all clones are the same connection. When the last clone and the last [`Channel`] are dropped, the
/// connection is closed in the background; [`close`](Self::close) does it in sight.
#[derive(Clone, Debug)]
pub struct Connection {
    pub(super) inner: driver::Connection,
    pub(super) thread: Thread,
}

impl Connection {
    /// Connects over TCP and opens the virtual host. As [`Connection::connect`](crate::Connection::connect).
    ///
    /// # Errors
    /// As there; the system has no thread left.
    pub fn connect<P>(parameters: P) -> Result<Self, Error>
    where
        P: TryInto<ConnectionParameters>,
        Error: From<P::Error>,
    {
        Self::open(parameters.try_into()?)
    }

    fn open(parameters: ConnectionParameters) -> Result<Self, Error> {
        Self::start(driver::Connection::connect(parameters))
    }

    /// Connects with the first of several sets of parameters that will do. As
    /// [`Connection::connect_any`](crate::Connection::connect_any).
    ///
    /// # Errors
    /// As there; the system has no thread left.
    pub fn connect_any<I>(sets: I) -> Result<Self, Error>
    where
        I: IntoIterator,
        I::Item: TryInto<ConnectionParameters>,
        Error: From<<I::Item as TryInto<ConnectionParameters>>::Error>,
    {
        // Here, so that what they are made from need not go to another thread.
        Self::open_any(gather(sets)?)
    }

    fn open_any(sets: Vec<ConnectionParameters>) -> Result<Self, Error> {
        Self::start(driver::Connection::connect_gathered(sets))
    }

    /// Opens a connection over any asynchronous stream. As
    /// [`Connection::connect_over`](crate::Connection::connect_over).
    ///
    /// Errors name the server as they do there. A socket of tokio's belongs to the runtime that it was made in, and needs that to go on;
    /// [`connect_over_tcp`](Self::connect_over_tcp) takes a socket that belongs to none.
    ///
    /// # Errors
    /// As there; the system has no thread left.
    pub fn connect_over<S>(stream: S, parameters: &ConnectionParameters) -> Result<Self, Error>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let parameters = parameters.clone();
        Self::start(async move { driver::Connection::connect_over(stream, &parameters).await })
    }

    /// Opens a connection over a TCP socket that is connected already: by a proxy, with options of the application's.
    ///
    /// # Errors
    /// As [`connect_over`](Self::connect_over); the socket cannot be used without blocking.
    pub fn connect_over_tcp(
        stream: std::net::TcpStream,
        parameters: &ConnectionParameters,
    ) -> Result<Self, Error> {
        let parameters = parameters.clone();
        Self::start(async move {
            let unusable = |error: std::io::Error| {
                Error::with_source(
                    ErrorKind::Io,
                    format!("the socket cannot be used: {error}"),
                    error,
                )
            };
            stream.set_nonblocking(true).map_err(unusable)?;
            let stream = tokio::net::TcpStream::from_std(stream).map_err(unusable)?;
            driver::Connection::connect_over(stream, &parameters).await
        })
    }

    fn start<F>(connecting: F) -> Result<Self, Error>
    where
        F: Future<Output = Result<driver::Connection, Error>> + Send + 'static,
    {
        let Started {
            connection, thread, ..
        } = Thread::start(connecting)?;
        Ok(Self {
            inner: connection,
            thread,
        })
    }

    /// Opens a channel. As [`Connection::open_channel`](crate::Connection::open_channel).
    ///
    /// # Errors
    /// As there.
    pub fn open_channel(&self) -> Result<Channel, Error> {
        let channel = self.thread.wait(self.inner.open_channel())?;
        Ok(Channel::new(channel, self.thread.clone()))
    }

    /// Sends a request that concerns the connection and waits for its typed reply. As
    /// [`Connection::call`](crate::Connection::call).
    ///
    /// # Errors
    /// As there.
    pub fn call<R: Request>(&self, request: R) -> Result<R::Reply, Error> {
        self.thread.wait(self.inner.call(request))
    }

    /// Sends a method that concerns the connection and is not answered. As
    /// [`Connection::send`](crate::Connection::send).
    ///
    /// # Errors
    /// As there.
    pub fn send<M: DynMethod>(&self, method: M) -> Result<(), Error> {
        self.inner.send(method)
    }

    /// Listens to methods of extensions that the server sends on channel 0. As
    /// [`Connection::methods`](crate::Connection::methods).
    pub fn methods(&self) -> Methods {
        Methods::new(self.inner.methods(), self.thread.clone())
    }

    /// Closes the connection in order. As [`Connection::close`](crate::Connection::close).
    ///
    /// # Errors
    /// As there.
    pub fn close(&self) -> Result<(), Error> {
        self.thread.wait(self.inner.close())
    }

    /// Waits until the connection has ended, and says why.
    pub fn closed(&self) -> Error {
        self.thread
            .try_wait(self.inner.closed())
            .unwrap_or_else(|refused| refused)
    }

    /// Waits until the connection has ended, and says why; none if it has not within `timeout`.
    pub fn closed_within(&self, timeout: Duration) -> Option<Error> {
        let ended = self.thread.within(timeout, self.inner.closed());
        ended.unwrap_or_else(Some)
    }

    /// Why the connection ended, if it has.
    pub fn close_error(&self) -> Option<Error> {
        self.inner.close_error()
    }

    /// The server that the connection is to, in words for people: what its errors have as
    /// [`Error::address`](crate::Error::address).
    pub fn address(&self) -> &str {
        self.inner.address()
    }

    /// What the server says of itself: product, version, capabilities.
    pub fn server_properties(&self) -> FieldTable<'static> {
        self.inner.server_properties()
    }

    /// The limits that both sides agreed on.
    pub fn tuning(&self) -> Tuning {
        self.inner.tuning()
    }

    /// Whether the server holds back publishers. RabbitMQ: connection.blocked
    pub fn is_blocked(&self) -> bool {
        self.inner.is_blocked()
    }

    /// How much waits to be written, and whether that is much.
    pub fn write_pressure(&self) -> WritePressure {
        self.inner.write_pressure()
    }

    /// The same connection for asynchronous code. Its thread goes on carrying it.
    ///
    /// What waits with a deadline needs a runtime there, or [`wait`](Self::wait).
    pub fn as_async(&self) -> &crate::Connection {
        &self.inner
    }

    /// Waits for any future, such as one of the [asynchronous handle](Self::as_async), on this thread. Timers in it are
    /// those of the connection's thread.
    ///
    /// # Errors
    /// This is the thread of a connection, where nothing may wait.
    pub fn wait<F: Future>(&self, future: F) -> Result<F::Output, Error> {
        self.thread.try_wait(future)
    }

    /// The same for no longer than `timeout`; then the future is dropped.
    ///
    /// # Errors
    /// A time-out; as [`wait`](Self::wait).
    pub fn wait_within<F: Future>(&self, timeout: Duration, future: F) -> Result<F::Output, Error> {
        self.thread.wait_within(timeout, future)
    }
}
