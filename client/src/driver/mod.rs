//! The asynchronous driver, on tokio.
//!
//! Handles and one task per connection share the [core](crate::proto) under one lock, which is held for copying
//! only and never across an await. A publish is encoded by its caller, straight into the output; the task is
//! woken when there is something to write where there was nothing, and writes whatever has gathered.

use std::time::Instant;

mod call_timeouts;
mod callbacks;
mod calls;
mod channel;
mod channel_content;
mod connect;
mod connection;
mod consumer;
mod delivery;
#[cfg(feature = "tracing")]
mod delivery_span;
mod dispatch;
mod events;
mod gauge;
mod listeners;
mod listening;
mod methods;
mod metrics;
mod notes;
mod publish;
mod refusals;
mod shared;
mod shutdown;
mod socket;
mod task;
mod tokens;
mod watches;
mod wire;

pub use callbacks::{CallbackTask, ChannelCallbacks, ConnectionCallbacks};
pub use channel::Channel;
pub use connection::Connection;
pub use consumer::Consumer;
pub use delivery::Delivery;
pub use events::{ChannelEvent, ChannelEvents, ConnectionEvent, ConnectionEvents};
pub use gauge::WritePressure;
pub use listening::Lagged;
pub use methods::Methods;
pub use publish::Receipt;
pub use shutdown::{LeftOnChannel, Leftovers};
pub use watches::{ChannelState, ChannelWatch, ConnectionState, ConnectionWatch};

/// The time by the clock that timers go by, also where that is a virtual one. Needs no runtime.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
