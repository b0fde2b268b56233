//! Differences between the models in `tests/models`, found place by place in their JSON, as lines of text.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use amqp_codegen::diff::{
    Change, ClassChange, ConstantChange, Difference, DomainChange, FieldChange, Meaning,
    MethodChange, Receivers,
};
use serde_json::Value;

use super::facts::{file, wire};

/// A change of ours as a line. The models know nothing of checks.
pub(crate) fn line(change: &Change) -> Option<String> {
    Some(match &change.difference {
        Difference::Version { old, new } => format!(
            "version {}.{}.{} {}.{}.{}",
            old.major, old.minor, old.revision, new.major, new.minor, new.revision
        ),
        Difference::Port { old, new } => format!("port {old} {new}"),
        Difference::Constant { name, change } => {
            let change = match change {
                ConstantChange::Added { value, .. } => format!("added {value}"),
                ConstantChange::Removed { value, .. } => format!("removed {value}"),
                ConstantChange::Value { old, new } => format!("value {old} {new}"),
                ConstantChange::Kind { old, new } => format!("class {old:?} {new:?}"),
                other => format!("{other:?}"),
            };
            format!("constant {name} {change}")
        }
        Difference::Domain { name, change } => {
            let change = match change {
                DomainChange::Added { wire: ty } => format!("added {}", wire(*ty)),
                DomainChange::Removed { wire: ty } => format!("removed {}", wire(*ty)),
                DomainChange::Type { old, new } => format!("type {} {}", wire(*old), wire(*new)),
                other => format!("{other:?}"),
            };
            format!("domain {name} {change}")
        }
        Difference::Class { name, change } => {
            let change = match change {
                ClassChange::Added { index, instead_of } => {
                    format!("added {index} {}", instead_of.as_deref().unwrap_or(""))
                }
                ClassChange::Removed { index } => format!("removed {index}"),
                ClassChange::Index { old, new } => format!("index {old} {new}"),
                ClassChange::Handler { old, new } => format!("handler {old} {new}"),
                other => format!("{other:?}"),
            };
            format!("class {name} {change}")
        }
        Difference::Method {
            class,
            name,
            change,
        } => format!("method {class}.{name} {}", method_line(change)),
        Difference::Argument {
            class,
            method,
            name,
            change,
        } => format!("argument {class}.{method}/{name} {}", field_line(change)?),
        Difference::Property {
            class,
            name,
            change,
        } => format!("property {class}/{name} {}", field_line(change)?),
        other => format!("{other:?}"),
    })
}

fn method_line(change: &MethodChange) -> String {
    let peers = |peers: &Receivers| format!("{} {}", peers.client, peers.server);
    match change {
        MethodChange::Added { index, instead_of } => {
            format!("added {index} {}", instead_of.as_deref().unwrap_or(""))
        }
        MethodChange::Removed { index } => format!("removed {index}"),
        MethodChange::Index { old, new } => format!("index {old} {new}"),
        MethodChange::Receivers { old, new } => {
            format!("received {} {}", peers(old), peers(new))
        }
        MethodChange::Content(now) => format!("content {now}"),
        MethodChange::Synchronous(now) => format!("synchronous {now}"),
        MethodChange::Deprecated(now) => format!("deprecated {now}"),
        MethodChange::Replies { old, new } => format!("replies {old:?} {new:?}"),
        other => format!("{other:?}"),
    }
}

fn field_line(change: &FieldChange) -> Option<String> {
    Some(match change {
        FieldChange::Appended {
            place, wire: ty, ..
        } => format!("appended {place} {}", wire(*ty)),
        FieldChange::Inserted {
            place, wire: ty, ..
        } => format!("inserted {place} {}", wire(*ty)),
        FieldChange::Removed { place, wire: ty } => format!("removed {place} {}", wire(*ty)),
        FieldChange::Renamed {
            place,
            old,
            meaning,
        } => format!("renamed {place} {old} {meaning:?}"),
        FieldChange::Type { place, old, new } => {
            format!("type {place} {} {}", wire(*old), wire(*new))
        }
        FieldChange::Domain { place, old, new } => format!("domain {place} {old:?} {new:?}"),
        FieldChange::Meaning { place, meaning } => format!("meaning {place} {meaning:?}"),
        FieldChange::Checks { .. } => return None,
        other => format!("{other:?}"),
    })
}

/// What differs between two models.
pub(crate) fn differences(old: &Value, new: &Value) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let version = |json: &Value| {
        let number = |key: &str| json["amqp"][key].as_str().unwrap_or("0").to_owned();
        [number("major"), number("minor"), number("revision")].join(".")
    };
    if version(old) != version(new) {
        lines.insert(format!("version {} {}", version(old), version(new)));
    }
    assert_eq!(old["amqp"]["port"], new["amqp"]["port"]);

    pairs(old, new, "constants", |name, old, new| {
        lines.extend(constant(name, old, new));
    });
    pairs(old, new, "domains", |name, old, new| {
        let line = match (
            old.map(|old| text(old, "type")),
            new.map(|new| text(new, "type")),
        ) {
            (Some(old), Some(new)) if old == new => return,
            (Some(old), Some(new)) => format!("type {old} {new}"),
            (Some(old), None) => format!("removed {old}"),
            (None, new) => format!("added {}", new.unwrap()),
        };
        lines.insert(format!("domain {name} {line}"));
    });
    let owners = owners(old, "classes");
    pairs(old, new, "classes", |name, old, new| {
        lines.extend(class(name, old, new, &owners));
    });
    lines
}

fn constant(name: &str, old: Option<&Value>, new: Option<&Value>) -> Vec<String> {
    let kind = |constant: &Value| match constant["class"].as_str().map(hyphens).as_deref() {
        Some("soft-error") => "SoftError",
        Some("hard-error") => "HardError",
        _ => "Plain",
    };
    let mut lines = Vec::new();
    match (old, new) {
        (Some(old), Some(new)) => {
            if old["value"] != new["value"] {
                lines.push(format!("value {} {}", old["value"], new["value"]));
            }
            if kind(old) != kind(new) {
                lines.push(format!("class {} {}", kind(old), kind(new)));
            }
        }
        (Some(old), None) => lines.push(format!("removed {}", old["value"])),
        (None, new) => lines.push(format!("added {}", new.unwrap()["value"])),
    }
    let lines = lines.into_iter();
    lines
        .map(|line| format!("constant {name} {line}"))
        .collect()
}

fn class(
    name: &str,
    old: Option<&Value>,
    new: Option<&Value>,
    owners: &BTreeMap<u64, String>,
) -> Vec<String> {
    let mut lines = Vec::new();
    match (old, new) {
        (Some(old), Some(new)) => {
            if old["index"] != new["index"] {
                lines.push(format!(
                    "class {name} index {} {}",
                    old["index"], new["index"]
                ));
            }
            let (old, new) = (text(old, "handler"), text(new, "handler"));
            if old != new {
                lines.push(format!("class {name} handler {old} {new}"));
            }
        }
        (Some(old), None) => lines.push(format!("class {name} removed {}", old["index"])),
        (None, new) => {
            let index = new.unwrap()["index"].as_u64().unwrap();
            let owner = owners.get(&index).map_or("", String::as_str);
            lines.push(format!("class {name} added {index} {owner}"));
        }
    }
    let nothing = Value::Null;
    let (old, new) = (old.unwrap_or(&nothing), new.unwrap_or(&nothing));
    let properties = fields(&old["properties"], &new["properties"]);
    lines.extend(
        properties
            .iter()
            .map(|line| format!("property {name}/{line}")),
    );
    let owners = self::owners(old, "methods");
    pairs(old, new, "methods", |method, older, newer| {
        let full = format!("{name}.{method}");
        let (Some(older), Some(newer)) = (older, newer) else {
            lines.push(match (older, newer) {
                (Some(older), _) => format!("method {full} removed {}", older["index"]),
                (None, newer) => {
                    let index = newer.unwrap()["index"].as_u64().unwrap();
                    let owner = owners.get(&index).map_or("", String::as_str);
                    format!("method {full} added {index} {owner}")
                }
            });
            return;
        };
        let answers = (replies(old, older), replies(new, newer));
        if answers.0 != answers.1 {
            lines.push(format!(
                "method {full} replies {:?} {:?}",
                answers.0, answers.1
            ));
        }
        lines.extend(method_attributes(&full, older, newer));
        let arguments = fields(&older["fields"], &newer["fields"]);
        lines.extend(
            arguments
                .iter()
                .map(|line| format!("argument {full}/{line}")),
        );
    });
    lines
}

fn method_attributes(name: &str, old: &Value, new: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if old["index"] != new["index"] {
        lines.push(format!(
            "method {name} index {} {}",
            old["index"], new["index"]
        ));
    }
    for flag in ["content", "synchronous", "deprecated"] {
        if old[flag] != new[flag] {
            lines.push(format!("method {name} {flag} {}", new[flag]));
        }
    }
    let received = |method: &Value| {
        let by = |peer: &str| !method["chassis"][peer].is_null();
        format!("{} {}", by("client"), by("server"))
    };
    if received(old) != received(new) {
        lines.push(format!(
            "method {name} received {} {}",
            received(old),
            received(new)
        ));
    }
    lines
}

fn replies(class: &Value, method: &Value) -> Vec<String> {
    let stated: Vec<_> = array(&method["responses"])
        .iter()
        .map(|name| hyphens(name.as_str().unwrap()))
        .collect();
    let unstated = format!("{}-ok", text(method, "name"));
    let siblings = array(&class["methods"]);
    let is_there = siblings
        .iter()
        .any(|sibling| text(sibling, "name") == unstated);
    if stated.is_empty() && is_there {
        return vec![unstated];
    }
    stated
}

/// Place by place: the published protocols move nothing, and remove and insert no argument of a method that stays.
fn fields(old: &Value, new: &Value) -> Vec<String> {
    let (old, new) = (array(old), array(new));
    let mut lines = Vec::new();
    for place in 0..old.len().max(new.len()) {
        let number = place + 1;
        let (older, newer) = match (old.get(place), new.get(place)) {
            (Some(older), Some(newer)) => (older, newer),
            (Some(older), None) => {
                let (name, ty) = (text(older, "name"), text(older, "type"));
                lines.push(format!("{name} removed {number} {ty}"));
                continue;
            }
            (None, newer) => {
                let (name, ty) = (text(newer.unwrap(), "name"), text(newer.unwrap(), "type"));
                lines.push(format!("{name} appended {number} {ty}"));
                continue;
            }
        };
        let (name, old_name) = (text(newer, "name"), text(older, "name"));
        let (ty, old_ty) = (text(newer, "type"), text(older, "type"));
        let reserved = |field: &Value| {
            field["reserved"]
                .as_bool()
                .unwrap_or(text(field, "name") == "reserved")
        };
        let meaning = match (reserved(older), reserved(newer)) {
            (true, false) => Meaning::Gained,
            (false, true) => Meaning::Lost,
            _ => Meaning::Kept,
        };
        if name != old_name {
            assert_eq!(ty, old_ty, "{old_name} and {name}");
            lines.push(format!("{name} renamed {number} {old_name} {meaning:?}"));
        } else if meaning != Meaning::Kept {
            lines.push(format!("{name} meaning {number} {meaning:?}"));
        }
        if ty != old_ty {
            lines.push(format!("{name} type {number} {old_ty} {ty}"));
        }
        let domain = |field: &Value| field["domain"].as_str().map(hyphens);
        if domain(older) != domain(newer) {
            let (old, new) = (domain(older), domain(newer));
            lines.push(format!("{name} domain {number} {old:?} {new:?}"));
        }
    }
    lines
}

/// Visits what either side has in such a list, by name.
fn pairs<'v>(
    old: &'v Value,
    new: &'v Value,
    list: &str,
    mut visit: impl FnMut(&str, Option<&'v Value>, Option<&'v Value>),
) {
    let named = |side: &'v Value| -> BTreeMap<String, &'v Value> {
        let items = array(&side[list]).iter();
        items.map(|item| (text(item, "name"), item)).collect()
    };
    let (old, new) = (named(old), named(new));
    let names: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for name in names {
        visit(name, old.get(name).copied(), new.get(name).copied());
    }
}

/// Who has which number.
fn owners(side: &Value, list: &str) -> BTreeMap<u64, String> {
    let items = array(&side[list]).iter();
    items
        .map(|item| (item["index"].as_u64().unwrap(), text(item, "name")))
        .collect()
}

pub(crate) fn json(name: &str) -> Value {
    let text = fs::read_to_string(file("tests/models").join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value, key: &str) -> String {
    hyphens(value[key].as_str().unwrap())
}

/// Names of 0-8 have spaces where later ones have hyphens.
fn hyphens(name: &str) -> String {
    name.replace(' ', "-")
}
