//! Doc comments out of what the documents say.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Class, Constant, Docs, Field, Method, Property};

/// Columns of text in a doc comment: with `/// ` and the indentation of a field in a module, 100.
const WIDTH: usize = 88;

pub(super) fn class(class: &Class) -> TokenStream {
    let mut paragraphs = vec![match &class.docs.label {
        Some(label) => format!("`{}`, class {}: {label}.", class.name, class.index),
        None => format!("`{}`, class {}.", class.name, class.index),
    }];
    paragraphs.extend(body(&class.docs));
    comment(&paragraphs)
}

pub(super) fn method(class: &Class, method: &Method) -> TokenStream {
    let name = format!("{}.{}", class.name, method.name);
    let mut paragraphs = vec![match &method.docs.label {
        Some(label) => format!("`{name}`: {label}."),
        None => format!(
            "`{name}`, method {} of class {}.",
            method.index, class.index
        ),
    }];
    paragraphs.extend(body(&method.docs));
    paragraphs.push(exchange(class, method));
    comment(&paragraphs)
}

/// Who sends it, what follows, who answers.
fn exchange(class: &Class, method: &Method) -> String {
    let sender = match (method.client_receives, method.server_receives) {
        (true, false) => "Sent by the server",
        (false, true) => "Sent by the client",
        _ => "Sent by either side",
    };
    let content = if method.content {
        ", followed by content"
    } else {
        ""
    };
    let replies = match method.replies.as_slice() {
        [] => String::new(),
        replies => {
            let replies: Vec<String> = replies
                .iter()
                .map(|reply| format!("`{}.{reply}`", class.name))
                .collect();
            format!(" Answered by {}.", replies.join(" or "))
        }
    };
    let deprecated = if method.deprecated {
        " Deprecated."
    } else {
        ""
    };
    format!("{sender}{content}.{replies}{deprecated}")
}

pub(super) fn field(field: &Field) -> TokenStream {
    item(&field.docs, &field.name)
}

pub(super) fn property(property: &Property) -> TokenStream {
    item(&property.docs, &property.name)
}

pub(super) fn constant(constant: &Constant) -> TokenStream {
    item(&constant.docs, &constant.name)
}

fn item(docs: &Docs, name: &str) -> TokenStream {
    let mut paragraphs = body(docs);
    if paragraphs.is_empty() {
        paragraphs.push(docs.label.clone().unwrap_or_else(|| format!("`{name}`")));
    }
    comment(&paragraphs)
}

/// Text, then the rules as a list.
fn body(docs: &Docs) -> Vec<String> {
    let mut paragraphs: Vec<String> = docs.text.iter().map(|text| escape(text)).collect();
    if !docs.rules.is_empty() {
        let rules: Vec<String> = docs
            .rules
            .iter()
            .map(|rule| {
                let failure = match &rule.on_failure {
                    Some(code) => format!(" (otherwise `{code}`)"),
                    None => String::new(),
                };
                format!("- `{}`: {}{failure}", rule.name, escape(&rule.text))
            })
            .collect();
        paragraphs.push("Rules:".to_owned());
        paragraphs.push(rules.join("\n"));
    }
    paragraphs
}

/// What rustdoc would take for a link or for HTML.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '[' | ']' | '<' | '>') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// One comment out of paragraphs, lines folded.
pub(super) fn comment(paragraphs: &[String]) -> TokenStream {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        for line in paragraph.lines() {
            fold(line, &mut lines);
        }
    }
    let lines = lines.iter().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#[doc = #lines])*)
}

/// Breaks a line at spaces; what belongs to a list item is indented below it.
fn fold(text: &str, lines: &mut Vec<String>) {
    let indent = if text.starts_with("- ") { "  " } else { "" };
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(core::mem::replace(&mut line, indent.to_owned()));
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
}
