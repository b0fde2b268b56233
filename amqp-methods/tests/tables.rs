//! Properties of tables that hold for any values and any octets.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

use amqp_methods::{
    Decimal, FieldArray, FieldTable, LongStr, Reader, ShortStr, Timestamp, Value, Writer,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn octets() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..300),
        any::<String>().prop_map(String::into_bytes),
    ]
}

fn scalar() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i8>().prop_map(Value::from),
        any::<u8>().prop_map(Value::from),
        any::<i16>().prop_map(Value::from),
        any::<u16>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<u32>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u32>().prop_map(|bits| Value::Float(f32::from_bits(bits))),
        any::<u64>().prop_map(|bits| Value::Double(f64::from_bits(bits))),
        any::<(u8, i32)>().prop_map(|(scale, value)| Decimal::new(scale, value).into()),
        any::<u64>().prop_map(|seconds| Timestamp::from_secs(seconds).into()),
        octets().prop_map(|octets| Value::LongString(octets.into())),
        octets().prop_map(Value::from),
        Just(Value::Void),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z$-]{0,20}",
        any::<String>().prop_filter("a name has at most 255 octets", |name| name.len()
            <= ShortStr::MAX),
    ]
}

fn value() -> impl Strategy<Value = Value<'static>> {
    scalar().prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5)
                .prop_map(|elements| Value::from(FieldArray::from_iter(elements))),
            vec((name(), inner), 0..5)
                .prop_map(|entries| Value::from(FieldTable::from_iter(entries))),
        ]
    })
}

fn entries() -> impl Strategy<Value = Vec<(String, Value<'static>)>> {
    vec((name(), value()), 0..8)
}

fn encoded(table: &FieldTable<'_>) -> Vec<u8> {
    let mut octets = vec![0; table.encoded_len()];
    let mut out = Writer::new(&mut octets);
    out.table("table", table).unwrap();
    out.finish().unwrap();
    octets
}

/// Whatever a terminal obeys is gone, and so are long lines.
fn assert_harmless(shown: &str) {
    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert!(shown.len() < 8192, "{} octets", shown.len());
}

proptest! {
    #[test]
    fn what_is_collected_comes_back_in_order(entries in entries()) {
        let table: FieldTable<'_> = entries.iter().map(|(name, value)| (name, value)).collect();
        let octets = encoded(&table);
        let read = Reader::new(&octets).table("table").unwrap();
        prop_assert_eq!(&read, &table);
        let names: Vec<_> = read.iter().map(|entry| entry.unwrap().0.into_owned()).collect();
        let expected: Vec<_> = entries.iter().map(|(name, _)| ShortStr::from(name)).collect();
        prop_assert_eq!(names, expected);
        prop_assert_eq!(read.to_builder().build().unwrap(), table);
    }

    #[test]
    fn an_integer_is_read_as_every_type_that_holds_it(number in any::<i64>(), narrow in any::<i8>()) {
        for number in [number, narrow.into()] {
            let table: FieldTable<'_> = [("n", number)].into_iter().collect();
            prop_assert_eq!(table.get_i64("n"), Ok(Some(number)));
            prop_assert_eq!(table.get_u64("n").ok().flatten(), u64::try_from(number).ok());
            prop_assert_eq!(table.get_as::<u8>("n").ok().flatten(), u8::try_from(number).ok());
            prop_assert_eq!(table.get_as::<i32>("n").ok().flatten(), i32::try_from(number).ok());
        }
    }

    #[test]
    fn setting_and_removing_touch_one_name(entries in entries(), set in name(), number in any::<i32>()) {
        let table: FieldTable<'_> = entries.iter().map(|(name, value)| (name, value)).collect();
        let others = |table: &FieldTable<'_>| -> Vec<_> {
            let entries = table.iter().map(Result::unwrap);
            let kept = entries.filter(|(name, _)| name != &*set);
            kept.map(|(name, value)| format!("{name:?} {value:?}")).collect()
        };
        let with = table.with(&set, number);
        prop_assert_eq!(with.get_i64(&set), Ok(Some(number.into())));
        prop_assert_eq!(others(&with), others(&table));
        let without = with.without(&set);
        prop_assert_eq!(without.get(&set), Ok(None));
        prop_assert_eq!(others(&without), others(&table));
    }

    #[test]
    fn logs_cannot_be_attacked(entries in entries(), octets in vec(any::<u8>(), 0..300)) {
        let table: FieldTable<'_> = entries.iter().map(|(name, value)| (name, value)).collect();
        assert_harmless(&table.to_string());
        assert_harmless(&FieldTable::from_wire(&octets).to_string());
        assert_harmless(&LongStr::from(&*octets).to_string());
        assert_harmless(&ShortStr::from(&*octets).to_string());
        for (_, value) in &entries {
            assert_harmless(&value.to_string());
        }
    }
}

#[cfg(feature = "serde")]
mod serde {
    use amqp_methods::serde::{from_table, to_table};

    use super::*;

    /// Whether two values are alike but for their widths.
    fn alike(left: &Value<'_>, right: &Value<'_>) -> bool {
        match (left, right) {
            (Value::Table(left), Value::Table(right)) => {
                let (left, right) = (left.iter().map(Result::unwrap), right.iter());
                let mut pairs = left.zip(right.map(Result::unwrap));
                pairs.all(|(left, right)| left.0 == right.0 && alike(&left.1, &right.1))
            }
            (Value::Array(left), Value::Array(right)) => {
                let (left, right) = (left.iter().map(Result::unwrap), right.iter());
                let mut pairs = left.zip(right.map(Result::unwrap));
                pairs.all(|(left, right)| alike(&left, &right))
            }
            (left, right) => match (left.as_f64(), right.as_f64()) {
                (Some(left), Some(right)) => left == right || left.is_nan() && right.is_nan(),
                _ => match (left.as_i64(), right.as_i64()) {
                    (Some(left), Some(right)) => left == right,
                    _ => left == right,
                },
            },
        }
    }

    proptest! {
        #[test]
        fn json_keeps_everything_but_widths(entries in entries()) {
            let table: FieldTable<'_> = entries.iter().map(|(name, value)| (name, value)).collect();
            let json = serde_json::to_string(&table).unwrap();
            let read: FieldTable<'_> = serde_json::from_str(&json).unwrap();
            prop_assert_eq!(read.iter().count(), entries.len());
            prop_assert!(alike(&Value::from(&read), &Value::from(&table)), "{json}");
            let value: Value<'_> = serde_json::from_str(&json).unwrap();
            // A table by itself is never taken for something else.
            prop_assert_eq!(value, Value::Table(read));
        }

        #[test]
        fn tables_pass_through_tables_unchanged(entries in entries()) {
            let table: FieldTable<'_> = entries.iter().map(|(name, value)| (name, value)).collect();
            prop_assert_eq!(to_table(&table).unwrap(), table.reborrow());
            let values: Vec<Value<'static>> = entries.into_iter().map(|(_, value)| value).collect();
            let one = std::collections::BTreeMap::from([("values", values)]);
            let through = to_table(&one).unwrap();
            let read: std::collections::BTreeMap<String, Vec<Value<'static>>> = from_table(&through).unwrap();
            prop_assert_eq!(to_table(&read).unwrap(), through);
        }
    }
}
