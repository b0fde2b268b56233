//! The same octets to `amq-protocol`: what it accepts we accept, with the same values under the same names, and
//! either side writes what the other reads.
//!
//! The first octet says what follows: 1 the payload of a method, 2 that of a content header, anything else a table
//! with its length. What `amq-protocol` refuses says nothing: it wants short strings to be UTF-8, and knows no
//! methods but its own. What is left out of the comparison has a name, see [`Exception`]; what is compared in
//! another form is in `peer`.

#![no_main]

use amq_protocol::frame::AMQPFrame;
use amq_protocol::frame::parsing::parse_content_header;
use amq_protocol::protocol::parse_class;
use amq_protocol::types::parsing::{ParserResult, parse_field_table};
use amqp_methods::{
    AnyMethod, Content, ContentHeader, DecodeErrorKind, DynMethod, FieldInfo, FieldTable,
    FieldValue, Reader, basic, encode_arguments, encode_properties,
};
use leveret_fuzz::{peer, written};
use libfuzzer_sys::fuzz_target;

/// `amq-protocol` recurses for each level of nesting. More octets than these could be more levels than a stack has.
const LONGEST: usize = 4096;

fuzz_target!(|input: &[u8]| {
    let Some((&[kind], octets)) = input.split_first_chunk() else {
        return;
    };
    if octets.len() > LONGEST {
        return;
    }
    let _compared = match kind {
        1 => method(octets),
        2 => header(octets),
        _ => table(octets),
    };
});

/// Why octets are not compared.
enum Exception {
    /// Tables that nest more than 64 levels deep. We refuse them; `amq-protocol` recurses for as long as the stack
    /// lasts.
    NestingTooDeep,
    /// Presence flags beyond the fourteen properties. We refuse a flag without a property, and follow the one that
    /// announces more flags; `amq-protocol` overlooks all of them, and takes further flags for values.
    ForeignFlags,
    /// A class other than `basic`, which has no properties. We refuse it where properties are asked for;
    /// `amq-protocol` reads the properties of `basic`.
    ForeignClass,
}

fn table(octets: &[u8]) -> Result<(), Exception> {
    let mut reader = Reader::new(octets);
    let ours = reader.table("table");
    if let Ok(ours) = &ours {
        shallow(ours)?;
    }
    let Some(theirs) = whole(parse_field_table(octets)) else {
        return Ok(());
    };
    let ours = ours.expect("amq-protocol accepts this table");
    assert!(reader.is_empty());
    same_table(&ours, &theirs);
    same_table(&sorted(&ours), &theirs);
    Ok(())
}

fn same_table(ours: &FieldTable<'_>, theirs: &amq_protocol::types::FieldTable) {
    assert_eq!(ours.check(), Ok(()));
    let converted = peer::table(ours).expect("amq-protocol accepts this table");
    // By their octets, because not-a-number equals nothing.
    let same = peer::encoded_table(&converted) == peer::encoded_table(theirs);
    assert!(same, "{ours:?}\n{theirs:?}");
}

fn method(payload: &[u8]) -> Result<(), Exception> {
    let ours = AnyMethod::decode(payload);
    if let Ok(ours) = &ours {
        shallow_values(ours.fields().map(|(_, value)| value))?;
    }
    let Some(theirs) = whole(parse_class(payload)) else {
        return Ok(());
    };
    let ours = ours.expect("amq-protocol accepts this method");
    let info = ours.info().expect("amq-protocol knows this method");
    let printed = format!("{theirs:?}");
    assert_eq!(peer::method(&ours).as_ref(), Some(&printed));

    let args = written(ours.encoded_len(), |out| ours.encode(out)).expect("it was on the wire");
    let octets = [info.id.to_be_bytes().as_slice(), &args].concat();
    let read = whole(parse_class(octets.as_slice())).expect("amq-protocol reads what we write");
    assert_eq!(format!("{read:?}"), printed);

    let fields = in_their_form(ours.fields());
    let value = |field: &FieldInfo| {
        peer::overwritten(info, field.name).or_else(|| value_of(&fields, field))
    };
    let args = encode_arguments(info, value).expect("it was on the wire");
    let octets = [info.id.to_be_bytes().as_slice(), &args].concat();
    assert_eq!(peer::payload(&AMQPFrame::Method(0, theirs)), octets);
    Ok(())
}

fn header(payload: &[u8]) -> Result<(), Exception> {
    let ours = ContentHeader::decode(payload);
    if let Ok(ours) = &ours {
        if ours.class_id != basic::Properties::CLASS_ID {
            return Err(Exception::ForeignClass);
        }
        if matches!(ours.properties, [_, flags, ..] if flags & 0b11 != 0) {
            return Err(Exception::ForeignFlags);
        }
    }
    let properties = ours.and_then(|header| header.properties::<basic::Properties<'_>>());
    if let Ok(properties) = &properties {
        shallow_values(properties.fields().map(|(_, value)| value))?;
    }
    let Some(theirs) = whole(parse_content_header(payload)) else {
        return Ok(());
    };
    let ours = ours.expect("amq-protocol accepts this header");
    let properties = properties.expect("amq-protocol accepts these properties");
    let printed = format!("{theirs:?}");
    assert_eq!(peer::header(&ours, &properties), Some(printed));

    let fields = in_their_form(properties.fields());
    let value = |property: &FieldInfo| value_of(&fields, property);
    let list = encode_properties(basic::Properties::PROPERTIES, value);
    let list = list.expect("it was on the wire");
    let (class_id, body_size) = (ours.class_id.to_be_bytes(), ours.body_size.to_be_bytes());
    let octets = [class_id.as_slice(), &[0, 0], &body_size, &list].concat();
    assert_eq!(peer::payload(&AMQPFrame::Header(0, theirs)), octets);
    Ok(())
}

/// What a parser of theirs made of all octets.
fn whole<T>(parsed: ParserResult<&[u8], T>) -> Option<T> {
    let (rest, value) = parsed.ok()?;
    rest.is_empty().then_some(value)
}

fn shallow(table: &FieldTable<'_>) -> Result<(), Exception> {
    match table.check() {
        Err(error) if error.kind() == DecodeErrorKind::NestingTooDeep => {
            Err(Exception::NestingTooDeep)
        }
        _ => Ok(()),
    }
}

fn shallow_values<'v>(mut values: impl Iterator<Item = FieldValue<'v>>) -> Result<(), Exception> {
    values.try_for_each(|value| match value {
        FieldValue::Table(table) => shallow(&table),
        _ => Ok(()),
    })
}

type Named<'v> = Vec<(&'static str, FieldValue<'v>)>;

/// Our values as `amq-protocol` writes them.
fn in_their_form<'v>(fields: impl Iterator<Item = (&'static str, FieldValue<'v>)>) -> Named<'v> {
    let converted = fields.map(|(name, value)| match value {
        FieldValue::Table(table) => (name, FieldValue::Table(sorted(&table))),
        other => (name, other),
    });
    converted.collect()
}

/// The entries sorted by name, each name once.
fn sorted(table: &FieldTable<'_>) -> FieldTable<'static> {
    let theirs = peer::table(table).expect("amq-protocol accepts this table");
    FieldTable::from_wire(&peer::encoded_table(&theirs)).into_owned()
}

fn value_of<'v>(fields: &Named<'v>, info: &FieldInfo) -> Option<FieldValue<'v>> {
    let (_, value) = fields.iter().find(|(name, _)| *name == info.name)?;
    Some(value.clone())
}
