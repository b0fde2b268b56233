use core::fmt;

use crate::error::EncodeError;
use crate::writer::Writer;

use super::{Decimal, FieldArray, FieldTable, LongStr, ShortStr, Timestamp, Value};

/// Named values from which a [`FieldTable`] is encoded without being built first.
///
/// Tuples of up to eight pairs are entries, each with a value of its own type: what stands in the table is known
/// while compiling, so that encoding it is a row of stores. Types of your own become entries by saying what their
/// entries are.
///
/// ```
/// use amqp_methods::{FieldTable, basic};
///
/// let attempt = 3;
/// let headers = (("x-attempt", attempt), ("x-trace", "0123456789abcdef"));
/// let properties = basic::Properties::default().headers(&headers);
/// # assert_eq!(properties.headers.unwrap().iter().count(), 2);
/// ```
pub trait Entries: Sync {
    /// Name and value of the entry at `index`; none behind the last one.
    fn entry(&self, index: usize) -> Option<(&str, Value<'_>)>;

    /// How many octets the entries take.
    #[doc(hidden)]
    fn encoded_len(&self) -> usize {
        let mut length = 0;
        let mut index = 0;
        while let Some((name, value)) = self.entry(index) {
            length += 1 + name.len() + value.encoded_len(0);
            index += 1;
        }
        length
    }

    /// Writes the entries, `depth` tables standing around them.
    #[doc(hidden)]
    fn encode(&self, out: &mut Writer<'_>, depth: usize) -> Result<(), EncodeError> {
        let mut index = 0;
        while let Some((name, value)) = self.entry(index) {
            write(out, name, &value, depth)?;
            index += 1;
        }
        Ok(())
    }
}

#[inline(always)]
fn write(
    out: &mut Writer<'_>,
    name: &str,
    value: &Value<'_>,
    depth: usize,
) -> Result<(), EncodeError> {
    out.short_str("table name", &ShortStr::new(name))?;
    value.encode(out, depth)
}

// Entries in a slice. Apart from the table, and given what it consists of: a table that nobody else has seen is no
// memory at all.
#[inline]
pub(super) fn length_of(entries: &[(&str, Value<'_>)], depth: usize) -> usize {
    let mut length = 0;
    for (name, value) in entries {
        length += 1 + name.len() + value.encoded_len(depth);
    }
    length
}

#[inline]
pub(super) fn write_entries(
    entries: &[(&str, Value<'_>)],
    out: &mut Writer<'_>,
    depth: usize,
) -> Result<(), EncodeError> {
    out.apart(|out| {
        for (name, value) in entries {
            write(out, name, value, depth)?;
        }
        Ok(())
    })
}

impl fmt::Debug for dyn Entries + '_ {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entries")
    }
}

/// What can be the value of an entry: lends itself as a [`Value`].
pub trait ToValue: Sync {
    /// The value, borrowing from this one.
    fn to_value(&self) -> Value<'_>;
}

macro_rules! copied {
    ($($type:ty),+) => {$(
        impl ToValue for $type {
            #[inline(always)]
            fn to_value(&self) -> Value<'_> {
                Value::from(*self)
            }
        }
    )+};
}

copied!(
    bool,
    i8,
    u8,
    i16,
    u16,
    i32,
    u32,
    i64,
    f32,
    f64,
    Decimal,
    Timestamp,
    &str,
    &[u8]
);

macro_rules! lent {
    ($($type:ty: $value:ident => $lend:expr),+ $(,)?) => {$(
        impl ToValue for $type {
            #[inline(always)]
            fn to_value(&self) -> Value<'_> {
                let $value = self;
                $lend
            }
        }
    )+};
}

lent! {
    String: text => Value::from(text.as_str()),
    LongStr<'_>: octets => Value::LongString(octets.reborrow()),
    FieldTable<'_>: table => Value::Table(table.reborrow()),
    FieldArray<'_>: array => Value::Array(array.reborrow()),
    Value<'_>: value => value.reborrow(),
}

macro_rules! tuples {
    ($($index:tt $name:ident $value:ident),+) => {
        impl<$($name: AsRef<str> + Sync, $value: ToValue),+> Entries for ($(($name, $value),)+) {
            #[inline]
            fn entry(&self, index: usize) -> Option<(&str, Value<'_>)> {
                match index {
                    $($index => Some((self.$index.0.as_ref(), self.$index.1.to_value())),)+
                    _ => None,
                }
            }

            #[inline(always)]
            fn encoded_len(&self) -> usize {
                0 $(+ 1 + self.$index.0.as_ref().len() + self.$index.1.to_value().encoded_len(0))+
            }

            #[inline(always)]
            fn encode(&self, out: &mut Writer<'_>, depth: usize) -> Result<(), EncodeError> {
                out.apart(|out| {
                    $(write(out, self.$index.0.as_ref(), &self.$index.1.to_value(), depth)?;)+
                    Ok(())
                })
            }
        }
    };
}

tuples!(0 N0 V0);
tuples!(0 N0 V0, 1 N1 V1);
tuples!(0 N0 V0, 1 N1 V1, 2 N2 V2);
tuples!(0 N0 V0, 1 N1 V1, 2 N2 V2, 3 N3 V3);
tuples!(0 N0 V0, 1 N1 V1, 2 N2 V2, 3 N3 V3, 4 N4 V4);
tuples!(0 N0 V0, 1 N1 V1, 2 N2 V2, 3 N3 V3, 4 N4 V4, 5 N5 V5);
tuples!(0 N0 V0, 1 N1 V1, 2 N2 V2, 3 N3 V3, 4 N4 V4, 5 N5 V5, 6 N6 V6);
tuples!(0 N0 V0, 1 N1 V1, 2 N2 V2, 3 N3 V3, 4 N4 V4, 5 N5 V5, 6 N6 V6, 7 N7 V7);

#[cfg(test)]
#[path = "entries_tests.rs"]
mod tests;
