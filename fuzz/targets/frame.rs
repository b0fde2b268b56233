//! Frames: decoding never panics, keeps the limits and the promises of `missing_octets`, and what it accepts
//! is written again as the same octets.
//!
//! The first four octets are the limits, for header frames and for all others.

#![no_main]

use amqp_methods::{
    BytesMut, FRAME_END, FRAME_OVERHEAD, Frame, FrameEncoder, FrameError, FrameKind, FrameLimits,
    ProtocolHeader, UnknownMethod, missing_octets,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&[a, b, c, d], octets)) = input.split_first_chunk() else {
        return;
    };
    let limits = FrameLimits {
        frame_max: u16::from_be_bytes([a, b]).into(),
        header_max: u16::from_be_bytes([c, d]).into(),
    };
    for limits in [limits, FrameLimits::NONE] {
        check(octets, limits);
    }
    match ProtocolHeader::decode(octets) {
        Ok(Some(header)) => assert!(octets.starts_with(&header.to_bytes())),
        Ok(None) => assert!(octets.len() < ProtocolHeader::LENGTH),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});

fn check(octets: &[u8], limits: FrameLimits) {
    let missing = missing_octets(octets, limits);
    match Frame::decode(octets, limits) {
        Ok(Some(frame)) => {
            assert_eq!(missing, Ok(0));
            check_size(&frame, limits);
            let length = frame.encoded_len();
            check_again(&frame, &octets[..length]);
            for end in (0..length.min(FRAME_OVERHEAD + 1)).chain([length - 1]) {
                assert_eq!(Frame::decode(&octets[..end], limits), Ok(None));
                check_missing(&octets[..end], limits);
            }
        }
        Ok(None) => check_missing(octets, limits),
        Err(FrameError::BadEnd { found }) => {
            assert_eq!(missing, Ok(0));
            assert_ne!(found, FRAME_END);
        }
        // The head of a frame tells, and nothing is waited for.
        Err(error) => {
            assert_eq!(missing, Err(error));
            let early = Frame::decode(&octets[..FRAME_OVERHEAD - 1], limits);
            assert_eq!(early, Err(error));
            if let FrameError::TooLarge { size, limit } = error {
                assert!(size as usize + FRAME_OVERHEAD > limit as usize);
            }
            assert!(!error.to_string().is_empty());
        }
    }
}

fn check_size(frame: &Frame<'_>, limits: FrameLimits) {
    let FrameLimits {
        frame_max,
        header_max,
    } = limits;
    let limit = match frame.kind {
        FrameKind::Header if frame_max == 0 || header_max == 0 => 0,
        FrameKind::Header => frame_max.max(header_max),
        _ => frame_max,
    };
    assert!(limit == 0 || frame.encoded_len() <= limit as usize);
    let alive = frame.kind == FrameKind::Heartbeat;
    assert!(!alive || (frame.channel == 0 && frame.payload.is_empty()));
}

/// Writes a frame that was accepted in every way that there is.
fn check_again(frame: &Frame<'_>, octets: &[u8]) {
    let encoder = FrameEncoder::new(0);
    let mut again = BytesMut::new();
    match frame.kind {
        FrameKind::Body if frame.channel > 0 => {
            let written = encoder.body(&mut again, frame.channel, frame.payload);
            assert_eq!(written, Ok(()));
        }
        FrameKind::Heartbeat => encoder.heartbeat(&mut again),
        FrameKind::Method if frame.payload.len() >= 4 => {
            let (id, args) = frame.method().expect("there is an id");
            let method = UnknownMethod::new(id, args);
            let written = encoder.method(&mut again, frame.channel, &method);
            assert_eq!(written, Ok(()));
        }
        // What no encoder writes in one go.
        FrameKind::Method | FrameKind::Header | FrameKind::Body => {
            assert!(frame.kind != FrameKind::Method || frame.method().is_err());
            assert!(encoder.body_head(0, 1).is_err());
            again.extend_from_slice(&[frame.kind as u8]);
            again.extend_from_slice(&frame.channel.to_be_bytes());
            again.extend_from_slice(&(frame.payload.len() as u32).to_be_bytes());
            again.extend_from_slice(frame.payload);
            again.extend_from_slice(&[FRAME_END]);
        }
    }
    assert_eq!(again, octets);
}

/// With one octet less than are missing there is nothing to be said yet, with all of them there is, unless it was
/// the head that was incomplete.
fn check_missing(octets: &[u8], limits: FrameLimits) {
    let missing = missing_octets(octets, limits).expect("it can still become a frame");
    assert!(missing > 0);
    if missing > 1 << 16 {
        return;
    }
    let mut longer = octets.to_vec();
    longer.resize(octets.len() + missing - 1, FRAME_END);
    assert_eq!(Frame::decode(&longer, limits), Ok(None));
    if octets.len() >= FRAME_OVERHEAD - 1 {
        longer.push(FRAME_END);
        let frame = Frame::decode(&longer, limits).expect("nothing but the end was open");
        let frame = frame.expect("nothing is missing now");
        assert_eq!(frame.encoded_len(), longer.len());
    }
}
