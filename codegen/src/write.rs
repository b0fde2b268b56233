//! [`Spec`] → XML in the vocabulary it was read from.
//!
//! The layout is that of a document that people keep: two spaces per level, an empty line between classes and
//! between methods, prose as it stood. White space and delimiters are escaped where a reader would otherwise
//! change them, so that reading gives back what was written.

mod output;

use crate::spec::{
    Assert, Chassis, Class, Constant, Doc, Docs, Domain, Field, Method, Peer, Response, Rule, Spec,
    TypeName,
};
use output::{Output, Tag};

/// Writes a document.
///
/// [`parse`](crate::parse()) reads back an equal [`Spec`], but for places and warnings. What `parse` does not
/// keep is not written: comments, `comment` of the root, the elements `see` and `test`.
///
/// Equal documents give equal text, octet for octet.
pub fn write(spec: &Spec) -> String {
    let mut out = Output::new();
    let root = Tag::new("amqp")
        .number("major", spec.major)
        .number("minor", spec.minor)
        .number("revision", spec.revision)
        .number("port", spec.port);
    out.element(root, |out| {
        each(out, &spec.constants, constant);
        if !spec.domains.is_empty() {
            out.empty_line();
        }
        each(out, &spec.domains, domain);
        for item in &spec.classes {
            out.empty_line();
            class(out, item);
        }
    });
    out.finish()
}

fn constant(out: &mut Output, constant: &Constant) {
    let tag = Tag::new("constant")
        .text("name", &constant.name)
        .number("value", Some(constant.value))
        .optional("class", &constant.class)
        .optional("label", &constant.docs.label);
    out.element(tag, |out| docs(out, &constant.docs));
}

fn domain(out: &mut Output, domain: &Domain) {
    let tag = Tag::new("domain")
        .text("name", &domain.name)
        .text("type", &domain.type_name)
        .optional("label", &domain.docs.label);
    out.element(tag, |out| {
        docs(out, &domain.docs);
        each(out, &domain.asserts, assert);
    });
}

fn class(out: &mut Output, class: &Class) {
    let tag = Tag::new("class")
        .text("name", &class.name)
        .optional("handler", &class.handler)
        .number("index", class.index)
        .optional("label", &class.docs.label);
    out.element(tag, |out| {
        docs(out, &class.docs);
        each(out, &class.chassis, chassis);
        each(out, &class.fields, field);
        for item in &class.methods {
            out.empty_line();
            method(out, item);
        }
    });
}

fn method(out: &mut Output, method: &Method) {
    let tag = Tag::new("method")
        .text("name", &method.name)
        .number("index", method.index)
        .flag("synchronous", method.synchronous)
        .flag("content", method.content)
        .flag("deprecated", method.deprecated)
        .optional("label", &method.docs.label);
    out.element(tag, |out| {
        docs(out, &method.docs);
        each(out, &method.chassis, chassis);
        each(out, &method.responses, response);
        each(out, &method.fields, field);
    });
}

fn field(out: &mut Output, field: &Field) {
    let tag = Tag::new("field").text("name", &field.name);
    let tag = match &field.ty {
        Some(TypeName::Domain(name)) => tag.text("domain", name),
        Some(TypeName::Elementary(name)) => tag.text("type", name),
        None => tag,
    };
    let tag = tag
        .flag("reserved", field.reserved)
        .optional("replaces", &field.replaces)
        .flag("secret", field.secret)
        .optional("label", &field.docs.label);
    out.element(tag, |out| {
        docs(out, &field.docs);
        each(out, &field.asserts, assert);
    });
}

fn chassis(out: &mut Output, chassis: &Chassis) {
    let name = match chassis.peer {
        Peer::Client => "client",
        Peer::Server => "server",
    };
    let tag = Tag::new("chassis")
        .text("name", name)
        .optional("implement", &chassis.implement);
    out.element(tag, |_| {});
}

fn response(out: &mut Output, response: &Response) {
    out.element(Tag::new("response").text("name", &response.name), |_| {});
}

fn assert(out: &mut Output, assert: &Assert) {
    let tag = Tag::new("assert")
        .text("check", &assert.check)
        .optional("value", &assert.value)
        .optional("method", &assert.method)
        .optional("field", &assert.field)
        .optional("rule", &assert.rule);
    out.element(tag, |out| {
        for value in &assert.values {
            out.element(Tag::new("value").text("name", value), |_| {});
        }
    });
}

/// The label is an attribute and written with the others.
fn docs(out: &mut Output, docs: &Docs) {
    each(out, &docs.texts, doc);
    each(out, &docs.rules, rule);
}

fn rule(out: &mut Output, rule: &Rule) {
    let tag = Tag::new("rule")
        .text("name", &rule.name)
        .optional("on-failure", &rule.on_failure);
    out.element(tag, |out| each(out, &rule.texts, doc));
}

fn doc(out: &mut Output, doc: &Doc) {
    let tag = Tag::new("doc").optional("type", &doc.kind);
    out.element(tag, |out| out.text(&doc.text));
}

fn each<T>(out: &mut Output, items: &[T], write: impl Fn(&mut Output, &T)) {
    for item in items {
        write(out, item);
    }
}
