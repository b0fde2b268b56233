//! From structs and maps to tables.

use core::fmt::Display;

use serde_core::ser::{Serialize, Serializer};

use crate::{EncodeError, FieldTable, MAX_TABLE_DEPTH, Value};

use super::compounds::{ToArray, ToTable};
use super::error::Error;
use super::names::VALUE;
use super::wire;

/// A table of the fields of a struct, or of the entries of a map.
///
/// Integers keep their widths; those beyond `i64::MAX` are refused. Strings become long strings, octets byte arrays, what
/// is not there void, unless `skip_serializing_if` leaves it out. Enums are written as their names, or as a table of one
/// entry.
///
/// # Errors
/// Names the field: neither a struct nor a map, a number that is too large, a name that is no text or has more than
/// 255 octets, nesting beyond [`MAX_TABLE_DEPTH`].
pub fn to_table<T: Serialize + ?Sized>(value: &T) -> Result<FieldTable<'static>, Error> {
    FieldTable::try_from(value.serialize(ToValue { depth: 0 })?).map_err(Error::new)
}

/// Makes values that stand so many tables deep.
#[derive(Clone, Copy)]
pub(super) struct ToValue {
    depth: usize,
}

impl ToValue {
    fn below(self) -> Result<Self, Error> {
        if self.depth > MAX_TABLE_DEPTH {
            return Err(Error::too_deep());
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }

    fn array(self, variant: Option<&'static str>) -> Result<ToArray, Error> {
        Ok(ToArray::new(self.below()?, variant))
    }

    fn table(self, variant: Option<&'static str>) -> Result<ToTable, Error> {
        Ok(ToTable::new(self.below()?, variant))
    }
}

pub(super) type Made = Result<Value<'static>, Error>;

fn integer(number: impl TryInto<i64> + Display + Copy) -> Made {
    match number.try_into() {
        Ok(number) => Ok(Value::LongLongInt(number)),
        Err(_) => Err(Error::new(format_args!("{number} does not fit 64 bits"))),
    }
}

/// A variant that holds something is a table of one entry.
pub(super) fn in_variant(variant: Option<&'static str>, value: Value<'static>) -> Made {
    match variant {
        None => Ok(value),
        Some(name) => built(FieldTable::builder().entry(name, value).build()),
    }
}

pub(super) fn built<T: Into<Value<'static>>>(built: Result<T, EncodeError>) -> Made {
    built.map(Into::into).map_err(Error::new)
}

macro_rules! as_it_is {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, value: $type) -> Made {
            Ok(value.into())
        }
    )*};
}

impl Serializer for ToValue {
    type Ok = Value<'static>;
    type Error = Error;
    type SerializeSeq = ToArray;
    type SerializeTuple = ToArray;
    type SerializeTupleStruct = ToArray;
    type SerializeTupleVariant = ToArray;
    type SerializeMap = ToTable;
    type SerializeStruct = ToTable;
    type SerializeStructVariant = ToTable;

    as_it_is!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    as_it_is!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_f32: f32, serialize_f64: f64);

    fn serialize_u64(self, value: u64) -> Made {
        integer(value)
    }

    fn serialize_i128(self, value: i128) -> Made {
        integer(value)
    }

    fn serialize_u128(self, value: u128) -> Made {
        integer(value)
    }

    fn serialize_char(self, value: char) -> Made {
        Ok(value.to_string().into())
    }

    fn serialize_str(self, value: &str) -> Made {
        Ok(value.to_owned().into())
    }

    fn serialize_bytes(self, value: &[u8]) -> Made {
        Ok(value.to_vec().into())
    }

    fn serialize_none(self) -> Made {
        Ok(Value::Void)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Made {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Made {
        Ok(Value::Void)
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Made {
        Ok(Value::Void)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Made {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Made {
        let inner = value.serialize(self)?;
        match (name, inner.as_bytes()) {
            (VALUE, Some(octets)) => match wire::decode(octets) {
                Ok(Some(value)) => Ok(value),
                Ok(None) => Err(Error::new("not a single value")),
                Err(error) => Err(Error::new(error)),
            },
            _ => Ok(inner),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Made {
        in_variant(Some(variant), value.serialize(self.below()?)?)
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<ToArray, Error> {
        self.array(None)
    }

    fn serialize_tuple(self, _length: usize) -> Result<ToArray, Error> {
        self.array(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<ToArray, Error> {
        self.array(None)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<ToArray, Error> {
        self.below()?.array(Some(variant))
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<ToTable, Error> {
        self.table(None)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<ToTable, Error> {
        self.table(None)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<ToTable, Error> {
        self.below()?.table(Some(variant))
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}
