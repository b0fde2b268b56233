//! Tables: walking finds the damage that a second grammar finds, and no other; what is sound is rebuilt entry by
//! entry into canonical octets, and nothing stands deeper than the limit.
//!
//! The input is the contents of a table.

#![no_main]

use amqp_methods::{
    DecodeErrorKind, EncodeErrorKind, FieldArray, FieldTable, ShortStr, TableBuilder, Value,
};
use leveret_fuzz::model::{DEEPEST, Damage, canonicalize};
use leveret_fuzz::written;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let table = FieldTable::from_wire(octets);
    let mut canonical = octets.to_vec();
    let sound = canonicalize(&mut canonical);
    let found = table.check().map_err(|error| {
        assert!(error.offset() <= octets.len() && !error.to_string().is_empty());
        match error.kind() {
            DecodeErrorKind::NestingTooDeep => Damage::TooDeep,
            _ => Damage::Other,
        }
    });
    assert_eq!(found, sound.map(|_| ()));
    walk_table(&table, 0);
    check_octets(&table, octets);
    let owned = table.clone().into_owned();
    assert_eq!(owned, table);
    check_octets(&owned, octets);
    assert_eq!(format!("{owned:?}"), format!("{table:?}"));
    if let Ok(depth) = sound {
        check_sound(&table, depth, &canonical);
    }
});

/// A table that was read is written as it was, sound or not.
fn check_octets(table: &FieldTable<'_>, octets: &[u8]) {
    let again = written(table.encoded_len(), |out| out.table("table", table));
    let again = again.expect("it was on the wire");
    assert_eq!(again[..4], (octets.len() as u32).to_be_bytes());
    assert_eq!(&again[4..], octets);
}

fn check_sound(table: &FieldTable<'_>, depth: usize, canonical: &[u8]) {
    let deeper = FieldTable::builder()
        .entry("deeper", table.reborrow())
        .build();
    match deeper {
        Ok(deeper) => assert!(depth < DEEPEST && deeper.check().is_ok()),
        Err(error) => assert_eq!(
            (error.kind(), depth),
            (EncodeErrorKind::NestingTooDeep, DEEPEST)
        ),
    }
    let Some(rebuilt) = rebuilt_table(table) else {
        return;
    };
    check_octets(&rebuilt, canonical);

    let entries = table.iter().map(|entry| entry.expect("it is sound"));
    let entries: Vec<_> = entries.collect();
    let entries: Vec<_> = entries
        .iter()
        .map(|(name, value)| (text(name), value.reborrow()))
        .collect();
    let borrowing = FieldTable::from(entries.as_slice());
    let copied = entries
        .iter()
        .fold(FieldTable::builder(), |table, (name, value)| {
            table.entry(name, value.reborrow())
        });
    let copied = copied.build().expect("it is no deeper than it was");
    assert_eq!(borrowing, copied);
    assert_eq!(borrowing.encoded_len(), 4 + canonical.len());
    assert_eq!(borrowing.clone().into_owned(), copied);
    // Each look walks the whole table.
    for (name, _) in entries.iter().take(16) {
        let last = entries.iter().rfind(|(other, _)| other == name);
        let found = table.get(name).expect("it is sound");
        assert_eq!(
            found.as_ref().map(alone),
            last.map(|(_, value)| alone(value))
        );
    }
}

/// A value by its octets, because not-a-number equals nothing.
fn alone(value: &Value<'_>) -> FieldTable<'static> {
    let table = FieldTable::builder().entry("", value.reborrow());
    table.build().expect("it is no deeper than it was")
}

fn text<'n>(name: &'n ShortStr<'_>) -> &'n str {
    name.as_str().expect("all names are text")
}

/// The same values through builders, on all levels; none if a name is no text, which a builder takes alone.
fn rebuilt_table(table: &FieldTable<'_>) -> Option<FieldTable<'static>> {
    let mut builder = TableBuilder::default();
    for entry in table {
        let (name, value) = entry.expect("it is sound");
        builder = builder.entry(name.as_str().ok()?, rebuilt(&value)?);
    }
    Some(builder.build().expect("it is no deeper than it was"))
}

fn rebuilt<'v>(value: &'v Value<'_>) -> Option<Value<'v>> {
    Some(match value {
        Value::Table(table) => Value::Table(rebuilt_table(table)?),
        Value::Array(array) => {
            let mut builder = FieldArray::builder();
            for element in array {
                builder = builder.element(rebuilt(&element.expect("it is sound"))?);
            }
            Value::Array(builder.build().expect("it is no deeper than it was"))
        }
        plain => plain.reborrow(),
    })
}

/// Looks at everything, damaged or not; the first damage is the last item.
fn walk_table(table: &FieldTable<'_>, depth: usize) {
    assert!(depth <= DEEPEST);
    let mut entries = table.iter();
    while let Some(entry) = entries.next() {
        match entry {
            Ok((name, value)) => {
                assert!(name.len() <= ShortStr::MAX);
                walk(&value, depth);
            }
            Err(_) => assert!(entries.next().is_none()),
        }
    }
}

fn walk(value: &Value<'_>, depth: usize) {
    match value {
        Value::Table(table) => walk_table(table, depth + 1),
        Value::Array(array) => {
            assert!(depth < DEEPEST);
            let mut elements = array.iter();
            while let Some(element) = elements.next() {
                match element {
                    Ok(value) => walk(&value, depth + 1),
                    Err(_) => assert!(elements.next().is_none()),
                }
            }
        }
        Value::Decimal(value) => assert!(!value.to_string().is_empty()),
        Value::Timestamp(value) => assert!(
            value
                .to_system_time()
                .is_none_or(|time| value == &time.into())
        ),
        plain => {
            let views = [
                plain.as_i64().is_some(),
                plain.as_f64().is_some(),
                plain.as_bool().is_some(),
                plain.as_bytes().is_some(),
                *plain == Value::Void,
            ];
            assert_eq!(views.into_iter().filter(|view| *view).count(), 1);
        }
    }
}
