//! The comments of a class's module and of its properties.

use proc_macro2::TokenStream;

use super::super::names::Names;
use super::super::scope::{ClassScope, Scope};
use super::links::{Links, Place};
use super::rules;
use super::text::{Comment, list, prose};
use crate::model::{Docs, Method};

/// The module of a class.
pub(in super::super) fn class(scope: &Scope<'_>, own: &ClassScope<'_>) -> TokenStream {
    let class = own.class;
    let links = Links::new(scope, Place::Root);
    let mut comment = Comment::new(&match &class.docs.label {
        Some(label) => format!(
            "`{}`, class {}: {}.",
            class.name,
            class.index,
            prose(label, &|_| None)
        ),
        None => format!("`{}`, class {}.", class.name, class.index),
    });
    let docs = new_docs(own);
    let code = |code: &str| links.prose(code);
    for paragraph in &docs.text {
        comment.add(&prose(paragraph, &code));
    }
    if own.base.is_some() {
        comment.add(&format!("Extends {}.", links.base_class(class)));
    }
    if !own.methods.is_empty() {
        comment.add_block("# Methods");
        comment.add_block(&table(own, links));
    }
    rules(&mut comment, &docs, links);
    comment.tokens()
}

/// What the document says of the class, without what the base says already.
fn new_docs(own: &ClassScope<'_>) -> Docs {
    let mut docs = own.class.docs.clone();
    if let Some(base) = own.base {
        docs.text.retain(|text| !base.docs.text.contains(text));
        docs.rules.retain(|rule| !base.docs.rules.contains(rule));
    }
    docs
}

/// The methods with their ids, directions and answers.
fn table(own: &ClassScope<'_>, links: Links<'_, '_>) -> String {
    let class = own.class;
    let has_purpose = own.methods.iter().any(|method| method.docs.label.is_some());
    let mut table = match has_purpose {
        true => "| method | id | direction | purpose | answered by |\n|---|---|---|---|---|",
        false => "| method | id | direction | answered by |\n|---|---|---|---|",
    }
    .to_owned();
    for method in &own.methods {
        let mut answers = Vec::new();
        for answer in &class.methods {
            if method.replies.contains(&answer.name) {
                answers.push(links.method(class, answer));
            }
        }
        let mut cells = vec![
            links.method(class, method),
            method.index.to_string(),
            direction(method, own, links),
        ];
        if has_purpose {
            let label = method.docs.label.as_deref().unwrap_or_default();
            cells.push(prose(label, &|_| None));
        }
        cells.push(list(&answers, "or"));
        table.push_str(&format!("\n| {} |", cells.join(" | ")));
    }
    table
}

/// Who sends it to whom, and whether content comes with it.
fn direction(method: &Method, own: &ClassScope<'_>, links: Links<'_, '_>) -> String {
    let direction = match (method.client_receives, method.server_receives) {
        (true, false) => "server → client",
        (false, true) => "client → server",
        (true, true) => "either",
        (false, false) => "not said",
    };
    if !method.content {
        return direction.to_owned();
    }
    let content = links.properties(own.class, "content");
    format!("{direction}, with {content}")
}

/// The struct of content properties.
pub(in super::super) fn properties(names: &Names<'_, '_>) -> TokenStream {
    let class = names.class();
    let mut carriers = Vec::new();
    for method in &class.methods {
        if method.content {
            carriers.push(names.links().method(class, method));
        }
    }
    let mut comment = Comment::new(&format!("The properties of `{}` content.", class.name));
    if !carriers.is_empty() {
        comment.add(&format!(
            "Its header follows {} and carries them.",
            list(&carriers, "or")
        ));
    }
    comment.add("Absent and empty are two different things on the wire, and here.");
    comment.tokens()
}
