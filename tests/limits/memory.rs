//! What lengths that lie make us keep: nothing beyond what has arrived.

use std::hint::black_box;

use allocation_counter::{AllocationInfo, measure};
use amqp_methods::{AnyMethod, DynMethod as _, FieldTable, Frame, FrameLimits, missing_octets};
use leveret_conformance::stream::Stream;

use crate::opened::Opened;
use crate::wire::{DELIVER, chain, counted, frame, frame_head, header};

/// What may be kept in any case: blocks that are reused, queues, the text of an error.
const AT_LEAST: u64 = 16 * 1024;

/// Nothing at any time was larger than so many times what had arrived.
#[track_caller]
fn within(times: u64, arrived: usize, kept: &AllocationInfo) {
    let limit = AT_LEAST + times * arrived as u64;
    assert!(kept.bytes_max <= limit, "{} of {limit}", kept.bytes_max);
}

const SIZES: [u32; 4] = [1 << 20, 1 << 31, u32::MAX - 8, u32::MAX];

#[test]
fn the_size_of_a_frame_reserves_nothing() {
    for size in SIZES {
        for kind in 1..=3 {
            let head = frame_head(kind, 1, size);
            let kept = measure(|| {
                assert_eq!(Frame::decode(&head, FrameLimits::NONE), Ok(None));
                black_box(missing_octets(&head, FrameLimits::NONE).unwrap());
            });
            assert_eq!(kept.count_total, 0);
            let kept = measure(|| {
                let mut stream = Stream::new(FrameLimits::NONE);
                let nothing = |_: leveret_conformance::stream::Item<'_>| panic!();
                stream
                    .feed::<amqp_methods::FrameError>(&head, nothing)
                    .unwrap();
                stream
                    .feed::<amqp_methods::FrameError>(&[0; 1000], nothing)
                    .unwrap();
                assert_eq!(stream.pending().len(), 1007);
            });
            within(4, 1007, &kept);
        }
    }
}

#[test]
fn the_length_of_a_string_or_table_reserves_nothing() {
    for size in SIZES {
        for tag in [b'S', b'x', b'F', b'A'] {
            let lying = [&[0, tag][..], &size.to_be_bytes(), b"V"].concat();
            let sound = counted(&lying);
            let around = [b"\0F".to_vec(), sound].concat();
            let kept = measure(|| {
                for octets in [&lying, &around] {
                    let table = FieldTable::from_wire(octets);
                    assert!(table.check().is_err());
                    assert!(table.get("k").is_err() || octets == &around);
                    assert_eq!(table.iter().count(), 1);
                }
            });
            assert_eq!(kept.count_total, 0, "{}", tag as char);
        }
        // connection.secure, and queue.declare
        for start in [&b"\0\x0a\0\x14"[..], b"\0\x32\0\x0a\0\0\x01q\0"] {
            let payload = [start, &size.to_be_bytes(), b"12345"].concat();
            let kept = measure(|| assert!(AnyMethod::decode(&payload).is_err()));
            assert_eq!(kept.count_total, 0);
        }
    }
}

/// A table of entries that are as small as can be does not become larger when it is owned.
#[test]
fn owning_what_was_read_takes_what_has_arrived() {
    for octets in [
        b"\0V".repeat(50_000),
        chain(&"FA".repeat(32), &[b'V'; 100_000]),
    ] {
        let table = FieldTable::from_wire(&octets);
        let kept = measure(|| drop(black_box(table.clone().into_owned())));
        within(1, octets.len(), &kept);
        let payload = [b"\0\x32\0\x0a\0\0\x01q\0".to_vec(), counted(&octets)].concat();
        let kept = measure(|| {
            let method = AnyMethod::decode(&payload).unwrap();
            assert_eq!(method.fields().count(), 7);
            black_box(method.into_owned());
        });
        within(1, octets.len(), &kept);
    }
}

/// The core with every limit off, fed a piece at a time: what it keeps follows what has come.
#[track_caller]
fn core_keeps(times: u64, octets: &[u8], piece: usize) -> Opened {
    let mut opened = Opened::without_limits();
    let kept = measure(|| {
        for piece in octets.chunks(piece) {
            opened.reads(piece);
        }
    });
    within(times, octets.len(), &kept);
    opened
}

#[test]
fn the_core_reserves_nothing_for_a_frame_to_come() {
    for size in SIZES {
        for kind in 1..=3 {
            let octets = [frame_head(kind, 1, size), vec![0; 20_000]].concat();
            let opened = core_keeps(4, &octets, 100);
            if opened.core.is_open() {
                assert_eq!(opened.unread(), octets.len());
            } else {
                // There is no limit that lets this through with its envelope.
                assert_eq!(size, u32::MAX);
            }
        }
    }
}

#[test]
fn the_core_reserves_nothing_for_a_body_to_come() {
    for body_size in [1 << 20, 1 << 31, 1 << 32, 1 << 63, u64::MAX - 8, u64::MAX] {
        let header = header(body_size, b"\0\0");
        for (piece, count) in [(0, 1), (1, 1), (1, 1000), (1000, 50), (100_000, 3)] {
            let mut octets = [frame(1, 1, DELIVER), frame(2, 1, &header)].concat();
            octets.extend(frame(3, 1, &vec![7; piece]).repeat(count));
            // Once what was read, once what it becomes, and room to grow.
            let mut opened = core_keeps(4, &octets, usize::MAX);
            assert!(opened.core.is_open());
            assert!(opened.taken().is_empty());
            core_keeps(4, &octets, 100);
        }
    }
}

#[test]
fn the_core_reserves_nothing_for_lengths_within_a_method() {
    for size in SIZES {
        // connection.blocked and queue.declare-ok say where they end; a table does not.
        let lying = [b"\0\x0a\0\x0a\0\x09", &size.to_be_bytes()[..], b"V"].concat();
        let mut opened = Opened::without_limits();
        let octets = frame(1, 0, &lying);
        let kept = measure(|| opened.reads(&octets));
        within(4, octets.len(), &kept);
        assert!(!opened.core.is_open());
    }
}

/// Messages that nobody takes keep more than their octets, but not much more.
#[test]
fn small_messages_that_wait_keep_what_has_arrived() {
    for body in [&b""[..], b"x", &[7; 100], &[7; 5000]] {
        let mut message = frame(1, 1, DELIVER);
        message.extend(frame(2, 1, &header(body.len() as u64, b"\0\0")));
        if !body.is_empty() {
            message.extend(frame(3, 1, body));
        }
        let octets = message.repeat(2000);
        let mut opened = core_keeps(8, &octets, 4096);
        assert_eq!(opened.taken().len(), 2000);
    }
}

/// Small messages that follow a large header are not kept in blocks of its size.
#[test]
fn a_large_header_is_not_remembered() {
    let large = header(
        1,
        &[b"\x20\0".to_vec(), counted(&b"\0V".repeat(100_000))].concat(),
    );
    let small = header(1, b"\0\0");
    let message =
        |header: &[u8]| [frame(1, 1, DELIVER), frame(2, 1, header), frame(3, 1, b"x")].concat();
    let (large, small) = (message(&large), message(&small));
    let mut opened = Opened::without_limits();
    opened.reads(&large);
    assert_eq!(opened.taken().len(), 1);
    let mut kept = Vec::new();
    for _ in 0..20 {
        for _ in 0..50 {
            opened.reads(&small);
        }
        kept.extend(opened.taken().pop_back());
    }
    assert_eq!(kept.len(), 20);
    drop(opened);
    let freed = measure(|| drop(kept));
    assert!(-freed.bytes_current < 20 * 8 * 1024, "{freed:?}");
}
