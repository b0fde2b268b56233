//! A protocol as a list of facts, one per line, so that two of them can be compared and the difference read.
//!
//! Prose and places are not facts. The order of arguments and properties is, that of all else is not.

#![allow(dead_code, reason = "each test uses its part")]

use std::{
    collections::BTreeSet,
    env,
    path::{Path, PathBuf},
};

use amqp_codegen::model::{Field, Method, Model, WireType};

/// A file of this crate.
pub(crate) fn file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The published documents of the 0-x family, below the folder that Debian's package `amqp-specs` puts them in.
pub(crate) const PUBLISHED: [&str; 7] = [
    V0_8,
    V0_8_QPID,
    V0_9,
    V0_9_QPID,
    V0_9_1,
    V0_9_1_QPID,
    V0_9_1_RABBIT,
];
pub(crate) const V0_8: &str = "0-8/amqp0-8.stripped.xml";
pub(crate) const V0_8_QPID: &str = "0-8-qpid/amqp0-8-qpid.stripped.xml";
pub(crate) const V0_9: &str = "0-9/amqp0-9.stripped.xml";
pub(crate) const V0_9_QPID: &str = "0-9-qpid/amqp0-9-qpid.stripped.xml";
pub(crate) const V0_9_1: &str = "0-9-1/amqp0-9-1.stripped.xml";
pub(crate) const V0_9_1_QPID: &str = "0-9-1-qpid/amqp0-9-1.stripped.xml";
pub(crate) const V0_9_1_RABBIT: &str = "0-9-1-rabbit/amqp0-9-1.stripped.extended.xml";

/// The place of a published document, if the package is there.
///
/// Without it a test says that it skips; with `LEVERET_REQUIRE_SPECS=1` it fails instead.
#[expect(clippy::print_stderr, reason = "who runs the tests has to see it")]
pub(crate) fn published(name: &str) -> Option<PathBuf> {
    let path = Path::new("/usr/share/amqp/specs").join(name);
    if path.exists() {
        return Some(path);
    }
    let required = env::var_os("LEVERET_REQUIRE_SPECS").is_some_and(|value| value == "1");
    assert!(!required, "{} is required and not there", path.display());
    eprintln!(
        "SKIPPED: {} is not there; install the package amqp-specs",
        path.display()
    );
    None
}

/// All facts of a model.
pub(crate) fn facts(model: &Model) -> BTreeSet<String> {
    let mut facts = structure(model);
    for (class, method) in methods(model) {
        for field in &method.fields {
            for assert in &field.asserts {
                let name = format!("{class}.{}/{}", method.name, field.name);
                facts.insert(format!("assert {name}: {assert:?}"));
            }
        }
    }
    facts
}

/// All facts but the checks.
pub(crate) fn structure(model: &Model) -> BTreeSet<String> {
    let v = model.version;
    let mut facts = BTreeSet::new();
    facts.insert(format!(
        "amqp {}-{}-{} port {}",
        v.major, v.minor, v.revision, model.port
    ));
    for constant in &model.constants {
        facts.insert(format!(
            "constant {} = {} {:?}",
            constant.name, constant.value, constant.kind
        ));
    }
    for domain in &model.domains {
        facts.insert(format!("domain {}: {}", domain.name, wire(domain.wire)));
    }
    for class in &model.classes {
        facts.insert(format!(
            "class {} {} handler {}",
            class.name, class.index, class.handler
        ));
        for (at, property) in class.properties.iter().enumerate() {
            facts.insert(property_fact(
                &class.name,
                at,
                &property.name,
                wire(property.wire),
                property.domain.as_deref(),
                (property.flag_word, property.flag_bit),
            ));
        }
    }
    for (class, method) in methods(model) {
        facts.extend(method_facts(class, method));
    }
    facts
}

pub(crate) fn property_fact(
    class: &str,
    at: usize,
    name: &str,
    wire: &str,
    domain: Option<&str>,
    flag: (usize, u8),
) -> String {
    format!("property {class} #{at} {name}: {wire} domain {domain:?} flag {flag:?}")
}

fn method_facts(class: &str, method: &Method) -> Vec<String> {
    let name = format!("{class}.{}", method.name);
    let mut facts = vec![
        format!("method {name} {}", method.index),
        format!("method {name} replies {:?}", method.replies),
    ];
    let flags = [
        ("synchronous", method.synchronous),
        ("content", method.content),
        ("deprecated", method.deprecated),
        ("received by client", method.client_receives),
        ("received by server", method.server_receives),
    ];
    let set = flags.into_iter().filter(|(_, set)| *set);
    facts.extend(set.map(|(flag, _)| format!("method {name} {flag}")));
    let fields = method.fields.iter().enumerate();
    facts.extend(fields.map(|(at, field)| field_fact(&name, at, field)));
    facts
}

fn field_fact(method: &str, at: usize, field: &Field) -> String {
    argument_fact(
        method,
        at,
        &field.name,
        wire(field.wire),
        field.domain.as_deref(),
        field.reserved,
        field.bit,
    )
}

pub(crate) fn argument_fact(
    method: &str,
    at: usize,
    name: &str,
    wire: &str,
    domain: Option<&str>,
    reserved: bool,
    bit: Option<u8>,
) -> String {
    let reserved = if reserved { " reserved" } else { "" };
    format!("field {method} #{at} {name}: {wire} domain {domain:?} bit {bit:?}{reserved}")
}

/// Every method with the name of its class.
pub(crate) fn methods(model: &Model) -> impl Iterator<Item = (&str, &Method)> {
    model.classes.iter().flat_map(|class| {
        let methods = class.methods.iter();
        methods.map(|method| (class.name.as_str(), method))
    })
}

pub(crate) fn wire(wire: WireType) -> &'static str {
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
    }
}

/// Fails with what one side has and the other has not.
#[track_caller]
pub(crate) fn assert_same(what: &str, ours: &BTreeSet<String>, theirs: &BTreeSet<String>) {
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>, mark: &str| {
        let lines = a.difference(b).map(|fact| format!("{mark} {fact}\n"));
        lines.collect::<String>()
    };
    let difference = only(ours, theirs, "ours:  ") + &only(theirs, ours, "theirs:");
    assert!(difference.is_empty(), "{what}\n{difference}");
}

/// Compares with an accepted output, or accepts it when `BLESS=1`.
#[track_caller]
pub(crate) fn golden(path: &str, actual: &str) {
    let path = file(path);
    if env::var_os("BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = |(at, lines): (usize, (&str, &str))| {
        (lines.0 != lines.1).then(|| format!("line {}:\n- {}\n+ {}", at + 1, lines.0, lines.1))
    };
    let (old, new) = (expected.lines(), actual.lines());
    let longest = old.clone().count().max(new.clone().count());
    let pairs = old
        .chain(std::iter::repeat(""))
        .zip(new.chain(std::iter::repeat("")))
        .take(longest);
    let first = pairs.enumerate().find_map(differs);
    assert!(
        expected == actual,
        "{} differs (BLESS=1 accepts)\n{}",
        path.display(),
        first.unwrap_or_default()
    );
}
