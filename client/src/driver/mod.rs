//! The asynchronous driver, on tokio.
//!
//! Handles and one task per connection share the [core](crate::proto) under one lock, which is held for copying
//! only and never across an await. A publish is encoded by its caller, straight into the output; the task is
//! woken when there is something to write where there was nothing, and writes whatever has gathered.

use std::time::Instant;

mod acks;
mod attempts;
mod batch;
mod bodies;
mod budget;
mod call_timeouts;
mod callbacks;
mod calls;
mod cancelling;
mod channel;
mod channel_content;
mod connect;
mod connect_any;
mod connection;
mod consumer;
mod consumer_builder;
mod delivery;
mod dispatch;
mod events;
mod fetch;
mod for_each;
mod gauge;
mod listeners;
mod listening;
mod message;
mod message_span;
mod methods;
mod metrics;
mod named;
mod notes;
mod order;
mod pressure;
mod pressure_watch;
mod publish;
mod publisher;
mod race;
mod receipt;
mod received;
mod refusals;
mod returns;
mod security;
mod settle_on_drop;
mod shared;
mod shown;
mod shutdown;
mod socket;
mod task;
#[cfg(feature = "tls")]
mod tls;
mod tokens;
mod transactions;
mod turns;
mod watches;
mod wire;

#[cfg(feature = "blocking")]
pub(crate) use callbacks::Occasions;

pub use batch::{Outcomes, Outgoing};
pub use bodies::{BodyPieces, StreamedDelivery};
pub use callbacks::{CallbackTask, ChannelCallbacks, ConnectionCallbacks};
pub use channel::Channel;
pub use connection::Connection;
pub use consumer::{Consumer, Next};
pub use consumer_builder::ConsumerBuilder;
pub use delivery::Delivery;
pub use events::{ChannelEvent, ChannelEvents, ConnectionEvent, ConnectionEvents};
pub use fetch::Fetch;
pub use for_each::{ForEach, Handled};
pub use listening::Lagged;
pub use message::Message;
pub use methods::Methods;
pub use pressure::{PressureRule, WritePressure};
pub use pressure_watch::PressureWatch;
pub use publisher::{Publisher, WhenHeld};
pub use receipt::Receipt;
pub use received::Received;
pub use returns::Returns;
pub use settle_on_drop::{Disposition, SettleOnDrop};
pub use shutdown::{LeftOnChannel, Leftovers};
pub use transactions::CommitError;
pub use watches::{ChannelState, ChannelWatch, ConnectionState, ConnectionWatch};

/// The time by the clock that timers go by, also where that is a virtual one. Needs no runtime.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
