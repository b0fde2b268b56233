//! What a value can be taken for.

use std::borrow::Cow;

use super::value_error::{ValueError, ValueErrorKind};
use super::{Decimal, FieldArray, FieldTable, LongStr, Timestamp, Value};

impl Value<'_> {
    /// The value as an unsigned integer, from an integer tag of any width, unless it is negative.
    #[inline]
    pub fn as_u64(&self) -> Option<u64> {
        self.as_i64().and_then(|value| value.try_into().ok())
    }

    /// The value as a time stamp, if it is one.
    #[inline]
    pub fn as_timestamp(&self) -> Option<Timestamp> {
        match *self {
            Self::Timestamp(value) => Some(value),
            _ => None,
        }
    }

    /// The value as a decimal number, if it is one.
    #[inline]
    pub fn as_decimal(&self) -> Option<Decimal> {
        match *self {
            Self::Decimal(value) => Some(value),
            _ => None,
        }
    }

    /// Whether this is the value without a value.
    #[inline]
    pub const fn is_void(&self) -> bool {
        matches!(self, Self::Void)
    }

    /// What kind of value this is, in words: "a long string".
    #[inline]
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "a boolean",
            Self::ShortShortInt(_)
            | Self::ShortShortUint(_)
            | Self::ShortInt(_)
            | Self::ShortUint(_)
            | Self::LongInt(_)
            | Self::LongUint(_)
            | Self::LongLongInt(_) => "an integer",
            Self::Float(_) | Self::Double(_) => "a floating-point number",
            Self::Decimal(_) => "a decimal number",
            Self::LongString(_) => "a long string",
            Self::ByteArray(_) => "a byte array",
            Self::Array(_) => "an array",
            Self::Timestamp(_) => "a time stamp",
            Self::Table(_) => "a table",
            Self::Void => "void",
        }
    }
}

macro_rules! integers {
    ($($type:ident),*) => {$(
        /// From an integer tag of any width, if it fits.
        impl TryFrom<Value<'_>> for $type {
            type Error = ValueError;

            #[inline]
            fn try_from(value: Value<'_>) -> Result<Self, ValueError> {
                let found = integer(&value)?;
                found.try_into().map_err(|_| {
                    let expected = stringify!($type);
                    ValueError::new(ValueErrorKind::OutOfRange { expected, found })
                })
            }
        }
    )*};
}

integers!(i8, u8, i16, u16, i32, u32, u64, usize);

impl TryFrom<Value<'_>> for i64 {
    type Error = ValueError;

    #[inline]
    fn try_from(value: Value<'_>) -> Result<Self, ValueError> {
        integer(&value)
    }
}

#[inline]
fn integer(value: &Value<'_>) -> Result<i64, ValueError> {
    value
        .as_i64()
        .ok_or_else(|| ValueError::wrong_type("an integer", value.type_name()))
}

macro_rules! copied {
    ($($type:ident, $expected:literal, $as:ident;)*) => {$(
        impl TryFrom<Value<'_>> for $type {
            type Error = ValueError;

            #[inline]
            fn try_from(value: Value<'_>) -> Result<Self, ValueError> {
                value
                    .$as()
                    .ok_or_else(|| ValueError::wrong_type($expected, value.type_name()))
            }
        }
    )*};
}

copied! {
    bool, "a boolean", as_bool;
    f64, "a floating-point number", as_f64;
    Decimal, "a decimal number", as_decimal;
    Timestamp, "a time stamp", as_timestamp;
}

/// From a long string in UTF-8.
impl<'a> TryFrom<Value<'a>> for Cow<'a, str> {
    type Error = ValueError;

    #[inline]
    fn try_from(value: Value<'a>) -> Result<Self, ValueError> {
        let Value::LongString(octets) = value else {
            return Err(ValueError::wrong_type("a long string", value.type_name()));
        };
        let text = match octets.into_bytes() {
            Cow::Borrowed(octets) => str::from_utf8(octets).ok().map(Cow::Borrowed),
            Cow::Owned(octets) => String::from_utf8(octets).ok().map(Cow::Owned),
        };
        text.ok_or(ValueError::new(ValueErrorKind::NotUtf8))
    }
}

/// From a long string in UTF-8.
impl TryFrom<Value<'_>> for String {
    type Error = ValueError;

    #[inline]
    fn try_from(value: Value<'_>) -> Result<Self, ValueError> {
        Cow::try_from(value).map(Cow::into_owned)
    }
}

/// From a long string or a byte array.
impl<'a> TryFrom<Value<'a>> for LongStr<'a> {
    type Error = ValueError;

    #[inline]
    fn try_from(value: Value<'a>) -> Result<Self, ValueError> {
        match value {
            Value::LongString(octets) | Value::ByteArray(octets) => Ok(octets),
            other => Err(ValueError::wrong_type("octets", other.type_name())),
        }
    }
}

/// From a long string or a byte array.
impl TryFrom<Value<'_>> for Vec<u8> {
    type Error = ValueError;

    #[inline]
    fn try_from(value: Value<'_>) -> Result<Self, ValueError> {
        LongStr::try_from(value).map(|octets| octets.into_bytes().into_owned())
    }
}

impl<'a> TryFrom<Value<'a>> for FieldTable<'a> {
    type Error = ValueError;

    #[inline]
    fn try_from(value: Value<'a>) -> Result<Self, ValueError> {
        match value {
            Value::Table(table) => Ok(table),
            other => Err(ValueError::wrong_type("a table", other.type_name())),
        }
    }
}

impl<'a> TryFrom<Value<'a>> for FieldArray<'a> {
    type Error = ValueError;

    #[inline]
    fn try_from(value: Value<'a>) -> Result<Self, ValueError> {
        match value {
            Value::Array(array) => Ok(array),
            other => Err(ValueError::wrong_type("an array", other.type_name())),
        }
    }
}
