//! Methods, each through the enum of its protocol.

use amqp_methods::{
    DecodeError, DynMethod, FieldValue, MethodInfo, ProtocolInfo, encode_arguments,
};
use leveret_published::{v0_8, v0_8_qpid, v0_9, v0_9_1, v0_9_1_qpid, v0_9_1_rabbit, v0_9_qpid};
use proptest::prelude::*;

use crate::values::{Named, largest, of, values_of};
use crate::{cases, encoded};

/// Reads the payload of a method frame into an owned method.
type Decode = fn(&[u8]) -> Result<Box<dyn DynMethod>, DecodeError>;

/// A protocol, how many methods it has, and its way from the wire.
const PROTOCOLS: [(&ProtocolInfo, usize, Decode); 7] = [
    (&v0_8::PROTOCOL, 89, |payload| {
        owned(v0_8::AnyMethod::decode(payload)?.into_owned())
    }),
    (&v0_8_qpid::PROTOCOL, 92, |payload| {
        owned(v0_8_qpid::AnyMethod::decode(payload)?.into_owned())
    }),
    (&v0_9::PROTOCOL, 101, |payload| {
        owned(v0_9::AnyMethod::decode(payload)?.into_owned())
    }),
    (&v0_9_qpid::PROTOCOL, 105, |payload| {
        owned(v0_9_qpid::AnyMethod::decode(payload)?.into_owned())
    }),
    (&v0_9_1::PROTOCOL, 53, |payload| {
        owned(v0_9_1::AnyMethod::decode(payload)?.into_owned())
    }),
    (&v0_9_1_qpid::PROTOCOL, 55, |payload| {
        owned(v0_9_1_qpid::AnyMethod::decode(payload)?.into_owned())
    }),
    (&v0_9_1_rabbit::PROTOCOL, 60, |payload| {
        owned(v0_9_1_rabbit::AnyMethod::decode(payload)?.into_owned())
    }),
];

fn owned(method: impl DynMethod + 'static) -> Result<Box<dyn DynMethod>, DecodeError> {
    Ok(Box::new(method))
}

fn methods(protocol: &ProtocolInfo) -> Vec<&'static MethodInfo> {
    let classes = protocol.classes.iter();
    classes.flat_map(|class| class.methods).copied().collect()
}

fn round_trip(method: &'static MethodInfo, values: &Named, decode: Decode) {
    let args = encode_arguments(method, |info| of(values, info)).unwrap();
    let payload = [method.id.to_be_bytes().as_slice(), &args].concat();
    let decoded = decode(&payload).unwrap();
    assert_eq!(decoded.id(), method.id);
    // A method that the protocol has no variant for would be unknown.
    let info = decoded.info().unwrap();
    assert_eq!(info.name, method.name);
    assert_eq!(decoded.encoded_len(), args.len());
    let again = encoded(args.len(), |out| decoded.encode(out).unwrap());
    assert_eq!(again, args, "{}", method.name);

    let live = method.fields.iter().filter(|info| !info.reserved);
    let expected: Vec<(&str, FieldValue<'_>)> = live
        .map(|info| (info.name, of(values, info).unwrap()))
        .collect();
    assert_eq!(decoded.fields().collect::<Vec<_>>(), expected);

    for end in 0..args.len().min(100) {
        assert!(
            decode(&payload[..4 + end]).is_err(),
            "{} cut to {end}",
            method.name
        );
    }
    assert!(decode(&[payload.as_slice(), &[0]].concat()).is_err());
}

#[test]
fn every_method_round_trips() {
    for (protocol, count, decode) in PROTOCOLS {
        let methods = methods(protocol);
        assert_eq!(methods.len(), count);
        for method in methods {
            proptest!(cases(16), |(values in values_of(method))| round_trip(method, &values, decode));
        }
    }
}

#[test]
fn every_method_round_trips_at_both_ends_of_its_values() {
    for (protocol, _, decode) in PROTOCOLS {
        for method in methods(protocol) {
            let smallest = method
                .fields
                .iter()
                .map(|info| (info.name, info.wire.zero()));
            round_trip(method, &smallest.collect(), decode);
            let largest = method.fields.iter().map(|info| match info.reserved {
                true => (info.name, info.wire.zero()),
                false => (info.name, largest(info.wire)),
            });
            round_trip(method, &largest.collect(), decode);
        }
    }
}
