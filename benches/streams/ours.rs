//! The loop that stands between a socket and an application that uses `amqp-methods`.
//!
//! Every method and every header is decoded, to the type that its id names. Strings and headers stay octets, as they
//! do in the client, until somebody asks.

#![allow(clippy::unwrap_used)] // the frames are sound

use std::hint::black_box;

use amqp_methods::{
    AnyMethod, BytesMut, ContentHeader, Frame, FrameKind, FrameLimits, basic, missing_octets,
};
use bytes::Buf as _;

use super::{Reads, mix};
use crate::workloads::fixtures::FRAME_MAX;
use crate::workloads::{OURS, Side};

const LIMITS: FrameLimits = FrameLimits::all(FRAME_MAX);

pub fn decode(reads: Reads) -> Side {
    Side::new(OURS, move || {
        let stream = black_box(mix::frames());
        let count = match reads {
            Reads::Of(size) => in_reads(stream.chunks(size)),
            Reads::One => {
                let (count, rest) = take_all(stream);
                assert!(rest.is_empty());
                count
            }
        };
        assert_eq!(count, mix::FRAMES);
    })
}

/// The buffer keeps a frame that is not complete; nothing is looked at again before enough has arrived.
fn in_reads<'a>(reads: impl Iterator<Item = &'a [u8]>) -> u64 {
    let mut buffer = BytesMut::new();
    let mut count = 0;
    let mut missing = 0;
    for read in reads {
        buffer.extend_from_slice(read);
        if read.len() < missing {
            missing -= read.len();
            continue;
        }
        let (complete, rest) = take_all(&buffer);
        let taken = buffer.len() - rest.len();
        missing = missing_octets(rest, LIMITS).unwrap();
        count += complete;
        buffer.advance(taken);
        // At once for the whole frame, and not piece by piece.
        buffer.reserve(missing);
    }
    assert!(buffer.is_empty());
    count
}

/// Takes the frames that are complete; returns how many, and what is left.
fn take_all(mut rest: &[u8]) -> (u64, &[u8]) {
    let mut count = 0;
    while let Some(frame) = Frame::decode(rest, LIMITS).unwrap() {
        take(&frame);
        rest = &rest[frame.encoded_len()..];
        count += 1;
    }
    (count, rest)
}

fn take(frame: &Frame<'_>) {
    match frame.kind {
        FrameKind::Method => {
            black_box(&AnyMethod::decode(frame.payload).unwrap());
        }
        FrameKind::Header => {
            let header = ContentHeader::decode(frame.payload).unwrap();
            black_box(header.body_size);
            let mut properties = basic::Properties::default();
            header.read_properties(&mut properties).unwrap();
            black_box(&properties);
        }
        FrameKind::Body => {
            black_box(frame.payload);
        }
        FrameKind::Heartbeat => {}
    }
}
