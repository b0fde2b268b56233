//! A value by itself as octets: tag and value.

use crate::{DecodeError, EncodeError, FieldTable, Value, Writer};

/// What stands before a value in a table whose only entry has no name: a length, and that of the name.
const HEAD: usize = 5;

pub(super) fn encode(value: &Value<'_>) -> Result<Vec<u8>, EncodeError> {
    let entries = [("", value.reborrow())];
    let table = FieldTable::from(&entries);
    let mut octets = vec![0; table.encoded_len()];
    let mut out = Writer::new(&mut octets);
    out.table("table value", &table)?;
    out.finish()?;
    Ok(octets.split_off(HEAD))
}

/// Looks at nested tables, too.
pub(super) fn decode(octets: &[u8]) -> Result<Option<Value<'static>>, DecodeError> {
    let mut named = Vec::with_capacity(1 + octets.len());
    named.push(0);
    named.extend_from_slice(octets);
    let table = FieldTable::from_wire(&named);
    table.check()?;
    let mut entries = table.iter();
    let value = entries.next().transpose()?;
    // One value, not several.
    Ok(match entries.next() {
        None => value.map(|(_, value)| value.into_owned()),
        Some(_) => None,
    })
}
