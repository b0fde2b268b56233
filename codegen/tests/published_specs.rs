//! The published documents, as Debian's package `amqp-specs` installs them.
//!
//! Without the package these tests say that they skip; with `LEVERET_REQUIRE_SPECS=1` they fail instead.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod facts;

use std::{collections::BTreeSet, fs, path::Path};

use amqp_codegen::{Config, Document, Error, ErrorKind, model::Model, parse};
use facts::{
    V0_8, V0_8_QPID, V0_9, V0_9_1, V0_9_1_QPID, V0_9_1_RABBIT, V0_9_QPID, assert_same, facts, file,
    methods, published,
};
use serde_json::Value;

#[test]
fn ours_is_the_published_0_9_1() {
    let Some(theirs) = published(V0_9_1) else {
        return;
    };
    let ours = Config::new()
        .base(file("spec/amqp0-9-1.xml"))
        .model()
        .unwrap();
    assert_same("0-9-1", &facts(&ours), &facts(&model(&theirs)));
}

/// What RabbitMQ's overlay has and the older published file has not. Everything else is the same.
#[test]
fn ours_with_the_overlay_is_the_published_rabbitmq_and_what_came_since() {
    let Some(theirs) = published(V0_9_1_RABBIT) else {
        return;
    };
    let ours = facts(&Config::new().model().unwrap());
    let theirs = facts(&model(&theirs));

    let added: BTreeSet<_> = ours.difference(&theirs).cloned().collect();
    let dropped: BTreeSet<_> = theirs.difference(&ours).cloned().collect();
    let lines = |facts: &BTreeSet<String>| facts.iter().map(|fact| format!("{fact}\n")).collect();
    let added: String = lines(&added);
    let dropped: String = lines(&dropped);
    facts::golden(
        "tests/golden/rabbitmq-since.txt",
        &format!("added\n{added}\ndropped\n{dropped}"),
    );
}

/// Whoever generates from the published document marks its secrets with an overlay, and has what we have.
#[test]
fn an_overlay_marks_the_secrets_of_the_published_0_9_1() {
    let Some(theirs) = published(V0_9_1) else {
        return;
    };
    let secrets = |model: &Model| -> Vec<String> {
        let fields = methods(model).flat_map(|(class, method)| {
            let secrets = method.fields.iter().filter(|field| field.secret);
            secrets.map(move |field| format!("{class}.{}/{}", method.name, field.name))
        });
        fields.collect()
    };
    assert_eq!(secrets(&model(&theirs)), [""; 0]);
    let overlay = "<amqp><class name='connection'>\
         <method name='start-ok'><field name='response' secret='1'/></method>\
         <method name='secure-ok'><field name='response' secret='1'/></method>\
         </class></amqp>";
    let marked = Config::new().base(&theirs).extend(Document::Text {
        name: "secrets.xml".into(),
        text: overlay.into(),
    });
    let ours = Config::new().base(file("spec/amqp0-9-1.xml"));
    let (marked, ours) = (marked.model().unwrap(), ours.model().unwrap());
    assert_eq!(secrets(&marked), secrets(&ours));
    assert_eq!(secrets(&ours).len(), 2);
    assert_same("0-9-1", &facts(&ours), &facts(&marked));
}

#[test]
fn every_published_document_has_as_many_items_as_were_counted() {
    // constants, domains, classes, methods, arguments, properties
    let counted = [
        (V0_8, [26, 15, 12, 89, 208, 33]),
        (V0_8_QPID, [26, 15, 12, 92, 214, 33]),
        (V0_9_1, [24, 24, 6, 53, 122, 14]),
        (V0_9_1_QPID, [24, 26, 6, 55, 127, 14]),
        (V0_9_1_RABBIT, [24, 24, 7, 60, 138, 14]),
    ];
    for (name, expected) in counted {
        let Some(path) = published(name) else {
            return;
        };
        let model = model(&path);
        let counts = [
            model.constants.len(),
            model.domains.len(),
            model.classes.len(),
            methods(&model).count(),
            methods(&model).map(|(_, method)| method.fields.len()).sum(),
            model
                .classes
                .iter()
                .map(|class| class.properties.len())
                .sum(),
        ];
        assert_eq!(counts, expected, "{name}");
    }
}

/// 0-9 uses a domain that it does not declare.
#[test]
fn the_undeclared_domain_of_0_9_is_an_error_at_its_field() {
    for (name, line) in [(V0_9, 752), (V0_9_QPID, 784)] {
        let Some(path) = published(name) else {
            return;
        };
        let error: Error = Config::new().base(&path).model().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unresolved);
        let position = error.position().unwrap();
        assert_eq!(position.line(), line, "{name}");
    }
}

#[test]
fn what_0_9_does_not_declare_may_be_left_out() {
    for name in [V0_9, V0_9_QPID] {
        let Some(path) = published(name) else {
            return;
        };
        let config = Config::new().base(&path).allow_unresolved("message");
        let classes = config.model().unwrap().classes;
        assert_eq!(classes.len(), 11, "{name}");
        assert!(classes.iter().all(|class| class.name != "message"));
        let warnings = config.warnings().unwrap();
        let left_out = "class `message` is left out: the domain of `body` is not declared";
        assert_eq!(warnings.len(), 1);
        assert_eq!(warnings[0].message(), left_out);
    }
}

#[test]
fn every_place_is_where_an_independent_reader_found_it() {
    for (name, json) in [
        (V0_8, "0-8"),
        (V0_9, "0-9"),
        (V0_9_1, "0-9-1"),
        (V0_9_1_RABBIT, "0-9-1-rabbit"),
    ] {
        let Some(path) = published(name) else {
            return;
        };
        let text = fs::read_to_string(&path).unwrap();
        let spec = parse("x", &text).unwrap();
        let mut ours = Vec::new();
        let mut place = |position: &amqp_codegen::spec::Position| {
            ours.push((position.line() as u64, position.column() as u64));
        };
        spec.constants.iter().for_each(|item| place(&item.position));
        spec.domains.iter().for_each(|item| place(&item.position));
        for class in &spec.classes {
            place(&class.position);
            class.fields.iter().for_each(|item| place(&item.position));
            for method in &class.methods {
                place(&method.position);
                method.fields.iter().for_each(|item| place(&item.position));
            }
        }

        let text = fs::read_to_string(file("tests/models").join(json).with_extension("json"));
        let json: Value = serde_json::from_str(&text.unwrap()).unwrap();
        let mut theirs = Vec::new();
        for list in ["constants", "domains", "classes"] {
            collect_places(&json[list], &mut theirs);
        }
        assert_eq!(ours, theirs, "{name}");
        assert_eq!(spec.warnings, [], "{name}");
    }
}

/// In the order of the document: an item, its properties, its methods with their arguments.
fn collect_places(items: &Value, places: &mut Vec<(u64, u64)>) {
    for item in items.as_array().into_iter().flatten() {
        places.push((
            item["at"][0].as_u64().unwrap(),
            item["at"][1].as_u64().unwrap(),
        ));
        for list in ["properties", "methods", "fields"] {
            collect_places(&item[list], places);
        }
    }
}

fn model(path: &Path) -> Model {
    Config::new().base(path).model().unwrap()
}
