//! Prose, ready for rustdoc.

use crate::{
    model::{self, Rule},
    spec::{Doc, Docs},
};

/// Folds white space and splits paragraphs.
pub(super) fn resolve(docs: &Docs) -> model::Docs {
    model::Docs {
        label: docs
            .label
            .as_deref()
            .map(fold)
            .filter(|label| !label.is_empty()),
        text: paragraphs(&docs.texts),
        rules: docs
            .rules
            .iter()
            .map(|rule| Rule {
                name: rule.name.clone(),
                on_failure: rule.on_failure.clone(),
                text: paragraphs(&rule.texts).join(" "),
                position: rule.position.clone(),
            })
            .collect(),
    }
}

/// A field without words of its own has those of its domain. The rules of a domain stay with the domain:
/// each is stated once.
pub(super) fn or_of_domain(docs: model::Docs, domain: Option<&model::Docs>) -> model::Docs {
    match domain {
        Some(domain) if docs.label.is_none() && docs.text.is_empty() => model::Docs {
            rules: docs.rules,
            ..domain.clone()
        },
        _ => docs,
    }
}

/// Grammars and test scenarios are for other readers.
fn paragraphs(texts: &[Doc]) -> Vec<String> {
    let prose = texts
        .iter()
        .filter(|doc| !matches!(doc.kind.as_deref(), Some("grammar" | "scenario")));
    prose.flat_map(|doc| split(&doc.text)).collect()
}

/// An empty line parts paragraphs, whatever ends the lines.
fn split(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines() {
        match paragraphs.last_mut() {
            Some(paragraph) if !line.trim().is_empty() => {
                paragraph.push(' ');
                paragraph.push_str(line);
            }
            _ => paragraphs.push(String::new()),
        }
    }
    let folded = paragraphs.iter().map(|paragraph| fold(paragraph));
    folded.filter(|paragraph| !paragraph.is_empty()).collect()
}

/// Every run of white space becomes one space.
pub(crate) fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc(kind: Option<&str>, text: &str) -> Doc {
        Doc {
            kind: kind.map(Into::into),
            text: text.into(),
        }
    }

    #[test]
    fn empty_lines_part_paragraphs() {
        let texts = [doc(None, "\r\n  one\r\n  two\r\n \r\n\r\n  three\r\n")];
        assert_eq!(paragraphs(&texts), ["one two", "three"]);
    }

    #[test]
    fn grammars_and_scenarios_are_left_out() {
        let texts = [
            doc(Some("grammar"), "open = C:OPEN"),
            doc(Some("scenario"), "try it"),
            doc(None, "said"),
        ];
        assert_eq!(paragraphs(&texts), ["said"]);
    }

    #[test]
    fn rules_stay_with_the_domain() {
        let domain = model::Docs {
            label: Some("name of a queue".into()),
            text: vec!["Identifies it.".into()],
            rules: vec![Rule {
                name: "limit".into(),
                on_failure: None,
                text: "Short.".into(),
                position: Default::default(),
            }],
        };
        let borrowed = or_of_domain(model::Docs::default(), Some(&domain));
        assert_eq!(borrowed.text, domain.text);
        assert_eq!(borrowed.label, domain.label);
        assert!(borrowed.rules.is_empty());

        let own = model::Docs {
            label: Some("own".into()),
            ..Default::default()
        };
        assert_eq!(or_of_domain(own.clone(), Some(&domain)), own);
    }
}
