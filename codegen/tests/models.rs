//! The documents against models of them that were made independently, in `tests/models`.
//!
//! `0-9-1.json` and its neighbours hold the published files as data; `method-table.json` holds the methods
//! of 0-9-1 with RabbitMQ's extensions, cross-checked with running implementations.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod facts;

use std::{collections::BTreeSet, fs};

use amqp_codegen::{
    merge,
    model::{Method, Model},
    parse, resolve,
};
use facts::{argument_fact, assert_same, file, methods, property_fact, structure, wire};
use serde_json::Value;

#[test]
fn the_base_is_the_published_0_9_1() {
    assert_same(
        "0-9-1",
        &structure(&base()),
        &json_facts(&json("0-9-1.json")),
    );
}

#[test]
fn base_and_overlay_are_the_methods_that_brokers_speak() {
    let table = json("method-table.json");
    let model = extended();
    let theirs: BTreeSet<_> = array(&table["methods"])
        .iter()
        .flat_map(table_facts)
        .collect();
    let ours: BTreeSet<_> = methods(&model)
        .flat_map(|(class, method)| {
            let index = model
                .classes
                .iter()
                .find(|known| known.name == class)
                .unwrap()
                .index;
            our_table_facts(class, index, method)
        })
        .collect();
    assert_same("method table", &ours, &theirs);
    assert_eq!(methods(&model).count(), 66);
}

#[test]
fn base_and_overlay_have_the_properties_that_brokers_speak() {
    let table = json("method-table.json");
    let theirs: Vec<_> = array(&table["properties"])
        .iter()
        .map(|property| {
            let text = |key: &str| property[key].as_str().unwrap().to_owned();
            let flag = property["flag_bit"].as_u64().unwrap();
            (text("class"), text("name"), text("type"), 0, flag)
        })
        .collect();
    let model = extended();
    let ours: Vec<_> = model
        .classes
        .iter()
        .flat_map(|class| {
            class
                .properties
                .iter()
                .map(move |property| (class, property))
        })
        .map(|(class, property)| {
            let flag = u64::from(property.flag_bit);
            let wire = wire(property.wire).to_owned();
            (
                class.name.clone(),
                property.name.clone(),
                wire,
                property.flag_word,
                flag,
            )
        })
        .collect();
    assert_eq!(ours, theirs);
}

#[test]
fn every_request_is_marked_synchronous() {
    for (class, method) in methods(&extended()) {
        let asks = !method.replies.is_empty();
        assert!(
            !asks || method.synchronous,
            "{class}.{} has replies",
            method.name
        );
    }
}

/// A field without words of its own has those of its domain, until an overlay gives it some.
#[test]
fn the_overlay_takes_no_words_away() {
    let extended = extended();
    for (class, method) in methods(&base()) {
        let mut same =
            methods(&extended).filter(|(of, with)| *of == class && with.name == method.name);
        let (_, with_overlay) = same.next().unwrap();
        for (field, with_overlay) in method.fields.iter().zip(&with_overlay.fields) {
            let kept = with_overlay.docs.text.starts_with(&field.docs.text);
            let renamed = field.reserved && !with_overlay.reserved;
            assert!(kept || renamed, "{class}.{}/{}", method.name, field.name);
        }
    }
}

/// The facts of a published file, in the words of [`structure`].
fn json_facts(json: &Value) -> BTreeSet<String> {
    let number = |key: &str| json["amqp"][key].as_str().unwrap_or("0");
    let mut facts = BTreeSet::new();
    facts.insert(format!(
        "amqp {}-{}-{} port {}",
        number("major"),
        number("minor"),
        number("revision"),
        number("port")
    ));
    for constant in array(&json["constants"]) {
        let kind = match constant["class"].as_str() {
            Some("soft-error") => "SoftError",
            Some("hard-error") => "HardError",
            _ => "Plain",
        };
        let name = constant["name"].as_str().unwrap();
        facts.insert(format!("constant {name} = {} {kind}", constant["value"]));
    }
    for domain in array(&json["domains"]) {
        let text = |key: &str| domain[key].as_str().unwrap();
        facts.insert(format!("domain {}: {}", text("name"), text("type")));
    }
    for class in array(&json["classes"]) {
        facts.extend(json_class(class));
    }
    facts
}

fn json_class(class: &Value) -> Vec<String> {
    let class_name = class["name"].as_str().unwrap();
    let handler = class["handler"].as_str().unwrap();
    let mut facts = vec![format!(
        "class {class_name} {} handler {handler}",
        class["index"]
    )];
    for (at, property) in array(&class["properties"]).iter().enumerate() {
        let text = |key: &str| property[key].as_str();
        let flag = (0, 15 - u8::try_from(at).unwrap());
        let name = text("name").unwrap();
        let wire = text("type").unwrap();
        facts.push(property_fact(
            class_name,
            at,
            name,
            wire,
            text("domain"),
            flag,
        ));
    }
    let names: Vec<_> = array(&class["methods"])
        .iter()
        .map(|method| method["name"].as_str().unwrap())
        .collect();
    for method in array(&class["methods"]) {
        facts.extend(json_method(class_name, method, &names));
    }
    facts
}

fn json_method(class: &str, method: &Value, siblings: &[&str]) -> Vec<String> {
    let short = method["name"].as_str().unwrap();
    let name = format!("{class}.{short}");
    let mut replies = strings(&method["responses"]);
    let unstated = format!("{short}-ok");
    if replies.is_empty() && siblings.contains(&unstated.as_str()) {
        replies.push(unstated);
    }
    let mut facts = vec![
        format!("method {name} {}", method["index"]),
        format!("method {name} replies {replies:?}"),
    ];
    for flag in ["synchronous", "content", "deprecated"] {
        if method[flag].as_bool().unwrap() {
            facts.push(format!("method {name} {flag}"));
        }
    }
    for peer in ["client", "server"] {
        if !method["chassis"][peer].is_null() {
            facts.push(format!("method {name} received by {peer}"));
        }
    }
    for (at, field) in array(&method["fields"]).iter().enumerate() {
        let text = |key: &str| field[key].as_str();
        let field_name = text("name").unwrap();
        facts.push(argument_fact(
            &name,
            at,
            field_name,
            text("type").unwrap(),
            text("domain"),
            field["reserved"].as_bool().unwrap_or(false),
            json_bit(method, field_name),
        ));
    }
    facts
}

/// `layout` shows the arguments with the bits of each octet together.
fn json_bit(method: &Value, field: &str) -> Option<u8> {
    let octets = array(&method["layout"])
        .iter()
        .map(|item| strings(&item["bits"]));
    let mut places = octets.filter_map(|bits| bits.iter().position(|bit| bit == field));
    places.next().map(|bit| u8::try_from(bit).unwrap())
}

/// The facts of an entry of the method table.
fn table_facts(entry: &Value) -> Vec<String> {
    let text = |key: &str| entry[key].as_str().unwrap();
    let flag = |key: &str| entry[key].as_bool().unwrap();
    let name = format!("{}.{}", text("class"), text("method"));
    let (client, server) = match text("direction") {
        "C" => (false, true),
        "S" => (true, false),
        _ => (true, true),
    };
    let mut facts = vec![
        format!("{name} is {}/{}", entry["class_id"], entry["method_id"]),
        format!("{name} received by client {client}, server {server}"),
        format!(
            "{name} content {} deprecated {}",
            flag("content"),
            flag("deprecated")
        ),
        format!(
            "{name} request {} replies {:?}",
            flag("synchronous"),
            strings(&entry["responses"])
        ),
    ];
    for (at, field) in array(&entry["fields"]).iter().enumerate() {
        let (field_name, wire) = (
            field["name"].as_str().unwrap(),
            field["type"].as_str().unwrap(),
        );
        let reserved = field["reserved"].as_bool().unwrap_or(false);
        let bit = json_bit(entry, field_name);
        facts.push(argument_fact(
            &name, at, field_name, wire, None, reserved, bit,
        ));
    }
    facts
}

fn our_table_facts(class: &str, index: u16, method: &Method) -> Vec<String> {
    let name = format!("{class}.{}", method.name);
    let (client, server) = (method.client_receives, method.server_receives);
    let request = !method.replies.is_empty();
    let mut facts = vec![
        format!("{name} is {index}/{}", method.index),
        format!("{name} received by client {client}, server {server}"),
        format!(
            "{name} content {} deprecated {}",
            method.content, method.deprecated
        ),
        format!("{name} request {request} replies {:?}", method.replies),
    ];
    for (at, field) in method.fields.iter().enumerate() {
        let wire = wire(field.wire);
        facts.push(argument_fact(
            &name,
            at,
            &field.name,
            wire,
            None,
            field.reserved,
            field.bit,
        ));
    }
    facts
}

fn base() -> Model {
    let text = fs::read_to_string(file("spec/amqp0-9-1.xml")).unwrap();
    resolve(&parse("amqp0-9-1.xml", &text).unwrap()).unwrap()
}

fn extended() -> Model {
    let document = |name: &str| parse(name, &fs::read_to_string(file(name)).unwrap()).unwrap();
    let merged = merge(
        document("spec/amqp0-9-1.xml"),
        [document("spec/rabbitmq.xml")],
    );
    resolve(&merged.unwrap()).unwrap()
}

fn json(name: &str) -> Value {
    let text = fs::read_to_string(file("tests/models").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn strings(value: &Value) -> Vec<String> {
    let texts = array(value)
        .iter()
        .map(|text| text.as_str().unwrap().to_owned());
    texts.collect()
}
