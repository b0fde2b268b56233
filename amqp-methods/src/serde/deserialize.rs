//! The types of this crate from any format.

use core::fmt;

use serde_core::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor,
};

use crate::{
    Decimal, FieldArray, FieldTable, LongStr, MAX_TABLE_DEPTH, ShortStr, Timestamp, Value,
};

use super::error::TOO_DEEP;
use super::names::{BYTES, DECIMAL, FLOAT, STRING, TIMESTAMP, VALUE};
use super::{hex, wire};

impl<'de> Deserialize<'de> for Value<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        value(deserializer)
    }
}

fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Value<'static>, D::Error> {
    if deserializer.is_human_readable() {
        AnyValue { depth: 0 }.deserialize(deserializer)
    } else {
        deserializer.deserialize_newtype_struct(VALUE, Octets)
    }
}

macro_rules! from_value {
    ($($type:ty),* $(,)?) => {$(
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::try_from(value(deserializer)?).map_err(D::Error::custom)
            }
        }
    )*};
}

from_value!(FieldTable<'_>, FieldArray<'_>, LongStr<'_>);

impl<'de> Deserialize<'de> for ShortStr<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = LongStr::deserialize(deserializer)?;
        if text.len() > Self::MAX {
            let found = Unexpected::Bytes(text.as_bytes());
            return Err(D::Error::invalid_value(found, &"at most 255 octets"));
        }
        Ok(ShortStr::from(text.as_bytes()).into_owned())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return u64::deserialize(deserializer).map(Self::from_secs);
        }
        Self::try_from(value(deserializer)?).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = value(deserializer)?;
        let parsed = value.as_str().and_then(decimal);
        match parsed {
            Some(decimal) => Ok(decimal),
            None => Self::try_from(value).map_err(D::Error::custom),
        }
    }
}

/// Reads what `Display` writes: `19.99`, `1999e-20`.
fn decimal(text: &str) -> Option<Decimal> {
    if let Some((value, scale)) = text.split_once("e-") {
        return Some(Decimal::new(scale.parse().ok()?, value.parse().ok()?));
    }
    let Some((whole, places)) = text.split_once('.') else {
        return Some(Decimal::new(0, text.parse().ok()?));
    };
    let scale = u8::try_from(places.len()).ok()?;
    let value = format!("{whole}{places}").parse().ok()?;
    Some(Decimal::new(scale, value))
}

/// Tag and value, from a format for machines.
struct Octets;

impl<'de> Visitor<'de> for Octets {
    type Value = Value<'static>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the octets of a table value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_bytes(self)
    }

    fn visit_bytes<E: Error>(self, octets: &[u8]) -> Result<Self::Value, E> {
        let value = wire::decode(octets).map_err(E::custom)?;
        value.ok_or_else(|| E::invalid_value(Unexpected::Bytes(octets), &self))
    }
}

/// Whatever a format for people has, so many tables deep.
#[derive(Clone, Copy)]
struct AnyValue {
    depth: usize,
}

impl AnyValue {
    fn below<E: Error>(self) -> Result<Self, E> {
        if self.depth > MAX_TABLE_DEPTH {
            return Err(E::custom(TOO_DEEP));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for AnyValue {
    type Value = Value<'static>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'static>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(i32::try_from(value).map_or(Value::LongLongInt(value), Value::LongInt))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => Err(E::invalid_value(
                Unexpected::Unsigned(value),
                &"a signed 64-bit integer",
            )),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(text.into())
    }

    fn visit_bytes<E: Error>(self, octets: &[u8]) -> Result<Self::Value, E> {
        Ok(octets.to_vec().into())
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Void)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Value::Void)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let inner = self.below()?;
        let mut array = FieldArray::builder();
        while let Some(element) = seq.next_element_seed(inner)? {
            array = array.element(element);
        }
        array.build().map(Value::Array).map_err(A::Error::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let inner = self.below()?;
        let mut table = FieldTable::builder();
        let mut first = true;
        while let Some(name) = map.next_key::<String>()? {
            if core::mem::take(&mut first)
                && let Some(value) = tagged(&name, &mut map)?
            {
                return match map.next_key::<String>()? {
                    None => Ok(value),
                    Some(_) => Err(A::Error::custom(format!("{name} stands alone"))),
                };
            }
            let value = map.next_value_seed(inner)?;
            let name = match name.strip_prefix('$') {
                Some(rest) if rest.starts_with('$') => rest,
                _ => &name,
            };
            table = table.entry(name, value);
        }
        table.build().map(Value::Table).map_err(A::Error::custom)
    }
}

/// The value behind a name that says how to read it; none for other names.
fn tagged<'de, A: MapAccess<'de>>(
    name: &str,
    map: &mut A,
) -> Result<Option<Value<'static>>, A::Error> {
    if name == TIMESTAMP {
        let seconds = map.next_value()?;
        return Ok(Some(Timestamp::from_secs(seconds).into()));
    }
    let read: fn(&str) -> Option<Value<'static>> = match name {
        FLOAT => |text| text.parse().ok().map(Value::Double),
        STRING => |text| hex::parse(text).map(|octets| Value::LongString(octets.into())),
        BYTES => |text| hex::parse(text).map(|octets| Value::ByteArray(octets.into())),
        DECIMAL => |text| decimal(text).map(Value::Decimal),
        _ => return Ok(None),
    };
    let text: String = map.next_value()?;
    match read(&text) {
        Some(value) => Ok(Some(value)),
        None => Err(A::Error::custom(format!("{text:?} is no {name}"))),
    }
}
