//! How deep tables may be nested: on the way in, and on the way out.

use amqp_methods::{
    BytesMut, DecodeErrorKind, EncodeErrorKind, FieldArray, FieldTable, FrameEncoder,
    MAX_TABLE_DEPTH, Value, queue,
};

use crate::wire::{chain, counted};

/// Enough to exhaust any stack that is used once for each level.
const DEEP: usize = 100_000;

fn kinds(levels: usize) -> [String; 4] {
    ["F", "A", "FA", "AAF"].map(|kinds| kinds.chars().cycle().take(levels).collect())
}

#[test]
fn tables_are_read_down_to_the_limit() {
    assert_eq!(MAX_TABLE_DEPTH, 64);
    for levels in [0, 1, 63, 64, 65, 66, 128, 300, DEEP] {
        for kinds in kinds(levels) {
            let octets = chain(&kinds, b"");
            let table = FieldTable::from_wire(&octets);
            let expected = if levels > 64 {
                Err(DecodeErrorKind::NestingTooDeep)
            } else {
                Ok(())
            };
            let checked = table.check().map_err(|error| error.kind());
            assert_eq!(checked, expected, "{levels} of {kinds:.10}");
            // Whatever else is done to it comes to an end as well.
            assert_eq!(table, table.clone().into_owned());
            let text = format!("{table:?}");
            assert_eq!(text.contains("NestingTooDeep"), levels > 64);
            assert!(text.len() < 10_000);
            let _ = (format!("{table:#?}"), table.get("k"));
            assert_eq!(walk(&table), levels.min(64));
        }
    }
}

/// As deep as somebody gets who only follows what is handed out.
fn walk(table: &FieldTable<'_>) -> usize {
    let below = table.iter().flatten().map(|(_, value)| below(&value));
    below.max().unwrap_or(0)
}

fn below(value: &Value<'_>) -> usize {
    match value {
        Value::Table(table) => 1 + walk(table),
        Value::Array(array) => {
            let below = array.iter().flatten().map(|value| below(&value));
            1 + below.max().unwrap_or(0)
        }
        _ => 0,
    }
}

/// A table that is handed out has not forgotten how deep it stood.
#[test]
fn the_limit_counts_from_the_outermost_table() {
    let octets = chain(&"F".repeat(65), b"");
    let outermost = FieldTable::from_wire(&octets);
    let (_, inner) = outermost.iter().next().unwrap().unwrap();
    let inner = inner.as_table().unwrap();
    assert_eq!(
        inner.check().unwrap_err().kind(),
        DecodeErrorKind::NestingTooDeep
    );
    let owned = inner.clone().into_owned();
    assert_eq!(
        owned.check().unwrap_err().kind(),
        DecodeErrorKind::NestingTooDeep
    );
}

#[test]
fn siblings_are_not_levels() {
    let many = b"\0F\0\0\0\0\0A\0\0\0\0".repeat(5000);
    let octets = chain(&"F".repeat(63), &many);
    assert_eq!(FieldTable::from_wire(&octets).check(), Ok(()));
    // One of them that is too deep is found among the others.
    let deeper = [many.as_slice(), b"\0F\0\0\0\x06\0F\0\0\0\0", &many].concat();
    let octets = chain(&"F".repeat(63), &deeper);
    let error = FieldTable::from_wire(&octets).check().unwrap_err();
    assert_eq!(error.kind(), DecodeErrorKind::NestingTooDeep);
}

/// Why a table cannot be written; nothing where it can.
fn written(table: FieldTable<'_>) -> Option<EncodeErrorKind> {
    let mut buf = BytesMut::new();
    let declare = queue::Declare::new("q").arguments(table);
    let written = FrameEncoder::new(0).method(&mut buf, 1, &declare);
    assert_eq!(written.is_err(), buf.is_empty());
    written.err().map(|error| error.kind())
}

#[test]
fn tables_that_were_read_are_put_into_others_down_to_the_limit() {
    for levels in [0, 1, 62, 63, 64, 65, DEEP] {
        for kinds in kinds(levels) {
            let octets = chain(&kinds, b"");
            let read = FieldTable::from_wire(&octets);
            let expected = (levels + 1 > 64).then_some(EncodeErrorKind::NestingTooDeep);
            let entries = [("k", read.reborrow().into())];
            assert_eq!(written(FieldTable::from(&entries)), expected, "{levels}");
            let built = FieldTable::builder().entry("k", read.reborrow()).build();
            assert_eq!(built.err().map(|error| error.kind()), expected);
            let built = FieldArray::builder().element(read.reborrow()).build();
            assert_eq!(built.err().map(|error| error.kind()), expected);

            let elements = [read.into()];
            let entries = [("k", FieldArray::from(&elements).into())];
            let expected = (levels + 2 > 64).then_some(EncodeErrorKind::NestingTooDeep);
            assert_eq!(written(FieldTable::from(&entries)), expected, "{levels}");
        }
    }
}

/// Entries in entries, lent for ever.
fn lent(levels: usize) -> FieldTable<'static> {
    (0..levels).fold(FieldTable::new(), |inner, level| {
        let value = match level % 3 {
            0 => FieldArray::from(&*vec![Value::Void].leak()).into(),
            _ => Value::Void,
        };
        FieldTable::from(&*vec![("v", value), ("k", inner.into())].leak())
    })
}

#[test]
fn entries_are_written_down_to_the_limit() {
    for levels in [0, 1, 63, 64, 65, 66, 1000, DEEP] {
        let expected = (levels > 64).then_some(EncodeErrorKind::NestingTooDeep);
        let table = lent(levels);
        assert_eq!(written(table.reborrow()), expected, "{levels}");
        let built = FieldTable::builder().entry("k", table.reborrow()).build();
        assert_eq!(built.is_ok(), levels < 64);
        // Nor does looking at them go further.
        let checked = table.check().map_err(|error| error.kind());
        assert_eq!(checked.is_ok(), levels <= 64, "{levels}");
        assert!(format!("{table:?}").len() < 10_000);
        // One that cannot be written becomes a damaged one, not an empty one.
        let owned = table.reborrow().into_owned();
        assert_eq!(owned.check().is_ok(), levels <= 64, "{levels}");
        assert!(owned == table);
    }
}

#[test]
fn builders_within_builders_stop_at_the_limit() {
    let mut table = FieldTable::new();
    for level in 1..=DEEP {
        match FieldTable::builder().entry("k", table.reborrow()).build() {
            Ok(outer) => table = outer,
            Err(error) => {
                assert_eq!((level, error.kind()), (65, EncodeErrorKind::NestingTooDeep));
                return;
            }
        }
    }
    panic!("there is no limit");
}

/// What came from a peer in one piece goes on as it came: nobody has looked into it.
#[test]
fn a_table_that_was_read_is_passed_on_as_it_is() {
    let octets = chain(&"F".repeat(100), b"");
    let mut buf = BytesMut::new();
    let declare = queue::Declare::new("q").arguments(FieldTable::from_wire(&octets));
    FrameEncoder::new(0).method(&mut buf, 1, &declare).unwrap();
    let tail = counted(&octets);
    assert_eq!(&buf[buf.len() - 1 - tail.len()..buf.len() - 1], tail);
}
