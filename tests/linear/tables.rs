//! Tables that a peer made as expensive as it could, and everything that can be done to them.

use std::fmt::Write as _;
use std::hint::black_box;

use amqp_methods::{
    AnyMethod, BytesMut, DynMethod as _, FieldArray, FieldTable, FieldValue, FrameEncoder,
    MAX_TABLE_DEPTH, Value, queue,
};

use crate::wire::{chain, counted, declare};
use crate::{Case, case};

/// Contents of a table, with so many values in it.
type Input = fn(usize) -> Vec<u8>;

/// Something done to a table.
type Use = fn(&FieldTable<'_>);

const INPUTS: &[(&str, Input)] = &[
    ("entries of two octets", |size| b"\0V".repeat(size)),
    ("elements of one octet", |size| {
        [b"\0A".to_vec(), counted(&vec![b'V'; size])].concat()
    }),
    ("empty arrays at the last level", |size| {
        let kinds = "F".repeat(MAX_TABLE_DEPTH - 1);
        chain(&kinds, &b"\0A\0\0\0\0".repeat(size))
    }),
    ("chains of tables", |size| repeated("F", size)),
    ("chains of arrays", |size| repeated("A", size)),
    ("chains of both", |size| repeated("FA", size)),
    ("names that are no text", |size| {
        let entry = [b"\xff".as_slice(), &[0xfe; 255], b"V"].concat();
        entry.repeat(size / 32)
    }),
    ("damage at the end", |size| {
        [b"\0V".repeat(size), b"\0?".to_vec()].concat()
    }),
    ("damage in each of many", |size| {
        b"\0F\0\0\0\x02\0?".repeat(size)
    }),
];

/// As deep as may be, again and again.
fn repeated(kinds: &str, size: usize) -> Vec<u8> {
    let kinds: String = kinds.chars().cycle().take(MAX_TABLE_DEPTH).collect();
    chain(&kinds, b"").repeat(size / MAX_TABLE_DEPTH)
}

/// What only copies gets more, because copying a little has costs of its own.
const COPIED: usize = 32_768;

const USES: &[(&str, usize, Use)] = &[
    ("walk", 2048, |table| {
        black_box(walk(table));
    }),
    ("check", 2048, |table| {
        let _ = black_box(table.check());
    }),
    ("get", 2048, |table| {
        let _ = black_box(table.get("none"));
    }),
    ("Debug", 1024, |table| {
        black_box(format!("{table:?}"));
    }),
    ("own", COPIED, |table| {
        black_box(table.clone().into_owned());
    }),
    ("compare", COPIED, |table| {
        assert!(*table == table.reborrow().into_owned());
    }),
    ("rebuild", 2048, |table| {
        let mut builder = FieldTable::builder();
        for (name, value) in table.iter().flatten() {
            // A builder takes no names that are no text.
            builder = builder.entry(name.as_str().unwrap_or_default(), value);
        }
        black_box(builder.build().unwrap());
    }),
    ("nest", 2048, |table| {
        // Too deep for the chains; it costs no more to find that out.
        let array = FieldArray::builder().element(table.reborrow()).build();
        let _ = black_box(array.and_then(|array| FieldTable::builder().entry("a", array).build()));
    }),
    ("write", COPIED, |table| {
        let declare = queue::Declare::new("q").arguments(table.reborrow());
        let mut buf = BytesMut::new();
        FrameEncoder::new(0).method(&mut buf, 1, &declare).unwrap();
        black_box(buf);
    }),
];

/// Looks at every value, as deep as the limit lets it.
fn walk(table: &FieldTable<'_>) -> usize {
    table
        .iter()
        .flatten()
        .map(|(_, value)| inside(&value))
        .sum()
}

fn inside(value: &Value<'_>) -> usize {
    1 + match value {
        Value::Table(table) => walk(table),
        Value::Array(array) => array.iter().flatten().map(|value| inside(&value)).sum(),
        _ => 0,
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (input_name, input) in INPUTS {
        for (use_name, size, act) in USES {
            cases.push(case(
                format!("table, {input_name}: {use_name}"),
                *size,
                move |size| {
                    let octets = input(size);
                    move || act(&FieldTable::from_wire(&octets))
                },
            ));
        }
        cases.push(case(
            format!("table, {input_name}: method"),
            1024,
            move |size| {
                let payload = declare(&input(size));
                move || method(&payload)
            },
        ));
    }
    cases
}

/// Everything that can be done to a method.
fn method(payload: &[u8]) {
    let method = AnyMethod::decode(payload).unwrap();
    for (_, value) in method.fields() {
        if let FieldValue::Table(table) = value {
            black_box(walk(&table));
        }
    }
    let mut text = String::new();
    write!(text, "{method:?}").unwrap();
    assert_eq!(method.clone().into_owned(), method);
    let mut buf = BytesMut::new();
    FrameEncoder::new(0).method(&mut buf, 1, &method).unwrap();
    black_box((text, buf));
}
