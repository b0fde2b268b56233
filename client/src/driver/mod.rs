//! The asynchronous driver, on tokio.
//!
//! Handles and one task per connection share the [core](crate::proto) under one lock, which is held for copying
//! only and never across an await. A publish is encoded by its caller, straight into the output; the task is
//! woken when there is something to write where there was nothing, and writes whatever has gathered.

use std::time::Instant;

mod calls;
mod channel;
mod channel_content;
mod connect;
mod connection;
mod consumer;
mod delivery;
mod dispatch;
mod gauge;
mod listeners;
mod methods;
mod publish;
mod refusals;
mod shared;
mod socket;
mod task;
mod tokens;

pub use channel::Channel;
pub use connection::Connection;
pub use consumer::Consumer;
pub use delivery::Delivery;
pub use gauge::WritePressure;
pub use methods::{Lagged, Methods};
pub use publish::Receipt;

/// The time by the clock that timers go by, also where that is a virtual one. Needs no runtime.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
