//! Prose: labels are replaced, paragraphs added, rules united by name.

use super::index;
use crate::{
    diagnostic::{Diagnostic, Findings},
    error::ErrorKind,
    resolve::{fold, hyphenate},
    spec::{Doc, Docs, Rule},
};

/// Adds what an overlay has to say.
pub(super) fn merge_docs(base: &mut Docs, overlay: Docs, findings: &mut Findings) {
    if overlay.label.is_some() {
        base.label = overlay.label;
    }
    let mut said = index(&base.texts, words);
    for doc in overlay.texts {
        if said.insert(words(&doc), base.texts.len()) {
            base.texts.push(doc);
        }
    }
    let mut known = index(&base.rules, |rule| hyphenate(&rule.name));
    for rule in overlay.rules {
        match known.get(&hyphenate(&rule.name)) {
            Some(at) => same_rule(&base.rules[at], &rule, findings),
            None => {
                known.insert(hyphenate(&rule.name), base.rules.len());
                base.rules.push(rule);
            }
        }
    }
}

fn same_rule(base: &Rule, overlay: &Rule, findings: &mut Findings) {
    let texts = |rule: &Rule| rule.texts.iter().map(words).collect::<Vec<_>>();
    if base.on_failure == overlay.on_failure && texts(base) == texts(overlay) {
        return;
    }
    let message = format!("rule `{}` says something else here", overlay.name);
    let error = Diagnostic::error(ErrorKind::Conflict, &overlay.position, message)
        .first_defined_at(&base.position)
        .help_with(Some("give the rule a name of its own".to_owned()));
    findings.error(error);
}

/// What a paragraph says, whatever the white space.
fn words(doc: &Doc) -> String {
    let kind = doc.kind.as_deref().unwrap_or_default();
    // No kind has a line end, and no folded text.
    format!("{kind}\n{}", fold(&doc.text))
}
