use std::{collections::BTreeSet, fs};

use serde_json::Value;

use super::{
    answers_golden,
    facts::{
        V0_8, V0_8_QPID, V0_9, V0_9_1, V0_9_1_QPID, V0_9_1_RABBIT, V0_9_QPID, assert_same, file,
        published,
    },
    run,
};

#[test]
fn methods_and_properties_are_listed() {
    answers_golden(&["list", "0-9-1"], "list");
    answers_golden(&["list", "every-shape.xml"], "list-every-shape");
    answers_golden(
        &["list", "base.xml", "--extend", "overlay.xml", "--json"],
        "list-json",
    );
}

#[test]
fn what_is_left_out_is_told_and_counted_all_the_same() {
    let answer = run(&["list", "0-9-1", "--without", "basic"]);
    let end = "\n24 constants, 24 domains, 6 classes, 53 methods, 122 arguments, 14 properties\n\
               left out: class basic with 17 methods, 44 arguments, 14 properties\n";
    assert!(answer.stdout.ends_with(end), "{}", answer.stdout);
    assert!(!answer.stdout.contains("basic."));
}

/// Constants, domains, classes, methods, arguments, properties; then methods, arguments and properties of the class
/// that is left out.
type Counted = (&'static str, [u64; 6], Option<[u64; 3]>);

const COUNTED: [Counted; 7] = [
    (V0_8, [26, 15, 12, 89, 208, 33], None),
    (V0_8_QPID, [26, 15, 12, 92, 214, 33], None),
    (V0_9, [29, 32, 12, 101, 248, 33], Some([15, 49, 0])),
    (V0_9_QPID, [29, 32, 12, 105, 254, 33], Some([15, 49, 0])),
    (V0_9_1, [24, 24, 6, 53, 122, 14], None),
    (V0_9_1_QPID, [24, 26, 6, 55, 127, 14], None),
    (V0_9_1_RABBIT, [24, 24, 7, 60, 138, 14], None),
];

#[test]
fn every_published_document_has_as_many_items_as_were_counted() {
    for (name, [constants, domains, classes, methods, arguments, properties], left_out) in COUNTED {
        let Some(path) = published(name) else {
            return;
        };
        let path = path.to_str().unwrap();
        let answer = run(&["list", path]);
        assert_eq!(answer.status, Some(0), "{name}");
        let warned = answer
            .stderr
            .starts_with("warning: class `message` is left out: ");
        assert_eq!(warned, left_out.is_some(), "{name}\n{}", answer.stderr);
        let mut end = format!(
            "\n{constants} constants, {domains} domains, {classes} classes, {methods} methods, \
             {arguments} arguments, {properties} properties\n"
        );
        if let Some([methods, arguments, properties]) = left_out {
            end.push_str(&format!(
                "left out: class message with {methods} methods, {arguments} arguments, \
                 {properties} properties\n"
            ));
        }
        assert!(answer.stdout.ends_with(&end), "{name}\n{}", answer.stdout);

        // A line for each that is not left out, and a head for each of the two tables.
        let [out_methods, _, out_properties] = left_out.unwrap_or_default();
        let rows = answer.stdout.split("\n\n").skip(1).take(2);
        let rows: Vec<_> = rows.map(|table| table.lines().count() as u64 - 1).collect();
        assert_eq!(
            rows,
            [methods - out_methods, properties - out_properties],
            "{name}"
        );
    }
}

/// The list for tools against a model that was made independently.
#[test]
fn the_list_for_tools_is_the_protocol() {
    let answer = run(&["list", "0-9-1", "--json"]);
    let ours: Value = serde_json::from_str(&answer.stdout).unwrap();
    let text = fs::read_to_string(file("tests/models/0-9-1.json")).unwrap();
    let theirs: Value = serde_json::from_str(&text).unwrap();
    let ours = lines(&ours, "arguments");
    assert_eq!(ours.len(), 53 + 122 + 14);
    assert_same("0-9-1", &ours, &lines(&theirs, "fields"));
}

/// Methods, arguments and properties, whose JSON differs in few names.
fn lines(protocol: &Value, arguments: &str) -> BTreeSet<String> {
    let list = |value: &Value| value.as_array().unwrap().clone();
    let mut lines = BTreeSet::new();
    for class in list(&protocol["classes"]) {
        for (at, property) in list(&class["properties"]).iter().enumerate() {
            lines.insert(format!(
                "{} {at} {} {}",
                class["name"], property["name"], property["type"]
            ));
        }
        for method in list(&class["methods"]) {
            let name = format!("{}.{}", class["name"], method["name"]);
            lines.insert(format!(
                "{name} {} {} {} {} {}",
                class["index"],
                method["index"],
                method["content"],
                method["synchronous"],
                method["deprecated"]
            ));
            for (at, argument) in list(&method[arguments]).iter().enumerate() {
                let reserved = argument["reserved"].as_bool().unwrap_or(false);
                lines.insert(format!(
                    "{name} {at} {} {} {} {reserved}",
                    argument["name"], argument["type"], argument["domain"]
                ));
            }
        }
    }
    lines
}
