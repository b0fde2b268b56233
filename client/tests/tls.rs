//! TLS against servers in memory, with certificates that are made here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

#[path = "tls/authority.rs"]
mod authority;
#[path = "tls/server.rs"]
mod server;

#[path = "tls/client_certificates.rs"]
mod client_certificates;
#[path = "tls/configs.rs"]
mod configs;
#[path = "tls/files.rs"]
mod files;
#[path = "tls/streams.rs"]
mod streams;
#[path = "tls/trust.rs"]
mod trust;
#[path = "tls/wrong_ports.rs"]
mod wrong_ports;
