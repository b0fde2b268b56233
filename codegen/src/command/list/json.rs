//! The protocol for tools.

use amqp_codegen::model::{Class, ConstantKind, Field, Method, Model, Property};
use serde_json::{Value, json};

use super::{counts::Counts, sender, wire_name};

/// The whole output.
pub(super) fn protocol(model: &Model, counts: &Counts, left_out: &[(String, Counts)]) -> Value {
    let list = |items: Vec<Value>| Value::Array(items);
    let constants = model.constants.iter().map(|constant| {
        let class = match constant.kind {
            ConstantKind::Plain => None,
            ConstantKind::SoftError => Some("soft-error"),
            ConstantKind::HardError => Some("hard-error"),
        };
        json!({ "name": constant.name, "value": constant.value, "class": class })
    });
    let domains = model
        .domains
        .iter()
        .map(|domain| json!({ "name": domain.name, "type": wire_name(domain.wire) }));
    let left_out = left_out.iter().map(|(name, counts)| {
        json!({
            "class": name,
            "methods": counts.methods,
            "arguments": counts.arguments,
            "properties": counts.properties,
        })
    });
    json!({
        "version": [model.version.major, model.version.minor, model.version.revision],
        "port": model.port,
        "constants": list(constants.collect()),
        "domains": list(domains.collect()),
        "classes": list(model.classes.iter().map(class).collect()),
        "counts": {
            "constants": counts.constants,
            "domains": counts.domains,
            "classes": counts.classes,
            "methods": counts.methods,
            "arguments": counts.arguments,
            "properties": counts.properties,
        },
        "left_out": list(left_out.collect()),
    })
}

fn class(class: &Class) -> Value {
    json!({
        "name": class.name,
        "index": class.index,
        "handler": class.handler,
        "properties": class.properties.iter().map(property).collect::<Vec<_>>(),
        "methods": class.methods.iter().map(method).collect::<Vec<_>>(),
    })
}

fn property(property: &Property) -> Value {
    json!({
        "name": property.name,
        "type": wire_name(property.wire),
        "domain": property.domain,
        "secret": property.secret,
        "flag_word": property.flag_word,
        "flag_bit": property.flag_bit,
    })
}

fn method(method: &Method) -> Value {
    json!({
        "name": method.name,
        "index": method.index,
        "sent_by": sender(method.client_receives, method.server_receives),
        "content": method.content,
        "synchronous": method.synchronous,
        "deprecated": method.deprecated,
        "replies": method.replies,
        "arguments": method.fields.iter().map(argument).collect::<Vec<_>>(),
    })
}

fn argument(field: &Field) -> Value {
    json!({
        "name": field.name,
        "type": wire_name(field.wire),
        "domain": field.domain,
        "reserved": field.reserved,
        "secret": field.secret,
        "bit": field.bit,
    })
}
