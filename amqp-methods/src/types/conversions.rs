//! What becomes a value, beyond the types that have a tag of their own.

use std::borrow::Cow;
use std::time::SystemTime;

use crate::error::{EncodeError, EncodeErrorKind};

use super::{FieldArray, FieldTable, LongStr, ShortStr, Value};

impl Value<'_> {
    /// The same value, owning what it borrowed.
    #[inline]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::LongString(octets) => Value::LongString(octets.into_owned()),
            Self::ByteArray(octets) => Value::ByteArray(octets.into_owned()),
            Self::Array(array) => Value::Array(array.into_owned()),
            Self::Table(table) => Value::Table(table.into_owned()),
            Self::Boolean(value) => Value::Boolean(value),
            Self::ShortShortInt(value) => Value::ShortShortInt(value),
            Self::ShortShortUint(value) => Value::ShortShortUint(value),
            Self::ShortInt(value) => Value::ShortInt(value),
            Self::ShortUint(value) => Value::ShortUint(value),
            Self::LongInt(value) => Value::LongInt(value),
            Self::LongUint(value) => Value::LongUint(value),
            Self::LongLongInt(value) => Value::LongLongInt(value),
            Self::Float(value) => Value::Float(value),
            Self::Double(value) => Value::Double(value),
            Self::Decimal(value) => Value::Decimal(value),
            Self::Timestamp(value) => Value::Timestamp(value),
            Self::Void => Value::Void,
        }
    }
}

impl<'a> From<&'a String> for Value<'a> {
    #[inline]
    fn from(text: &'a String) -> Self {
        text.as_str().into()
    }
}

/// For iterators over texts that live elsewhere.
impl<'a> From<&&'a str> for Value<'a> {
    #[inline]
    fn from(text: &&'a str) -> Self {
        (*text).into()
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    #[inline]
    fn from(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

/// A long string, whether it is text or not.
impl<'a> From<LongStr<'a>> for Value<'a> {
    #[inline]
    fn from(octets: LongStr<'a>) -> Self {
        Self::LongString(octets)
    }
}

/// A long string: tables know no short ones.
impl<'a> From<ShortStr<'a>> for Value<'a> {
    #[inline]
    fn from(text: ShortStr<'a>) -> Self {
        Self::LongString(match text.into_bytes() {
            Cow::Borrowed(octets) => octets.into(),
            Cow::Owned(octets) => octets.into(),
        })
    }
}

/// A byte array.
impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    #[inline]
    fn from(octets: &'a [u8; N]) -> Self {
        octets.as_slice().into()
    }
}

/// A byte array.
impl From<Vec<u8>> for Value<'_> {
    #[inline]
    fn from(octets: Vec<u8>) -> Self {
        Self::ByteArray(octets.into())
    }
}

/// A time stamp; fractions of a second are cut off.
impl From<SystemTime> for Value<'_> {
    #[inline]
    fn from(time: SystemTime) -> Self {
        Self::Timestamp(time.into())
    }
}

impl<'a> From<&'a FieldTable<'_>> for Value<'a> {
    #[inline]
    fn from(table: &'a FieldTable<'_>) -> Self {
        Self::Table(table.reborrow())
    }
}

impl<'a> From<&'a FieldArray<'_>> for Value<'a> {
    #[inline]
    fn from(array: &'a FieldArray<'_>) -> Self {
        Self::Array(array.reborrow())
    }
}

impl<'a> From<&'a Value<'_>> for Value<'a> {
    #[inline]
    fn from(value: &'a Value<'_>) -> Self {
        value.reborrow()
    }
}

/// There is no 64-bit unsigned integer on the wire (RabbitMQ reads `L` as signed): what fits becomes a signed one.
///
/// # Errors
/// The number is beyond `i64::MAX`.
impl TryFrom<u64> for Value<'_> {
    type Error = EncodeError;

    #[inline]
    fn try_from(value: u64) -> Result<Self, EncodeError> {
        match i64::try_from(value) {
            Ok(value) => Ok(Self::LongLongInt(value)),
            Err(_) => Err(EncodeError::new(EncodeErrorKind::OutOfRange, "table value")),
        }
    }
}

/// As for `u64`.
impl TryFrom<usize> for Value<'_> {
    type Error = EncodeError;

    #[inline]
    fn try_from(value: usize) -> Result<Self, EncodeError> {
        (value as u64).try_into()
    }
}

/// For iterators over texts that live elsewhere.
impl<'a> From<&&'a str> for ShortStr<'a> {
    #[inline]
    fn from(text: &&'a str) -> Self {
        Self::new(text)
    }
}

impl<'a> From<Cow<'a, str>> for ShortStr<'a> {
    #[inline]
    fn from(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

/// Lends the string, for a method that says the same as another one.
impl<'a> From<&'a ShortStr<'_>> for ShortStr<'a> {
    #[inline]
    fn from(text: &'a ShortStr<'_>) -> Self {
        text.reborrow()
    }
}
