//! The comments of fields and properties: what they mean, of what type they are, what they have to be.

use proc_macro2::TokenStream;

use super::super::names::{Names, bare};
use super::text::{Comment, code, list};
use super::{said, short_rules};
use crate::model::{Assert, Docs, Field, Property, WireType};

/// A field of a method.
pub(in super::super) fn field(field: &Field, setter: bool, names: &Names<'_, '_>) -> TokenStream {
    let mut comment = meaning(&field.docs, &field.name, names);
    let mut facts = domain(field.domain.as_deref(), field.wire, names);
    facts.push_str(&demands(field, names));
    facts.push_str(hidden(field.secret));
    if setter {
        facts.push_str(&set_by(&field.ident));
    }
    comment.add(&facts);
    short_rules(&mut comment, &field.docs, names.links());
    comment.tokens()
}

/// A property of content.
pub(in super::super) fn property(property: &Property, names: &Names<'_, '_>) -> TokenStream {
    let mut comment = meaning(&property.docs, &property.name, names);
    let mut facts = domain(property.domain.as_deref(), property.wire, names);
    facts.push_str(hidden(property.secret));
    facts.push_str(&set_by(&property.ident));
    comment.add(&facts);
    short_rules(&mut comment, &property.docs, names.links());
    comment.tokens()
}

/// The setter of a field or property.
pub(in super::super) fn setter(name: &str, ident: &str) -> TokenStream {
    let ident = bare(ident);
    Comment::new(&format!("Sets [`{name}`](field@Self::{ident}).")).tokens()
}

fn hidden(secret: bool) -> &'static str {
    match secret {
        true => " A secret: `Debug` shows `***`.",
        false => "",
    }
}

fn set_by(ident: &str) -> String {
    let ident = bare(ident);
    format!(" Set by [`{ident}`](method@Self::{ident}).")
}

/// What the document says, or the name where it says nothing.
fn meaning(docs: &Docs, name: &str, names: &Names<'_, '_>) -> Comment {
    let mut comment = Comment::default();
    said(&mut comment, docs, names.links());
    if comment.is_empty() {
        comment.add(&format!("`{name}`"));
    }
    comment
}

/// The domain and the type behind it.
fn domain(domain: Option<&str>, wire: WireType, names: &Names<'_, '_>) -> String {
    match domain {
        Some(name) if name != wire_name(wire) => {
            format!("Domain {}, {}.", names.links().domain(name), in_words(wire))
        }
        _ => format!("{}.", super::capital(in_words(wire))),
    }
}

/// The type as the documents call it.
pub(super) fn wire_name(wire: WireType) -> &'static str {
    match wire {
        WireType::Bit => "bit",
        WireType::Octet => "octet",
        WireType::Short => "short",
        WireType::Long => "long",
        WireType::LongLong => "longlong",
        WireType::ShortStr => "shortstr",
        WireType::LongStr => "longstr",
        WireType::Timestamp => "timestamp",
        WireType::Table => "table",
    }
}

/// The type for those who do not know what it is called.
pub(super) fn in_words(wire: WireType) -> &'static str {
    match wire {
        WireType::Bit => "a bit",
        WireType::Octet => "an octet",
        WireType::Short => "a short: 16 bits, unsigned",
        WireType::Long => "a long: 32 bits, unsigned",
        WireType::LongLong => "a longlong: 64 bits, unsigned",
        WireType::ShortStr => "a shortstr: up to 255 octets",
        WireType::LongStr => "a longstr: octets, their length in 32 bits",
        WireType::Timestamp => "a timestamp: seconds since 1970, in 64 bits",
        WireType::Table => "a table: names with values of any type",
    }
}

/// The checks of the document.
fn demands(field: &Field, names: &Names<'_, '_>) -> String {
    let mut demands = Vec::new();
    for assert in &field.asserts {
        demands.push(demand(assert, field.wire, names));
    }
    match demands.as_slice() {
        [] => String::new(),
        demands => format!(" The specification wants it {}.", list(demands, "and")),
    }
}

fn demand(assert: &Assert, wire: WireType, names: &Names<'_, '_>) -> String {
    let nothing = if wire.borrows() { "empty" } else { "zero" };
    match assert {
        Assert::NotNull => format!("not {nothing}"),
        Assert::Null => nothing.to_owned(),
        Assert::Length(length) => format!("of at most {length} octets"),
        Assert::Regexp(pattern) => format!("to match {}", code(pattern)),
        Assert::NotAbove { method, field } => {
            let class = names.class();
            let mut methods = class.methods.iter();
            let (field, method) = match methods.find(|candidate| &candidate.name == method) {
                Some(method) => (
                    names.links().field(class, method, field),
                    names.links().method(class, method),
                ),
                None => (code(field), code(method)),
            };
            format!("not above the {field} of {method}")
        }
        Assert::Other { check, value } => match (check.as_str(), value.as_str()) {
            ("ne", value) => format!("other than {}", code(value)),
            ("enum", value) => format!("to be one of {}", code(value)),
            (check, "") => format!("to pass the check {}", code(check)),
            (check, value) => format!("to pass the check {} of {}", code(check), code(value)),
        },
    }
}
