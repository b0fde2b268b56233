//! The blocking client against a scripted server, over TCP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

#[path = "blocking/meet.rs"]
mod meet;
#[path = "driver/probe.rs"]
mod probe;

#[path = "blocking/acknowledging.rs"]
mod acknowledging;
#[path = "blocking/bodies.rs"]
mod bodies;
#[path = "blocking/callback_threads.rs"]
mod callback_threads;
#[path = "blocking/callbacks.rs"]
mod callbacks;
#[path = "blocking/calls.rs"]
mod calls;
#[path = "blocking/consuming.rs"]
mod consuming;
#[path = "blocking/ending.rs"]
mod ending;
#[path = "blocking/extensions.rs"]
mod extensions;
#[path = "blocking/fetching.rs"]
mod fetching;
#[path = "blocking/listening.rs"]
mod listening;
#[path = "blocking/observing.rs"]
mod observing;
#[path = "blocking/publishers.rs"]
mod publishers;
#[path = "blocking/publishing.rs"]
mod publishing;
#[path = "blocking/runtimes.rs"]
mod runtimes;
#[path = "blocking/several_sets.rs"]
mod several_sets;
#[path = "blocking/starting.rs"]
mod starting;
#[path = "blocking/threads.rs"]
mod threads;
#[path = "blocking/transactions.rs"]
mod transactions;
#[path = "blocking/watching.rs"]
mod watching;
