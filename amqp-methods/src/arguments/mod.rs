//! The well-known arguments of queues, exchanges, bindings and consumers, with their types.
//!
//! Arguments are tables, and a server takes a misspelt name for something it does not know: RabbitMQ ignores it. Here
//! a typo, a value of a wrong type and an argument that the type of queue does not have do not compile:
//!
//! ```
//! use std::time::Duration;
//! use amqp_methods::arguments::{DeadLetterStrategy, Overflow, QueueArguments};
//! use amqp_methods::queue;
//!
//! let arguments = QueueArguments::quorum()
//!     .message_ttl(Duration::from_secs(60))
//!     .dead_letter_exchange("jobs.dead")
//!     .dead_letter_strategy(DeadLetterStrategy::AtLeastOnce)
//!     .overflow(Overflow::RejectPublish)
//!     .delivery_limit(5);
//! let declare = queue::Declare::new("jobs").durable(true).arguments(arguments);
//! assert_eq!(declare.arguments.get_i64("x-message-ttl")?, Some(60_000));
//! # Ok::<(), amqp_methods::ValueError>(())
//! ```
//!
//! ```compile_fail,E0599
//! # use amqp_methods::arguments::QueueArguments;
//! let arguments = QueueArguments::classic().delivery_limit(5); // of quorum queues alone
//! ```
//!
//! What the compiler cannot know is checked: a length of time that is no whole number of milliseconds, or a size beyond
//! what the server takes, is never altered. Encoding the method that carries the arguments fails and names the argument;
//! `build` says it at once:
//!
//! ```
//! # use std::time::Duration;
//! # use amqp_methods::arguments::QueueArguments;
//! let error = QueueArguments::new().message_ttl(Duration::from_micros(1)).build().unwrap_err();
//! assert_eq!(error.to_string(), "cannot encode field x-message-ttl: the value is outside of the range");
//! ```
//!
//! Every builder has a `with` for arguments that are not known here. Calling a setter again replaces the value:
//! RabbitMQ would take the first of two.
//!
//! The facts are those of RabbitMQ 3.10 to 4.4. An argument that a server is too old for is ignored by it; one that
//! belongs to another type of queue is refused, with 406.

mod binding;
mod classic;
mod consumer;
mod entries;
mod exchange;
mod kinds;
mod queue;
mod quorum;
mod stream;
mod words;

pub use binding::{BindingArguments, HeadersMatch};
pub use consumer::{ConsumerArguments, StreamOffset};
pub use exchange::{ExchangeArguments, ExchangeType};
pub use kinds::{AnyType, Classic, DestructiveKind, QueueKind, Quorum, ReplicatedKind, Stream};
pub use queue::QueueArguments;
pub use words::{DeadLetterStrategy, DelayedRetry, LeaderLocator, Overflow, QueueType};

#[cfg(test)]
mod tests;
