//! Specifications: whatever the documents are, the answer is a protocol or findings that can be shown, each at a place
//! in its document. A protocol becomes Rust, and a document again that says the same.
//!
//! The input is a base and overlays, parted by the octet 0xFF, which no text has. An empty base is the bundled one.

#![no_main]

use std::sync::LazyLock;

use amqp_codegen::model::Model;
use amqp_codegen::{
    Config, Diagnostic, Document, Error, Severity, merge, parse, resolve, spec::Spec, write,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let texts = octets.split(|octet| *octet == 0xFF);
    let texts: Vec<_> = texts.map(|text| String::from_utf8_lossy(text)).collect();
    let Some((base, overlays)) = texts.split_first() else {
        return;
    };
    let base = match base.as_ref() {
        "" => bundled(),
        text => match parse("base.xml", text) {
            Ok(base) => base,
            Err(error) => return check(&error),
        },
    };
    let mut parsed = Vec::new();
    for (number, text) in overlays.iter().enumerate() {
        match parse(&format!("overlay-{number}.xml"), text) {
            Ok(overlay) => parsed.push(overlay),
            Err(error) => check(&error),
        }
    }
    let Some(once) = resolved(base.clone(), parsed.clone()) else {
        return;
    };
    // What was merged already says nothing new, and what it said before is not contradicted.
    let twice = [parsed.clone(), parsed.clone()].concat();
    assert_eq!(resolved(base.clone(), twice).as_ref(), Some(&once));

    let merged = write(&merge(base, parsed).expect("it was merged before"));
    let again = parse("merged.xml", &merged).expect("it was written by us");
    let again = resolve(&again).expect("it says what was resolved before");
    assert!(amqp_codegen::diff(&once, &again).is_empty());
    let document = Document::Text {
        name: "merged.xml".to_owned(),
        text: merged,
    };
    let source = Config::new().base(document).format(false).source();
    assert!(!source.expect("it was resolved before").is_empty());
});

fn bundled() -> Spec {
    static SPEC: LazyLock<Spec> = LazyLock::new(|| {
        Config::new()
            .spec()
            .expect("the bundled documents are sound")
    });
    SPEC.clone()
}

fn resolved(base: Spec, overlays: Vec<Spec>) -> Option<Model> {
    let merged = merge(base, overlays);
    let model = merged.and_then(|spec| {
        spec.warnings.iter().for_each(check_one);
        resolve(&spec)
    });
    model.inspect_err(check).ok()
}

/// Errors have something to say, and can say it in every form.
fn check(error: &Error) {
    let found = error.diagnostics();
    let is_error = |found: &&Diagnostic| found.severity() == Severity::Error;
    assert!((1..=101).contains(&found.iter().filter(is_error).count()));
    assert_eq!(found[0].severity(), Severity::Error);
    found.iter().for_each(check_one);
    assert!(!error.to_string().is_empty());
    assert!(!format!("{error:?}").is_empty());
}

fn check_one(diagnostic: &Diagnostic) {
    let related = diagnostic.related().map(|(position, _)| position);
    for position in diagnostic.position().into_iter().chain(related) {
        let (text, range) = (position.source().text(), position.range());
        let file = position.file();
        assert!(text.get(range).is_some(), "{position} is no part of {file}");
        assert!(position.line() >= 1 && position.column() >= 1);
    }
    assert!(!diagnostic.message().is_empty());
    assert!(!diagnostic.render(false).contains('\u{1b}'));
}
