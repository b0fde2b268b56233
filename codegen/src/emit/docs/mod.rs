//! Doc comments out of what the documents say, with links between what belongs together.

mod class;
mod links;
mod method;
mod protocol;
mod text;
mod values;

use proc_macro2::TokenStream;

use super::names::Names;
use super::scope::Scope;
use crate::model::{Class, Constant, ConstantKind, Docs, Method};
pub(super) use class::{class, properties};
use links::{Links, Place};
pub(super) use method::{choice, constructor, method};
pub(super) use protocol::protocol;
use text::{Comment, prose};
pub(super) use values::{field, property, setter};

/// A number in the module of constants.
pub(super) fn number(scope: &Scope<'_>, constant: &Constant) -> TokenStream {
    constant_in(constant, Links::new(scope, Place::Module))
}

/// A constant of the type of reply codes.
pub(super) fn reply_code(scope: &Scope<'_>, constant: &Constant) -> TokenStream {
    constant_in(constant, Links::new(scope, Place::Root))
}

fn constant_in(constant: &Constant, links: Links<'_, '_>) -> TokenStream {
    let what = match constant.kind {
        ConstantKind::SoftError => "a soft error: it closes a channel, and the connection goes on",
        ConstantKind::HardError => {
            "a hard error: it closes the connection, and every channel with it"
        }
        ConstantKind::Plain => "",
    };
    let value = constant.value;
    let what = match what {
        "" => format!("`{}`, {value}.", constant.name),
        what => format!("`{}`, {value}, {what}.", constant.name),
    };
    let mut comment = Comment::default();
    said(&mut comment, &constant.docs, links);
    comment.add(&what);
    rules(&mut comment, &constant.docs, links);
    comment.tokens()
}

/// A variant that holds a method.
pub(super) fn variant(class: &Class, method: &Method) -> TokenStream {
    let name = format!("`{}.{}`", class.name, method.name);
    let text = match &method.docs.label {
        Some(label) => format!("{name}: {}.", prose(label, &|_| None)),
        None => name,
    };
    Comment::new(&text).tokens()
}

/// The enum of methods.
pub(super) fn any_method(scope: &Scope<'_>) -> TokenStream {
    use crate::side::Side;
    let text = match scope.options.side {
        Side::Client => "Any method that a client receives, and those that nobody knows.",
        Side::Server => "Any method that a server receives, and those that nobody knows.",
        Side::Both => "Any method of the protocol, and those that nobody knows.",
    };
    Comment::new(text).tokens()
}

/// What the document says of an item: its paragraphs, or else its label.
fn said(comment: &mut Comment, docs: &Docs, links: Links<'_, '_>) {
    let code = |code: &str| links.prose(code);
    for paragraph in &docs.text {
        comment.add(&prose(paragraph, &code));
    }
    if let (true, Some(label)) = (docs.text.is_empty(), &docs.label) {
        comment.add(&sentence(&prose(label, &code)));
    }
}

/// The rules below a heading, with what happens to those who break them.
fn rules(comment: &mut Comment, docs: &Docs, links: Links<'_, '_>) {
    if docs.rules.is_empty() {
        return;
    }
    comment.add_block("# Rules");
    list_rules(comment, docs, links);
}

/// The rules without a heading, which would stand among those of the page.
fn short_rules(comment: &mut Comment, docs: &Docs, links: Links<'_, '_>) {
    if !docs.rules.is_empty() {
        comment.add("Rules:");
        list_rules(comment, docs, links);
    }
}

fn list_rules(comment: &mut Comment, docs: &Docs, links: Links<'_, '_>) {
    let code = |code: &str| links.prose(code);
    for rule in &docs.rules {
        let failure = match &rule.on_failure {
            Some(code) => format!(" On failure: {}.", links.failure(code)),
            None => String::new(),
        };
        comment.add_item(&format!(
            "{}: {}{failure}",
            text::code(&rule.name),
            prose(&rule.text, &code)
        ));
    }
}

/// A label as a sentence.
fn sentence(label: &str) -> String {
    let end = if label.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{}{end}", capital(label))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => format!("{}{}", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}

impl<'s, 'm> Names<'s, 'm> {
    /// Links from the module of the class.
    fn links(&self) -> Links<'s, 'm> {
        Links::new(self.scope, Place::Module)
    }
}
