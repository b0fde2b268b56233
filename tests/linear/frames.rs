//! Frames and content headers that are cheap to send.

use std::hint::black_box;

use amqp_methods::{
    ContentHeader, DecodeErrorKind, Frame, FrameLimits, LongStr, ShortStr, basic, missing_octets,
};
use leveret_conformance::stream::Stream;

use crate::wire::{frame, header};
use crate::{Case, case};

const LIMITS: FrameLimits = FrameLimits::NONE;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        case("frames, empty", 4096, |size| {
            let octets = frame(3, 1, b"").repeat(size);
            move || {
                let mut rest = &octets[..];
                while let Some(frame) = Frame::decode(rest, LIMITS).unwrap() {
                    rest = &rest[frame.encoded_len()..];
                }
                assert!(rest.is_empty());
            }
        }),
        case("frames, one that comes octet by octet", 2048, |size| {
            let octets = frame(3, 1, &vec![0; size]);
            move || {
                for end in 0..octets.len() {
                    assert_eq!(Frame::decode(&octets[..end], LIMITS), Ok(None));
                    black_box(missing_octets(&octets[..end], LIMITS).unwrap());
                }
                assert!(Frame::decode(&octets, LIMITS).unwrap().is_some());
            }
        }),
        case("stream, empty frames at once", 2048, |size| {
            stream(frame(8, 0, b"").repeat(size), usize::MAX, size)
        }),
        case("stream, one frame octet by octet", 2048, |size| {
            stream(frame(3, 1, &vec![0; size]), 1, 1)
        }),
        case("header, chain of flags", 4096, |size| {
            // Every word says that another follows.
            let payload = header(0, &b"\0\x01".repeat(size));
            move || assert_eq!(refusal(&payload), DecodeErrorKind::TooManyFlagWords)
        }),
        case("header, chain of flags that are set", 4096, |size| {
            let payload = header(0, &vec![0xff; size]);
            move || assert_eq!(refusal(&payload), DecodeErrorKind::TooManyFlagWords)
        }),
        case("text, octets that are none", 4096, |size| {
            let octets = vec![0xff; size];
            move || {
                let (short, long) = (ShortStr::from(&octets[..]), LongStr::from(&octets[..]));
                black_box(format!("{short} {short:?} {long:?}"));
                black_box(long.to_string_lossy());
                assert!(short.as_str().is_err());
            }
        }),
    ]
}

fn stream(octets: Vec<u8>, piece: usize, frames: usize) -> impl FnOnce() {
    move || {
        let (mut stream, mut seen) = (Stream::new(LIMITS), 0);
        for piece in octets.chunks(piece) {
            let fed = stream.feed(piece, |item| {
                black_box(item);
                seen += 1;
                Ok::<_, amqp_methods::FrameError>(())
            });
            fed.unwrap();
        }
        assert_eq!(seen, frames);
    }
}

fn refusal(payload: &[u8]) -> DecodeErrorKind {
    let header = ContentHeader::decode(payload).unwrap();
    let properties = header.properties::<basic::Properties<'_>>();
    properties.unwrap_err().kind()
}
