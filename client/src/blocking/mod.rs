//! The same client for code that blocks: threads, no runtime in sight.
//!
//! ```no_run
//! use std::time::Duration;
//!
//! use leveret::amqp_methods::{basic, queue};
//! use leveret::blocking::Connection;
//!
//! # fn run() -> Result<(), leveret::Error> {
//! let connection = Connection::connect("amqp://guest:guest@localhost/%2F")?;
//! let channel = connection.open_channel()?;
//! channel.call(queue::Declare::new("jobs").durable(true))?;
//!
//! channel.confirm_select()?;
//! let publish = basic::Publish::new("", "jobs");
//! let properties = basic::Properties::default().delivery_mode(2);
//! let receipt = channel.basic_publish_confirmed(publish, properties, "work")?;
//! println!("{:?}", receipt.wait()); // Confirmed
//!
//! let mut consumer = channel.basic_consume(basic::Consume::new("jobs", ""))?;
//! for delivery in consumer.inactivity_timeout(Duration::from_secs(5)) {
//!     match delivery? {
//!         Some(delivery) => delivery.ack()?,
//!         None => break, // nothing came for five seconds
//!     }
//! }
//! connection.close()
//! # }
//! ```
//!
//! The names are those of the asynchronous client: where that has an `async fn`, there is a function here which returns
//! when it is done, and where that has a stream, an iterator. A body that comes in pieces can be
//! [read](BodyPieces). What needs no waiting is the same type: a [`Delivery`](crate::Delivery) is settled without waiting
//! for anything, methods and properties are values, errors are errors.
//!
//! # Threads
//!
//! Each connection has one thread, named `leveret-io-` and a number, that reads, writes and keeps time. It is the driver
//! that asynchronous programs use, and has all that it has. So there is nothing like `process_data_events`: heartbeats go
//! out, confirms come in and deliveries gather while the application thinks, for however long. A name that has to be
//! looked up takes a second thread for as long as that lasts.
//!
//! Handles are `Send` and `Sync`, and `Clone` where their asynchronous counterparts are. Any thread may publish, call or
//! settle, at any time, also when another waits on the same channel: an acknowledgement needs no callback into the thread
//! that consumes.
//!
//! The thread ends when the connection has ended and its last handle, delivery and receipt are gone. Dropping them waits
//! for nothing. If the thread panics, or a stream that it was given does, everything that waits gets an error of the
//! kind [`ConnectionLost`](crate::ErrorKind::ConnectionLost).
//!
//! [Callbacks](Connection::callbacks) have threads of their own, one for each `start`, so that one that takes an hour holds
//! up nothing but those that were started with it. They may do whatever other threads may. Such a thread ends when what it
//! listens to has ended, or when it is [stopped](CallbackThread::stop).
//!
//! # Waiting
//!
//! Nothing hangs that does not hang asynchronously: calls have `call_timeout`, connecting and closing have theirs, and
//! the end of a channel or connection ends every wait with its reason. What waits for the application or for others to
//! do something has a second form with a limit: [`Consumer::next_within`], [`Receipt::wait_for`],
//! [`Channel::wait_for_confirms_within`], [`Channel::returned_within`], [`Returns::next_within`],
//! [`BodyPieces::next_within`], [`PressureWatch::changed_within`], [`Connection::closed_within`],
//! [`CallbackThread::ended_within`]. Publishing has [`Publisher::when_held`]. [`Connection::wait`] and [`Connection::wait_within`] wait for any future, those of the
//! [asynchronous handles](Channel::as_async) included.
//!
//! # In asynchronous code
//!
//! Allowed, since the thread that does the work is another one: a function of this module holds up the task that calls
//! it, and the thread under it, as any function that blocks does. `spawn_blocking` is the place for it; handles may be
//! dropped anywhere. Only the thread of a connection itself may not wait, because nobody would be left to bring what it
//! waits for: code that runs there, such as a subscriber of log events or a stream, gets an error of the kind
//! [`State`](crate::ErrorKind::State).
//!
//! # Coming from pika
//!
//! | pika | here |
//! |---|---|
//! | `BlockingConnection(parameters)` | [`Connection::connect`] |
//! | `process_data_events`, `sleep` | not needed: IO always runs |
//! | `call_later` | a thread that sleeps, or a wait with a limit: it may use any handle |
//! | `add_callback_threadsafe` | not needed: handles work on any thread |
//! | `consume(queue, inactivity_timeout=5)` | [`Channel::basic_consume`], then [`Consumer::inactivity_timeout`] |
//! | `start_consuming()` | a `for` loop over the consumer |
//! | `consume(queue, auto_ack=True)` | [`Channel::consumer`] with [`no_ack`](ConsumerBuilder::no_ack); its `cancel` gives what is pending |
//! | `get_waiting_message_count()` | [`Consumer::waiting`] |
//! | `cancel()` | [`Consumer::cancel`]; what was received can still be read; dropping gives it back |
//! | `basic_publish` in confirm mode | [`Channel::basic_publish_confirmed`], then [`Receipt::wait`] |
//! | `NackError`, `UnroutableError` | [`Outcome::Nacked`](crate::Outcome::Nacked), [`Outcome::Returned`](crate::Outcome::Returned) |
//! | `add_on_connection_blocked_callback`, `add_on_connection_unblocked_callback` | [`Connection::callbacks`], or [`Connection::events`] |
//! | `add_on_return_callback` | [`Channel::callbacks`], or [`Channel::returns`] between publishes; [`Channel::returned`] |
//! | `add_on_cancel_callback` | [`Channel::callbacks`]; the consumer's last item tells as well |
//! | `tx_select()`, `tx_commit()`, `tx_rollback()` | the same |
//! | `basic_get` with its triple `None` | [`Channel::basic_get`] with `Option<Delivery>` |
//!
//! # How it is made
//!
//! There is no second implementation: a function here calls the one of the same name and waits for it. What is new in the
//! asynchronous client gets its counterpart as follows, with a first line of documentation and a link to the other:
//!
//! - an `async fn` that gives a result: `self.thread.wait(self.inner.its_name(arguments))`;
//! - one that does not fail: the same with `try_wait`, and what to say where waiting is refused;
//! - a function that does not wait: `self.inner.its_name(arguments)`, or nothing if its type is shared;
//! - a new handle: a struct of the asynchronous one, `inner`, and a clone of `thread` or of the channel that has it;
//! - a stream: an iterator, with `next_within`;
//! - something that tasks are needed for, as [`Consumer::for_each`](crate::Consumer::for_each): nothing but a word on what
//!   a loop or a thread does instead.

mod acks;
mod bodies;
mod callbacks;
mod channel;
mod connection;
mod consumer;
mod consumer_builder;
mod content;
mod events;
mod fetch;
mod methods;
mod named;
mod pressure_watch;
mod publish;
mod publisher;
mod received;
mod returns;
mod thread;
mod transactions;
mod wait;

#[cfg(test)]
mod tests;

pub use bodies::{BodyPieces, StreamedDelivery};
pub use callbacks::CallbackThread;
pub use channel::Channel;
pub use connection::Connection;
pub use consumer::{Consumer, InactivityTimeout};
pub use consumer_builder::ConsumerBuilder;
pub use events::Events;
pub use fetch::Fetch;
pub use methods::Methods;
pub use pressure_watch::PressureWatch;
pub use publish::Receipt;
pub use publisher::Publisher;
pub use received::Received;
pub use returns::Returns;
