use super::*;
use crate::{EncodeErrorKind, MAX_TABLE_DEPTH};

fn encoded(table: &FieldTable<'_>) -> Result<Vec<u8>, EncodeError> {
    let mut octets = vec![0; table.encoded_len()];
    let mut out = Writer::new(&mut octets);
    out.table("table", table)?;
    out.finish()?;
    Ok(octets)
}

#[test]
fn typed_entries_are_the_same_table_as_values() {
    let octets: &[u8] = &[1, 2];
    let nested = FieldTable::builder().entry("n", 1).build().unwrap();
    let array = FieldArray::builder().element("e").build().unwrap();
    let scalars = (
        ("bool", true),
        ("i8", -1_i8),
        ("u8", 2_u8),
        ("i16", -3_i16),
        ("u16", 4_u16),
        ("i32", -5),
        ("u32", 6_u32),
        ("i64", -7_i64),
    );
    let others = (
        (String::from("f32"), 1.5_f32),
        ("f64", 2.5),
        ("decimal", Decimal::new(2, 314)),
        ("time", Timestamp::from_secs(1_700_000_000)),
        ("text", "text"),
        ("string", String::from("string")),
        ("octets", octets),
        ("void", Value::Void),
    );
    let compounds = (
        ("table", nested.reborrow()),
        ("array", array),
        ("long", LongStr::from("long")),
    );
    for (table, names) in [
        (FieldTable::from(&scalars), 8),
        (FieldTable::from(&others), 8),
        (FieldTable::from(&compounds), 3),
    ] {
        let values: Vec<_> = table.iter().map(Result::unwrap).collect();
        assert_eq!(values.len(), names);
        let entries: Vec<_> = values
            .iter()
            .map(|(name, value)| (name.as_str().unwrap(), value.reborrow()))
            .collect();
        let plain = FieldTable::from(entries.as_slice());
        assert_eq!(encoded(&table), encoded(&plain));
        assert_eq!(table, plain);
        assert_eq!(table.reborrow().into_owned(), plain);
        table.check().unwrap();
    }
    let table = FieldTable::from(&scalars);
    assert_eq!(table.get("u16").unwrap(), Some(Value::ShortUint(4)));
    assert!(!table.is_empty());
}

/// Entries that say one by one what they are.
struct Attempts(u8);

impl Entries for Attempts {
    fn entry(&self, index: usize) -> Option<(&str, Value<'_>)> {
        (index < usize::from(self.0)).then_some(("attempt", Value::ShortShortUint(index as u8)))
    }
}

#[test]
fn a_type_of_ones_own_says_what_its_entries_are() {
    let table = FieldTable::from(&Attempts(3));
    let built = (0..3_u8).fold(FieldTable::builder(), |table, index| {
        table.entry("attempt", index)
    });
    assert_eq!(encoded(&table), encoded(&built.build().unwrap()));
    assert!(FieldTable::from(&Attempts(0)).is_empty());
}

#[test]
fn a_name_that_is_too_long_is_an_error_and_nothing_is_lost_on_the_way() {
    let entries = (("x".repeat(256), 1),);
    let table = FieldTable::from(&entries);
    let error = encoded(&table).unwrap_err();
    assert_eq!(error.kind(), EncodeErrorKind::ShortStrTooLong);
    assert_eq!(encoded(&table.into_owned()), Err(error));
}

#[test]
fn typed_entries_count_as_a_level() {
    fn wrapped(levels: usize, inner: &FieldTable<'_>) -> Result<Vec<u8>, EncodeError> {
        if levels == 0 {
            return encoded(inner);
        }
        let entries = (("", inner.reborrow()),);
        wrapped(levels - 1, &FieldTable::from(&entries))
    }
    let innermost = FieldTable::new();
    assert!(wrapped(MAX_TABLE_DEPTH, &innermost).is_ok());
    let error = wrapped(MAX_TABLE_DEPTH + 1, &innermost).unwrap_err();
    assert_eq!(error.kind(), EncodeErrorKind::NestingTooDeep);
}
