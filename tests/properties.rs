//! Properties of the codec that hold for any values and any octets.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

use amqp_methods::{
    AnyMethod, Content, ContentHeader, Decimal, DecodeContent, DynMethod, FieldArray, FieldInfo,
    FieldTable, FieldValue, Frame, FrameLimits, LongStr, MethodInfo, PROTOCOL, ProtocolHeader,
    Reader, ShortStr, Timestamp, Value, WireType, Writer, basic, encode_arguments,
    encode_properties, missing_octets,
};
use leveret_conformance::described::read_arguments;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn octets(length: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..=length),
        any::<String>().prop_map(move |text| text.into_bytes().into_iter().take(length).collect()),
    ]
}

fn short_str() -> impl Strategy<Value = ShortStr<'static>> {
    octets(ShortStr::MAX).prop_map(|octets| ShortStr::from(octets.as_slice()).into_owned())
}

fn long_str() -> impl Strategy<Value = LongStr<'static>> {
    octets(1000).prop_map(LongStr::from)
}

fn scalar() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        any::<bool>().prop_map(Value::Boolean),
        any::<i8>().prop_map(Value::ShortShortInt),
        any::<u8>().prop_map(Value::ShortShortUint),
        any::<i16>().prop_map(Value::ShortInt),
        any::<u16>().prop_map(Value::ShortUint),
        any::<i32>().prop_map(Value::LongInt),
        any::<u32>().prop_map(Value::LongUint),
        any::<i64>().prop_map(Value::LongLongInt),
        any::<u32>().prop_map(|bits| Value::Float(f32::from_bits(bits))),
        any::<u64>().prop_map(|bits| Value::Double(f64::from_bits(bits))),
        any::<(u8, i32)>().prop_map(|(scale, value)| Value::Decimal(Decimal::new(scale, value))),
        long_str().prop_map(Value::LongString),
        long_str().prop_map(Value::ByteArray),
        any::<u64>().prop_map(|seconds| Value::Timestamp(Timestamp::from_secs(seconds))),
        Just(Value::Void),
    ]
}

fn name() -> impl Strategy<Value = String> {
    "[a-z\u{e9}-]{0,100}"
}

fn built(entries: &[(String, Value<'static>)]) -> FieldTable<'static> {
    let table = entries
        .iter()
        .fold(FieldTable::builder(), |table, (name, value)| {
            table.entry(name, value.clone())
        });
    table.build().unwrap()
}

fn value() -> impl Strategy<Value = Value<'static>> {
    scalar().prop_recursive(4, 32, 5, |inner| {
        let array = |elements: Vec<Value<'static>>| {
            let array = elements
                .into_iter()
                .fold(FieldArray::builder(), |array, element| {
                    array.element(element)
                });
            Value::Array(array.build().unwrap())
        };
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(array),
            vec((name(), inner), 0..5).prop_map(|entries| Value::Table(built(&entries))),
        ]
    })
}

fn entries() -> impl Strategy<Value = Vec<(String, Value<'static>)>> {
    vec((name(), value()), 0..6)
}

fn field(wire: WireType) -> BoxedStrategy<FieldValue<'static>> {
    match wire {
        WireType::Bit => any::<bool>().prop_map(FieldValue::Bit).boxed(),
        WireType::Octet => any::<u8>().prop_map(FieldValue::Octet).boxed(),
        WireType::Short => any::<u16>().prop_map(FieldValue::Short).boxed(),
        WireType::Long => any::<u32>().prop_map(FieldValue::Long).boxed(),
        WireType::LongLong => any::<u64>().prop_map(FieldValue::LongLong).boxed(),
        WireType::ShortStr => short_str().prop_map(FieldValue::ShortStr).boxed(),
        WireType::LongStr => long_str().prop_map(FieldValue::LongStr).boxed(),
        WireType::Timestamp => any::<u64>()
            .prop_map(|seconds| FieldValue::Timestamp(Timestamp::from_secs(seconds)))
            .boxed(),
        WireType::Table => entries()
            .prop_map(|entries| FieldValue::Table(built(&entries)))
            .boxed(),
        other => panic!("no values for {other:?}"),
    }
}

type Named = Vec<(&'static str, FieldValue<'static>)>;

/// Values for every field; reserved ones hold what they always hold.
fn values_of(method: &'static MethodInfo) -> impl Strategy<Value = Named> {
    let value = |info: &'static FieldInfo| {
        let value = if info.reserved {
            Just(info.wire.zero()).boxed()
        } else {
            field(info.wire)
        };
        value.prop_map(|value| (info.name, value))
    };
    method.fields.iter().map(value).collect::<Vec<_>>()
}

fn methods() -> Vec<&'static MethodInfo> {
    let classes = PROTOCOL.classes.iter();
    classes.flat_map(|class| class.methods).copied().collect()
}

fn of(values: &Named, info: &FieldInfo) -> Option<FieldValue<'static>> {
    let (_, value) = values.iter().find(|(name, _)| *name == info.name)?;
    Some(value.clone())
}

fn encoded(length: usize, encode: impl FnOnce(&mut Writer<'_>)) -> Vec<u8> {
    let mut octets = vec![0; length];
    let mut out = Writer::new(&mut octets);
    encode(&mut out);
    out.finish().unwrap();
    octets
}

fn method_round_trip(method: &'static MethodInfo, values: &Named) {
    let args = encode_arguments(method, |info| of(values, info)).unwrap();
    let payload = [method.id.to_be_bytes().as_slice(), &args].concat();
    let decoded = AnyMethod::decode(&payload).unwrap();
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
    let mut reader = Reader::new(&args);
    assert_eq!(read_arguments(method, &mut reader).as_ref(), Ok(values));
    assert!(reader.is_empty());
    assert_eq!(decoded.clone().into_owned(), decoded);
    assert!(!format!("{decoded:?}").is_empty());

    // Whatever is cut off is noticed.
    for end in 0..args.len().min(300) {
        assert!(
            AnyMethod::decode(&payload[..4 + end]).is_err(),
            "{} cut to {end}",
            method.name
        );
    }
}

#[test]
fn every_method_round_trips() {
    for method in methods() {
        let config = ProptestConfig {
            cases: 24,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        proptest!(config, |(values in values_of(method))| method_round_trip(method, &values));
    }
}

fn property_values() -> impl Strategy<Value = Vec<Option<FieldValue<'static>>>> {
    let properties = basic::Properties::PROPERTIES.iter();
    properties
        .map(|info| option::of(field(info.wire)))
        .collect::<Vec<_>>()
}

/// Looks at everything that can be looked at.
fn look(method: &AnyMethod<'_>) {
    for (_, value) in method.fields() {
        if let FieldValue::Table(table) = value {
            look_at_table(&table);
        }
    }
    assert_eq!(method.clone().into_owned(), *method);
    let _ = format!("{method:?}");
    let octets = encoded(method.encoded_len(), |out| method.encode(out).unwrap());
    assert_eq!(octets.len(), method.encoded_len());
}

fn look_at_table(table: &FieldTable<'_>) {
    let sound = table.check().is_ok();
    // The first damage is the last item.
    let items = table.iter().count();
    assert!(items <= table.encoded_len());
    assert!(sound || !table.is_empty());
    let _ = (table.get("k"), format!("{table:?}"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn properties_round_trip(values in property_values()) {
        let infos = basic::Properties::PROPERTIES;
        let value = |info: &FieldInfo| {
            let index = infos.iter().position(|other| other.name == info.name)?;
            values[index].clone()
        };
        let list = encode_properties(infos, value).unwrap();
        let mut reader = Reader::new(&list);
        let decoded = basic::Properties::decode(&mut reader).unwrap();
        prop_assert!(reader.is_empty());
        prop_assert_eq!(decoded.encoded_len(), list.len());
        prop_assert_eq!(&encoded(list.len(), |out| decoded.encode(out).unwrap()), &list);
        for (index, value) in values.iter().enumerate() {
            prop_assert_eq!(&decoded.property(index), value);
        }
        prop_assert_eq!(decoded.fields().len(), values.iter().flatten().count());
        prop_assert_eq!(decoded.clone().into_owned(), decoded);
    }

    #[test]
    fn a_table_is_the_same_from_a_builder_and_from_borrowed_entries(entries in entries()) {
        let built = built(&entries);
        let borrowed: Vec<_> =
            entries.iter().map(|(name, value)| (name.as_str(), value.reborrow())).collect();
        let borrowing = FieldTable::from(borrowed.as_slice());
        prop_assert_eq!(&built, &borrowing);
        prop_assert_eq!(built.encoded_len(), borrowing.encoded_len());
        prop_assert_eq!(built.check(), Ok(()));
        prop_assert_eq!(borrowing.into_owned(), built.clone());
        prop_assert_eq!(built.iter().count(), entries.len());
        for (found, (name, _)) in built.iter().zip(&entries) {
            let (found, _) = found.unwrap();
            prop_assert_eq!(found.as_bytes(), name.as_bytes());
        }
    }

    #[test]
    fn any_octets_decode_or_fail_as_a_method(
        method in any::<prop::sample::Index>(),
        args in vec(any::<u8>(), 0..200),
    ) {
        let methods = methods();
        let id = methods[method.index(methods.len())].id;
        let payload = [id.to_be_bytes().as_slice(), &args].concat();
        if let Ok(method) = AnyMethod::decode(&payload) {
            look(&method);
        }
        if let Ok(method) = AnyMethod::decode(&args) {
            look(&method);
        }
    }

    #[test]
    fn any_octets_decode_or_fail_as_a_frame(
        octets in vec(any::<u8>(), 0..200),
        kind in prop_oneof![Just(1_u8), Just(2), Just(3), Just(8), any::<u8>()],
        size in 0..200_u32,
        limit in prop_oneof![Just(0_u32), 0..300_u32, any::<u32>()],
    ) {
        let limits = FrameLimits::all(limit);
        let mut framed = vec![kind, 0, 0];
        framed.extend(size.to_be_bytes());
        framed.extend(&octets);
        if let Some(end) = framed.get_mut(7 + size as usize) {
            *end = 0xCE;
        }
        for input in [&octets, &framed] {
            match Frame::decode(input, limits) {
                Ok(Some(frame)) => {
                    prop_assert!(frame.encoded_len() <= input.len());
                    let _ = (frame.method(), format!("{frame:?}"));
                }
                Ok(None) => prop_assert!(missing_octets(input, limits).unwrap() > 0),
                Err(error) => prop_assert_eq!(error.reply_code(), 501),
            }
            let _ = ProtocolHeader::decode(input);
        }
    }

    #[test]
    fn any_octets_decode_or_fail_as_a_header(
        octets in vec(any::<u8>(), 0..200),
        flags in any::<u16>(),
    ) {
        let mut basic_header = vec![0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        basic_header.extend(flags.to_be_bytes());
        basic_header.extend(&octets);
        for input in [&octets, &basic_header] {
            let Ok(header) = ContentHeader::decode(input) else { continue };
            let _ = format!("{header:?}");
            let Ok(properties) = header.properties::<basic::Properties<'_>>() else { continue };
            let _ = format!("{properties:?}");
            if let Some(headers) = &properties.headers {
                look_at_table(headers);
            }
            let length = properties.encoded_len();
            let again = encoded(length, |out| properties.encode(out).unwrap());
            prop_assert_eq!(again.as_slice(), header.properties);
        }
    }

    #[test]
    fn any_octets_walk_or_fail_as_a_table(octets in vec(any::<u8>(), 0..300)) {
        look_at_table(&FieldTable::from_wire(&octets));
    }

    /// Octets that are almost a table find more than noise does.
    #[test]
    fn a_damaged_table_walks_or_fails(
        entries in entries(),
        place in any::<prop::sample::Index>(),
        octet in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let table = built(&entries);
        let mut octets = encoded(table.encoded_len(), |out| out.table("table", &table).unwrap());
        octets.drain(..4);
        if !octets.is_empty() {
            let place = place.index(octets.len());
            octets[place] = octet;
            if cut {
                octets.truncate(place);
            }
        }
        look_at_table(&FieldTable::from_wire(&octets));
    }
}
