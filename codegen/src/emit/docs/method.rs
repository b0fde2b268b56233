//! The comment of a method: what it does, who sends it, what comes back, how it lies on the wire.

use proc_macro2::TokenStream;

use super::super::layout::{Item, items};
use super::super::names::{Names, bare};
use super::super::reply::is_no_wait;
use super::text::{Comment, code, list, prose};
use super::{rules, values};
use crate::model::{Field, Method};

pub(in super::super) fn method(method: &Method, names: &Names<'_, '_>) -> TokenStream {
    let links = names.links();
    let class = names.class();
    let name = format!("`{}.{}`", class.name, method.name);
    let mut comment = Comment::new(&match &method.docs.label {
        Some(label) => format!("{name}: {}.", prose(label, &|_| None)),
        None => format!("{name}, method {} of class {}.", method.index, class.index),
    });
    let link = |code: &str| links.prose(code);
    for paragraph in &method.docs.text {
        comment.add(&prose(paragraph, &link));
    }
    comment.add(&exchange(method, names));
    if method.deprecated {
        comment.add("**Deprecated**: the specification advises against it.");
    }
    rules(&mut comment, &method.docs, links);
    on_the_wire(&mut comment, method, names);
    comment.tokens()
}

/// Who sends it, what follows, who answers, what it answers.
fn exchange(method: &Method, names: &Names<'_, '_>) -> String {
    let links = names.links();
    let class = names.class();
    let mut text = match (method.client_receives, method.server_receives) {
        (true, false) => "Sent by the server to the client.",
        (false, true) => "Sent by the client to the server.",
        (true, true) => "Sent by either side.",
        (false, false) => "The specification does not say who sends it.",
    }
    .to_owned();
    if method.content {
        text.push_str(" Followed by content: a header with the ");
        text.push_str(&links.properties(class, &format!("properties of `{}`", class.name)));
        text.push_str(", and a body.");
    }
    let mut answered_by = Vec::new();
    let mut answers = Vec::new();
    for other in &class.methods {
        if method.replies.contains(&other.name) {
            answered_by.push(links.method(class, other));
        }
        if other.replies.contains(&method.name) {
            answers.push(links.method(class, other));
        }
    }
    if !answers.is_empty() {
        text.push_str(&format!(" Answers {}.", list(&answers, "or")));
    }
    if !answered_by.is_empty() {
        text.push_str(&format!(" Answered by {}", list(&answered_by, "or")));
        let mut live = method.fields.iter().filter(|field| !field.reserved);
        if let Some(no_wait) = live.find(|field| is_no_wait(field)) {
            text.push_str(&format!(", unless {} is set", field_link(no_wait)));
        }
        text.push('.');
    } else if answers.is_empty() {
        text.push_str(" Not answered.");
    }
    text
}

/// The arguments as octets, those without a meaning included.
fn on_the_wire(comment: &mut Comment, method: &Method, names: &Names<'_, '_>) {
    let (class_id, id) = (names.class().index, method.index);
    comment.add_block("# On the wire");
    if method.fields.is_empty() {
        comment.add(&format!(
            "Class {class_id}, method {id}, without arguments."
        ));
        return;
    }
    comment.add(&format!(
        "Class {class_id}, method {id}, then the arguments:"
    ));
    let mut table = "| argument | type |\n|---|---|".to_owned();
    for item in items(&method.fields) {
        match item {
            Item::Field(field) => row(&mut table, field, values::wire_name(field.wire)),
            Item::Bits(run) => {
                for (bit, field) in run.iter().enumerate() {
                    let place = match bit {
                        0 if run.len() == 1 => "bit, in an octet of its own".to_owned(),
                        0 => "bit 0 of an octet".to_owned(),
                        bit => format!("bit {bit}"),
                    };
                    row(&mut table, field, &place);
                }
            }
        }
    }
    comment.add_block(&table);
}

fn row(table: &mut String, field: &Field, place: &str) {
    if field.reserved {
        let name = code(&field.name);
        table.push_str(&format!(
            "\n| {name} | {place}; without a meaning, sent as zero and ignored |"
        ));
    } else {
        table.push_str(&format!("\n| {} | {place} |", field_link(field)));
    }
}

/// A field of the same type.
fn field_link(field: &Field) -> String {
    format!("[`{}`](field@Self::{})", field.name, bare(&field.ident))
}

/// `new` with these fields, which are all of them or not.
pub(in super::super) fn constructor(
    method: &Method,
    required: &[&Field],
    complete: bool,
    names: &Names<'_, '_>,
) -> TokenStream {
    let mut fields = Vec::new();
    for field in required {
        fields.push(field_link(field));
    }
    let class = &names.class().name;
    let rest = if complete {
        ""
    } else {
        "; everything else is off or empty"
    };
    let fields = list(&fields, "and");
    Comment::new(&format!(
        "`{class}.{}` with its {fields}{rest}.",
        method.name
    ))
    .tokens()
}

/// The enum of the possible answers.
pub(in super::super) fn choice(method: &Method, names: &Names<'_, '_>) -> TokenStream {
    let link = names.links().method(names.class(), method);
    Comment::new(&format!("What answers {link}.")).tokens()
}
