//! Content headers: properties that are decoded are encoded into the same octets, alone and between a method and
//! its body, and what cannot be encoded leaves nothing behind.
//!
//! The first two octets are the limit for encoding, the third is the channel, the fourth the size of the body.

#![no_main]

use amqp_methods::{
    BytesMut, Content, ContentHeader, EncodeErrorKind, FRAME_OVERHEAD, FieldInfo, Frame,
    FrameEncoder, FrameKind, FrameLimits, ShortStr, basic, encode_properties,
};
use leveret_fuzz::{BEFORE, written};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&[a, b, channel, size], payload)) = input.split_first_chunk() else {
        return;
    };
    let Ok(header) = ContentHeader::decode(payload) else {
        assert!(payload.len() < 12);
        return;
    };
    match header.properties() {
        Ok(properties) => {
            check(&header, &properties);
            // Up to four frames of the least size that can be agreed on.
            let body = vec![size; usize::from(size) * 64];
            let frame_max = u16::from_be_bytes([a, b]).into();
            check_content(&properties, frame_max, channel.into(), &body);
            check_refused(properties, &body);
        }
        Err(error) => {
            assert!(error.offset() <= payload.len());
            assert!(!error.to_string().is_empty());
        }
    }
});

fn check(header: &ContentHeader<'_>, properties: &basic::Properties<'_>) {
    let length = properties.encoded_len();
    let list = written(length, |out| properties.encode(out)).expect("it was on the wire");
    // A second word of flags without a flag in it may come, and does not go out again.
    match header.properties {
        [high, low, 0, 0, values @ ..] if low & 1 != 0 => {
            assert_eq!(list, [&[*high, low & !1], values].concat());
        }
        sent => assert_eq!(list, sent),
    }
    for wrong in [length - 1, length + 1] {
        assert!(written(wrong, |out| properties.encode(out)).is_err());
    }
    let cut = ContentHeader {
        properties: &list[..length - 1],
        ..*header
    };
    assert!(cut.properties::<basic::Properties<'_>>().is_err());
    assert_eq!(properties.clone().into_owned(), *properties);
    assert!(!format!("{properties:?}").is_empty());

    let fields: Vec<_> = properties.fields().collect();
    let value = |info: &FieldInfo| {
        let (_, value) = fields.iter().find(|(name, _)| *name == info.name)?;
        Some(value.clone())
    };
    let described = encode_properties(basic::Properties::PROPERTIES, value);
    assert_eq!(described, Ok(list));
}

/// Writes a message behind other frames, and reads it.
fn check_content(properties: &basic::Properties<'_>, frame_max: u32, channel: u16, body: &[u8]) {
    let publish = basic::Publish::new("exchange", "key");
    let encoder = FrameEncoder::new(frame_max);
    let mut buf = BytesMut::from(BEFORE);
    let result = encoder.content(&mut buf, channel, &publish, properties, body);
    let (before, mut rest) = buf.split_at(BEFORE.len());
    assert_eq!(before, BEFORE);
    if let Err(error) = result {
        assert!(rest.is_empty());
        let largest = FRAME_OVERHEAD + (12 + properties.encoded_len()).max(20);
        assert!(
            channel == 0 || (frame_max != 0 && largest > frame_max as usize),
            "{error}"
        );
        return;
    }

    let mut next = || {
        let decoded = Frame::decode(rest, FrameLimits::all(frame_max));
        let frame = decoded.expect("it keeps the limit")?;
        assert_eq!(frame.channel, channel);
        rest = &rest[frame.encoded_len()..];
        Some(frame)
    };
    let method = next().expect("there is a method");
    assert_eq!(method.kind, FrameKind::Method);
    let header = next().expect("there is a header");
    assert_eq!(header.kind, FrameKind::Header);
    let header = ContentHeader::decode(header.payload).expect("it is complete");
    assert_eq!((header.class_id, header.weight), (60, 0));
    assert_eq!(header.body_size, body.len() as u64);
    assert_eq!(header.properties().as_ref(), Ok(properties));
    let mut read = Vec::new();
    while let Some(piece) = next() {
        assert!(piece.kind == FrameKind::Body && !piece.payload.is_empty());
        read.extend_from_slice(piece.payload);
    }
    assert!(rest.is_empty());
    assert_eq!(read, body);
}

/// A property that the wire cannot hold: the method before the header is taken back as well.
fn check_refused(properties: basic::Properties<'_>, body: &[u8]) {
    let properties = properties.correlation_id([b'x'; ShortStr::MAX + 1].as_slice());
    let publish = basic::Publish::new("exchange", "key");
    let mut buf = BytesMut::from(BEFORE);
    let result = FrameEncoder::new(0).content(&mut buf, 1, &publish, &properties, body);
    let error = result.expect_err("a short string is too long");
    assert_eq!(error.kind(), EncodeErrorKind::ShortStrTooLong);
    assert_eq!(buf, BEFORE);
}
