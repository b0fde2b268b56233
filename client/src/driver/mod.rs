//! The asynchronous driver, on tokio.
//!
//! Handles and one task per connection share the [core](crate::proto) under one lock, which is held for copying
//! only and never across an await. A publish is encoded by its caller, straight into the output; the task is
//! woken when there is something to write where there was nothing, and writes whatever has gathered.

use std::time::Instant;

mod batch;
mod calls;
mod channel;
mod channel_content;
mod connection;
mod consumer;
mod delivery;
mod dispatch;
mod listeners;
mod listening;
mod methods;
mod pressure;
mod pressure_watch;
mod publish;
mod publisher;
mod receipt;
mod refusals;
mod returns;
mod shared;
mod task;
mod transactions;
mod turns;

pub use batch::{Outcomes, Outgoing};
pub use channel::Channel;
pub use connection::Connection;
pub use consumer::Consumer;
pub use delivery::Delivery;
pub use listening::Lagged;
pub use methods::Methods;
pub use pressure::{PressureRule, WritePressure};
pub use pressure_watch::PressureWatch;
pub use publisher::{Publisher, WhenHeld};
pub use receipt::Receipt;
pub use returns::Returns;
pub use transactions::CommitError;

/// The time by the clock that timers go by, also where that is a virtual one. Needs no runtime.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
