//! `amqp_serde`, the codec of amqprs. Its methods and frames are private to amqprs; tables are public.

#![allow(clippy::unwrap_used)] // the fixtures are sound

use std::hint::black_box;

use amqp_methods::BytesMut;
use amqp_serde::types::{FieldArray, FieldTable, FieldValue};
use amqp_serde::{from_bytes, to_buffer};

use super::fixtures::{self, CAPACITY, Plain};
use super::{AMQP_SERDE, Side};

pub fn decode_table() -> Side {
    Side::new(AMQP_SERDE, || {
        let table: FieldTable = from_bytes(black_box(fixtures::TABLE)).unwrap();
        walk(&table);
    })
}

/// Its tables are hash maps and forget the order: only the number of octets can be compared.
pub fn encode_table() -> Side {
    let table = table(&fixtures::ENTRIES);
    let mut buf = BytesMut::with_capacity(CAPACITY);
    assert_eq!(to_buffer(&table, &mut buf).unwrap(), fixtures::TABLE.len());
    Side::new(AMQP_SERDE, move || {
        buf.clear();
        to_buffer(black_box(&table), &mut buf).unwrap();
        black_box(&mut buf);
    })
}

fn walk(table: &FieldTable) {
    for (name, value) in table.as_ref() {
        black_box(name.as_ref());
        visit(value);
    }
}

fn visit(value: &FieldValue) {
    match value {
        FieldValue::F(table) => walk(table),
        // Elements can only be had by taking the array apart, which is not what walking costs.
        plain => {
            black_box(plain);
        }
    }
}

fn table(plain: &[(&str, Plain)]) -> FieldTable {
    let mut table = FieldTable::new();
    for (name, plain) in plain {
        table.insert((*name).try_into().unwrap(), value(plain));
    }
    table
}

fn value(plain: &Plain) -> FieldValue {
    match *plain {
        Plain::Text(text) => text.into(),
        Plain::Int(value) => FieldValue::I(value),
        Plain::Long(value) => FieldValue::l(value),
        Plain::Bool(value) => FieldValue::t(value),
        Plain::Double(value) => FieldValue::d(value),
        Plain::Time(seconds) => FieldValue::T(seconds),
        Plain::Void => FieldValue::V,
        Plain::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(value).collect();
            FieldValue::A(FieldArray::try_from(elements).unwrap())
        }
        Plain::Table(plain) => FieldValue::F(table(plain)),
    }
}
