//! AMQP 0-9-1 client: for services that talk to RabbitMQ.
//!
#![cfg_attr(feature = "tokio", doc = "```no_run")]
#![cfg_attr(not(feature = "tokio"), doc = "```ignore")]
//! use leveret::amqp_methods::{basic, queue};
//! use leveret::Connection;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let connection = Connection::connect("amqp://guest:guest@localhost/%2F").await?;
//! let channel = connection.open_channel().await?;
//! channel.call(queue::Declare::new("jobs").durable(true)).await?;
//!
//! channel.confirm_select().await?;
//! let properties = basic::Properties::default().delivery_mode(2);
//! let receipt = channel
//!     .basic_publish_confirmed(basic::Publish::new("", "jobs"), properties, "work")
//!     .await?;
//! println!("{:?}", receipt.await); // Confirmed
//!
//! let mut consumer = channel.basic_consume(basic::Consume::new("jobs", "")).await?;
//! while let Some(delivery) = consumer.next().await {
//!     let delivery = delivery?;
//!     println!("{}", String::from_utf8_lossy(delivery.body()));
//!     delivery.ack()?;
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Connecting
//!
//! Where, as whom and within which limits is said by [`ConnectionParameters`], or by a URL, which
//! [`UrlParameters`] explains. [`Credentials`] are mechanisms in the order of preference, and may come from
//! somebody who issues tokens. Every host and address is tried in turn; an [`Error`] says which stage failed where.
//!
//! # Methods
//!
//! The methods of the protocol are structs in [`amqp_methods`], one module per class, generated from the
//! specification. A synchronous one goes through [`Channel::call`], which gives its typed reply; a one-way
//! method, or one with `no_wait`, through [`Channel::send`]. Publishing, consuming, fetching and settling have functions
//! of their own, because there is more to them than a method. What concerns the connection, such as
//! `connection.update-secret`, goes through [`Connection::call`].
//!
//! # Publishing
//!
//! [`Channel::basic_publish`] is ready when the message is in the output buffer; it waits while the server holds
//! back publishers, and while too much waits to be written. On a channel in confirm mode every publish ends
//! exactly once: confirmed, nacked, returned, or in doubt because the channel or connection ended first. One
//! by one that is told by a [`Receipt`], in bulk by [`Channel::wait_for_confirms`].
//!
//! # Consuming
//!
//! A [`Consumer`] is a stream of [`Delivery`]s. Settling a delivery consumes it. The stream ends with `None` only if
//! this client cancelled the consumer; any other end is told by a last item, an [`Error`].
//!
//! # Extensions
//!
//! Methods that somebody generates from an extension of the specification, with `amqp-codegen`, work like those of the
//! protocol: [`Channel::call`] and [`Channel::send`], [`Connection::call`] and [`Connection::send`] on channel 0, and
//! for those with content [`Channel::send_content`], [`Channel::call_content`] and [`Channel::call_for_content`].
//! Methods of the class `connection` travel on channel 0 and those of other classes that the protocol has on channels; a
//! class that is new goes wherever it is sent. Of an [`OwnedMethod`] that the server sends of its own accord one hears by
//! [`Channel::methods`] and [`Connection::methods`], which are streams with bounds:
//!
#![cfg_attr(feature = "tokio", doc = "```no_run")]
#![cfg_attr(not(feature = "tokio"), doc = "```ignore")]
//! # async fn run(channel: leveret::Channel) -> Result<(), leveret::Error> {
//! let mut methods = channel.methods();
//! while let Some(method) = methods.next().await {
//!     match method {
//!         Ok(method) => println!("{} with {} octets", method.id(), method.body().len()),
//!         Err(lagged) => println!("too slow: {lagged}"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Whether content follows a method of the server is not to be seen from its frame. The description that is generated
//! beside the methods tells; it is handed over by [`ConnectionParameters::extension`]. The folder `examples/extension` of
//! the project shows all of it at work.
//!
//! # Failure
//!
//! Nothing hangs: calls have a deadline, and when a channel or connection ends, everything that waits for it gets
//! the reason. A future may be dropped at any await, and the channel stays usable. Nothing is retried or sent
//! again behind the application's back.
//!
//! # Blocking
//!
#![cfg_attr(feature = "blocking", doc = "[`blocking`]")]
#![cfg_attr(not(feature = "blocking"), doc = "The feature `blocking`")]
//! is the same client for code that blocks: a thread per connection that does the IO, functions that return when they
//! are done, consumers as iterators. It brings no other crates, and is on by default.
//!
//! # Without tokio
//!
//! The feature `tokio`, on by default, is the asynchronous driver. Without it the crate is [`proto`]: the
//! protocol as a state machine without IO, to be driven by whatever loop there is.

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "tokio")]
mod driver;
mod error;
mod message;
mod parameters;
pub mod proto;

pub use amqp_methods;
#[cfg(feature = "tokio")]
pub use driver::{
    Channel, Connection, Consumer, Delivery, Lagged, Methods, Receipt, WritePressure,
};
pub use error::{CloseReason, ConnectStage, Error, ErrorKind, Initiator};
pub use message::{Content, OwnedMethod, Returned};
pub use parameters::{
    ConnectionParameters, Credentials, Exchange, Heartbeat, HeartbeatDecision, Mechanism,
    MechanismError, ParameterError, ParameterErrorKind, ServerName, TcpOptions, TlsParameters,
    UrlParameters,
};
#[cfg(feature = "tokio")]
pub use parameters::{Token, TokenProvider};
pub use proto::{Body, ConsumerEnd, Outcome, Tally, Tuning};

/// The examples of the README compile.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../README.md")]
struct Readme;
