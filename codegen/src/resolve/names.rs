//! Names of the documents → names of Rust.

use crate::{
    diagnostic::{Diagnostic, Findings},
    error::ErrorKind,
    spec::Position,
};

/// One separator for all: 0-8 writes `routing key`, later documents `routing-key`.
pub(crate) fn hyphenate(name: &str) -> String {
    let words = name.split(|c: char| c.is_whitespace() || c == '-' || c == '_');
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

/// Whether two spellings name the same thing.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    hyphenate(a) == hyphenate(b)
}

/// The name with hyphens, if identifiers can be made of it; reported if not.
pub(super) fn checked(name: &str, at: &Position, findings: &mut Findings) -> Option<String> {
    let hyphenated = hyphenate(name);
    let starts = hyphenated.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if starts && hyphenated.chars().all(is_part) {
        return Some(hyphenated);
    }
    let message = format!("{name:?} is no name");
    let help = "a name is a letter, then letters, digits, hyphens, spaces".to_owned();
    let error = Diagnostic::error(ErrorKind::Name, &at.attribute("name"), message);
    findings.error(error.help_with(Some(help)));
    None
}

/// `routing-key` → `routing_key`, keyword or not.
pub(super) fn snake(name: &str) -> String {
    name.replace('-', "_").to_ascii_lowercase()
}

/// The module of a class.
pub(super) fn module(name: &str) -> String {
    escape(snake(name))
}

/// The identifier of an argument or a property, which is also the name of its setter.
pub(super) fn field_ident(name: &str) -> String {
    let ident = snake(name);
    if TAKEN_BY_METHODS.contains(&ident.as_str()) {
        return ident + "_";
    }
    escape(ident)
}

/// The type of a method: `declare-ok` → `DeclareOk`.
pub(super) fn type_name(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    for word in name.split('-') {
        let (first, rest) = word.split_at(word.len().min(1));
        pascal.push_str(&first.to_ascii_uppercase());
        pascal.push_str(&rest.to_ascii_lowercase());
    }
    // The one keyword that starts with a capital.
    if pascal == "Self" {
        pascal.push('_');
    }
    pascal
}

/// Whether that is an identifier, and may be the name of a crate or a module.
pub(crate) fn is_ident(word: &str) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let rest = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_word = word != "_" && word.starts_with(first) && word.chars().all(rest);
    is_word && word != "Self" && escape(word.to_owned()) == word
}

/// Keywords become raw identifiers, and those that cannot be raw get an underscore.
fn escape(ident: String) -> String {
    match ident.as_str() {
        "self" | "super" | "crate" => ident + "_",
        word if KEYWORDS.contains(&word) => format!("r#{word}"),
        _ => ident,
    }
}

/// Functions that every generated type has beside its setters.
const TAKEN_BY_METHODS: [&str; 3] = ["new", "into_owned", "validate"];

/// Strict and reserved keywords up to edition 2024.
const KEYWORDS: [&str; 48] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_one() {
        assert_eq!(hyphenate("routing key"), "routing-key");
        assert_eq!(hyphenate(" no_wait - ok "), "no-wait-ok");
        assert!(same_name("queue name", "queue-name"));
        assert!(!same_name("nowait", "no-wait"));
    }

    #[test]
    fn keywords_become_raw() {
        assert_eq!(field_ident("type"), "r#type");
        assert_eq!(module("match"), "r#match");
        assert_eq!(field_ident("routing-key"), "routing_key");
    }

    #[test]
    fn keywords_that_cannot_be_raw_get_an_underscore() {
        for word in ["self", "super", "crate"] {
            assert_eq!(field_ident(word), format!("{word}_"));
        }
        assert_eq!(type_name("self"), "Self_");
    }

    #[test]
    fn setters_do_not_collide_with_the_functions_of_the_type() {
        assert_eq!(field_ident("new"), "new_");
        assert_eq!(field_ident("into-owned"), "into_owned_");
        assert_eq!(module("new"), "new");
    }

    #[test]
    fn methods_become_types() {
        assert_eq!(type_name("declare-ok"), "DeclareOk");
        assert_eq!(type_name("integer-1"), "Integer1");
        assert_eq!(type_name("return"), "Return");
    }

    #[test]
    fn names_need_a_letter_first() {
        let check = |name| {
            let mut findings = Findings::default();
            let name = checked(name, &Position::default(), &mut findings);
            (
                name,
                findings.finish(Vec::new()).err().map(|error| error.kind()),
            )
        };
        for name in ["", " ", "1st", "-", "naïve", "a.b", "r#type", "\u{0}"] {
            assert_eq!(check(name), (None, Some(ErrorKind::Name)), "{name:?}");
        }
        assert_eq!(check("content type"), (Some("content-type".into()), None));
    }
}
