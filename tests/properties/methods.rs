//! Methods come back from the wire as they went onto it.

use amqp_methods::{
    AnyMethod, BytesMut, DynMethod, FieldValue, Frame, FrameEncoder, FrameKind, FrameLimits,
    MethodInfo, Reader, WireType, encode_arguments,
};
use leveret_conformance::described::read_arguments;
use leveret_conformance::extension;
use proptest::prelude::*;

use crate::values::{Named, largest, methods, of, values_of};
use crate::{cases, encoded};

fn round_trip(method: &'static MethodInfo, values: &Named) {
    let args = encode_arguments(method, |info| of(values, info)).unwrap();
    let payload = [method.id.to_be_bytes().as_slice(), &args].concat();
    let decoded = AnyMethod::decode(&payload).unwrap();
    same(&decoded, method, values, &args);
    assert_eq!(decoded.clone().into_owned(), decoded);
    same(&decoded.clone().into_owned(), method, values, &args);
    assert!(!format!("{decoded:?}").is_empty());

    let mut reader = Reader::new(&args);
    assert_eq!(read_arguments(method, &mut reader).as_ref(), Ok(values));
    assert!(reader.is_empty());

    // Whatever is cut off or added is noticed.
    for end in 0..args.len().min(300) {
        let cut = AnyMethod::decode(&payload[..4 + end]);
        assert!(cut.is_err(), "{} cut to {end}", method.name);
    }
    assert!(AnyMethod::decode(&[payload.as_slice(), &[0]].concat()).is_err());
}

/// A decoded method has these values, and writes exactly the octets that it was read from.
fn same(decoded: &dyn DynMethod, method: &'static MethodInfo, values: &Named, args: &[u8]) {
    assert_eq!(decoded.id(), method.id);
    assert_eq!(decoded.info().map(|info| info.name), Some(method.name));
    assert_eq!(decoded.encoded_len(), args.len());
    let again = encoded(args.len(), |out| decoded.encode(out).unwrap());
    assert_eq!(again, args);

    let live = method.fields.iter().filter(|info| !info.reserved);
    let fields: Vec<_> = decoded.fields().collect();
    assert_eq!(fields.len(), live.clone().count());
    for ((name, found), info) in fields.iter().zip(live) {
        assert_eq!(*name, info.name);
        assert_eq!(Some(found), of(values, info).as_ref(), "{name}");
    }

    let mut buf = BytesMut::from(&b"before"[..]);
    let encoder = FrameEncoder::new(0);
    encoder.method(&mut buf, 7, decoded).unwrap();
    let frame = Frame::decode(&buf[6..], FrameLimits::NONE)
        .unwrap()
        .unwrap();
    assert_eq!((frame.kind, frame.channel), (FrameKind::Method, 7));
    assert_eq!(frame.payload[4..], *args);
    assert_eq!(buf.len(), 6 + frame.encoded_len());
}

#[test]
fn every_method_round_trips() {
    for method in methods() {
        proptest!(cases(24), |(values in values_of(method))| round_trip(method, &values));
    }
}

#[test]
fn every_method_round_trips_at_both_ends_of_its_values() {
    for method in methods() {
        let smallest = |info: &'static amqp_methods::FieldInfo| (info.name, info.wire.zero());
        round_trip(method, &method.fields.iter().map(smallest).collect());
        let largest = method.fields.iter().map(|info| match info.reserved {
            true => (info.name, info.wire.zero()),
            false => (info.name, largest(info.wire)),
        });
        round_trip(method, &largest.collect());
    }
}

#[test]
fn every_combination_of_bits_round_trips() {
    let mut seen = 0;
    for method in methods() {
        let is_bit =
            |info: &&'static amqp_methods::FieldInfo| info.wire == WireType::Bit && !info.reserved;
        let bits: Vec<_> = method.fields.iter().filter(is_bit).collect();
        for mask in 0..1_u32 << bits.len() {
            let value = |info: &'static amqp_methods::FieldInfo| {
                let bit = bits.iter().position(|bit| bit.name == info.name);
                let zero = info.wire.zero();
                let value = bit.map(|bit| FieldValue::Bit(mask >> bit & 1 != 0));
                (info.name, value.unwrap_or(zero))
            };
            round_trip(method, &method.fields.iter().map(value).collect());
            seen += 1;
        }
    }
    assert!(seen > 200, "{seen}");
}

/// What somebody generates from an extension is as good.
#[test]
fn every_method_of_an_extension_round_trips() {
    let classes = extension::PROTOCOL.classes.iter();
    for method in classes.flat_map(|class| class.methods).copied() {
        proptest!(cases(24), |(values in values_of(method))| {
            let args = encode_arguments(method, |info| of(&values, info)).unwrap();
            let payload = [method.id.to_be_bytes().as_slice(), &args].concat();
            let decoded = extension::AnyMethod::decode(&payload).unwrap();
            same(&decoded, method, &values, &args);
            assert_eq!(decoded.clone().into_owned(), decoded);
            for end in 0..args.len().min(300) {
                assert!(extension::AnyMethod::decode(&payload[..4 + end]).is_err());
            }
        });
    }
}
