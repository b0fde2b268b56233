//! Values of every type that a field can have, extremes among them.

use amqp_methods::{
    Decimal, FieldArray, FieldInfo, FieldTable, FieldValue, LongStr, MAX_TABLE_DEPTH, MethodInfo,
    PROTOCOL, ShortStr, Timestamp, Value, WireType,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::encoded;
use crate::wire::chain;

/// Octets, up to `length`: none, as many as there can be, text and what is none.
fn octets(length: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => vec(any::<u8>(), 0..=length),
        4 => any::<String>().prop_map(move |text| text.into_bytes().into_iter().take(length).collect()),
        1 => Just(Vec::new()),
        1 => any::<u8>().prop_map(move |octet| vec![octet; length]),
    ]
}

fn short_str() -> impl Strategy<Value = ShortStr<'static>> {
    octets(ShortStr::MAX).prop_map(|octets| ShortStr::from(octets.as_slice()).into_owned())
}

fn long_str() -> impl Strategy<Value = LongStr<'static>> {
    octets(1000).prop_map(LongStr::from)
}

pub(crate) fn scalar() -> impl Strategy<Value = Value<'static>> {
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

/// A name that a builder takes, up to 255 octets of it.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-z\u{e9}-]{0,100}",
        1 => Just("\u{e9}".repeat(127) + "e"),
    ]
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

/// Entries as an application has them.
pub(crate) fn entries() -> impl Strategy<Value = Vec<(String, Value<'static>)>> {
    vec((name(), value()), 0..6)
}

/// Any table: also with names that are no text, also within others down to the last level that is allowed.
pub(crate) fn table() -> impl Strategy<Value = FieldTable<'static>> {
    let plain = entries().prop_map(|entries| built(&entries));
    let names = vec((octets(ShortStr::MAX), value()), 0..6).prop_map(|entries| {
        let entries = entries.iter().map(|(name, value)| {
            // Behind the length of the name, which is empty, a builder leaves tag and value.
            let alone = contents(&built(&[(String::new(), value.clone())]));
            [&[name.len() as u8], name.as_slice(), &alone[1..]].concat()
        });
        let octets = entries.collect::<Vec<_>>().concat();
        FieldTable::from_wire(&octets).into_owned()
    });
    let deep = (entries(), "[FA]{0,63}").prop_map(|(entries, kinds)| {
        let table = built(&entries);
        let levels = MAX_TABLE_DEPTH - 1 - depth(&table);
        let kinds = &kinds[..levels.min(kinds.len())];
        let octets = chain(&format!("{kinds}F"), &contents(&table));
        FieldTable::from_wire(&octets).into_owned()
    });
    prop_oneof![3 => plain, 1 => names, 1 => deep]
}

/// Octets of a table behind its length.
pub(crate) fn contents(table: &FieldTable<'_>) -> Vec<u8> {
    let octets = encoded(table.encoded_len(), |out| {
        out.table("table", table).unwrap();
    });
    octets[4..].to_vec()
}

/// How many levels there are below a table.
pub(crate) fn depth(table: &FieldTable<'_>) -> usize {
    let below = table.iter().map(|entry| depth_of(&entry.unwrap().1));
    below.max().unwrap_or(0)
}

fn depth_of(value: &Value<'_>) -> usize {
    match value {
        Value::Table(table) => 1 + depth(table),
        Value::Array(array) => {
            let below = array.iter().map(|element| depth_of(&element.unwrap()));
            1 + below.max().unwrap_or(0)
        }
        _ => 0,
    }
}

pub(crate) fn field(wire: WireType) -> BoxedStrategy<FieldValue<'static>> {
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
        WireType::Table => table().prop_map(FieldValue::Table).boxed(),
        other => panic!("no values for {other:?}"),
    }
}

/// The largest value of a type, or for what has no end a large one.
pub(crate) fn largest(wire: WireType) -> FieldValue<'static> {
    match wire {
        WireType::Bit => FieldValue::Bit(true),
        WireType::Octet => FieldValue::Octet(u8::MAX),
        WireType::Short => FieldValue::Short(u16::MAX),
        WireType::Long => FieldValue::Long(u32::MAX),
        WireType::LongLong => FieldValue::LongLong(u64::MAX),
        WireType::ShortStr => {
            FieldValue::ShortStr(ShortStr::from(&[0xff; ShortStr::MAX][..]).into_owned())
        }
        WireType::LongStr => FieldValue::LongStr(LongStr::from(vec![0xff; 70_000])),
        WireType::Timestamp => FieldValue::Timestamp(Timestamp::from_secs(u64::MAX)),
        WireType::Table => {
            let octets = chain(&"FA".repeat(MAX_TABLE_DEPTH / 2), &vec![b'V'; 70_000]);
            FieldValue::Table(FieldTable::from_wire(&octets).into_owned())
        }
        other => panic!("no values for {other:?}"),
    }
}

/// Fields by their names.
pub(crate) type Named = Vec<(&'static str, FieldValue<'static>)>;

/// Values for every field; reserved ones hold what they always hold.
pub(crate) fn values_of(method: &'static MethodInfo) -> impl Strategy<Value = Named> {
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

/// Every method of the protocol.
pub(crate) fn methods() -> Vec<&'static MethodInfo> {
    let classes = PROTOCOL.classes.iter();
    classes.flat_map(|class| class.methods).copied().collect()
}

/// The value called as a field is.
pub(crate) fn of(values: &Named, info: &FieldInfo) -> Option<FieldValue<'static>> {
    let (_, value) = values.iter().find(|(name, _)| *name == info.name)?;
    Some(value.clone())
}
