//! Every method and every property list of every published protocol comes back from the wire as it went onto it.
//!
//! Without Debian's package `amqp-specs` there is nothing to test; with `LEVERET_REQUIRE_SPECS=1` that is a failure.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    reason = "what tests share is test code too, and each uses its part"
)]

#[cfg(published)]
#[path = "round_trips/methods.rs"]
mod methods;
#[cfg(published)]
#[path = "round_trips/properties.rs"]
mod properties;
#[path = "../../properties/values.rs"]
mod values;
#[path = "../../wire/mod.rs"]
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

#[test]
#[cfg(not(published))]
fn the_documents_are_there_where_they_are_required() {
    let required = std::env::var_os("LEVERET_REQUIRE_SPECS").is_some_and(|value| value == "1");
    assert!(
        !required,
        "the package amqp-specs is required and not there"
    );
    eprintln!("SKIPPED: the package amqp-specs is not installed");
}
