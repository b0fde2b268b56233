//! What we decoded, in the words of `amq-protocol`: the text that its value prints if it holds the same.

use std::fmt::{self, Debug};

use amq_protocol::frame::{AMQPFrame, WriteContext, gen_frame};
use amq_protocol::types::generation::gen_field_table;
use amq_protocol::types::{
    AMQPValue, DecimalValue, FieldArray, FieldTable, LongString, ShortString,
};
use amqp_methods::{
    Content, ContentHeader, DynMethod, FieldValue, Frame, FrameLimits, MethodInfo, Value, basic,
};

/// What `amq-protocol` writes into a field that it reads over, as if it were reserved.
///
/// RabbitMQ refuses any `prefetch-size` but zero, and access tickets have had no meaning since AMQP 0-8.
pub fn overwritten(method: &MethodInfo, field: &str) -> Option<FieldValue<'static>> {
    match (method.name, field) {
        ("basic.qos", "prefetch-size") => Some(FieldValue::Long(0)),
        ("access.request-ok", "ticket") => Some(FieldValue::Short(1)),
        _ => None,
    }
}

/// The same table; none if it is damaged, or a name is no text, which `amq-protocol` refuses.
///
/// A name that occurs twice has its last value there, which is also what our `get` finds. Decimals are unsigned
/// there and signed here: the same octets.
pub fn table(ours: &amqp_methods::FieldTable<'_>) -> Option<FieldTable> {
    let mut theirs = FieldTable::default();
    for entry in ours {
        let (name, value) = entry.ok()?;
        theirs.insert(name.as_str().ok()?.into(), self::value(&value)?);
    }
    Some(theirs)
}

fn value(ours: &Value<'_>) -> Option<AMQPValue> {
    Some(match ours {
        Value::Boolean(value) => AMQPValue::Boolean(*value),
        Value::ShortShortInt(value) => AMQPValue::ShortShortInt(*value),
        Value::ShortShortUint(value) => AMQPValue::ShortShortUInt(*value),
        Value::ShortInt(value) => AMQPValue::ShortInt(*value),
        Value::ShortUint(value) => AMQPValue::ShortUInt(*value),
        Value::LongInt(value) => AMQPValue::LongInt(*value),
        Value::LongUint(value) => AMQPValue::LongUInt(*value),
        Value::LongLongInt(value) => AMQPValue::LongLongInt(*value),
        Value::Float(value) => AMQPValue::Float(*value),
        Value::Double(value) => AMQPValue::Double(*value),
        Value::Decimal(value) => AMQPValue::DecimalValue(DecimalValue {
            scale: value.scale,
            value: value.value.cast_unsigned(),
        }),
        Value::LongString(value) => AMQPValue::LongString(value.as_bytes().into()),
        Value::ByteArray(value) => AMQPValue::ByteArray(value.as_bytes().into()),
        Value::Array(array) => {
            let elements = array.iter().map(|element| value(&element.ok()?));
            AMQPValue::FieldArray(FieldArray::from(elements.collect::<Option<Vec<_>>>()?))
        }
        Value::Timestamp(value) => AMQPValue::Timestamp(value.as_secs()),
        Value::Table(table) => AMQPValue::FieldTable(self::table(table)?),
        Value::Void => AMQPValue::Void,
        _ => return None,
    })
}

/// The contents of a table as `amq-protocol` writes it: sorted by name, each name once.
pub fn encoded_table(theirs: &FieldTable) -> Vec<u8> {
    let context = WriteContext::from(Vec::new());
    let written = gen_field_table(theirs)(context).expect("a vector takes everything");
    written.into_inner().0.split_off(4)
}

/// The payload of a frame as `amq-protocol` writes it.
pub fn payload(theirs: &AMQPFrame) -> Vec<u8> {
    let context = WriteContext::from(Vec::new());
    let written = gen_frame(theirs)(context).expect("a vector takes everything");
    let octets = written.into_inner().0;
    let frame = Frame::decode(&octets, FrameLimits::NONE).expect("a frame is written");
    frame.expect("all of it is written").payload.to_vec()
}

/// How the method prints there; none if it holds what `amq-protocol` cannot.
pub fn method(ours: &impl DynMethod) -> Option<String> {
    let info = ours.info()?;
    let (class, name) = info.name.split_once('.')?;
    let name = capitalized(name);
    let mut members = Vec::new();
    for (field, value) in ours.fields() {
        if overwritten(info, field).is_none() {
            members.push((member(field), Printed::of(&value)?));
        }
    }
    let class = capitalized(class);
    Some(format!("{class}({name}({:?}))", Struct(&name, &members)))
}

/// How the content header prints there; none if it holds what `amq-protocol` cannot.
pub fn header(ours: &ContentHeader<'_>, properties: &basic::Properties<'_>) -> Option<String> {
    let mut members = Vec::new();
    for (index, info) in basic::Properties::PROPERTIES.iter().enumerate() {
        let value = match properties.property(index) {
            Some(value) => Some(Printed::of(&value)?),
            None => None,
        };
        members.push((member(info.name), value));
    }
    let properties = Struct("AMQPProperties", &members);
    let (class_id, body_size) = (ours.class_id, ours.body_size);
    Some(format!(
        "AMQPContentHeader {{ class_id: {class_id}, body_size: {body_size}, properties: {properties:?} }}"
    ))
}

/// `declare-ok` as the type `DeclareOk`.
fn capitalized(name: &str) -> String {
    let words = name.split('-').filter_map(|word| {
        let (first, rest) = word.split_at_checked(1)?;
        Some(first.to_ascii_uppercase() + rest)
    });
    words.collect()
}

/// The name that a field has there.
fn member(field: &str) -> String {
    match field {
        "type" => "kind".to_owned(),
        "no-wait" => "nowait".to_owned(),
        // The property that AMQP 0-9-1 took out of use.
        "reserved" => "cluster_id".to_owned(),
        other => other.replace('-', "_"),
    }
}

/// A struct as it prints when `Debug` is derived for it.
struct Struct<'s, V>(&'s str, &'s [(String, V)]);

impl<V: Debug> Debug for Struct<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printed = f.debug_struct(self.0);
        for (name, value) in self.1 {
            printed.field(name, value);
        }
        printed.finish()
    }
}

/// A value of theirs, to be printed.
struct Printed(Box<dyn Debug>);

impl Printed {
    fn of(ours: &FieldValue<'_>) -> Option<Self> {
        Some(Self(match ours {
            FieldValue::Bit(value) => Box::new(*value),
            FieldValue::Octet(value) => Box::new(*value),
            FieldValue::Short(value) => Box::new(*value),
            FieldValue::Long(value) => Box::new(*value),
            FieldValue::LongLong(value) => Box::new(*value),
            FieldValue::Timestamp(value) => Box::new(value.as_secs()),
            FieldValue::ShortStr(value) => Box::new(ShortString::from(value.as_str().ok()?)),
            FieldValue::LongStr(value) => Box::new(LongString::from(value.as_bytes())),
            FieldValue::Table(value) => Box::new(table(value)?),
            _ => return None,
        }))
    }
}

impl Debug for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
