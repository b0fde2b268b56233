//! What is written reads back as it was.

#![cfg(feature = "tools")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod documents;
mod facts;

use std::fs;

use amqp_codegen::{Config, parse, resolve, spec::Spec, write};
use documents::{any_spec, unplaced};
use facts::{PUBLISHED, facts, file, golden, published};
use proptest::{prelude::ProptestConfig, prop_assert_eq, proptest};

/// Reads, writes, reads again.
#[track_caller]
fn survives(name: &str, text: &str) -> Spec {
    let spec = parse(name, text).unwrap();
    let written = write(&spec);
    let again = parse(name, &written).unwrap();
    assert_eq!(again.warnings, [], "{name}");
    assert_eq!(unplaced(again), unplaced(spec.clone()), "{name}");
    spec
}

#[test]
fn bundled_and_small_documents_survive() {
    for name in [
        "spec/amqp0-9-1.xml",
        "spec/rabbitmq.xml",
        "tests/golden/base.xml",
        "tests/golden/overlay.xml",
        "tests/golden/every-shape.xml",
    ] {
        survives(name, &fs::read_to_string(file(name)).unwrap());
    }
}

#[test]
fn published_documents_survive() {
    for name in PUBLISHED {
        let Some(path) = published(name) else {
            return;
        };
        survives(name, &fs::read_to_string(path).unwrap());
    }
}

/// Also what is not quite XML any more, but still read.
#[test]
fn documents_with_any_character_changed_survive_if_they_are_read() {
    let mut read = 0;
    for name in ["base.xml", "overlay.xml", "every-shape.xml"] {
        let text = fs::read_to_string(file("tests/golden").join(name)).unwrap();
        for (at, old) in text.char_indices().step_by(5) {
            for new in ["", "&#9;", "&#xD;", "&lt;", "\t", "'", "\0", "é"] {
                let changed = [&text[..at], new, &text[at + old.len_utf8()..]].concat();
                let Ok(spec) = parse(name, &changed) else {
                    continue;
                };
                read += 1;
                let again = parse(name, &write(&spec)).unwrap();
                assert_eq!(unplaced(again), unplaced(spec), "{changed}");
            }
        }
    }
    assert!(read > 1_000, "{read} changed documents were read");
}

#[test]
fn a_written_document_means_the_same() {
    let text = fs::read_to_string(file("spec/amqp0-9-1.xml")).unwrap();
    let spec = parse("x", &text).unwrap();
    let again = resolve(&parse("y", &write(&spec)).unwrap()).unwrap();
    assert_eq!(facts(&again), facts(&resolve(&spec).unwrap()));
}

#[test]
fn the_layout_is_one_to_keep() {
    let config = Config::new()
        .base(file("tests/golden/base.xml"))
        .extend(file("tests/golden/overlay.xml"));
    golden("tests/golden/merged.xml", &write(&config.spec().unwrap()));
    let text = fs::read_to_string(file("tests/golden/every-shape.xml")).unwrap();
    let spec = parse("x", &text).unwrap();
    golden("tests/golden/every-shape-written.xml", &write(&spec));
}

#[test]
fn nothing_makes_an_empty_document() {
    let empty = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<amqp/>\n";
    assert_eq!(write(&Spec::default()), empty);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_document_survives(spec in any_spec()) {
        let written = write(&spec);
        let again = parse("x", &written).unwrap();
        prop_assert_eq!(&again.warnings, &[]);
        prop_assert_eq!(unplaced(again), spec, "{}", written);
    }

    /// Written once more, it is the same text.
    #[test]
    fn the_text_is_stable(spec in any_spec()) {
        let written = write(&spec);
        let again = write(&parse("x", &written).unwrap());
        prop_assert_eq!(written, again);
    }
}
