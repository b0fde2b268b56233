//! The client against a live RabbitMQ, at the URL in `AMQP_URL`.
//!
//! Without it the tests say so and pass, unless `LEVERET_REQUIRE_BROKER=1`. To run them:
//!
//! ```text
//! AMQP_URL=$(scripts/rabbitmq start) cargo test -p leveret-conformance --test live
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

#[path = "live/broker.rs"]
mod broker;

#[path = "live/acceptance.rs"]
mod acceptance;
#[path = "live/arguments.rs"]
mod arguments;
#[path = "live/blocking/mod.rs"]
mod blocking;
#[path = "live/cancelling.rs"]
mod cancelling;
#[path = "live/channels.rs"]
mod channels;
#[path = "live/confirms.rs"]
mod confirms;
#[path = "live/consumers.rs"]
mod consumers;
#[path = "live/consuming.rs"]
mod consuming;
#[path = "live/ending.rs"]
mod ending;
#[path = "live/errors.rs"]
mod errors;
#[path = "live/extension.rs"]
mod extension;
#[path = "live/heartbeats.rs"]
mod heartbeats;
#[path = "live/injected.rs"]
mod injected;
#[path = "live/large_messages.rs"]
mod large_messages;
#[path = "live/login.rs"]
mod login;
#[path = "live/messages.rs"]
mod messages;
#[path = "live/named.rs"]
mod named;
#[path = "live/observing.rs"]
mod observing;
#[path = "live/opening.rs"]
mod opening;
#[path = "live/peers.rs"]
mod peers;
#[path = "live/publishing.rs"]
mod publishing;
#[path = "live/relay.rs"]
mod relay;
#[path = "live/remnants.rs"]
mod remnants;
#[path = "live/returns.rs"]
mod returns;
#[path = "live/tls.rs"]
mod tls;
#[path = "live/topology.rs"]
mod topology;
#[path = "live/transactions.rs"]
mod transactions;
