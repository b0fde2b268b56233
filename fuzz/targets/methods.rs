//! Methods: what is decoded is encoded into octets that decode to the same; lengths are exact, the description of
//! the protocol agrees, and what cannot be encoded leaves nothing behind.
//!
//! The first two octets are the limit for encoding.

#![no_main]

use amqp_methods::{
    AnyMethod, BytesMut, DynMethod, EncodeErrorKind, FRAME_OVERHEAD, FieldInfo, Frame,
    FrameEncoder, FrameKind, FrameLimits, ShortStr, basic, encode_arguments,
};
use leveret_fuzz::{BEFORE, written};
use libfuzzer_sys::fuzz_target;

const CHANNEL: u16 = 7;

fuzz_target!(|input: &[u8]| {
    let Some((&[a, b], payload)) = input.split_first_chunk() else {
        return;
    };
    let frame_max = u16::from_be_bytes([a, b]).into();
    match AnyMethod::decode(payload) {
        Ok(method) => {
            check(&method);
            check_frame(&method, frame_max, true);
            let cut = AnyMethod::decode(&payload[..payload.len() - 1]);
            assert!(cut.is_err() || method.info().is_none());
        }
        Err(error) => {
            assert!(error.offset() <= payload.len());
            assert!(!error.to_string().is_empty());
        }
    }
    let publish = basic::Publish::new(payload, payload);
    check_frame(&publish, frame_max, payload.len() <= ShortStr::MAX);
});

fn check(method: &AnyMethod<'_>) {
    let length = method.encoded_len();
    let args = written(length, |out| method.encode(out)).expect("it was on the wire");
    let payload = [method.id().to_be_bytes().as_slice(), &args].concat();
    assert_eq!(AnyMethod::decode(&payload).as_ref(), Ok(method));
    assert_eq!(method.clone().into_owned(), *method);
    assert!(!format!("{method:?}").is_empty());

    for wrong in [length.checked_sub(1), Some(length + 1)]
        .into_iter()
        .flatten()
    {
        let error = written(wrong, |out| method.encode(out)).expect_err("the room is wrong");
        assert_eq!(error.kind(), EncodeErrorKind::LengthMismatch);
    }

    let fields: Vec<_> = method.fields().collect();
    let Some(info) = method.info() else {
        assert!(fields.is_empty());
        return;
    };
    let value = |info: &FieldInfo| {
        let (_, value) = fields.iter().find(|(name, _)| *name == info.name)?;
        Some(value.clone())
    };
    assert_eq!(encode_arguments(info, value), Ok(args));
}

/// Writes a frame behind others. `sound` says whether the wire can hold the method at all.
fn check_frame(method: &impl DynMethod, frame_max: u32, sound: bool) {
    let mut buf = BytesMut::from(BEFORE);
    let result = FrameEncoder::new(frame_max).method(&mut buf, CHANNEL, method);
    let (before, frame) = buf.split_at(BEFORE.len());
    assert_eq!(before, BEFORE);
    let length = FRAME_OVERHEAD + 4 + method.encoded_len();
    let fits = frame_max == 0 || length <= frame_max as usize;
    match result {
        Ok(()) => {
            assert!(sound && fits);
            assert_eq!(frame.len(), length);
            let decoded = Frame::decode(frame, FrameLimits::all(frame_max));
            let frame = decoded
                .expect("it keeps the limit")
                .expect("it is complete");
            assert_eq!((frame.kind, frame.channel), (FrameKind::Method, CHANNEL));
            assert_eq!(frame.encoded_len(), length);
            let (id, args) = frame.method().expect("it has an id");
            assert_eq!((id, args.rest().len()), (method.id(), method.encoded_len()));
        }
        Err(error) => {
            assert!(!(sound && fits), "{error}");
            assert!(frame.is_empty());
            assert!(!error.to_string().is_empty());
        }
    }
}
