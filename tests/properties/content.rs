//! Content headers and bodies come back from the wire as they went onto it.

use amqp_methods::{
    BytesMut, Content, ContentHeader, DecodeContent, FRAME_END, FieldInfo, FieldValue, Frame,
    FrameEncoder, FrameKind, FrameLimits, Reader, basic, encode_properties,
};
use leveret_conformance::extension::parcel;
use proptest::option;
use proptest::prelude::*;

use crate::values::{field, largest};
use crate::{cases, encoded};

type Values = Vec<Option<FieldValue<'static>>>;

fn values_of(properties: &'static [FieldInfo]) -> impl Strategy<Value = Values> {
    let value = |info: &'static FieldInfo| option::of(field(info.wire));
    properties.iter().map(value).collect::<Vec<_>>()
}

fn list_of(infos: &'static [FieldInfo], values: &Values) -> Vec<u8> {
    let value = |info: &FieldInfo| {
        let index = infos.iter().position(|other| other.name == info.name)?;
        values[index].clone()
    };
    encode_properties(infos, value).unwrap()
}

/// Properties have these values, and write exactly the octets that they were read from.
fn round_trip<'a, P: DecodeContent<'a>>(list: &'a [u8], values: &Values) -> P {
    let mut reader = Reader::new(list);
    let decoded = P::decode(&mut reader).unwrap();
    assert!(reader.is_empty());
    assert_eq!(decoded.encoded_len(), list.len());
    let again = encoded(list.len(), |out| decoded.encode(out).unwrap());
    assert_eq!(again, list);
    for (index, value) in values.iter().enumerate() {
        assert_eq!(&decoded.property(index), value);
    }
    assert_eq!(decoded.fields().len(), values.iter().flatten().count());
    decoded
}

/// The same in a header frame, which takes as many octets as are announced.
fn framed(properties: &basic::Properties<'_>, list: &[u8], body_size: u64) {
    let publish = basic::Publish::default();
    let (mut method, mut both) = (BytesMut::new(), BytesMut::new());
    let encoder = FrameEncoder::new(0);
    encoder.method(&mut method, 9, &publish).unwrap();
    encoder
        .content_start(&mut both, 9, &publish, properties, body_size, 0)
        .unwrap();
    let octets = both.strip_prefix(&*method).unwrap();
    let frame = Frame::decode(octets, FrameLimits::NONE).unwrap().unwrap();
    assert_eq!(frame.encoded_len(), octets.len());
    assert_eq!((frame.kind, frame.channel), (FrameKind::Header, 9));
    let header = ContentHeader::decode(frame.payload).unwrap();
    assert_eq!((header.class_id, header.weight), (60, 0));
    assert_eq!((header.body_size, header.properties), (body_size, list));
    assert_eq!(
        header.properties::<basic::Properties<'_>>().as_ref(),
        Ok(properties)
    );
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn properties_round_trip(
        values in values_of(basic::Properties::PROPERTIES),
        body_size: u64,
    ) {
        let list = list_of(basic::Properties::PROPERTIES, &values);
        let decoded: basic::Properties<'_> = round_trip(&list, &values);
        framed(&decoded, &list, body_size);
        prop_assert_eq!(decoded.clone().into_owned(), decoded);
        for end in 0..list.len().min(300) {
            prop_assert!(basic::Properties::decode(&mut Reader::new(&list[..end])).is_err());
        }
    }

    #[test]
    fn properties_of_an_extension_round_trip(
        values in values_of(parcel::Properties::PROPERTIES),
    ) {
        let list = list_of(parcel::Properties::PROPERTIES, &values);
        let decoded: parcel::Properties<'_> = round_trip(&list, &values);
        prop_assert_eq!(decoded.clone().into_owned(), decoded);
    }

    /// However it is cut into frames, a body arrives; and all in one call is the same as step by step.
    #[test]
    fn content_of_any_size_round_trips(
        length in prop_oneof![0..3000_usize, Just(0), 1020..1030_usize],
        frame_max in prop_oneof![60..2000_u32, Just(0), 1024..1040_u32],
        channel in 1..=u16::MAX,
    ) {
        let body: Vec<u8> = (0..length).map(|at| (at * 31) as u8).collect();
        let publish = basic::Publish::new("exchange", "key");
        let properties = basic::Properties::default().delivery_mode(2);
        let encoder = FrameEncoder::new(frame_max);
        let mut buf = BytesMut::new();
        encoder.content(&mut buf, channel, &publish, &properties, &body).unwrap();

        let (mut rest, mut sizes, mut joined) = (&buf[..], Vec::new(), Vec::<u8>::new());
        while let Some(frame) = Frame::decode(rest, FrameLimits::all(frame_max)).unwrap() {
            prop_assert_eq!(frame.channel, channel);
            sizes.push((frame.kind, frame.payload.len()));
            if frame.kind == FrameKind::Body {
                joined.extend(frame.payload);
            }
            rest = &rest[frame.encoded_len()..];
        }
        prop_assert!(rest.is_empty());
        prop_assert_eq!((sizes[0].0, sizes[1].0), (FrameKind::Method, FrameKind::Header));
        let pieces = &sizes[2..];
        prop_assert_eq!(pieces.len(), length.div_ceil(encoder.body_max()));
        // All but the last are full.
        let full = pieces.split_last().map_or(&[][..], |(_, full)| full);
        prop_assert!(full.iter().all(|(_, size)| *size == encoder.body_max()));
        prop_assert_eq!(&joined, &body);

        let mut steps = BytesMut::new();
        encoder
            .content_start(&mut steps, channel, &publish, &properties, length as u64, 0)
            .unwrap();
        for (number, piece) in body.chunks(encoder.body_max()).enumerate() {
            if number % 2 == 0 {
                encoder.body(&mut steps, channel, piece).unwrap();
                continue;
            }
            steps.extend_from_slice(&encoder.body_head(channel, piece.len()).unwrap());
            steps.extend_from_slice(piece);
            steps.extend_from_slice(&[FRAME_END]);
        }
        prop_assert_eq!(steps, buf);
    }
}

#[test]
fn every_combination_of_flags_round_trips() {
    let infos = basic::Properties::PROPERTIES;
    assert_eq!(infos.len(), 14);
    for mask in 0..1_u32 << infos.len() {
        let present = |index: usize| mask >> index & 1 != 0;
        // Empty strings that are there are told from those that are not.
        let value = |(index, info): (usize, &FieldInfo)| present(index).then(|| info.wire.zero());
        let values: Values = infos.iter().enumerate().map(value).collect();
        let list = list_of(infos, &values);
        let flags = u16::from_be_bytes([list[0], list[1]]);
        for index in 0..infos.len() {
            assert_eq!(flags >> (15 - index) & 1 != 0, present(index));
        }
        let decoded: basic::Properties<'_> = round_trip(&list, &values);
        if mask % 64 == 0 || mask.count_ones() < 3 {
            framed(&decoded, &list, 0);
        }
    }
}

#[test]
fn the_largest_properties_round_trip() {
    let infos = basic::Properties::PROPERTIES;
    let values: Values = infos.iter().map(|info| Some(largest(info.wire))).collect();
    let list = list_of(infos, &values);
    let decoded: basic::Properties<'_> = round_trip(&list, &values);
    framed(&decoded, &list, u64::MAX);
}
