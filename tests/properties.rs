//! Properties of the codec that hold for any values and any octets.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

#[path = "properties/content.rs"]
mod content;
#[path = "properties/methods.rs"]
mod methods;
#[path = "properties/noise.rs"]
mod noise;
#[path = "opened/mod.rs"]
mod opened;
#[path = "properties/spoiled.rs"]
mod spoiled;
#[path = "properties/streams.rs"]
mod streams;
#[path = "properties/tables.rs"]
mod tables;
#[path = "properties/values.rs"]
mod values;
#[path = "properties/whole_or_nothing.rs"]
mod whole_or_nothing;
#[path = "wire/mod.rs"]
mod wire;

use amqp_methods::Writer;
use proptest::test_runner::Config;

/// So many cases, without a file that remembers those that failed.
fn cases(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    }
}

/// What `encode` writes, which has to be `length` octets.
#[track_caller]
fn encoded(length: usize, encode: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut octets = vec![0; length];
    let mut out = Writer::new(&mut octets);
    encode(&mut out);
    out.finish().unwrap();
    octets
}
