//! From tables to structs and maps.

use serde_core::de::value::SeqDeserializer;
use serde_core::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde_core::forward_to_deserialize_any;

use crate::{ArrayIter, FieldTable, MAX_TABLE_DEPTH, ShortStr, TableIter, Value};

use super::error::Error;
use super::names::VALUE;
use super::wire;

/// A struct, a map, or whatever is made of entries, from a table.
///
/// Integers of every width become any integer that they fit. Void is `None`. Where the type does not say what it wants
/// (`serde_json::Value`, `flatten`, `untagged`), time stamps are integers and decimal numbers are strings.
///
/// # Errors
/// Names the field: damage, a value of another type, a number that does not fit, text that is not UTF-8.
pub fn from_table<T: DeserializeOwned>(table: &FieldTable<'_>) -> Result<T, Error> {
    T::deserialize(FromValue {
        value: &Value::from(table),
        depth: 0,
    })
}

/// A value that stands so many tables deep.
#[derive(Clone, Copy)]
struct FromValue<'v> {
    value: &'v Value<'v>,
    depth: usize,
}

impl FromValue<'_> {
    fn below(self) -> Result<usize, Error> {
        if self.depth > MAX_TABLE_DEPTH {
            return Err(Error::too_deep());
        }
        Ok(self.depth + 1)
    }
}

impl<'de> Deserializer<'de> for FromValue<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Boolean(value) => visitor.visit_bool(*value),
            Value::Float(value) => visitor.visit_f32(*value),
            Value::Double(value) => visitor.visit_f64(*value),
            Value::Decimal(value) => visitor.visit_string(value.to_string()),
            Value::Timestamp(value) => visitor.visit_u64(value.as_secs()),
            Value::LongString(octets) => match octets.as_str() {
                Ok(text) => visitor.visit_str(text),
                Err(_) => visitor.visit_bytes(octets.as_bytes()),
            },
            Value::ByteArray(octets) => visitor.visit_bytes(octets.as_bytes()),
            Value::Array(array) => visitor.visit_seq(Elements {
                iter: array.iter(),
                index: 0,
                depth: self.below()?,
            }),
            Value::Table(table) => visitor.visit_map(Entries {
                iter: table.iter(),
                entry: None,
                depth: self.below()?,
            }),
            Value::Void => visitor.visit_unit(),
            integer => match integer.as_i64() {
                Some(value) => visitor.visit_i64(value),
                None => visitor.visit_unit(),
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Void => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name != VALUE {
            return visitor.visit_newtype_struct(self);
        }
        visitor.visit_byte_buf(wire::encode(self.value).map_err(Error::new)?)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value.as_bytes() {
            Some(octets) => visitor.visit_bytes(octets),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    /// A byte array is a sequence of octets for `Vec<u8>`.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::ByteArray(octets) => {
                visitor.visit_seq(SeqDeserializer::new(octets.as_bytes().iter().copied()))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    /// A name, or a table of one entry.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.value {
            Value::LongString(octets) => match octets.as_str() {
                Ok(text) => visitor.visit_enum(text.into_deserializer()),
                Err(_) => self.deserialize_any(visitor),
            },
            Value::Table(table) => {
                let mut entries = table.iter();
                let (Some(Ok((name, value))), None) = (entries.next(), entries.next()) else {
                    return Err(Error::new("an enum is a table of one entry"));
                };
                let depth = self.below()?;
                visitor.visit_enum(Variant { name, value, depth })
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string unit unit_struct tuple tuple_struct map
        struct identifier ignored_any
    }
}

struct Elements<'v> {
    iter: ArrayIter<'v>,
    index: usize,
    depth: usize,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(element) = self.iter.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        let element = element.map_err(Error::new).and_then(|value| {
            let (value, depth) = (&value, self.depth);
            seed.deserialize(FromValue { value, depth })
        });
        element.map(Some).map_err(|error| error.in_element(index))
    }
}

struct Entries<'v> {
    iter: TableIter<'v>,
    entry: Option<(ShortStr<'v>, Value<'v>)>,
    depth: usize,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(entry) = self.iter.next() else {
            return Ok(None);
        };
        let (name, value) = entry.map_err(Error::new)?;
        let key = key(&name, seed).map_err(|error| error.in_entry(&name))?;
        self.entry = Some((name, value));
        Ok(Some(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((name, value)) = self.entry.take() else {
            return Err(Error::new("a value was asked for before its name"));
        };
        let (value, depth) = (&value, self.depth);
        seed.deserialize(FromValue { value, depth })
            .map_err(|error| error.in_entry(&name))
    }
}

fn key<'de, K: DeserializeSeed<'de>>(name: &ShortStr<'_>, seed: K) -> Result<K::Value, Error> {
    let value = &Value::from(name.reborrow());
    seed.deserialize(FromValue { value, depth: 0 })
}

struct Variant<'v> {
    name: ShortStr<'v>,
    value: Value<'v>,
    depth: usize,
}

impl<'de, 'v> EnumAccess<'de> for Variant<'v> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        Ok((key(&self.name, seed)?, self))
    }
}

impl Variant<'_> {
    fn content<T>(self, read: impl FnOnce(FromValue<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let (value, depth) = (&self.value, self.depth);
        read(FromValue { value, depth }).map_err(|error| error.in_entry(&self.name))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        self.content(|content| match content.value {
            Value::Void => Ok(()),
            _ => Err(serde_core::de::Error::invalid_type(
                Unexpected::NewtypeVariant,
                &"unit variant",
            )),
        })
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.content(|content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.content(|content| content.deserialize_any(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.content(|content| content.deserialize_any(visitor))
    }
}
