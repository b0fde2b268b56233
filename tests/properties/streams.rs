//! Where a stream is cut into reads makes no difference.

use amqp_methods::{
    AnyMethod, BytesMut, Frame, FrameEncoder, FrameError, FrameKind, FrameLimits, MethodInfo,
    PROTOCOL, encode_arguments, missing_octets,
};
use leveret_conformance::stream::{Stream, What};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::values::{methods, of, table, values_of};
use crate::wire::{frame, header};
use crate::{cases, encoded};

/// Frames, and why there are no more.
type Outcome = (Vec<(FrameKind, u16, Vec<u8>)>, Result<(), FrameError>);

const LIMITS: FrameLimits = FrameLimits {
    frame_max: 4096,
    header_max: 65_536,
};

/// Frames of every kind, with anything in them.
fn frames() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let method = select(methods()).prop_flat_map(|method: &'static MethodInfo| {
        (any::<u16>(), values_of(method)).prop_map(move |(channel, values)| {
            let args = encode_arguments(method, |info| of(&values, info)).unwrap();
            frame(
                1,
                channel,
                &[method.id.to_be_bytes().as_slice(), &args].concat(),
            )
        })
    });
    let header = (any::<(u16, u64)>(), table()).prop_map(|((channel, size), table)| {
        let headers = encoded(table.encoded_len(), |out| {
            out.table("headers", &table).unwrap();
        });
        let list = [&0x2000_u16.to_be_bytes()[..], &headers].concat();
        frame(2, channel, &header(size, &list))
    });
    let body = (
        any::<u16>(),
        vec(prop_oneof![Just(0xce), any::<u8>()], 0..300),
    )
        .prop_map(|(channel, body)| frame(3, channel, &body));
    let heartbeat = Just(frame(8, 0, b""));
    // What is larger than the limits ends the stream, as it should.
    vec(
        prop_oneof![2 => method, 1 => header, 2 => body, 1 => heartbeat],
        0..12,
    )
}

/// All of it at once.
fn whole(octets: &[u8]) -> Outcome {
    let (mut rest, mut frames) = (octets, Vec::new());
    loop {
        match Frame::decode(rest, LIMITS) {
            Ok(Some(frame)) => {
                frames.push((frame.kind, frame.channel, frame.payload.to_vec()));
                rest = &rest[frame.encoded_len()..];
            }
            Ok(None) => return (frames, Ok(())),
            Err(error) => return (frames, Err(error)),
        }
    }
}

/// In pieces, through whatever buffers them.
fn in_pieces<'o>(pieces: impl Iterator<Item = &'o [u8]>) -> Outcome {
    let (mut stream, mut frames) = (Stream::new(LIMITS), Vec::new());
    for piece in pieces {
        let fed = stream.feed(piece, |item| {
            if let What::Frame(frame) = item.what {
                frames.push((frame.kind, frame.channel, frame.payload.to_vec()));
            }
            Ok::<_, FrameError>(())
        });
        if fed.is_err() {
            return (frames, fed);
        }
    }
    (frames, Ok(()))
}

/// By somebody who reads only as many octets as are said to be missing, and in pieces no larger than `most`.
fn as_missing(octets: &[u8], most: usize) -> Outcome {
    let (mut start, mut end, mut frames) = (0, 0, Vec::new());
    loop {
        let so_far = &octets[start..end];
        match Frame::decode(so_far, LIMITS) {
            Ok(Some(frame)) => {
                // Nothing was read that belongs to the next.
                assert_eq!(frame.encoded_len(), so_far.len());
                frames.push((frame.kind, frame.channel, frame.payload.to_vec()));
                start = end;
                continue;
            }
            Ok(None) => {}
            Err(error) => return (frames, Err(error)),
        }
        let missing = missing_octets(so_far, LIMITS).unwrap();
        assert!(missing > 0);
        if end == octets.len() {
            return (frames, Ok(()));
        }
        end += missing.min(most).min(octets.len() - end);
    }
}

fn cut<'o>(octets: &'o [u8], cuts: &[Index]) -> impl Iterator<Item = &'o [u8]> {
    let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(octets.len() + 1)).collect();
    cuts.push(octets.len());
    cuts.sort_unstable();
    let mut from = 0;
    cuts.into_iter().map(move |cut| {
        let piece = &octets[from..cut];
        from = cut;
        piece
    })
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn any_split_of_any_stream_gives_the_same_frames(
        frames in frames(),
        cuts in vec(any::<Index>(), 0..40),
        most in 1..50_usize,
        cut_off in 0..20_usize,
    ) {
        let mut octets = frames.concat();
        octets.truncate(octets.len().saturating_sub(cut_off));
        let expected = whole(&octets);
        prop_assert_eq!(&in_pieces(cut(&octets, &cuts)), &expected);
        prop_assert_eq!(&in_pieces(octets.chunks(1)), &expected);
        prop_assert_eq!(&as_missing(&octets, most), &expected);
        prop_assert_eq!(&as_missing(&octets, usize::MAX), &expected);
        if cut_off == 0 && expected.1.is_ok() {
            prop_assert_eq!(expected.0.len(), frames.len());
        }
    }

    /// Damage is found at the same frame, whatever came at once.
    #[test]
    fn any_split_of_a_damaged_stream_gives_the_same_frames_and_error(
        frames in frames(),
        cuts in vec(any::<Index>(), 0..40),
        place: Index,
        octet: u8,
    ) {
        let mut octets = frames.concat();
        if !octets.is_empty() {
            let place = place.index(octets.len());
            octets[place] = octet;
        }
        let expected = whole(&octets);
        prop_assert_eq!(&in_pieces(cut(&octets, &cuts)), &expected);
        prop_assert_eq!(&in_pieces(octets.chunks(1)), &expected);
        prop_assert_eq!(&as_missing(&octets, usize::MAX), &expected);
    }

    /// A frame decodes from all of it and more, and from nothing less.
    #[test]
    fn every_beginning_of_a_frame_is_incomplete(frames in frames()) {
        for octets in frames {
            let (found, error) = whole(&octets);
            if error.is_err() {
                continue;
            }
            prop_assert_eq!(found.len(), 1);
            for end in (0..octets.len()).rev().take(600) {
                let part = &octets[..end];
                prop_assert_eq!(Frame::decode(part, LIMITS), Ok(None));
                let missing = missing_octets(part, LIMITS).unwrap();
                prop_assert!(0 < missing && missing <= octets.len() - end);
            }
        }
    }
}

#[test]
fn the_encoder_s_own_streams_come_apart_as_they_were_put_together() {
    let mut buf = BytesMut::new();
    let encoder = FrameEncoder::new(4096);
    let mut methods = 0;
    for class in PROTOCOL.classes {
        for method in class.methods {
            let payload = [
                method.id.to_be_bytes().as_slice(),
                &encode_arguments(method, |_| None).unwrap(),
            ]
            .concat();
            let method = AnyMethod::decode(&payload).unwrap();
            encoder.method(&mut buf, 1, &method).unwrap();
            encoder.heartbeat(&mut buf);
            methods += 1;
        }
    }
    let (frames, error) = in_pieces(buf.chunks(3));
    assert_eq!((frames.len(), error), (2 * methods, Ok(())));
}
