//! Values for logs: one line, in bounds, and nothing in it that a terminal would obey.
//!
//! `Display` is for reading. What it prints is escaped and cut, so it is no way to get at text: `as_str`,
//! `to_string_lossy` and `as_bytes` are. `Debug` prints everything.

mod escape;
mod time;

use core::fmt::{self, Write as _};

use crate::error::DecodeError;

use super::{FieldArray, FieldTable, LongStr, ShortStr, Value};
use escape::{Budget, escaped, is_plain_name, write_octets, write_quoted, write_text};

/// How many octets of a long string or byte array are shown.
const SHOWN: usize = 128;

/// After so many octets, a table or array is cut.
const BUDGET: usize = 4096;

/// The text, with control characters, and those that reorder text, escaped; octets that are not UTF-8 show as U+FFFD.
///
/// For the text itself there are [`as_str`](ShortStr::as_str) and [`to_string_lossy`](ShortStr::to_string_lossy).
impl fmt::Display for ShortStr<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&escaped(&self.to_string_lossy()))
    }
}

/// As of a [`ShortStr`], but cut after 128 octets, with a note of how many there are.
impl fmt::Display for LongStr<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_text(f, self.as_bytes(), SHOWN)
    }
}

/// `{x-max-length: 1000, x-queue-type: "quorum"}`.
///
/// Escaped, and cut after about 4096 octets, long strings after 128. A damaged table shows what could be read, and
/// that it is damaged.
///
/// ```
/// use amqp_methods::{FieldTable, table};
///
/// let headers = table! { "x-tenant" => "acme\u{1b}[2J", "x-size" => 3 };
/// assert_eq!(headers.to_string(), r#"{x-tenant: "acme\u{1b}[2J", x-size: 3}"#);
///
/// let damaged = FieldTable::from_wire(b"\x01at\x01\x01k?");
/// assert_eq!(damaged.to_string(), "{a: true, damaged: unknown table tag 0x3f at octet 7}");
/// ```
impl fmt::Display for FieldTable<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        in_bounds(f, |out| write_table(out, self))
    }
}

/// `[1, "two", {k: void}]`, in the bounds of a [`FieldTable`].
impl fmt::Display for FieldArray<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        in_bounds(f, |out| write_array(out, self))
    }
}

/// Text in quotes, octets that are no text as `b"\xff"`, byte arrays as `0x00ff`; in the bounds of a [`FieldTable`].
impl fmt::Display for Value<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        in_bounds(f, |out| write_value(out, self))
    }
}

#[inline]
fn in_bounds(
    f: &mut fmt::Formatter<'_>,
    write: impl FnOnce(&mut Budget<'_, '_>) -> fmt::Result,
) -> fmt::Result {
    write(&mut Budget::new(f, BUDGET))
}

#[inline]
fn write_value(out: &mut Budget<'_, '_>, value: &Value<'_>) -> fmt::Result {
    match value {
        Value::Boolean(value) => write!(out, "{value}"),
        // With its point, to tell it from an integer.
        Value::Float(value) => write!(out, "{value:?}"),
        Value::Double(value) => write!(out, "{value:?}"),
        Value::Decimal(value) => write!(out, "{value}"),
        Value::Timestamp(value) => write!(out, "{value}"),
        Value::LongString(octets) => write_quoted(out, octets.as_bytes(), SHOWN),
        Value::ByteArray(octets) => write_octets(out, octets.as_bytes(), SHOWN),
        Value::Array(array) => write_array(out, array),
        Value::Table(table) => write_table(out, table),
        Value::Void => out.write_str("void"),
        integer => match integer.as_i64() {
            Some(value) => write!(out, "{value}"),
            None => Ok(()),
        },
    }
}

#[inline]
fn write_table(out: &mut Budget<'_, '_>, table: &FieldTable<'_>) -> fmt::Result {
    if let Some(error) = table.refusal() {
        return write!(out, "{{{error}}}");
    }
    out.write_str("{")?;
    for (index, entry) in table.iter().enumerate() {
        if !begin(out, index)? {
            break;
        }
        match entry {
            Ok((name, value)) => {
                if is_plain_name(name.as_bytes()) {
                    write!(out, "{name}: ")?;
                } else {
                    write_quoted(out, name.as_bytes(), ShortStr::MAX)?;
                    out.write_str(": ")?;
                }
                write_value(out, &value)?;
            }
            Err(error) => write_damage(out, &error)?,
        }
    }
    out.write_str("}")
}

#[inline]
fn write_array(out: &mut Budget<'_, '_>, array: &FieldArray<'_>) -> fmt::Result {
    if let Some(error) = array.refusal() {
        return write!(out, "[{error}]");
    }
    out.write_str("[")?;
    for (index, element) in array.iter().enumerate() {
        if !begin(out, index)? {
            break;
        }
        match element {
            Ok(value) => write_value(out, &value)?,
            Err(error) => write_damage(out, &error)?,
        }
    }
    out.write_str("]")
}

/// Writes what stands before an item; whether there is room for it.
#[inline]
fn begin(out: &mut Budget<'_, '_>, index: usize) -> Result<bool, fmt::Error> {
    if index > 0 {
        out.write_str(", ")?;
    }
    if out.is_spent() {
        out.write_str("…")?;
    }
    Ok(!out.is_spent())
}

#[inline]
fn write_damage(out: &mut Budget<'_, '_>, error: &DecodeError) -> fmt::Result {
    write!(out, "damaged: {} at octet {}", error.kind(), error.offset())
}

#[cfg(test)]
mod tests;
