//! Compares what was decoded with what a vector says.

use amqp_methods::{FieldInfo, FieldTable, FieldValue, Value};
use serde::Deserialize;
use serde_json::Value as Json;

use super::notation::{self, Unusable};
use crate::report::{Failure, ensure};

/// A method argument or content property as a vector states it.
#[derive(Debug, Deserialize)]
pub(super) struct Field {
    name: String,
    /// Its name in other documents.
    #[serde(default)]
    alt_name: Option<String>,
    #[serde(rename = "type")]
    wire: String,
    value: Json,
}

impl Field {
    /// Whether the vector means the field that the description calls so.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name == name || self.alt_name.as_deref() == Some(name)
    }

    /// Whether the codec, having read the value, writes the very same octets.
    pub(super) fn is_rewritable(&self) -> bool {
        self.wire != "table" || notation::is_rewritable(&self.value)
    }

    /// The value as one of the codec.
    pub(super) fn to_value(&self, info: &FieldInfo) -> Result<FieldValue<'static>, Unusable> {
        let known = notation::type_name(info.wire);
        ensure(self.wire == known, || {
            format!("{} is {known} where {} is expected", info.name, self.wire)
        })?;
        notation::field_value(&self.value, info.wire)
    }

    fn compare(&self, found: &FieldValue<'_>) -> Result<(), Failure> {
        let known = notation::type_name(found.wire());
        ensure(self.wire == known, || {
            format!("{known} where {} is expected", self.wire)
        })?;
        if let FieldValue::Table(table) = found {
            return compare_table(table, &self.value);
        }
        let expected = notation::field_value(&self.value, found.wire())?;
        ensure(*found == expected, || {
            format!("{found:?} where {expected:?} is expected")
        })
    }
}

/// The values that a vector gives, under the names of the description.
pub(super) fn values(
    infos: &'static [FieldInfo],
    fields: &[Field],
) -> Result<Vec<(&'static str, FieldValue<'static>)>, Unusable> {
    let value = |field: &Field| {
        let Some(info) = infos.iter().find(|info| field.is_called(info.name)) else {
            return Err(Failure::new(format!("no field is called {}", field.name)).into());
        };
        Ok((info.name, field.to_value(info)?))
    };
    fields.iter().map(value).collect()
}

/// Compares decoded fields with those of a vector: each is in the other.
///
/// Reserved fields are in the vector alone, because they have no meaning to decode.
pub(super) fn compare_fields<'m>(
    found: impl Iterator<Item = (&'static str, FieldValue<'m>)>,
    expected: &[Field],
    infos: &[FieldInfo],
) -> Result<(), Failure> {
    let found: Vec<_> = found.collect();
    for (name, value) in &found {
        let Some(field) = expected.iter().find(|field| field.is_called(name)) else {
            return Err(Failure::new(format!("{value:?} where none is expected")).at(name));
        };
        field.compare(value).map_err(|failure| failure.at(name))?;
    }
    for field in expected {
        let decoded = found.iter().any(|(name, _)| field.is_called(name));
        let mut reserved = infos.iter().filter(|info| info.reserved);
        let reserved = reserved.any(|info| field.is_called(info.name));
        ensure(decoded || reserved, || {
            format!("{} was not decoded", field.name)
        })?;
    }
    Ok(())
}

/// Compares a table entry by entry: order, names, tags and values.
pub(super) fn compare_table(table: &FieldTable<'_>, expected: &Json) -> Result<(), Failure> {
    let expected = notation::pairs(expected)?;
    let mut expected = expected.iter();
    for entry in table {
        let (name, value) = entry?;
        let Some((expected_name, expected)) = expected.next() else {
            return Err(Failure::new(format!("entry {name:?} is one too many")));
        };
        ensure(name.as_bytes() == expected_name, || {
            format!(
                "entry {name:?} where {:?} is expected",
                expected_name.escape_ascii().to_string()
            )
        })?;
        compare_value(&value, expected).map_err(|failure| failure.at(format!("entry {name:?}")))?;
    }
    ensure(expected.len() == 0, || {
        format!("{} entries are missing", expected.len())
    })
}

fn compare_array(found: &Value<'_>, expected: &[Json]) -> Result<(), Failure> {
    let Some(array) = found.as_array() else {
        return Err(Failure::new(format!(
            "{found:?} where an array is expected"
        )));
    };
    let mut expected = expected.iter();
    for element in array {
        let element = element?;
        let Some(expected) = expected.next() else {
            return Err(Failure::new(format!("element {element:?} is one too many")));
        };
        compare_value(&element, expected)?;
    }
    ensure(expected.len() == 0, || {
        format!("{} elements are missing", expected.len())
    })
}

fn compare_value(found: &Value<'_>, expected: &Json) -> Result<(), Failure> {
    let content = || notation::content(expected);
    let same = match (notation::tag(expected)?, found) {
        ("A", _) => return compare_array(found, notation::list(content()?)?),
        ("F", Value::Table(table)) => return compare_table(table, content()?),
        ("t", Value::Boolean(found)) => *found == notation::boolean(content()?)?,
        ("b", Value::ShortShortInt(found)) => is_integer(*found, expected)?,
        ("B", Value::ShortShortUint(found)) => is_integer(*found, expected)?,
        ("s" | "U", Value::ShortInt(found)) => is_integer(*found, expected)?,
        ("u", Value::ShortUint(found)) => is_integer(*found, expected)?,
        ("I", Value::LongInt(found)) => is_integer(*found, expected)?,
        ("i", Value::LongUint(found)) => is_integer(*found, expected)?,
        ("l" | "L", Value::LongLongInt(found)) => is_integer(*found, expected)?,
        ("T", Value::Timestamp(found)) => is_integer(found.as_secs(), expected)?,
        // Not-a-number differs from itself; its bits do not.
        ("f", Value::Float(found)) => found.to_bits() == notation::bits::<u32>(expected)?,
        ("d", Value::Double(found)) => found.to_bits() == notation::bits::<u64>(expected)?,
        ("D", Value::Decimal(found)) => {
            found.scale == notation::scale(expected)? && is_integer(found.value, expected)?
        }
        ("S", Value::LongString(found)) | ("x", Value::ByteArray(found)) => {
            found.as_bytes() == notation::text_or_octets(expected)?
        }
        ("V", Value::Void) => true,
        _ => false,
    };
    ensure(same, || format!("{found:?} where {expected} is expected"))
}

fn is_integer<T: TryFrom<i128> + PartialEq>(found: T, expected: &Json) -> Result<bool, Failure> {
    Ok(found == notation::integer::<T>(notation::content(expected)?)?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_differs_by_order_name_tag_and_value() {
        let notation = json!([["a", {"tag": "I", "v": 1}], ["b", {"tag": "V"}]]);
        let table = notation::table(&notation).unwrap();
        assert_eq!(compare_table(&table, &notation), Ok(()));
        for other in [
            json!([["b", {"tag": "V"}], ["a", {"tag": "I", "v": 1}]]),
            json!([["a", {"tag": "i", "v": 1}], ["b", {"tag": "V"}]]),
            json!([["a", {"tag": "I", "v": 2}], ["b", {"tag": "V"}]]),
            json!([["a", {"tag": "I", "v": 1}]]),
            json!([["a", {"tag": "I", "v": 1}], ["b", {"tag": "V"}], ["c", {"tag": "V"}]]),
        ] {
            assert!(compare_table(&table, &other).is_err(), "{other}");
        }
    }

    #[test]
    fn floats_are_compared_by_their_bits() {
        let nan = json!([["k", {"tag": "d", "bits": "7ff8000000000000", "v": "NaN"}]]);
        let table = notation::table(&nan).unwrap();
        assert_eq!(compare_table(&table, &nan), Ok(()));
        let other = json!([["k", {"tag": "d", "bits": "7ff8000000000001", "v": "NaN"}]]);
        assert!(compare_table(&table, &other).is_err());
    }
}
