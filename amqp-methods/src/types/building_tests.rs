use super::*;
use crate::{DecodeErrorKind, LongStr, Timestamp, Writer, array, table};

fn encode(table: &FieldTable<'_>) -> Result<Vec<u8>, EncodeError> {
    let mut octets = vec![0; table.encoded_len()];
    let mut out = Writer::new(&mut octets);
    out.table("arguments", table)?;
    out.finish().map(|()| octets)
}

#[test]
fn a_macro_says_what_a_builder_says() {
    let name = String::from("computed");
    let built = FieldTable::builder()
        .entry("a", 1)
        .entry("computed", "two")
        .entry("c", FieldTable::builder().entry("d", true).build().unwrap())
        .build()
        .unwrap();
    assert_eq!(
        table! { "a" => 1, name => "two", "c" => table! { "d" => true } },
        built
    );
    assert_eq!(table! {}, FieldTable::new());
    assert!(array![].is_empty());
}

#[test]
fn order_is_kept_and_names_may_occur_twice() {
    let table = table! { "b" => 1, "a" => 2, "b" => 3 };
    let names: Vec<_> = table
        .iter()
        .map(|entry| entry.unwrap().0.to_string())
        .collect();
    assert_eq!(names, ["b", "a", "b"]);
}

#[test]
fn what_cannot_be_built_is_refused_when_it_is_encoded() {
    let long = "n".repeat(256);
    let table = table! { "fits" => 1, &long => 2 };
    assert!(!table.is_empty());
    let error = encode(&table).unwrap_err();
    assert_eq!(error.kind(), EncodeErrorKind::ShortStrTooLong);
    assert_eq!(encode(&table.reborrow().into_owned()), Err(error));
    assert!(table.check().is_err());
    // Nor does it get lost inside of others.
    assert_eq!(encode(&table! { "outer" => &table }), Err(error));
    assert_eq!(encode(&table! { "outer" => array![&table] }), Err(error));
    assert_eq!(encode(&table.with("k", 1)), Err(error));
    assert_eq!(table.to_builder().build(), Err(error));
    let entries = [("outer", Value::from(&table))];
    assert_eq!(encode(&FieldTable::from(&entries)), Err(error));
}

#[test]
fn borrowed_entries_that_cannot_be_encoded_cannot_when_they_are_owned_either() {
    let long = "n".repeat(256);
    let entries = [(long.as_str(), Value::Void)];
    let owned = FieldTable::from(&entries).into_owned();
    assert_eq!(
        encode(&owned).unwrap_err().kind(),
        EncodeErrorKind::ShortStrTooLong
    );
    let elements = [Value::Table(FieldTable::from(&entries))];
    let owned = FieldArray::from(&elements).into_owned();
    assert!(encode(&table! { "a" => owned }).is_err());
}

#[test]
fn an_entry_is_replaced_where_it_stood() {
    let table = table! { "a" => 1, "b" => 2, "a" => 3, "c" => 4 };
    assert_eq!(
        table.with("a", "x"),
        table! { "a" => "x", "b" => 2, "c" => 4 }
    );
    assert_eq!(
        table.with("d", 5),
        table.to_builder().entry("d", 5).build().unwrap()
    );
    assert_eq!(table.without("a"), table! { "b" => 2, "c" => 4 });
    assert_eq!(table.without("missing"), table);
}

#[test]
fn editing_keeps_names_and_values_that_are_no_text() {
    let name = ShortStr::from(&b"caf\xe9"[..]);
    let received = FieldTable::builder()
        .entry(name.reborrow(), LongStr::from(&b"\xff"[..]))
        .build()
        .unwrap();
    let forwarded = received.with("x-hops", 1);
    let (found, value) = forwarded.iter().next().unwrap().unwrap();
    assert_eq!(found, name);
    assert_eq!(value.as_bytes(), Some(&b"\xff"[..]));
}

#[test]
fn damage_is_not_forwarded() {
    let damaged = FieldTable::from_wire(b"\x01at\x01\x01k?");
    for edited in [damaged.with("b", 1), damaged.without("a")] {
        assert_eq!(
            encode(&edited).unwrap_err().kind(),
            EncodeErrorKind::Damaged
        );
        let walked = edited.check().unwrap_err().kind();
        assert!(matches!(walked, DecodeErrorKind::UnknownFieldTag(_)));
    }
}

#[test]
fn iterators_become_tables_and_arrays() {
    let table: FieldTable<'_> = [("a", 1), ("b", 2)].into_iter().collect();
    assert_eq!(table, table! { "a" => 1, "b" => 2 });
    let array: FieldArray<'_> = ["x", "y"].into_iter().collect();
    assert_eq!(array, array!["x", "y"]);
    let borrowed: FieldArray<'_> = ["x", "y"].iter().collect();
    assert_eq!(borrowed, array);
    let long = "n".repeat(256);
    let refused: FieldTable<'_> = [(long, 1)].into_iter().collect();
    assert!(encode(&refused).is_err());
}

#[test]
fn unsigned_64_bit_integers_are_refused_beyond_the_signed_ones() {
    assert_eq!(Value::try_from(5_u64), Ok(Value::LongLongInt(5)));
    assert_eq!(
        Value::try_from(i64::MAX as u64),
        Ok(Value::LongLongInt(i64::MAX))
    );
    let error = Value::try_from(1_u64 << 63).unwrap_err();
    assert_eq!(error.kind(), EncodeErrorKind::OutOfRange);
}

#[test]
fn more_types_convert() {
    let time = std::time::SystemTime::UNIX_EPOCH;
    assert_eq!(Value::from(time), Value::Timestamp(Timestamp::from_secs(0)));
    assert_eq!(Value::from(b"\xff"), Value::from(vec![0xff]));
    assert_eq!(Value::from(ShortStr::new("q")), Value::from("q"));
    assert_eq!(
        Value::from(std::borrow::Cow::from("q")),
        Value::from("q".to_owned())
    );
}
