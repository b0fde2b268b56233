//! The tokio driver against a scripted server, in memory and mostly in virtual time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

#[path = "driver/meet.rs"]
mod meet;
#[path = "driver/probe.rs"]
mod probe;

#[path = "driver/bodies.rs"]
mod bodies;
#[path = "driver/calls.rs"]
mod calls;
#[path = "driver/cancelling.rs"]
mod cancelling;
#[path = "driver/connecting.rs"]
mod connecting;
#[path = "driver/consuming.rs"]
mod consuming;
#[path = "driver/dropping.rs"]
mod dropping;
#[path = "driver/ending.rs"]
mod ending;
#[path = "driver/extensions.rs"]
mod extensions;
#[path = "driver/heartbeats.rs"]
mod heartbeats;
#[path = "driver/listening.rs"]
mod listening;
#[path = "driver/login.rs"]
mod login;
#[path = "driver/pressure.rs"]
mod pressure;
#[path = "driver/receipts.rs"]
mod receipts;
#[path = "driver/threads.rs"]
mod threads;
#[path = "driver/tokens.rs"]
mod tokens;
