//! An extension generated as a folder of files: `mod extension;` means the same as the one file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use amqp_methods::{AnyMethod as BaseMethod, BytesMut, Frame, FrameEncoder, FrameLimits};
use leveret_conformance::extension as one_file;

/// A declaration in the file that stands for `mod extension;`, whose place is known only while building.
mod extension {
    #![allow(dead_code, unreachable_pub, reason = "a test uses its part")]

    include!(concat!(env!("OUT_DIR"), "/extension/mod.rs"));
}

#[test]
fn the_folder_describes_the_same_protocol() {
    let text = |protocol| format!("{protocol:#?}");
    assert_eq!(text(&extension::PROTOCOL), text(&one_file::PROTOCOL));
}

#[test]
fn methods_of_the_folder_travel() {
    let credit = extension::basic::Credit::new("ctag", 50).drain(true);
    let mut octets = BytesMut::new();
    let encoder = FrameEncoder::new(4096);
    encoder.method(&mut octets, 7, &credit).unwrap();
    let frame = Frame::decode(&octets, FrameLimits::all(4096))
        .unwrap()
        .unwrap();
    let decoded = extension::AnyMethod::decode(frame.payload).unwrap();
    assert_eq!(decoded, extension::AnyMethod::BasicCredit(credit));
}

#[test]
fn methods_of_the_base_are_those_of_the_runtime() {
    let purge = amqp_methods::queue::Purge::new("jobs");
    let mut octets = BytesMut::new();
    let encoder = FrameEncoder::new(4096);
    encoder.method(&mut octets, 7, &purge).unwrap();
    let frame = Frame::decode(&octets, FrameLimits::all(4096))
        .unwrap()
        .unwrap();
    let decoded = extension::AnyMethod::decode(frame.payload).unwrap();
    let expected = extension::AnyMethod::Base(BaseMethod::QueuePurge(purge));
    assert_eq!(decoded, expected);
}
