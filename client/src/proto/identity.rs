//! What a message that came back is recognised by.

use std::hash::{DefaultHasher, Hash, Hasher};

use amqp_methods::{Content as _, FieldValue, basic};

use crate::message::Returned;

/// What stands for a publish: exchange, key, properties and body.
///
/// The header `BCC` is left out, because RabbitMQ strips it; so are headers without any entry.
pub(super) fn identity(
    exchange: &[u8],
    routing_key: &[u8],
    properties: &basic::Properties<'_>,
    body: &[u8],
) -> u64 {
    let mut hasher = DefaultHasher::new();
    exchange.hash(&mut hasher);
    routing_key.hash(&mut hasher);
    body.hash(&mut hasher);
    for (name, value) in properties.fields() {
        match value {
            FieldValue::Octet(octet) => (name, octet).hash(&mut hasher),
            FieldValue::ShortStr(text) => (name, text.as_bytes()).hash(&mut hasher),
            FieldValue::Timestamp(time) => (name, time).hash(&mut hasher),
            FieldValue::Table(table) => {
                for (key, value) in table.iter().flatten() {
                    if key.as_bytes() != b"BCC" {
                        (name, key.as_bytes()).hash(&mut hasher);
                        format!("{value:?}").hash(&mut hasher);
                    }
                }
            }
            _ => {}
        }
    }
    hasher.finish()
}

/// The same of what the server sent back.
pub(super) fn identity_of(returned: &Returned) -> u64 {
    let method: basic::Return<'_> = returned.0.method().unwrap_or_default();
    identity(
        method.exchange.as_bytes(),
        method.routing_key.as_bytes(),
        &returned.properties(),
        returned.body(),
    )
}
