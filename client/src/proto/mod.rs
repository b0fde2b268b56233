//! The protocol without IO: what a connection is, apart from sockets, clocks, tasks and locks.
//!
//! One [`Connection`] owns all state. Whoever drives it has five verbs:
//!
//! - **take input**: [`handle_input`](Connection::handle_input) takes whole frames from a buffer of octets that
//!   were read and leaves the rest; [`handle_eof`](Connection::handle_eof) says that none will follow, and
//!   [`handle_failure`](Connection::handle_failure) that the transport broke;
//! - **take time**: [`handle_timeout`](Connection::handle_timeout), when the deadline has come;
//! - **take commands**: [`open_channel`](Connection::open_channel), [`close`](Connection::close),
//!   [`call`](Connection::call) and [`send`](Connection::send) for what concerns the connection, and everything
//!   about a channel through the borrowed view that [`channel`](Connection::channel) lends;
//! - **give output**: [`poll_transmit`](Connection::poll_transmit) swaps what is to be written for an empty
//!   [`Outbox`];
//! - **give events and the next deadline**: [`poll_event`](Connection::poll_event) and
//!   [`poll_timeout`](Connection::poll_timeout).
//!
//! The contract is one sentence: *after any call that takes `&mut self`, drain the output and the events,
//! then read the deadline.* Nothing else happens between calls, so the same input at the same times gives the
//! same output, always.
//!
//! Where the application brings a security mechanism or a function for the heartbeat, it is asked while the connection
//! opens: [`poll_question`](Connection::poll_question) is one more thing to drain, and
//! [`answer`](Connection::answer) one more command.
//!
//! The core does not know where the server is. Whoever does says it by [`set_address`](Connection::set_address), and errors
//! repeat it.
//!
//! What is kept for the application beyond an end is kept until it lets go: a consumer until
//! [`drop_consumer`](Connection::drop_consumer), outcomes and returned messages of a channel until they are taken
//! or [`forget`](Connection::forget) is called.
//!
//! Deliveries are not events. They gather at their consumer; an [`Event::Consumer`] says that there are some
//! where there were none, and [`take_deliveries`](Connection::take_deliveries) takes all of them at once. The
//! outcomes of publishes work alike, with [`Event::Confirms`] and [`take_outcome`](Connection::take_outcome);
//! who gives up waiting for one says so by [`expire`](Connection::expire).
//!
//! A delivery whose body is [streamed](Arrival::Streamed) is handed out when its header is here. The pieces gather
//! apart from it, with [`Event::Body`] and [`take_body`](Connection::take_body), until
//! [`drop_body`](Connection::drop_body) lets it go.
//!
//! Methods that the protocol does not have are those of extensions. One that answers a call is its reply; any other
//! is an [`Event::Method`]. Whether content follows it, only a description tells:
//! [`ConnectionParameters::extension`](crate::ConnectionParameters::extension).
//!
//! A body that is larger than the connection takes is passed over, without being kept, and what is told of its message says
//! so: [`Arrival::PassedOver`] of a delivery, an error of the call that would have had it, a
//! [`Returned`](crate::Returned) without a body, or an [`Event::MethodTooLarge`].

mod ack_timer;
mod acks;
mod address;
mod blocked;
mod bodies;
mod calls;
mod channel;
mod channel_content;
mod channel_methods;
mod channel_state;
mod channels;
mod checks;
mod committing;
mod condition;
mod confirms;
mod connection;
mod connection_calls;
mod connection_methods;
mod consumer_options;
mod consumers;
mod consuming;
mod content;
mod draining;
mod ending;
mod event;
mod extension_methods;
mod handshake;
mod heartbeat;
mod identity;
mod ids;
mod leftovers;
mod messages;
mod metrics;
mod outbox;
mod outcomes;
mod question;
mod replies;
mod routing;
mod settling;
mod tags;
mod takebacks;
mod too_large;
mod unclaimed;
mod unsettled;

#[cfg(test)]
mod tests;

pub use channel::{Channel, Settlement};
pub use condition::Condition;
pub use connection::Connection;
pub use consumer_options::{ConsumerOptions, OverLimit};
pub use consumers::{Arrival, ConsumerEnd, RawDelivery};
pub use draining::Leftover;
pub use event::{Event, RawReply};
pub use handshake::Tuning;
pub use ids::{BodyId, CallId, ChannelId, ConsumerId, DeliveryTag};
pub use metrics::Metrics;
pub use outbox::{Body, Outbox, OutputTotal};
pub use outcomes::{Outcome, Tally};
pub use question::{Answer, Question};
