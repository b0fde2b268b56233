//! Content properties, by their types.

use amqp_methods::{Content, DecodeContent, FieldInfo, FieldValue, Reader, encode_properties};
use leveret_published::{v0_8, v0_8_qpid, v0_9, v0_9_1, v0_9_1_qpid, v0_9_1_rabbit, v0_9_qpid};
use proptest::option;
use proptest::prelude::*;

use crate::values::field;
use crate::{cases, encoded};

fn values_of(
    properties: &'static [FieldInfo],
) -> impl Strategy<Value = Vec<Option<FieldValue<'static>>>> {
    let value = |info: &'static FieldInfo| option::of(field(info.wire));
    properties.iter().map(value).collect::<Vec<_>>()
}

/// Reads a property list and writes what it read.
type Again = fn(&[u8]) -> Vec<u8>;

/// Property lists with any of the properties are written as they were read; gives how many properties there are.
fn round_trips(infos: &'static [FieldInfo], again: Again) -> usize {
    proptest!(cases(64), |(values in values_of(infos))| {
        let value = |info: &FieldInfo| {
            let index = infos.iter().position(|other| other.name == info.name)?;
            values[index].clone()
        };
        let list = encode_properties(infos, value).unwrap();
        prop_assert_eq!(again(&list), list);
    });
    infos.len()
}

fn read<'a, P: DecodeContent<'a>>(list: &'a [u8]) -> P {
    let mut reader = Reader::new(list);
    let properties = P::decode(&mut reader).unwrap();
    assert!(reader.is_empty());
    properties
}

fn written(properties: &impl Content) -> Vec<u8> {
    let length = properties.encoded_len();
    encoded(length, |out| properties.encode(out).unwrap())
}

#[test]
fn properties_of_every_class_with_content_round_trip() {
    use v0_8::{basic, file, stream, test, tunnel};
    let of_0_8 = [
        round_trips(basic::Properties::PROPERTIES, |list| {
            written(&read::<basic::Properties<'_>>(list))
        }),
        round_trips(file::Properties::PROPERTIES, |list| {
            written(&read::<file::Properties<'_>>(list))
        }),
        round_trips(stream::Properties::PROPERTIES, |list| {
            written(&read::<stream::Properties<'_>>(list))
        }),
        round_trips(tunnel::Properties::PROPERTIES, |list| {
            written(&read::<tunnel::Properties<'_>>(list))
        }),
        round_trips(test::Properties::PROPERTIES, |list| {
            written(&read::<test::Properties>(list))
        }),
    ];
    assert_eq!(of_0_8.iter().sum::<usize>(), 33);
}

#[test]
fn properties_of_basic_round_trip_in_every_version() {
    let infos = [
        v0_8_qpid::basic::Properties::PROPERTIES,
        v0_9::basic::Properties::PROPERTIES,
        v0_9_qpid::basic::Properties::PROPERTIES,
        v0_9_1::basic::Properties::PROPERTIES,
        v0_9_1_qpid::basic::Properties::PROPERTIES,
        v0_9_1_rabbit::basic::Properties::PROPERTIES,
    ];
    let again: [Again; 6] = [
        |list| written(&read::<v0_8_qpid::basic::Properties<'_>>(list)),
        |list| written(&read::<v0_9::basic::Properties<'_>>(list)),
        |list| written(&read::<v0_9_qpid::basic::Properties<'_>>(list)),
        |list| written(&read::<v0_9_1::basic::Properties<'_>>(list)),
        |list| written(&read::<v0_9_1_qpid::basic::Properties<'_>>(list)),
        |list| written(&read::<v0_9_1_rabbit::basic::Properties<'_>>(list)),
    ];
    for (infos, again) in infos.into_iter().zip(again) {
        assert_eq!(round_trips(infos, again), 14);
    }
}
