//! Specifications: whatever the documents are, the answer is a protocol or findings that can be shown, each at a place
//! in its document.
//!
//! The input is a base and overlays, parted by the octet 0xFF, which no text has. An empty base is the bundled one.

#![no_main]

use std::sync::LazyLock;

use amqp_codegen::model::Model;
use amqp_codegen::{Config, Diagnostic, Error, merge, parse, resolve, spec::Spec};
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
    parsed.extend(parsed.clone());
    assert_eq!(resolved(base, parsed), Some(once));
});

fn bundled() -> Spec {
    static SPEC: LazyLock<Spec> = LazyLock::new(|| {
        Config::new().spec().expect("the bundled documents are sound")
    });
    SPEC.clone()
}

fn resolved(base: Spec, overlays: Vec<Spec>) -> Option<Model> {
    match merge(base, overlays).and_then(|spec| {
        spec.warnings.iter().for_each(check_one);
        resolve(&spec)
    }) {
        Ok(model) => Some(model),
        Err(error) => {
            check(&error);
            None
        }
    }
}

/// Errors have something to say, and can say it in every form.
fn check(error: &Error) {
    let found = error.diagnostics();
    assert!(!found.is_empty() && found.len() <= 101);
    found.iter().for_each(check_one);
    assert!(!error.to_string().is_empty());
    assert!(!format!("{error:?}").is_empty());
}

fn check_one(diagnostic: &Diagnostic) {
    let related = diagnostic.related().map(|(position, _)| position);
    for position in diagnostic.position().into_iter().chain(related) {
        let (text, range) = (position.source().text(), position.range());
        assert!(
            text.get(range).is_some(),
            "{position} is no part of {}",
            position.file()
        );
        assert!(position.line() >= 1 && position.column() >= 1);
    }
    assert!(!diagnostic.message().is_empty());
    assert!(!diagnostic.render(false).contains('\u{1b}'));
}
