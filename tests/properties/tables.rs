//! Tables come back from the wire as they went onto it, however they were made.

use amqp_methods::{EncodeErrorKind, FieldArray, FieldTable, MAX_TABLE_DEPTH, Value, Writer};
use proptest::prelude::*;

use crate::values::{contents, depth, entries, table};
use crate::wire::chain;
use crate::{cases, encoded};

fn built(entries: &[(&str, Value<'_>)]) -> FieldTable<'static> {
    let fold = entries
        .iter()
        .fold(FieldTable::builder(), |table, (name, value)| {
            table.entry(name, value.reborrow())
        });
    fold.build().unwrap()
}

/// Puts a table into entries into entries, and hands on the outermost.
fn within<R>(levels: usize, inner: FieldTable<'_>, then: &mut dyn FnMut(FieldTable<'_>) -> R) -> R {
    match levels {
        0 => then(inner),
        _ if levels.is_multiple_of(2) => {
            let entries = [("", Value::Table(inner))];
            within(levels - 1, FieldTable::from(&entries), then)
        }
        // Two levels in one step, the upper an array.
        1 => within(0, FieldTable::from(&[("", Value::Table(inner))]), then),
        _ => {
            let elements = [Value::Table(inner)];
            let entries = [("", FieldArray::from(&elements).into())];
            within(levels - 2, FieldTable::from(&entries), then)
        }
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_table_is_the_same_from_a_builder_and_from_borrowed_entries(entries in entries()) {
        let borrowed: Vec<_> =
            entries.iter().map(|(name, value)| (name.as_str(), value.reborrow())).collect();
        let built = built(&borrowed);
        let borrowing = FieldTable::from(borrowed.as_slice());
        prop_assert_eq!(&built, &borrowing);
        prop_assert_eq!(built.encoded_len(), borrowing.encoded_len());
        prop_assert_eq!(contents(&built), contents(&borrowing));
        prop_assert_eq!(built.check(), Ok(()));
        prop_assert_eq!(borrowing.into_owned(), built.clone());
        prop_assert_eq!(built.iter().count(), entries.len());
        for (found, (name, _)) in built.iter().zip(&entries) {
            let (found, _) = found.unwrap();
            prop_assert_eq!(found.as_bytes(), name.as_bytes());
        }
    }

    #[test]
    fn any_table_comes_back(table in table()) {
        let length = table.encoded_len();
        let octets = encoded(length, |out| out.table("table", &table).unwrap());
        prop_assert_eq!(octets.len() - 4, u32::from_be_bytes(octets[..4].try_into().unwrap()) as usize);
        let read = FieldTable::from_wire(&octets[4..]);
        prop_assert_eq!(&read, &table);
        prop_assert_eq!(read.check(), Ok(()));
        prop_assert!(depth(&read) <= MAX_TABLE_DEPTH);
        prop_assert_eq!(read.clone().into_owned(), read);
    }

    /// Values as they are handed out make the same table again.
    #[test]
    fn a_table_can_be_rebuilt_from_what_was_read(entries in entries()) {
        let borrowed: Vec<_> =
            entries.iter().map(|(name, value)| (name.as_str(), value.reborrow())).collect();
        let table = built(&borrowed);
        let read: Vec<_> = table.iter().map(Result::unwrap).collect();
        let again: Vec<_> =
            read.iter().map(|(name, value)| (name.as_str().unwrap(), value.reborrow())).collect();
        prop_assert_eq!(&built(&again), &table);
        prop_assert_eq!(&FieldTable::from(again.as_slice()), &table);
    }

    /// Entries that are lent, however deep, take the octets that they say, down to the last level and no further.
    #[test]
    fn entries_within_entries_are_exact_to_the_last_level(
        entries in entries(),
        levels in 0..=MAX_TABLE_DEPTH + 2,
        is_read: bool,
    ) {
        let borrowed: Vec<_> =
            entries.iter().map(|(name, value)| (name.as_str(), value.reborrow())).collect();
        let lent = FieldTable::from(borrowed.as_slice());
        let innermost = if is_read { lent.reborrow().into_owned() } else { lent };
        let total = levels + depth(&innermost);
        within(levels, innermost, &mut |table| {
            let mut octets = vec![0; table.encoded_len()];
            let mut out = Writer::new(&mut octets);
            let written = out.table("field", &table).and_then(|()| out.finish());
            if total > MAX_TABLE_DEPTH {
                assert_eq!(written.unwrap_err().kind(), EncodeErrorKind::NestingTooDeep);
            } else {
                assert_eq!(written, Ok(()));
                let read = FieldTable::from_wire(&octets[4..]);
                assert_eq!(read, table);
                assert_eq!((read.check(), depth(&read)), (Ok(()), total));
            }
        });
    }
}

#[test]
fn every_kind_of_chain_comes_back_to_the_last_level() {
    for kinds in ["F", "A", "FA", "AF", "FFA"] {
        for levels in [0, 1, MAX_TABLE_DEPTH - 1, MAX_TABLE_DEPTH] {
            let kinds: String = kinds.chars().cycle().take(levels).collect();
            let innermost = if kinds.ends_with('A') {
                b"V".as_slice()
            } else {
                b"\x01kV"
            };
            let octets = chain(&kinds, innermost);
            let table = FieldTable::from_wire(&octets);
            assert_eq!((table.check(), depth(&table)), (Ok(()), levels));
            assert_eq!(contents(&table), octets);
        }
    }
}
