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

#[path = "driver/acknowledging.rs"]
mod acknowledging;
#[path = "driver/addresses.rs"]
mod addresses;
#[path = "driver/batches.rs"]
mod batches;
#[path = "driver/bodies.rs"]
mod bodies;
#[path = "driver/call_timeouts.rs"]
mod call_timeouts;
#[path = "driver/callbacks.rs"]
mod callbacks;
#[path = "driver/calls.rs"]
mod calls;
#[path = "driver/cancelling.rs"]
mod cancelling;
#[path = "driver/connecting.rs"]
mod connecting;
#[path = "driver/consumer_ends.rs"]
mod consumer_ends;
#[path = "driver/consuming.rs"]
mod consuming;
#[path = "driver/deadlines.rs"]
mod deadlines;
#[path = "driver/disorder/mod.rs"]
mod disorder;
#[path = "driver/dropping.rs"]
mod dropping;
#[path = "driver/ending.rs"]
mod ending;
#[path = "driver/events.rs"]
mod events;
#[path = "driver/extensions.rs"]
mod extensions;
#[path = "driver/handlers.rs"]
mod handlers;
#[path = "driver/heartbeats.rs"]
mod heartbeats;
#[path = "driver/large_messages.rs"]
mod large_messages;
#[path = "driver/listening.rs"]
mod listening;
#[path = "driver/login.rs"]
mod login;
#[path = "driver/metrics.rs"]
mod metrics;
#[path = "driver/passed_over.rs"]
mod passed_over;
#[path = "driver/pressure.rs"]
mod pressure;
#[path = "driver/publishers.rs"]
mod publishers;
#[path = "driver/receipts.rs"]
mod receipts;
#[path = "driver/returns.rs"]
mod returns;
#[path = "driver/several_sets.rs"]
mod several_sets;
#[path = "driver/shutdown.rs"]
mod shutdown;
#[path = "driver/states.rs"]
mod states;
#[path = "driver/threads.rs"]
mod threads;
#[path = "driver/tokens.rs"]
mod tokens;
#[path = "driver/transactions.rs"]
mod transactions;
#[path = "driver/watching.rs"]
mod watching;
