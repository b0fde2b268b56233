//! Methods that no wire holds: every field that could be wrong, wrong in each way.

use amqp_methods::{
    DynMethod, EncodeErrorKind, FieldTable, Method as _, ShortStr, Value, access, basic, channel,
    connection, exchange, queue,
};

use crate::wire::chain;

pub(crate) fn long() -> &'static str {
    "x".repeat(256).leak()
}

/// Tables that no wire holds, and why.
pub(crate) fn tables() -> Vec<(FieldTable<'static>, EncodeErrorKind)> {
    let long_name = vec![("sound", Value::Void), (long(), Value::Void)].leak();
    let within = vec![("k", FieldTable::from(&*long_name).into())].leak();
    let deep = (0..=64).fold(FieldTable::new(), |inner, _| {
        FieldTable::from(&*vec![("k", inner.into())].leak())
    });
    let read = FieldTable::from_wire(chain(&"AF".repeat(32), b"\0V").leak());
    let around = vec![("k", read.into())].leak();
    vec![
        (
            FieldTable::from(&*long_name),
            EncodeErrorKind::ShortStrTooLong,
        ),
        (FieldTable::from(&*within), EncodeErrorKind::ShortStrTooLong),
        (deep, EncodeErrorKind::NestingTooDeep),
        (FieldTable::from(&*around), EncodeErrorKind::NestingTooDeep),
    ]
}

/// A method with one field that cannot be encoded.
pub(crate) struct Spoiled {
    pub(crate) method: Box<dyn DynMethod>,
    pub(crate) name: &'static str,
    pub(crate) field: String,
    pub(crate) kind: EncodeErrorKind,
}

macro_rules! spoiled {
    ($($class:ident::$Method:ident { $($field:ident: $kind:ident),* })*) => {{
        let mut all = Vec::new();
        $($(
            for (value, kind) in $kind() {
                let mut method = $class::$Method::default();
                method.$field = value;
                all.push(Spoiled {
                    method: Box::new(method),
                    name: $class::$Method::NAME,
                    field: stringify!($field).trim_start_matches("r#").replace('_', "-"),
                    kind,
                });
            }
        )*)*
        all
    }};
}

fn texts() -> Vec<(ShortStr<'static>, EncodeErrorKind)> {
    vec![(long().into(), EncodeErrorKind::ShortStrTooLong)]
}

pub(crate) fn all_spoiled() -> Vec<Spoiled> {
    spoiled! {
        connection::Start { server_properties: tables }
        connection::StartOk { client_properties: tables, mechanism: texts, locale: texts }
        connection::Open { virtual_host: texts }
        connection::Close { reply_text: texts }
        connection::Blocked { reason: texts }
        connection::UpdateSecret { reason: texts }
        channel::Close { reply_text: texts }
        exchange::Declare { exchange: texts, r#type: texts, arguments: tables }
        exchange::Delete { exchange: texts }
        exchange::Bind { destination: texts, source: texts, routing_key: texts, arguments: tables }
        exchange::Unbind { destination: texts, source: texts, routing_key: texts, arguments: tables }
        queue::Declare { queue: texts, arguments: tables }
        queue::DeclareOk { queue: texts }
        queue::Bind { queue: texts, exchange: texts, routing_key: texts, arguments: tables }
        queue::Unbind { queue: texts, exchange: texts, routing_key: texts, arguments: tables }
        queue::Purge { queue: texts }
        queue::Delete { queue: texts }
        basic::Consume { queue: texts, consumer_tag: texts, arguments: tables }
        basic::ConsumeOk { consumer_tag: texts }
        basic::Cancel { consumer_tag: texts }
        basic::CancelOk { consumer_tag: texts }
        basic::Publish { exchange: texts, routing_key: texts }
        basic::Return { reply_text: texts, exchange: texts, routing_key: texts }
        basic::Deliver { consumer_tag: texts, exchange: texts, routing_key: texts }
        basic::Get { queue: texts }
        basic::GetOk { exchange: texts, routing_key: texts }
        access::Request { realm: texts }
    }
}
