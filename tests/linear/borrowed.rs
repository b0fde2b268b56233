//! Tables that are written: entries borrowed from the application, with whatever it put into them.

use std::hint::black_box;

use amqp_methods::{
    BytesMut, FieldArray, FieldTable, FrameEncoder, MAX_TABLE_DEPTH, Value, basic, queue,
};

use crate::wire::chain;
use crate::{Case, case};

type Entries = Vec<(&'static str, Value<'static>)>;

/// Lends for ever. What is measured is short, and so is the run.
fn lent(entries: Entries) -> FieldTable<'static> {
    FieldTable::from(&*entries.leak())
}

fn wide(size: usize) -> FieldTable<'static> {
    lent((0..size).map(|_| ("", Value::Void)).collect())
}

fn arrays(size: usize) -> FieldTable<'static> {
    let elements: Vec<_> = (0..size).map(|_| Value::Void).collect();
    lent(vec![("", FieldArray::from(&*elements.leak()).into())])
}

/// `size` tables, each within the one before as deep as may be.
fn chains(size: usize) -> FieldTable<'static> {
    let chain = || {
        let innermost = lent(vec![("", Value::Void)]);
        (1..MAX_TABLE_DEPTH).fold(innermost, |inner, _| lent(vec![("", inner.into())]))
    };
    lent(
        (0..size / MAX_TABLE_DEPTH)
            .map(|_| ("", chain().into()))
            .collect(),
    )
}

/// `size` levels. In each stand octets that were read, which have to be walked to know how deep they go.
fn read_at_every_level(size: usize) -> FieldTable<'static> {
    let level = |inner: FieldTable<'static>, _| {
        let octets: &'static [u8] = b"\0V".repeat(64).leak();
        let table = FieldTable::from_wire(octets);
        lent(vec![("", table.into()), ("", inner.into())])
    };
    (0..size).fold(FieldTable::new(), level)
}

/// Octets that were read, in an entry in an entry.
fn read_at_the_last_level(size: usize) -> FieldTable<'static> {
    let octets: &'static [u8] = b"\0V".repeat(size).leak();
    let innermost = FieldTable::from_wire(octets);
    (0..MAX_TABLE_DEPTH).fold(innermost, |inner, _| lent(vec![("", inner.into())]))
}

/// The same as deep as may be by themselves, so that nothing fits around them.
fn deep_ones_that_were_read(size: usize) -> FieldTable<'static> {
    let one = |_| {
        let deep: &'static [u8] = chain(&"F".repeat(MAX_TABLE_DEPTH - 1), b"").leak();
        ("", FieldTable::from_wire(deep).into())
    };
    lent((0..size / MAX_TABLE_DEPTH).map(one).collect())
}

/// A table with so many values in it, or levels.
type Input = fn(usize) -> FieldTable<'static>;

/// Something done to a table.
type Use = fn(&FieldTable<'_>);

const INPUTS: &[(&str, usize, Input)] = &[
    ("many", 2048, wide),
    ("many in an array", 2048, arrays),
    ("chains", 2048, chains),
    (
        "read ones at every level",
        MAX_TABLE_DEPTH / 2,
        read_at_every_level,
    ),
    ("read ones at the last level", 1024, read_at_the_last_level),
    ("deep read ones", 2048, deep_ones_that_were_read),
];

/// What is done to them; and a table too deep is refused at the same cost.
const USES: &[(&str, Use)] = &[
    ("method", |table| {
        let declare = queue::Declare::new("q").arguments(table.reborrow());
        let mut buf = BytesMut::new();
        FrameEncoder::new(0).method(&mut buf, 1, &declare).unwrap();
        black_box(buf);
    }),
    ("content", |table| {
        let properties = basic::Properties::default().headers(table.reborrow());
        let publish = basic::Publish::new("", "q");
        let mut buf = BytesMut::new();
        FrameEncoder::new(0)
            .content(&mut buf, 1, &publish, &properties, b"")
            .unwrap();
        black_box(buf);
    }),
    ("own and compare", |table| {
        let owned = table.reborrow().into_owned();
        assert!(owned.check().is_ok() && owned == *table);
    }),
    ("Debug", |table| {
        black_box(format!("{table:?}"));
    }),
    ("too deep", |table| {
        let entries = [("", Value::from(table.reborrow()))];
        let within = [("", Value::from(FieldTable::from(&entries)))];
        let around = [("", Value::from(FieldTable::from(&within)))];
        let declare = queue::Declare::new("q").arguments(FieldTable::from(&around));
        let mut buf = BytesMut::new();
        let _ = black_box(FrameEncoder::new(0).method(&mut buf, 1, &declare));
    }),
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (input_name, size, input) in INPUTS {
        for (use_name, act) in USES {
            cases.push(case(
                format!("entries, {input_name}: {use_name}"),
                *size,
                move |size| {
                    let table = input(size);
                    move || act(&table)
                },
            ));
        }
    }
    cases.push(case("builders within builders", 256, |size| {
        let innermost = FieldTable::from_wire(b"\0V".repeat(size).leak());
        move || {
            let nest = |inner: FieldTable<'static>, _| {
                FieldTable::builder().entry("", inner).build().unwrap()
            };
            black_box((0..MAX_TABLE_DEPTH).fold(innermost, nest));
        }
    }));
    cases
}
