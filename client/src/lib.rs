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
//! somebody who issues tokens.
//!
//! Hosts are tried in turn, or by [chance](ConnectionParameters::shuffle_endpoints); the addresses of a host beside each
//! other, a quarter of a second apart (RFC 8305), `connection_attempts` times. Each stage has its time-out, and
//! [`total_timeout`](ConnectionParameters::total_timeout) is for all of it. An [`Error`] says which [stage](Error::stage)
//! failed where, and holds a log of all [attempts](Error::attempts). A refused login ends it at once, unless
//! [`retry_refusals`](ConnectionParameters::retry_refusals) says otherwise.
//! [`Connection::connect_any`] takes several sets of parameters, for servers that want another login or another virtual host;
//! there a refused login leaves the next set to be tried.
//!
//! # TLS
//!
//! `amqps` in a URL, or [`ConnectionParameters::tls`]. The server's certificate has to be for the host, and of an
//! authority that the system trusts, unless [`TlsParameters`] say otherwise; there is no way back to a connection
//! without TLS. What was wrong is an [`ErrorKind::Tls`] with a [`TlsFailure`].
//!
#![cfg_attr(feature = "tls", doc = "```no_run")]
#![cfg_attr(not(feature = "tls"), doc = "```ignore")]
//! use leveret::{Connection, ConnectionParameters, Credentials, TlsParameters};
//!
//! # async fn run() -> Result<(), leveret::Error> {
//! let tls = TlsParameters::default().ca_file("ca.pem").client_certificate("app.pem", "app.key");
//! let parameters = ConnectionParameters::new("rabbit.internal").tls(tls).credentials(Credentials::external());
//! let connection = Connection::connect(parameters).await?;
//! # Ok(())
//! # }
//! ```
//!
//! The feature `tls` is rustls without an opinion on who does the cryptography: the provider is that of the
//! application's own `ClientConfig`, or the one that the process has installed
//! (`leveret::rustls::crypto::CryptoProvider::install_default`). For those who care for neither, the feature `tls-ring`, on
//! by default, brings ring along, and `tls-aws-lc` AWS-LC. With `default-features = false, features = ["tls"]` there is
//! none of them, and a missing provider is an error when connecting.
//!
//! Any stream can take the place of TCP, with TLS within it or without: [`Connection::connect_over`].
//!
//! # Methods
//!
//! The methods of the protocol are structs in [`amqp_methods`], one module per class, generated from the
//! specification. A synchronous one goes through [`Channel::call`], which gives its typed reply; a one-way
//! method, or one with `no_wait`, through [`Channel::send`]. Requests on channels have functions of their names too, such
//! as [`Channel::queue_declare`]. Publishing, consuming, fetching and settling have functions
//! of their own, because there is more to them than a method. What concerns the connection, such as
//! `connection.update-secret`, goes through [`Connection::call`].
//!
//! # Publishing
//!
//! [`Channel::basic_publish`] is ready when the message is in the output buffer; it waits while the server holds
//! back publishers, and while too much waits to be written. An error says that nothing of the message was sent. What
//! was sent and is not confirmed when the connection dies may have arrived, or not: only confirms tell.
//!
//! On a channel in confirm mode every publish ends exactly once: confirmed, nacked, returned, or in doubt because the
//! channel or connection ended first. One by one that is told by a [`Receipt`], in bulk by
//! [`Channel::wait_for_confirms`], and when the channel has ended by [`Channel::take_tally`]. A message that came back is
//! matched to its publish without a mark in it. One to an exchange that does not exist ends the channel with 404, and all
//! that is outstanding is in doubt for that reason.
//!
//! A [`Publisher`] does the same within limits: so many messages in flight, receipts that wait for so long, and a choice
//! while publishing is held back: wait, fail, or wait for so long ([`WhenHeld`], [`Hold`]). It also publishes batches,
//! with an outcome for each message in one call:
//!
#![cfg_attr(feature = "tokio", doc = "```no_run")]
#![cfg_attr(not(feature = "tokio"), doc = "```ignore")]
//! # async fn run(channel: leveret::Channel, jobs: Vec<String>) -> Result<(), leveret::Error> {
//! use std::time::Duration;
//!
//! use leveret::amqp_methods::basic;
//! use leveret::{Outgoing, WhenHeld};
//!
//! channel.confirm_select().await?;
//! let held = WhenHeld::WaitAtMost(Duration::from_secs(30));
//! let publisher = channel.publisher().max_in_flight(500).when_held(held);
//! let properties = basic::Properties::default().delivery_mode(2);
//! let message = |job| Outgoing::new(basic::Publish::new("", "jobs"), properties.clone(), job);
//! let messages: Vec<_> = jobs.iter().map(message).collect();
//! let outcomes = publisher.basic_publish_batch(&messages).await?;
//! for (index, outcome) in outcomes.unconfirmed() {
//!     println!("{}: {outcome:?}", jobs[index]);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What comes back and belongs to no receipt is told by [`Channel::returns`], a stream for any number of listeners. A
//! message that is larger than the connection takes comes back without its body: [`Returned::body`] is then none.
//! Transactions are [`Channel::tx_select`], [`Channel::tx_commit`] and [`Channel::tx_rollback`]; a channel has either
//! them or confirms. How much waits to be written is told by [`Connection::write_pressure`], and watched with
//! [`Connection::watch_pressure`].
//!
//! # Consuming
//!
//! A [`Consumer`] is a stream of [`Delivery`]s. Settling a delivery consumes it. The stream ends with `None` only if
//! this client cancelled the consumer; any other end is told by a last item, an [`Error`], and all of them by
//! [`Consumer::end`]. [`Consumer::cancel`] gives back what nobody has seen, [`Consumer::stop`] leaves it to be read, and
//! [`Consumer::next_within`] tells that nothing has come in a while.
//!
//! A consumer should have a [prefetch count](ConsumerBuilder::prefetch): without one the server sends all that there is, and
//! when more than 64 MiB of it wait to be taken, the connection is not read until there is room.
//!
//! [`Channel::consumer`] has more to choose from than [`Channel::basic_consume`]: prefetch; no acknowledgements, for
//! [`Message`]s, which have no `ack`; large bodies piece by piece, with [`StreamedDelivery`]; and what becomes of a
//! message that is [too large](OverLimit), which costs neither channel nor connection.
//!
//! [`Consumer::for_each`] runs a handler for each delivery, so many at once, and settles by its result; a panic
//! requeues. A handler that gives a [`Disposition`] chooses for each delivery. It stops in order:
//!
#![cfg_attr(feature = "tokio", doc = "```no_run")]
#![cfg_attr(not(feature = "tokio"), doc = "```ignore")]
//! # use leveret::{Channel, Error, Message, amqp_methods::basic};
//! # async fn work(body: &[u8]) -> Result<(), std::io::Error> { Ok(()) }
//! # async fn shutdown() {}
//! # async fn run(channel: Channel) -> Result<(), Error> {
//! let jobs = channel.consumer(basic::Consume::new("jobs", "")).prefetch(100).start().await?;
//! let handled = jobs
//!     .for_each(|message: Message| async move { work(message.body()).await })
//!     .concurrency(8)
//!     .stop_when(shutdown())
//!     .run()
//!     .await;
//! println!("{} done, {} given back: {}", handled.acked, handled.requeued, handled.end);
//! # Ok(())
//! # }
//! ```
//!
//! By hand, [`Delivery::settle_on_drop`] makes sure that a delivery is settled whatever happens to who handles it.
//! [`Channel::coalesce_acks`] puts acknowledgements together. [`Channel::fetch`] empties a queue message by message.
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
//!         // Some were missed, or the content of one was too large; the stream goes on.
//!         Err(error) => println!("{error}"),
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
//! Nothing hangs: calls have a deadline, which [`Channel::with_call_timeout`] and [`Connection::with_call_timeout`] set
//! for some of them, and when a channel or connection ends, everything that waits for it gets the reason. A future may be
//! dropped at any await, and the channel stays usable. Nothing is retried or sent again behind the application's back.
//!
//! There is one [`Error`]. Its kind, the reply code, and what [`is_channel`](Error::is_channel),
//! [`is_connection`](Error::is_connection) and [`is_retryable`](Error::is_retryable) say are to be matched on; its text is
//! for people, and so is the [`address`](Error::address) of the server that it is about.
//!
//! [`Connection::shutdown`] ends in order: no more deliveries, handlers finish, confirms come, and then it closes, all
//! within a deadline.
//!
//! ## Connecting again
//!
//! A connection has one life: a consumer, a receipt or a channel of it ends with it, and each tells why. Recovery is a loop
//! around all that is made of a connection, and `is_retryable` says whether to go round again:
//!
#![cfg_attr(feature = "tokio", doc = "```no_run")]
#![cfg_attr(not(feature = "tokio"), doc = "```ignore")]
//! # async fn work(body: &[u8]) -> Result<(), std::io::Error> { Ok(()) }
//! use std::time::Duration;
//!
//! use leveret::amqp_methods::{basic, queue};
//! use leveret::{Connection, Error, Message};
//!
//! async fn serve(url: &str) -> Result<(), Error> {
//!     let mut delay = Duration::from_secs(1);
//!     loop {
//!         match session(url).await {
//!             Err(error) if error.is_retryable() => println!("{error:#}"),
//!             result => return result,
//!         }
//!         tokio::time::sleep(delay).await;
//!         delay = (2 * delay).min(Duration::from_secs(30));
//!     }
//! }
//!
//! async fn session(url: &str) -> Result<(), Error> {
//!     let connection = Connection::connect(url).await?;
//!     let channel = connection.open_channel().await?;
//!     channel.call(queue::Declare::new("jobs").durable(true)).await?;
//!     let jobs = channel.consumer(basic::Consume::new("jobs", "")).prefetch(100).start().await?;
//!     let handled = jobs.for_each(|job: Message| async move { work(job.body()).await }).run().await;
//!     handled.end.result()
//! }
//! ```
//!
//! What was not acknowledged is delivered again, `redelivered`. What was published and is [`Outcome::InDoubt`] may be there or
//! not: who publishes it again needs consumers that know it by its `message_id`. The example `service` of the project has
//! the loop with delays that begin anew, and a stop in order.
//!
//! # Events
//!
//! What happens to a connection or a channel is a stream: [`Connection::events`] and [`Channel::events`]. Any number of
//! listeners hear everything, each at its own pace and within bounds; one that falls behind is told by how much
//! ([`Lagged`]). How things are now is [`Connection::state`] and [`Channel::state`], to be watched by
//! [`Connection::watch_state`] and [`Channel::watch_state`]. For code that is ported from pika there are
//! [`Connection::callbacks`] and [`Channel::callbacks`]; they run apart from where frames are read, and may block. The
//! blocking client has them too.
//!
//! # Observability
//!
//! [`Connection::metrics`] gives counts: octets, frames and messages both ways, what is unconfirmed and unsettled, how long
//! publishers were blocked, how much waits.
//!
//! With the feature `tracing`, on by default, each connection and each channel has a span, and what happens to them is an
//! event in it: `info` for what is well, `warn` for what is not, `debug` for what the application is told anyway.
//! Nothing is printed unless the application installs a subscriber. From `debug` on, each publish and each batch has a span
//! (target `leveret::publish`), and
#![cfg_attr(all(feature = "tokio", feature = "tracing"), doc = "[`Message::span`]")]
#![cfg_attr(
    not(all(feature = "tokio", feature = "tracing")),
    doc = "`Message::span`"
)]
//! gives one for whoever processes a message, with the attributes that OpenTelemetry has for messaging. A publish that
//! fails leaves the name of its [`ErrorKind`] as `error.type`, and a batch also that of the first [`Outcome`] that is
//! no confirm. At `trace`, each frame is an event, with its channel, method and size. Passwords, tokens, challenges and bodies are in none of it.
//!
#![cfg_attr(
    all(feature = "tokio", feature = "tracing"),
    doc = include_str!("trace/context.md")
)]
//!
//! # Blocking
//!
#![cfg_attr(feature = "blocking", doc = "[`blocking`]")]
#![cfg_attr(not(feature = "blocking"), doc = "The feature `blocking`")]
//! is the same client for code that blocks: a thread per connection that does the IO, functions that return when they
//! are done, consumers as iterators. It brings no other crates, and is on by default.
//!
//! # Coming from elsewhere
//!
//! `leveret::porting` has a page for those who know pika, and one for those who know lapin: every name, and what bites.
//!
//! # Without tokio
//!
//! The feature `tokio`, on by default and part of `tls`, is the asynchronous driver. Without it the crate is [`proto`]: the
//! protocol as a state machine without IO, to be driven by whatever loop there is.

// `tracing::debug!` and its like are macros of this crate then, which write nothing.
#[cfg(not(feature = "tracing"))]
extern crate self as tracing;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "tokio")]
mod driver;
mod error;
mod hold;
mod message;
mod parameters;
// Pages of documentation alone, whose examples want everything.
#[cfg(all(feature = "blocking", any(doc, doctest)))]
pub mod porting;
pub mod proto;
mod trace;

pub use amqp_methods;
#[cfg(feature = "tokio")]
pub use driver::{
    BodyPieces, CallbackTask, Channel, ChannelCallbacks, ChannelEvent, ChannelEvents, ChannelState,
    ChannelWatch, CommitError, Connection, ConnectionCallbacks, ConnectionEvent, ConnectionEvents,
    ConnectionState, ConnectionWatch, Consumer, ConsumerBuilder, Delivery, Disposition, Fetch,
    ForEach, Handled, Lagged, LeftOnChannel, Leftovers, Message, Methods, Next, Outcomes, Outgoing,
    PressureRule, PressureWatch, Publisher, Receipt, Received, Returns, SettleOnDrop,
    StreamedDelivery, WhenHeld, WritePressure,
};
pub use error::{CloseReason, ConnectStage, Error, ErrorKind, Initiator, TlsFailure};
pub use hold::Hold;
pub use message::{Content, MethodTooLarge, OwnedMethod, Returned, TooLarge};
pub use parameters::{
    ConnectionParameters, Credentials, Exchange, Heartbeat, HeartbeatDecision, Mechanism,
    MechanismError, ParameterError, ParameterErrorKind, ServerName, TcpOptions, TlsParameters,
    UrlParameters,
};
#[cfg(feature = "tokio")]
pub use parameters::{Token, TokenProvider};
pub use proto::{Body, ConsumerEnd, Metrics, Outcome, OverLimit, Tally, Tuning};
#[cfg(feature = "tls")]
pub use tokio_rustls::rustls;

#[cfg(not(feature = "tracing"))]
#[allow(
    unused_imports,
    reason = "which of them are used depends on other features"
)]
use trace::{debug, error, info, trace, warn};

/// The examples of the README compile.
#[cfg(all(doctest, feature = "tokio"))]
#[doc = include_str!("../README.md")]
struct Readme;
