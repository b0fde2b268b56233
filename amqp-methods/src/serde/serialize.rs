//! The types of this crate in any format.

use serde_core::ser::{Error as _, Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use std::borrow::Cow;

use crate::{
    Decimal, FieldArray, FieldTable, LongStr, MAX_TABLE_DEPTH, ShortStr, Timestamp, Value,
};

use super::error::TOO_DEEP;
use super::hex::Hex;
use super::names::{BYTES, DECIMAL, FLOAT, STRING, TIMESTAMP, VALUE};
use super::wire;

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            readable(self, 0, serializer)
        } else {
            octets(self, serializer)
        }
    }
}

impl Serialize for FieldTable<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            table(self, 0, serializer)
        } else {
            octets(&self.into(), serializer)
        }
    }
}

impl Serialize for FieldArray<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            array(self, 0, serializer)
        } else {
            octets(&self.into(), serializer)
        }
    }
}

impl Serialize for LongStr<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            text(self.as_bytes(), serializer)
        } else {
            octets(&self.reborrow().into(), serializer)
        }
    }
}

impl Serialize for ShortStr<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            text(self.as_bytes(), serializer)
        } else {
            octets(&self.reborrow().into(), serializer)
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_u64(self.as_secs())
        } else {
            octets(&(*self).into(), serializer)
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            octets(&(*self).into(), serializer)
        }
    }
}

fn octets<S: Serializer>(value: &Value<'_>, serializer: S) -> Result<S::Ok, S::Error> {
    let octets = wire::encode(value).map_err(S::Error::custom)?;
    serializer.serialize_newtype_struct(VALUE, &Octets(&octets))
}

struct Octets<'a>(&'a [u8]);

impl Serialize for Octets<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// A value so many tables deep.
struct At<'a>(&'a Value<'a>, usize);

impl Serialize for At<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        readable(self.0, self.1, serializer)
    }
}

fn readable<S: Serializer>(
    value: &Value<'_>,
    depth: usize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Value::Boolean(value) => serializer.serialize_bool(*value),
        Value::Float(value) => float((*value).into(), serializer),
        Value::Double(value) => float(*value, serializer),
        Value::Decimal(value) => tagged(DECIMAL, value, serializer),
        Value::LongString(octets) => text(octets.as_bytes(), serializer),
        Value::ByteArray(octets) => tagged(BYTES, &Shown(Hex(octets.as_bytes())), serializer),
        Value::Timestamp(value) => tagged(TIMESTAMP, value, serializer),
        Value::Array(value) => array(value, depth, serializer),
        Value::Table(value) => table(value, depth, serializer),
        Value::Void => serializer.serialize_unit(),
        integer => match integer.as_i64() {
            Some(value) => serializer.serialize_i64(value),
            None => serializer.serialize_unit(),
        },
    }
}

fn table<S: Serializer>(
    table: &FieldTable<'_>,
    depth: usize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if depth > MAX_TABLE_DEPTH {
        return Err(S::Error::custom(TOO_DEEP));
    }
    let mut map = serializer.serialize_map(Some(table.iter().count()))?;
    for entry in table {
        let (name, value) = entry.map_err(S::Error::custom)?;
        let name = name.to_string_lossy();
        let name = if name.starts_with('$') {
            Cow::Owned(format!("${name}"))
        } else {
            name
        };
        map.serialize_entry(&*name, &At(&value, depth + 1))?;
    }
    map.end()
}

fn array<S: Serializer>(
    array: &FieldArray<'_>,
    depth: usize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    if depth > MAX_TABLE_DEPTH {
        return Err(S::Error::custom(TOO_DEEP));
    }
    let mut seq = serializer.serialize_seq(Some(array.iter().count()))?;
    for element in array {
        let element = element.map_err(S::Error::custom)?;
        seq.serialize_element(&At(&element, depth + 1))?;
    }
    seq.end()
}

fn text<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    match str::from_utf8(octets) {
        Ok(text) => serializer.serialize_str(text),
        Err(_) => tagged(STRING, &Shown(Hex(octets)), serializer),
    }
}

fn float<S: Serializer>(value: f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.is_finite() {
        serializer.serialize_f64(value)
    } else {
        tagged(FLOAT, &Shown(value), serializer)
    }
}

/// `{"$tag": value}`
fn tagged<S: Serializer>(
    tag: &'static str,
    value: &impl Serialize,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(tag, value)?;
    map.end()
}

/// What is serialized as it is displayed.
struct Shown<T>(T);

impl<T: core::fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
