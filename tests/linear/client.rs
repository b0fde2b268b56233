//! The core of the client, flooded with the smallest frames that a server can send.

use amqp_methods::basic;
use leveret::Body;

use crate::opened::Opened;
use crate::wire::{DELIVER, frame, header};
use crate::{Case, case};

/// A delivery up to its body.
fn announced(body_size: usize) -> Vec<u8> {
    let header = header(body_size as u64, b"\0\0");
    [frame(1, 1, DELIVER), frame(2, 1, &header)].concat()
}

/// A delivery with its body in pieces.
fn delivery(body: &[u8], piece: usize) -> Vec<u8> {
    let mut octets = announced(body.len());
    for piece in body.chunks(piece) {
        octets.extend(frame(3, 1, piece));
    }
    octets
}

/// The core reads `octets`, and hands out so many messages then.
fn read(octets: Vec<u8>, piece: usize, messages: usize) -> impl FnOnce() {
    let mut opened = Opened::new();
    move || {
        for piece in octets.chunks(piece) {
            opened.reads(piece);
        }
        while opened.core.poll_event().is_some() {}
        assert!(opened.core.is_open() && opened.unread() == 0);
        assert_eq!(opened.taken().len(), messages);
    }
}

/// A core with so many publishes that are not confirmed.
fn published(size: usize) -> Opened {
    let mut opened = Opened::new();
    opened.confirms();
    let channel = opened.channel;
    let publish = basic::Publish::new("", "q").mandatory(true);
    let mut view = opened.core.channel(channel).unwrap();
    for _ in 0..size {
        let (properties, body) = (basic::Properties::default(), Body::from(b"x"));
        view.publish(&publish, &properties, &body, true).unwrap();
    }
    opened
}

/// `basic.ack` of one publish.
fn ack(number: usize) -> Vec<u8> {
    let number = (number as u64).to_be_bytes();
    frame(1, 1, &[b"\0\x3c\0\x50", &number[..], b"\0"].concat())
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("core, heartbeats", 2048, |size| {
            read(frame(8, 0, b"").repeat(size), usize::MAX, 0)
        }),
        case("core, methods that nobody knows", 512, |size| {
            read(frame(1, 1, b"\0\x63\0\x01").repeat(size), usize::MAX, 0)
        }),
        case("core, flow", 512, |size| {
            read(frame(1, 1, b"\0\x14\0\x14\x01").repeat(size), usize::MAX, 0)
        }),
        case("core, empty pieces of a body", 1024, |size| {
            let pieces = frame(3, 1, b"").repeat(size);
            let last = frame(3, 1, b"x");
            read([announced(1), pieces, last].concat(), usize::MAX, 1)
        }),
        case("core, pieces of one octet", 1024, |size| {
            read(delivery(&vec![0; size], 1), usize::MAX, 1)
        }),
        case("core, pieces of one octet, one by one", 256, |size| {
            read(delivery(&vec![0; size], 1), 1, 1)
        }),
        case("core, one large piece octet by octet", 2048, |size| {
            read(delivery(&vec![0; size], size), 1, 1)
        }),
        case("core, one shared piece octet by octet", 8192, |size| {
            read(delivery(&vec![0; size], size), 1, 1)
        }),
        case("core, empty messages", 256, |size| {
            read(delivery(b"", 1).repeat(size), usize::MAX, size)
        }),
        case("core, small messages", 256, |size| {
            read(delivery(b"x", 1).repeat(size), usize::MAX, size)
        }),
        case("core, messages that share what was read", 32, |size| {
            let one = delivery(&[0; 8192], 8192);
            read(one.repeat(size), usize::MAX, size)
        }),
        case("core, the same in small reads", 16, |size| {
            let one = delivery(&[0; 8192], 8192);
            read(one.repeat(size), 100, size)
        }),
        case("core, chain of flags", 4096, |size| {
            let header = header(1, &vec![0xff; size]);
            let octets = [frame(1, 1, DELIVER), frame(2, 1, &header)].concat();
            let mut opened = Opened::new();
            move || {
                opened.reads(&octets);
                assert!(!opened.core.is_open());
            }
        }),
    ];
    cases.extend(confirms());
    cases
}

/// Publishes that the server confirms or returns in the order that is worst.
fn confirms() -> Vec<Case> {
    vec![
        case("core, confirms one by one", 512, |size| {
            confirmed(size, (1..=size).flat_map(ack).collect())
        }),
        case("core, confirms, the last first", 512, |size| {
            confirmed(size, (1..=size).rev().flat_map(ack).collect())
        }),
        case("core, returns and confirms", 128, |size| {
            let returned = b"\0\x3c\0\x32\x01\x38\0\0\x01q";
            let back = [
                frame(1, 1, returned),
                frame(2, 1, &header(1, b"\0\0")),
                frame(3, 1, b"x"),
            ];
            let back = back.concat().repeat(size);
            confirmed(size, [back, (1..=size).flat_map(ack).collect()].concat())
        }),
    ]
}

fn confirmed(size: usize, octets: Vec<u8>) -> impl FnOnce() {
    let mut opened = published(size);
    move || {
        opened.reads(&octets);
        while opened.core.poll_event().is_some() {}
        let channel = opened.channel;
        assert!(opened.core.is_open());
        let mut view = opened.core.channel(channel).unwrap();
        assert_eq!(view.outstanding(), 0);
        assert_eq!(view.take_settled().len(), size);
        for number in 1..=size as u64 {
            assert!(opened.core.take_outcome(channel, number).is_some());
        }
    }
}
