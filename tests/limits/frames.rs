//! Sizes of frames, of which nothing but the head has arrived.

use amqp_methods::{Frame, FrameError, FrameLimits, missing_octets};

use crate::wire::{frame, frame_head};

const METHOD: u8 = 1;
const HEADER: u8 = 2;
const BODY: u8 = 3;

/// Sizes of payloads on both sides of a limit, and those that would overflow with the envelope.
fn sizes(limit: u32) -> Vec<u32> {
    let at = limit.saturating_sub(8);
    let mut sizes = vec![0, 1, at.saturating_sub(1), at, at.saturating_add(1), limit];
    sizes.extend(limit.checked_add(1));
    sizes.extend(u32::MAX - 9..=u32::MAX);
    sizes
}

/// What becomes of a frame of that size, whose head has arrived.
#[track_caller]
fn taken(kind: u8, size: u32, limits: FrameLimits, limit: u32) {
    let head = frame_head(kind, 1, size);
    let fits = limit == 0 || u64::from(size) + 8 <= u64::from(limit);
    let decoded = Frame::decode(&head, limits);
    let missing = missing_octets(&head, limits);
    if fits {
        assert_eq!(decoded, Ok(None), "{size} within {limit}");
        assert_eq!(missing, Ok(size as usize + 1));
    } else {
        let error = FrameError::TooLarge { size, limit };
        assert_eq!((decoded, missing), (Err(error), Err(error)), "{size}");
        // A head that is not complete says nothing yet.
        assert_eq!(Frame::decode(&head[..6], limits), Ok(None));
        assert_eq!(missing_octets(&head[..6], limits), Ok(1));
    }
}

#[test]
fn a_frame_may_be_as_large_as_frame_max_and_no_larger() {
    for limit in [
        0,
        1,
        7,
        8,
        9,
        4096,
        8192,
        131_072,
        u32::MAX - 8,
        u32::MAX - 1,
        u32::MAX,
    ] {
        for size in sizes(limit) {
            for kind in [METHOD, HEADER, BODY] {
                taken(kind, size, FrameLimits::all(limit), limit);
            }
        }
    }
}

#[test]
fn a_header_may_be_larger_than_frame_max() {
    for (frame_max, header_max, limit) in [
        (4096, 65_536, 65_536),
        (131_072, 1 << 20, 1 << 20),
        (4096, u32::MAX, u32::MAX),
        // A smaller limit of its own would refuse what was agreed on.
        (131_072, 4096, 131_072),
        (4096, 0, 0),
        (0, 4096, 0),
        (0, 0, 0),
    ] {
        let limits = FrameLimits {
            frame_max,
            header_max,
        };
        for size in sizes(limit).into_iter().chain(sizes(frame_max)) {
            taken(HEADER, size, limits, limit);
        }
        for size in sizes(frame_max).into_iter().chain(sizes(header_max)) {
            taken(METHOD, size, limits, frame_max);
            taken(BODY, size, limits, frame_max);
        }
    }
}

#[test]
fn frames_at_the_limit_are_read_to_their_end() {
    for limit in [8, 9, 4096] {
        let octets = frame(BODY, 1, &vec![0xce; limit - 8]);
        let limits = FrameLimits::all(u32::try_from(limit).unwrap());
        let frame = Frame::decode(&octets, limits).unwrap().unwrap();
        assert_eq!(frame.encoded_len(), limit);
        for end in 0..limit {
            assert_eq!(Frame::decode(&octets[..end], limits), Ok(None));
        }
    }
}

#[test]
fn an_octet_that_is_no_type_is_refused_before_its_size_is_looked_at() {
    for kind in (0..=u8::MAX).filter(|kind| ![1, 2, 3, 8].contains(kind)) {
        for size in [0, u32::MAX] {
            let head = frame_head(kind, 0, size);
            let error = FrameError::UnknownKind { found: kind };
            assert_eq!(Frame::decode(&head, FrameLimits::all(4096)), Err(error));
        }
    }
}

#[test]
fn every_octet_but_one_is_refused_as_an_end() {
    for found in (0..=u8::MAX).filter(|octet| *octet != 0xce) {
        let mut octets = frame(METHOD, 1, b"abcd");
        *octets.last_mut().unwrap() = found;
        let error = FrameError::BadEnd { found };
        assert_eq!(Frame::decode(&octets, FrameLimits::NONE), Err(error));
    }
}

#[test]
fn a_heartbeat_has_no_payload_and_no_channel() {
    for (channel, size) in [(0, 1), (1, 0), (u16::MAX, 0), (0, 100), (0, u32::MAX - 8)] {
        let head = frame_head(8, channel, size);
        let error = FrameError::BadHeartbeat;
        assert_eq!(Frame::decode(&head, FrameLimits::NONE), Err(error));
        assert_eq!(missing_octets(&head, FrameLimits::NONE), Err(error));
    }
}
