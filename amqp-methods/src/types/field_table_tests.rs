use super::*;
use crate::{Decimal, DecodeErrorKind, FieldArray, Timestamp};

fn round_trip(entries: &[(&str, Value<'_>)]) -> FieldTable<'static> {
    let table = FieldTable::from(entries);
    let owned = table.reborrow().into_owned();
    assert_eq!(table, owned);
    assert_eq!(table.encoded_len(), owned.encoded_len());
    owned
}

#[test]
fn every_type_comes_back() {
    let inner = [("k", Value::Void)];
    let elements = [Value::from(1), Value::from("two"), Value::from(true)];
    let entries = [
        ("t", Value::Boolean(true)),
        ("b", Value::ShortShortInt(-1)),
        ("B", Value::ShortShortUint(255)),
        ("s", Value::ShortInt(i16::MIN)),
        ("u", Value::ShortUint(u16::MAX)),
        ("I", Value::LongInt(i32::MIN)),
        ("i", Value::LongUint(u32::MAX)),
        ("l", Value::LongLongInt(i64::MIN)),
        ("f", Value::Float(1.5)),
        ("d", Value::Double(-0.1)),
        ("D", Value::Decimal(Decimal::new(2, 1999))),
        ("S", Value::from("text")),
        ("x", Value::from(&[0, 255][..])),
        ("A", Value::Array(FieldArray::from(&elements))),
        ("T", Value::Timestamp(Timestamp::from_secs(1_700_000_000))),
        ("F", Value::Table(FieldTable::from(&inner))),
        ("V", Value::Void),
    ];
    let read = round_trip(&entries);
    let values: Vec<_> = read.iter().map(|entry| entry.unwrap()).collect();
    assert_eq!(values.len(), entries.len());
    for ((name, value), (expected_name, expected)) in values.iter().zip(&entries) {
        assert_eq!(name, expected_name);
        assert_eq!(value, expected);
    }
}

#[test]
fn damage_ends_the_walk_with_an_error() {
    // An entry `k` of type `I` that lacks an octet, behind a sound one.
    let table = FieldTable::from_wire(b"\x01at\x01\x01kI\x00\x00\x00");
    let entries: Vec<_> = table.iter().collect();
    assert_eq!(entries.len(), 2);
    assert!(entries[0].is_ok());
    let error = entries[1].clone().unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::Truncated);
    assert_eq!(error.offset(), 7);
    assert!(format!("{table:?}").contains("damaged"));
}

#[test]
fn nesting_is_limited_when_reading() {
    let table = |depth| {
        FieldTable::from_wire(&deep(depth))
            .check()
            .map_err(|error| error.kind())
    };
    assert_eq!(table(MAX_TABLE_DEPTH), Ok(()));
    assert_eq!(
        table(MAX_TABLE_DEPTH + 1),
        Err(DecodeErrorKind::NestingTooDeep)
    );
}

/// Octets of a table with that many tables inside.
fn deep(depth: usize) -> Vec<u8> {
    let mut octets = Vec::new();
    for _ in 0..depth {
        let mut outer = vec![1, b'n', b'F'];
        outer.extend((octets.len() as u32).to_be_bytes());
        outer.append(&mut octets);
        octets = outer;
    }
    octets
}

#[test]
fn nesting_is_limited_when_writing() {
    fn nest(depth: usize, inner: FieldTable<'_>) -> Result<(), EncodeError> {
        if depth == 0 {
            let mut octets = vec![0; inner.encoded_len()];
            let mut out = Writer::new(&mut octets);
            return inner
                .encode("arguments", &mut out)
                .and_then(|()| out.finish());
        }
        nest(depth - 1, FieldTable::from(&[("n", Value::Table(inner))]))
    }
    let innermost = [("k", Value::Void)];
    assert_eq!(nest(MAX_TABLE_DEPTH, FieldTable::from(&innermost)), Ok(()));
    // The same for octets that were read, whatever is in them.
    let read = [FieldTable::from_wire(b""), FieldTable::from_wire(b"\x01kV")];
    for inner in read.iter().chain([&FieldTable::from(&innermost)]) {
        assert_eq!(nest(MAX_TABLE_DEPTH, inner.reborrow()), Ok(()));
        let error = nest(MAX_TABLE_DEPTH + 1, inner.reborrow()).unwrap_err();
        assert_eq!(error.kind(), EncodeErrorKind::NestingTooDeep);
    }
}

/// Nobody's stack is exhausted by looking at them.
#[test]
fn nesting_is_limited_when_borrowed_entries_are_looked_at() {
    fn look(depth: usize, inner: FieldTable<'_>) -> (Option<DecodeErrorKind>, bool) {
        if depth == 0 {
            let damaged = format!("{inner:?}").contains("damaged");
            return (inner.check().err().map(|error| error.kind()), damaged);
        }
        look(depth - 1, FieldTable::from(&[("n", Value::Table(inner))]))
    }
    let too_deep = Some(DecodeErrorKind::NestingTooDeep);
    for inner in [FieldTable::new(), FieldTable::from(&[("k", Value::Void)])] {
        assert_eq!(look(MAX_TABLE_DEPTH, inner.reborrow()), (None, false));
        assert_eq!(look(MAX_TABLE_DEPTH + 1, inner), (too_deep, true));
    }
}

#[test]
fn nesting_is_limited_when_tables_are_put_into_builders() {
    let build = |depth| {
        let inner = deep(depth);
        let built = FieldTable::builder()
            .entry("n", FieldTable::from_wire(&inner))
            .build();
        built.map(drop).map_err(|error| error.kind())
    };
    assert_eq!(build(MAX_TABLE_DEPTH - 1), Ok(()));
    assert_eq!(build(MAX_TABLE_DEPTH), Err(EncodeErrorKind::NestingTooDeep));
}

#[test]
fn long_names_are_refused() {
    let name = "n".repeat(256);
    let error = FieldTable::builder().entry(&name, 1).build().unwrap_err();
    assert_eq!(error.kind(), EncodeErrorKind::ShortStrTooLong);
    let entries = [(name.as_str(), Value::Void)];
    assert!(FieldTable::from(&entries).into_owned().check().is_err());
}

#[test]
fn later_entries_win() {
    let entries = [("k", Value::from(1)), ("k", Value::from(2))];
    let table = round_trip(&entries);
    assert_eq!(table.get("k").unwrap(), Some(Value::LongInt(2)));
    assert_eq!(table.get("missing").unwrap(), None);
}

/// Values are moved for every entry that is walked.
#[test]
fn values_are_small() {
    let word = size_of::<usize>();
    assert_eq!(size_of::<FieldTable<'_>>(), 4 * word);
    assert_eq!(size_of::<FieldArray<'_>>(), 4 * word);
    assert_eq!(size_of::<Value<'_>>(), 5 * word);
}
