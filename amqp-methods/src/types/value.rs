use core::fmt;

use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::reader::Reader;
use crate::writer::Writer;

use super::{Decimal, FieldArray, FieldTable, LongStr, MAX_TABLE_DEPTH, Timestamp};

/// The value of a table entry or array element, with the type it has on the wire.
///
/// The tags are those that RabbitMQ and its clients really read and write, which is not quite the list
/// of the published grammar: `s` is a 16-bit integer, `l` a signed 64-bit one.
///
/// Spec: 4.2.5.5; RabbitMQ: errata, section 3
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// `t`: any octet but zero reads as true.
    Boolean(bool),
    /// `b`: 8 bits, signed.
    ShortShortInt(i8),
    /// `B`: 8 bits, unsigned.
    ShortShortUint(u8),
    /// `s`: 16 bits, signed. Also read from `U`.
    ShortInt(i16),
    /// `u`: 16 bits, unsigned.
    ShortUint(u16),
    /// `I`: 32 bits, signed. Every implementation reads it.
    LongInt(i32),
    /// `i`: 32 bits, unsigned.
    LongUint(u32),
    /// `l`: 64 bits, signed. Also read from `L`.
    LongLongInt(i64),
    /// `f`: 32 bits. RabbitMQ cannot decode infinities and not-a-number.
    Float(f32),
    /// `d`: 64 bits. RabbitMQ cannot decode infinities and not-a-number.
    Double(f64),
    /// `D`: a decimal number.
    Decimal(Decimal),
    /// `S`: octets that are usually text.
    LongString(LongStr<'a>),
    /// `x`: octets that are no text.
    ByteArray(LongStr<'a>),
    /// `A`: an array.
    Array(FieldArray<'a>),
    /// `T`: a time stamp.
    Timestamp(Timestamp),
    /// `F`: a nested table.
    Table(FieldTable<'a>),
    /// `V`: nothing.
    #[default]
    Void,
}

/// The name that errors give to a value within a table.
const FIELD: &str = "table value";

impl<'a> Value<'a> {
    /// The value as an integer, from an integer tag of any width.
    #[inline]
    pub fn as_i64(&self) -> Option<i64> {
        Some(match *self {
            Self::ShortShortInt(value) => value.into(),
            Self::ShortShortUint(value) => value.into(),
            Self::ShortInt(value) => value.into(),
            Self::ShortUint(value) => value.into(),
            Self::LongInt(value) => value.into(),
            Self::LongUint(value) => value.into(),
            Self::LongLongInt(value) => value,
            _ => return None,
        })
    }

    /// The value as text, if it is a long string in UTF-8.
    #[inline]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::LongString(value) => value.as_str().ok(),
            _ => None,
        }
    }

    /// The value as octets, if it is a long string or a byte array.
    #[inline]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::LongString(value) | Self::ByteArray(value) => Some(value.as_bytes()),
            _ => None,
        }
    }

    /// The value as a boolean, if it is one.
    #[inline]
    pub fn as_bool(&self) -> Option<bool> {
        match *self {
            Self::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// The value as a floating-point number, from either width.
    #[inline]
    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Self::Float(value) => Some(value.into()),
            Self::Double(value) => Some(value),
            _ => None,
        }
    }

    /// The nested table, if it is one.
    #[inline]
    pub fn as_table(&self) -> Option<&FieldTable<'a>> {
        match self {
            Self::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The array, if it is one.
    #[inline]
    pub fn as_array(&self) -> Option<&FieldArray<'a>> {
        match self {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }

    /// The same value, borrowing from this one.
    #[inline(never)] // it would make every loop over a table twice as long
    pub fn reborrow(&self) -> Value<'_> {
        match self {
            Self::Boolean(value) => Value::Boolean(*value),
            Self::ShortShortInt(value) => Value::ShortShortInt(*value),
            Self::ShortShortUint(value) => Value::ShortShortUint(*value),
            Self::ShortInt(value) => Value::ShortInt(*value),
            Self::ShortUint(value) => Value::ShortUint(*value),
            Self::LongInt(value) => Value::LongInt(*value),
            Self::LongUint(value) => Value::LongUint(*value),
            Self::LongLongInt(value) => Value::LongLongInt(*value),
            Self::Float(value) => Value::Float(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Decimal(value) => Value::Decimal(*value),
            Self::LongString(value) => Value::LongString(value.reborrow()),
            Self::ByteArray(value) => Value::ByteArray(value.reborrow()),
            Self::Array(value) => Value::Array(value.reborrow()),
            Self::Timestamp(value) => Value::Timestamp(*value),
            Self::Table(value) => Value::Table(value.reborrow()),
            Self::Void => Value::Void,
        }
    }

    /// Walks everything inside, for whoever wants to know at once whether it is sound; `depth` is the level of
    /// a table or array that this value is.
    #[inline]
    pub(super) fn check_at(&self, depth: usize) -> Result<(), DecodeError> {
        match self {
            Self::Table(table) => table.check_at(depth),
            Self::Array(array) => array.check_at(depth),
            _ => Ok(()),
        }
    }

    /// Reads tag and value of an element at `depth` levels of nesting, and hands it on to `then`.
    ///
    /// `then` is called in every arm, where the compiler knows the kind of the value.
    #[inline(always)]
    pub(super) fn read_with<R>(
        mut reader: Reader<'a>,
        depth: u8,
        then: impl FnOnce(Self, Reader<'a>) -> R,
        damaged: impl FnOnce(DecodeError) -> R,
    ) -> R {
        macro_rules! read {
            ($read:expr) => {
                match $read {
                    Ok(value) => value,
                    Err(error) => return damaged(error),
                }
            };
        }
        match read!(reader.octet("table tag")) {
            b'S' => {
                let value = read!(reader.long_str(FIELD));
                then(Self::LongString(value), reader)
            }
            b'I' => {
                let value = i32::from_be_bytes(read!(reader.array(FIELD)));
                then(Self::LongInt(value), reader)
            }
            b't' => {
                let value = read!(reader.octet(FIELD)) != 0;
                then(Self::Boolean(value), reader)
            }
            b'l' | b'L' => {
                let value = i64::from_be_bytes(read!(reader.array(FIELD)));
                then(Self::LongLongInt(value), reader)
            }
            b'F' => {
                let (octets, depth) = read!(nested(&mut reader, depth));
                then(Self::Table(FieldTable::nested(octets, depth)), reader)
            }
            b'A' => {
                let (octets, depth) = read!(nested(&mut reader, depth));
                then(Self::Array(FieldArray::nested(octets, depth)), reader)
            }
            b'T' => {
                let value = read!(reader.timestamp(FIELD));
                then(Self::Timestamp(value), reader)
            }
            b'b' => {
                let value = i8::from_be_bytes(read!(reader.array(FIELD)));
                then(Self::ShortShortInt(value), reader)
            }
            b'B' => {
                let value = read!(reader.octet(FIELD));
                then(Self::ShortShortUint(value), reader)
            }
            b's' | b'U' => {
                let value = i16::from_be_bytes(read!(reader.array(FIELD)));
                then(Self::ShortInt(value), reader)
            }
            b'u' => {
                let value = read!(reader.short(FIELD));
                then(Self::ShortUint(value), reader)
            }
            b'i' => {
                let value = read!(reader.long(FIELD));
                then(Self::LongUint(value), reader)
            }
            b'f' => {
                let value = f32::from_be_bytes(read!(reader.array(FIELD)));
                then(Self::Float(value), reader)
            }
            b'd' => {
                let value = f64::from_be_bytes(read!(reader.array(FIELD)));
                then(Self::Double(value), reader)
            }
            b'D' => {
                let scale = read!(reader.octet(FIELD));
                let value = i32::from_be_bytes(read!(reader.array(FIELD)));
                then(Self::Decimal(Decimal { scale, value }), reader)
            }
            b'x' => {
                let value = read!(reader.long_str(FIELD));
                then(Self::ByteArray(value), reader)
            }
            b'V' => then(Self::Void, reader),
            tag => damaged(reader.error(DecodeErrorKind::UnknownFieldTag(tag), FIELD)),
        }
    }

    /// How many octets tag and value take.
    #[inline(always)]
    pub(super) fn encoded_len(&self, depth: usize) -> usize {
        1 + match self {
            Self::Void => 0,
            Self::Boolean(_) | Self::ShortShortInt(_) | Self::ShortShortUint(_) => 1,
            Self::ShortInt(_) | Self::ShortUint(_) => 2,
            Self::LongInt(_) | Self::LongUint(_) | Self::Float(_) => 4,
            Self::Decimal(_) => 5,
            Self::LongLongInt(_) | Self::Double(_) | Self::Timestamp(_) => 8,
            Self::LongString(value) | Self::ByteArray(value) => value.encoded_len(),
            Self::Array(array) => array.encoded_len_at(depth + 1),
            Self::Table(table) => table.encoded_len_at(depth + 1),
        }
    }

    /// Writes tag and value of an element at `depth` levels of nesting.
    #[inline(always)]
    pub(super) fn encode(&self, out: &mut Writer<'_>, depth: usize) -> Result<(), EncodeError> {
        match self {
            Self::LongString(value) => return text(out, b'S', value.as_bytes()),
            Self::LongInt(value) => tagged(out, b'I', value.to_be_bytes()),
            Self::Boolean(value) => out.array([b't', u8::from(*value)]),
            Self::LongLongInt(value) => tagged(out, b'l', value.to_be_bytes()),
            Self::Table(table) => {
                out.octet(b'F');
                return table.encode_at(FIELD, out, depth + 1);
            }
            Self::Array(array) => {
                out.octet(b'A');
                return array.encode_at(FIELD, out, depth + 1);
            }
            Self::Timestamp(value) => tagged(out, b'T', value.as_secs().to_be_bytes()),
            Self::ShortShortInt(value) => tagged(out, b'b', value.to_be_bytes()),
            Self::ShortShortUint(value) => tagged(out, b'B', value.to_be_bytes()),
            Self::ShortInt(value) => tagged(out, b's', value.to_be_bytes()),
            Self::ShortUint(value) => tagged(out, b'u', value.to_be_bytes()),
            Self::LongUint(value) => tagged(out, b'i', value.to_be_bytes()),
            Self::Float(value) => tagged(out, b'f', value.to_be_bytes()),
            Self::Double(value) => tagged(out, b'd', value.to_be_bytes()),
            Self::Decimal(value) => {
                out.array([b'D', value.scale]);
                out.array(value.value.to_be_bytes());
            }
            Self::ByteArray(value) => return text(out, b'x', value.as_bytes()),
            Self::Void => out.octet(b'V'),
        }
        Ok(())
    }
}

/// Writes tag and value with a single check for room.
#[inline(always)]
fn tagged<const N: usize>(out: &mut Writer<'_>, tag: u8, value: [u8; N]) {
    if let Some([first, rest @ ..]) = out.room(1 + N) {
        *first = tag;
        rest.copy_from_slice(&value);
    }
}

/// Writes tag, length and octets with a single check for room.
#[inline(always)]
fn text(out: &mut Writer<'_>, tag: u8, octets: &[u8]) -> Result<(), EncodeError> {
    let Ok(length) = u32::try_from(octets.len()) else {
        return Err(EncodeError::new(EncodeErrorKind::TooLong, FIELD));
    };
    let [a, b, c, d] = length.to_be_bytes();
    if let Some((head, rest)) = out
        .room(5 + octets.len())
        .and_then(|room| room.split_first_chunk_mut())
    {
        *head = [tag, a, b, c, d];
        rest.copy_from_slice(octets);
    }
    Ok(())
}

/// Reads the contents of a table or array that stands inside one at `depth`.
#[inline(always)]
fn nested<'a>(reader: &mut Reader<'a>, depth: u8) -> Result<(&'a [u8], u8), DecodeError> {
    if usize::from(depth) >= MAX_TABLE_DEPTH {
        return Err(reader.error(DecodeErrorKind::NestingTooDeep, FIELD));
    }
    let length = reader.long(FIELD)? as usize;
    let octets = reader.slice(length, FIELD, DecodeErrorKind::TableOverrun)?;
    Ok((octets, depth + 1))
}

/// Refuses to write below [`MAX_TABLE_DEPTH`] levels.
#[inline]
pub(super) fn check_depth(depth: usize, field: &'static str) -> Result<(), EncodeError> {
    if depth > MAX_TABLE_DEPTH {
        return Err(EncodeError::new(EncodeErrorKind::NestingTooDeep, field));
    }
    Ok(())
}

/// Refuses to look below [`MAX_TABLE_DEPTH`] levels, however they came to be.
#[inline]
pub(super) fn check_level(depth: usize) -> Result<(), DecodeError> {
    if depth > MAX_TABLE_DEPTH {
        return Err(DecodeError::new(DecodeErrorKind::NestingTooDeep, FIELD, 0));
    }
    Ok(())
}

/// Something to be shown that stands at a level of nesting, which borrowed entries do not know of themselves.
pub(super) struct At<'v, T>(pub(super) &'v T, pub(super) usize);

/// As the value alone would be.
impl fmt::Debug for At<'_, Value<'_>> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Table(table) => f.debug_tuple("Table").field(&At(table, self.1)).finish(),
            Value::Array(array) => f.debug_tuple("Array").field(&At(array, self.1)).finish(),
            plain => plain.fmt(f),
        }
    }
}

/// Refuses octets that stand too deep where they are put; other damage in them is passed on as it is.
#[inline]
pub(super) fn check_depth_within(
    walked: Result<(), DecodeError>,
    field: &'static str,
) -> Result<(), EncodeError> {
    match walked {
        Err(error) if error.kind() == DecodeErrorKind::NestingTooDeep => {
            Err(EncodeError::new(EncodeErrorKind::NestingTooDeep, field))
        }
        _ => Ok(()),
    }
}

/// A depth that a walk can start from.
#[inline]
pub(super) fn level(depth: usize) -> u8 {
    u8::try_from(depth).unwrap_or(u8::MAX)
}

macro_rules! from {
    ($($from:ty => $variant:ident),* $(,)?) => {$(
        impl From<$from> for Value<'_> {
            #[inline]
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        }
    )*};
}

from! {
    bool => Boolean,
    i8 => ShortShortInt,
    u8 => ShortShortUint,
    i16 => ShortInt,
    u16 => ShortUint,
    i32 => LongInt,
    u32 => LongUint,
    i64 => LongLongInt,
    f32 => Float,
    f64 => Double,
    Decimal => Decimal,
    Timestamp => Timestamp,
    String => LongString,
}

impl<'a> From<&'a str> for Value<'a> {
    #[inline]
    fn from(text: &'a str) -> Self {
        Self::LongString(text.into())
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    #[inline]
    fn from(octets: &'a [u8]) -> Self {
        Self::ByteArray(octets.into())
    }
}

impl<'a> From<FieldTable<'a>> for Value<'a> {
    #[inline]
    fn from(table: FieldTable<'a>) -> Self {
        Self::Table(table)
    }
}

impl<'a> From<FieldArray<'a>> for Value<'a> {
    #[inline]
    fn from(array: FieldArray<'a>) -> Self {
        Self::Array(array)
    }
}
