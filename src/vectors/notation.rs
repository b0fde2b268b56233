//! The notation of values in vectors: JSON to values of the codec.

use amqp_methods::{
    Decimal, EncodeError, FieldArray, FieldTable, FieldValue, ShortStr, Timestamp, Value, WireType,
};
use serde_json::Value as Json;

use crate::report::Failure;

/// Why a value of a vector did not become a value of the codec.
#[derive(Debug)]
pub(super) enum Unusable {
    /// The codec refuses it, which some vectors ask for.
    Refused(EncodeError),
    /// It does not follow the notation.
    Notation(Failure),
}

impl From<EncodeError> for Unusable {
    fn from(error: EncodeError) -> Self {
        Self::Refused(error)
    }
}

impl From<Failure> for Unusable {
    fn from(failure: Failure) -> Self {
        Self::Notation(failure)
    }
}

impl From<Unusable> for Failure {
    fn from(unusable: Unusable) -> Self {
        match unusable {
            Unusable::Refused(error) => error.into(),
            Unusable::Notation(failure) => failure,
        }
    }
}

/// The name that vectors give to a type.
pub(super) fn type_name(wire: WireType) -> &'static str {
    match wire {
        WireType::Bit => "bit",
        WireType::Octet => "octet",
        WireType::Short => "short",
        WireType::Long => "long",
        WireType::LongLong => "longlong",
        WireType::ShortStr => "shortstr",
        WireType::LongStr => "longstr",
        WireType::Timestamp => "timestamp",
        WireType::Table => "table",
        _ => "a type without notation",
    }
}

/// The argument or property of that type.
pub(super) fn field_value(json: &Json, wire: WireType) -> Result<FieldValue<'static>, Unusable> {
    Ok(match wire {
        WireType::Bit => FieldValue::Bit(boolean(json)?),
        WireType::Octet => FieldValue::Octet(integer(json)?),
        WireType::Short => FieldValue::Short(integer(json)?),
        WireType::Long => FieldValue::Long(integer(json)?),
        WireType::LongLong => FieldValue::LongLong(integer(json)?),
        WireType::Timestamp => FieldValue::Timestamp(Timestamp::from_secs(integer(json)?)),
        WireType::ShortStr => {
            FieldValue::ShortStr(ShortStr::from(octets(json)?.as_slice()).into_owned())
        }
        WireType::LongStr => FieldValue::LongStr(octets(json)?.into()),
        WireType::Table => FieldValue::Table(table(json)?),
        _ => return Err(Failure::new(type_name(wire)).into()),
    })
}

/// A table, encoded by the builder of the codec.
pub(super) fn table(json: &Json) -> Result<FieldTable<'static>, Unusable> {
    let mut builder = FieldTable::builder();
    for (name, value) in entries(json)? {
        builder = builder.entry(&name, value);
    }
    Ok(builder.build()?)
}

/// The entries of a table, its nested tables encoded.
pub(super) fn entries(json: &Json) -> Result<Vec<(String, Value<'static>)>, Unusable> {
    let mut entries = Vec::new();
    for (name, value) in pairs(json)? {
        let name = String::from_utf8(name)
            .map_err(|_| Failure::new("a table name that is not UTF-8 cannot be written"))?;
        entries.push((name, value_of(value)?));
    }
    Ok(entries)
}

fn array(json: &Json) -> Result<FieldArray<'static>, Unusable> {
    let mut builder = FieldArray::builder();
    for element in list(json)? {
        builder = builder.element(value_of(element)?);
    }
    Ok(builder.build()?)
}

fn value_of(json: &Json) -> Result<Value<'static>, Unusable> {
    Ok(match tag(json)? {
        "t" => Value::Boolean(boolean(content(json)?)?),
        "b" => Value::ShortShortInt(integer(content(json)?)?),
        "B" => Value::ShortShortUint(integer(content(json)?)?),
        "s" | "U" => Value::ShortInt(integer(content(json)?)?),
        "u" => Value::ShortUint(integer(content(json)?)?),
        "I" => Value::LongInt(integer(content(json)?)?),
        "i" => Value::LongUint(integer(content(json)?)?),
        "l" | "L" => Value::LongLongInt(integer(content(json)?)?),
        "f" => Value::Float(f32::from_bits(bits(json)?)),
        "d" => Value::Double(f64::from_bits(bits(json)?)),
        "D" => Value::Decimal(Decimal::new(scale(json)?, integer(content(json)?)?)),
        "S" => Value::LongString(text_or_octets(json)?.into()),
        "x" => Value::ByteArray(text_or_octets(json)?.into()),
        "T" => Value::Timestamp(Timestamp::from_secs(integer(content(json)?)?)),
        "A" => Value::Array(array(content(json)?)?),
        "F" => Value::Table(table(content(json)?)?),
        "V" => Value::Void,
        other => return Err(Failure::new(format!("unknown tag {other:?}")).into()),
    })
}

/// Whether the codec, having read this table, writes the very same octets from its values.
///
/// Tags `L` and `U` are read as `l` and `s`; a boolean may stand on the wire as any octet; a name need not
/// be text.
pub(super) fn is_rewritable(table: &Json) -> bool {
    pairs(table).is_ok_and(|pairs| {
        pairs
            .iter()
            .all(|(name, value)| str::from_utf8(name).is_ok() && is_rewritable_value(value))
    })
}

fn is_rewritable_value(json: &Json) -> bool {
    let inside = json.get("v").unwrap_or(&Json::Null);
    match tag(json) {
        Ok("L" | "U") => false,
        Ok("t") => json
            .get("raw")
            .is_none_or(|raw| integer::<u8>(raw).is_ok_and(|raw| raw < 2)),
        Ok("F") => is_rewritable(inside),
        Ok("A") => list(inside).is_ok_and(|list| list.iter().all(is_rewritable_value)),
        _ => true,
    }
}

/// How deep a table is nested, 1 being a table without others.
pub(super) fn depth(table: &Json) -> usize {
    let pairs = pairs(table).unwrap_or_default();
    1 + deepest(pairs.iter().map(|(_, value)| *value))
}

fn deepest<'j>(values: impl Iterator<Item = &'j Json>) -> usize {
    let depth = |value: &Json| match (tag(value), value.get("v")) {
        (Ok("F"), Some(table)) => depth(table),
        (Ok("A"), Some(array)) => 1 + deepest(list(array).unwrap_or_default().iter()),
        _ => 0,
    };
    values.map(depth).max().unwrap_or(0)
}

// --- JSON ---

pub(super) fn unlike(expected: &str, json: &Json) -> Failure {
    let mut found = json.to_string();
    if let Some((end, _)) = found.char_indices().nth(60) {
        found.truncate(end);
        found.push_str("...");
    }
    Failure::new(format!(
        "the vector has {found} where {expected} is expected"
    ))
}

pub(super) fn list(json: &Json) -> Result<&[Json], Failure> {
    let list = json.as_array().map(Vec::as_slice);
    list.ok_or_else(|| unlike("a list", json))
}

/// Names and values of a table, in order.
pub(super) fn pairs(json: &Json) -> Result<Vec<(Vec<u8>, &Json)>, Failure> {
    let pair = |entry: &'_ Json| match entry.as_array().map(Vec::as_slice) {
        Some([_, _]) => Ok(()),
        _ => Err(unlike("a pair of name and value", entry)),
    };
    let list = list(json)?;
    list.iter().try_for_each(pair)?;
    let pairs = list
        .iter()
        .filter_map(|entry| match entry.as_array()?.as_slice() {
            [name, value] => Some(octets(name).map(|name| (name, value))),
            _ => None,
        });
    pairs.collect()
}

pub(super) fn tag(json: &Json) -> Result<&str, Failure> {
    let tag = json.get("tag").and_then(Json::as_str);
    tag.ok_or_else(|| unlike("a value with its tag", json))
}

pub(super) fn content(json: &Json) -> Result<&Json, Failure> {
    json.get("v").ok_or_else(|| unlike("a value `v`", json))
}

pub(super) fn boolean(json: &Json) -> Result<bool, Failure> {
    json.as_bool().ok_or_else(|| unlike("true or false", json))
}

/// A number, or one in a string, which the notation has for 64 bits.
pub(super) fn integer<T: TryFrom<i128>>(json: &Json) -> Result<T, Failure> {
    let number = match json {
        Json::String(digits) => digits.parse::<i128>().ok(),
        Json::Number(number) => number.as_i128(),
        _ => None,
    };
    let number = number.and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| unlike("an integer of the right size", json))
}

/// Text, or octets that are none.
pub(super) fn octets(json: &Json) -> Result<Vec<u8>, Failure> {
    if let Some(text) = json.as_str() {
        return Ok(text.into());
    }
    let octets = json.get("hex").and_then(Json::as_str);
    let octets = octets.and_then(|digits| hex::decode(digits).ok());
    octets.ok_or_else(|| unlike("text or hexadecimal octets", json))
}

/// The octets of a tagged string.
pub(super) fn text_or_octets(json: &Json) -> Result<Vec<u8>, Failure> {
    octets(json.get("v").unwrap_or(json))
}

pub(super) fn scale(json: &Json) -> Result<u8, Failure> {
    integer(json.get("scale").unwrap_or(&Json::Null))
}

/// The bits of a floating-point number, which decide before its printed value does.
pub(super) fn bits<T: TryFrom<u64>>(json: &Json) -> Result<T, Failure> {
    let digits = json.get("bits").and_then(Json::as_str);
    let bits = digits.and_then(|digits| u64::from_str_radix(digits, 16).ok());
    let bits = bits.and_then(|bits| T::try_from(bits).ok());
    bits.ok_or_else(|| unlike("a number with its `bits`", json))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_tag_is_read() {
        let notation = json!([
            ["t", {"tag": "t", "v": true}],
            ["b", {"tag": "b", "v": -1}], ["B", {"tag": "B", "v": 255}],
            ["s", {"tag": "s", "v": -2}], ["u", {"tag": "u", "v": 65535}],
            ["I", {"tag": "I", "v": -3}], ["i", {"tag": "i", "v": 4294967295_u32}],
            ["l", {"tag": "l", "v": "-9223372036854775808"}],
            ["T", {"tag": "T", "v": "18446744073709551615"}],
            ["f", {"tag": "f", "bits": "3fc00000", "v": 1.5}],
            ["d", {"tag": "d", "bits": "7ff8000000000000", "v": "NaN"}],
            ["D", {"tag": "D", "scale": 2, "v": 1999}],
            ["S", {"tag": "S", "hex": "ff"}], ["x", {"tag": "x", "hex": "00"}],
            ["A", {"tag": "A", "v": [{"tag": "V"}]}], ["F", {"tag": "F", "v": []}],
        ]);
        let table = table(&notation).unwrap();
        assert_eq!(table.iter().count(), 16);
        table.check().unwrap();
        assert!(is_rewritable(&notation));
    }

    #[test]
    fn what_is_no_notation_is_a_failure() {
        for odd in [
            json!(null),
            json!([["k"]]),
            json!([["k", {"v": 1}]]),
            json!([["k", {"tag": "?"}]]),
            json!([["k", {"tag": "b", "v": 128}]]),
            json!([["k", {"tag": "I", "v": 1.5}]]),
            json!([["k", {"tag": "f", "v": 1.5}]]),
            json!([["k", {"tag": "S", "hex": "f"}]]),
            json!([[7, {"tag": "V"}]]),
        ] {
            assert!(matches!(table(&odd), Err(Unusable::Notation(_))), "{odd}");
        }
    }
}
