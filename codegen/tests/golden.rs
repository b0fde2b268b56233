//! Small documents and what becomes of them. `BLESS=1` accepts what is different.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod facts;

use std::fmt::Write as _;

use amqp_codegen::{
    Config,
    model::{Docs, Model},
};
use facts::{facts, file, golden, methods};

#[test]
fn every_shape_of_the_published_documents_is_understood() {
    let config = Config::new().base(file("tests/golden/every-shape.xml"));
    golden("tests/golden/every-shape.txt", &describe(&config));
}

#[test]
fn an_overlay_is_merged() {
    golden("tests/golden/overlay.txt", &describe(&overlaid()));
}

#[test]
fn an_overlay_may_be_merged_twice() {
    let once = overlaid();
    let twice = once.clone().extend(file("tests/golden/overlay.xml"));
    assert_eq!(once.model().unwrap(), twice.model().unwrap());
}

#[test]
fn the_output_is_repeatable() {
    for config in [
        overlaid(),
        overlaid().standalone(true),
        overlaid().format(false),
    ] {
        assert_eq!(config.source().unwrap(), config.source().unwrap());
    }
}

#[test]
#[cfg(feature = "format")]
fn the_output_reads_as_written_by_hand() {
    let whole = overlaid().standalone(true);
    golden("tests/golden/overlay-whole.rs", &whole.source().unwrap());
    golden(
        "tests/golden/overlay-added.rs",
        &overlaid().source().unwrap(),
    );
}

fn overlaid() -> Config {
    Config::new()
        .base(file("tests/golden/base.xml"))
        .extend(file("tests/golden/overlay.xml"))
}

/// Warnings, facts, identifiers and prose.
fn describe(config: &Config) -> String {
    let mut text = String::new();
    for warning in config.warnings().unwrap() {
        let position = warning.position().unwrap();
        let (_, name) = position.file().rsplit_once('/').unwrap();
        let (line, column) = (position.line(), position.column());
        writeln!(text, "{name}:{line}:{column}: {}", warning.message()).unwrap();
    }
    let model = config.model().unwrap();
    for fact in facts(&model) {
        writeln!(text, "{fact}").unwrap();
    }
    identifiers(&model, &mut text);
    prose(&model, &mut text);
    text
}

fn identifiers(model: &Model, text: &mut String) {
    for class in &model.classes {
        writeln!(text, "ident {}: {}", class.name, class.module).unwrap();
        for property in &class.properties {
            writeln!(
                text,
                "ident {}/{}: {}",
                class.name, property.name, property.ident
            )
            .unwrap();
        }
    }
    for (class, method) in methods(model) {
        writeln!(text, "ident {class}.{}: {}", method.name, method.type_name).unwrap();
        for field in &method.fields {
            writeln!(
                text,
                "ident {class}.{}/{}: {}",
                method.name, field.name, field.ident
            )
            .unwrap();
        }
    }
}

fn prose(model: &Model, text: &mut String) {
    let mut add = |name: String, docs: &Docs| {
        if let Some(label) = &docs.label {
            writeln!(text, "label {name}: {label}").unwrap();
        }
        for paragraph in &docs.text {
            writeln!(text, "doc {name}: {paragraph}").unwrap();
        }
        for rule in &docs.rules {
            writeln!(
                text,
                "rule {name}/{}: {} {:?}",
                rule.name, rule.text, rule.on_failure
            )
            .unwrap();
        }
    };
    for constant in &model.constants {
        add(constant.name.clone(), &constant.docs);
    }
    for domain in &model.domains {
        add(domain.name.clone(), &domain.docs);
    }
    for class in &model.classes {
        add(class.name.clone(), &class.docs);
    }
    for (class, method) in methods(model) {
        add(format!("{class}.{}", method.name), &method.docs);
        for field in &method.fields {
            add(
                format!("{class}.{}/{}", method.name, field.name),
                &field.docs,
            );
        }
    }
}
