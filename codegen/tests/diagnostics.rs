//! What the generator says to wrong documents, in golden files: in one line, then as a compiler shows it.
//!
//! `tests/diagnostics` has a document for each kind of mistake, and what is said of it beside it. Overlays extend the
//! little protocol in `tests/golden/base.xml`; `NAME.then.xml` is a second overlay behind `NAME.xml`.

#![cfg(feature = "diagnostics")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod facts;

use std::{fmt::Write as _, fs, path::Path};

use amqp_codegen::{Config, Diagnostic};
use facts::golden;

const FOLDER: &str = "tests/diagnostics";
const BASE: &str = "tests/golden/base.xml";

#[test]
fn documents_that_are_wrong() {
    let config = |document: &str| Config::new().base(document);
    let seen = each("documents", |document| described_error(&config(document)));
    assert!(seen >= 10, "{seen}");
}

#[test]
fn overlays_that_are_wrong() {
    let seen = each("overlays", |overlay| described_error(&overlaid(overlay)));
    assert!(seen >= 60, "{seen}");
}

#[test]
fn overlays_that_do_not_fit_the_bundled_documents() {
    let config = |overlay: &str| Config::new().extend(overlay);
    let seen = each("bundled", |overlay| described_error(&config(overlay)));
    assert!(seen >= 3, "{seen}");
}

#[test]
fn overlays_that_are_odd() {
    let seen = each("warnings", |overlay| {
        described(&overlaid(overlay).warnings().unwrap())
    });
    assert!(seen >= 3, "{seen}");
}

#[test]
fn classes_that_do_not_exist_are_named() {
    let config = Config::new()
        .classes(["connection", "channle"])
        .without(["qeue"]);
    golden("tests/diagnostics/classes.txt", &described_error(&config));
}

/// Describes each document of a folder, and compares that with the text beside it.
fn each(folder: &str, describe: impl Fn(&str) -> String) -> usize {
    let folder = Path::new(FOLDER).join(folder);
    let files = fs::read_dir(facts::file(folder.to_str().unwrap())).unwrap();
    let mut names: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".xml") && !name.ends_with(".then.xml"))
        .collect();
    names.sort();
    for name in &names {
        let document = folder.join(name);
        let expected = document.with_extension("txt");
        let text = describe(document.to_str().unwrap());
        golden(expected.to_str().unwrap(), &text);
    }
    names.len()
}

fn overlaid(overlay: &str) -> Config {
    let config = Config::new().base(BASE).extend(overlay);
    let second = overlay.replace(".xml", ".then.xml");
    match Path::new(&second).exists() {
        true => config.extend(second),
        false => config,
    }
}

fn described_error(config: &Config) -> String {
    let error = config.model().unwrap_err();
    let described = described(error.diagnostics());
    let lines: Vec<_> = error
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(error.to_string(), lines.join("\n"));
    described
}

fn described(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        writeln!(text, "{diagnostic}").unwrap();
    }
    for diagnostic in diagnostics {
        let rendered = diagnostic.render(false);
        assert!(!rendered.contains('\u{1b}'), "no colour was asked for");
        assert!(diagnostic.render(true).contains('\u{1b}'));
        writeln!(text, "\n{rendered}").unwrap();
    }
    text
}
