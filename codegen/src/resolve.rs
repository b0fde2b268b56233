//! What the documents say → what they mean.
//!
//! Names become uniform, domains become wire types, bits and flags get their places, replies are found,
//! identifiers are chosen, and every check is made: nothing behind this step can fail. Each quirk of the
//! published documents is decided in one named function.

mod docs;
mod fields;
mod names;
mod replies;
mod types;
mod unique;

use crate::{
    diagnostic::{Diagnostic, Findings},
    error::{Error, ErrorKind},
    model::{self, ConstantKind, Model, Version},
    spec::{Chassis, Class, Constant, Method, Peer, Position, Spec},
    suggest::did_you_mean,
};
pub(crate) use docs::fold;
pub(crate) use names::{hyphenate, is_ident, same_name};
pub(crate) use types::{Domains, type_place, wire_name};
use unique::{Unique, no_help};

/// Resolves a document, usually one that [`merge`](crate::merge()) has put together.
///
/// # Errors
///
/// Every item that lacks something, names what does not exist, or takes what is taken.
pub fn resolve(spec: &Spec) -> Result<Model, Error> {
    let mut findings = Findings::default();
    let model = resolve_into(spec, &mut findings);
    findings.finish(Vec::new()).map(|_| model)
}

/// Resolves as far as that goes: what is wrong is reported and left out.
pub(crate) fn resolve_into(spec: &Spec, findings: &mut Findings) -> Model {
    let (version, port) = version(spec, findings);
    let domains = Domains::new(&spec.domains);
    Model {
        version,
        port,
        constants: constants(&spec.constants, findings),
        domains: domains.to_model(&spec.domains, findings),
        classes: classes(&spec.classes, &domains, findings),
    }
}

fn version(spec: &Spec, findings: &mut Findings) -> (Version, u16) {
    let Spec {
        major, minor, port, ..
    } = *spec;
    if major.is_none() || minor.is_none() || port.is_none() {
        findings.error(version_missing(spec));
    }
    let version = Version {
        major: major.unwrap_or_default(),
        minor: minor.unwrap_or_default(),
        // Only the 0-9-1 family has one.
        revision: spec.revision.unwrap_or(0),
    };
    (version, port.unwrap_or_default())
}

/// Whether a document leaves out all that says which protocol it is, as only overlays may.
pub(crate) fn is_overlay(spec: &Spec) -> bool {
    spec.major.is_none() && spec.minor.is_none() && spec.port.is_none()
}

/// Says which of the attributes are missing that a base has.
pub(crate) fn version_missing(spec: &Spec) -> Diagnostic {
    let stated = [
        ("major", spec.major.is_some()),
        ("minor", spec.minor.is_some()),
        ("port", spec.port.is_some()),
    ];
    let missing = stated.iter().filter(|(_, is_there)| !is_there);
    let missing: Vec<_> = missing.map(|(name, _)| format!("`{name}`")).collect();
    let message = format!("`amqp` has no {}", missing.join(", "));
    let help = "this looks like an overlay: name the base that it extends, as in `--base rabbitmq`, or give it to \
                `Config::extend`";
    Diagnostic::error(ErrorKind::Attribute, &spec.position, message)
        .help_with(is_overlay(spec).then(|| help.to_owned()))
}

fn constants(constants: &[Constant], findings: &mut Findings) -> Vec<model::Constant> {
    let mut names = Unique::new("the Rust name of constant", "name");
    let mut codes = Unique::new("the reply code of constant", "value");
    let mut resolved = Vec::with_capacity(constants.len());
    for constant in constants {
        let at = &constant.position;
        let Some(name) = names::checked(&constant.name, at, findings) else {
            continue;
        };
        names.claim(names::snake(&name), &constant.name, at, &no_help, findings);
        let Some(kind) = constant_kind(constant, findings) else {
            continue;
        };
        check_code(&name, kind, constant, findings);
        // Plain constants are sizes and frame types: their numbers may meet a code by accident.
        if kind != ConstantKind::Plain {
            codes.claim(
                constant.value.to_string(),
                &constant.name,
                at,
                &no_help,
                findings,
            );
        }
        resolved.push(model::Constant {
            name,
            value: constant.value,
            kind,
            docs: docs::resolve(&constant.docs),
            position: at.clone(),
        });
    }
    resolved
}

/// A reply code is a short integer wherever it is sent.
fn check_code(name: &str, kind: ConstantKind, constant: &Constant, findings: &mut Findings) {
    let is_code = kind != ConstantKind::Plain || name == "reply-success";
    if is_code && u16::try_from(constant.value).is_err() {
        let value = constant.value;
        let message = format!("constant `{name}` is {value}, and a reply code has 16 bits");
        let at = constant.position.attribute("value");
        findings.error(Diagnostic::error(ErrorKind::Attribute, &at, message));
    }
}

/// 0-8 writes `soft error`, later documents `soft-error`.
fn constant_kind(constant: &Constant, findings: &mut Findings) -> Option<ConstantKind> {
    match constant.class.as_deref().map(hyphenate).as_deref() {
        None => Some(ConstantKind::Plain),
        Some("soft-error") => Some(ConstantKind::SoftError),
        Some("hard-error") => Some(ConstantKind::HardError),
        Some(other) => {
            let message = format!(
                "class of constant `{}` is `{other}`, not `soft-error` or `hard-error`",
                constant.name
            );
            let at = constant.position.attribute("class");
            let help = did_you_mean(other, &["soft-error", "hard-error"]);
            let error = Diagnostic::error(ErrorKind::Attribute, &at, message);
            findings.error(error.help_with(help));
            None
        }
    }
}

fn classes(classes: &[Class], domains: &Domains, findings: &mut Findings) -> Vec<model::Class> {
    let mut modules = Unique::new("the Rust name of class", "name");
    let mut indexes = Unique::new("the index of class", "index");
    // Among all methods, `job-queue.ask` and `job.queue-ask` are both `JobQueueAsk`.
    let mut variants = Unique::new("the Rust name of", "name");
    let mut resolved = Vec::with_capacity(classes.len());
    for class in classes {
        let at = &class.position;
        let name = names::checked(&class.name, at, findings);
        let is_new = name
            .as_ref()
            .is_some_and(|name| modules.claim(names::module(name), name, at, &no_help, findings));
        let others = || classes.iter().map(|class| class.name.as_str()).collect();
        let index = index(class.index, "class", &class.name, at, &others, findings);
        if let Some(index) = index {
            let help = || Some("from 61440 on, numbers are for private classes".to_owned());
            indexes.claim(index.to_string(), &class.name, at, &help, findings);
        }
        let handler = class.handler.as_deref().map(hyphenate);
        // Without an index it was probably meant to be another class, which has a handler.
        if handler.is_none() && class.index.is_some() {
            let message = format!("class `{}` has no `handler`", class.name);
            let help = "handler=\"channel\" is that of classes on ordinary channels".to_owned();
            let error = Diagnostic::error(ErrorKind::Attribute, at, message);
            findings.error(error.help_with(Some(help)));
        }
        let (methods, properties) = (
            methods(class, domains, is_new.then_some(&mut variants), findings),
            fields::properties(class, domains, findings),
        );
        let (Some(name), Some(index), Some(handler)) = (name, index, handler) else {
            continue;
        };
        resolved.push(model::Class {
            module: names::module(&name),
            name,
            index,
            handler,
            methods,
            properties,
            docs: docs::resolve(&class.docs),
            position: at.clone(),
        });
    }
    resolved
}

/// The methods of a class; `variants` are those that methods are among all of the protocol.
fn methods<'s>(
    class: &'s Class,
    domains: &'s Domains,
    mut variants: Option<&mut Unique<'s>>,
    findings: &mut Findings,
) -> Vec<model::Method> {
    let siblings = replies::Siblings::new(&class.methods);
    let mut types = Unique::new("the Rust name of method", "name");
    let mut indexes = Unique::new("the index of method", "index");
    let mut resolved = Vec::with_capacity(class.methods.len());
    siblings.report_unanswered(&class.methods, findings);
    for method in &class.methods {
        let at = &method.position;
        let name = names::checked(&method.name, at, findings);
        if let Some(name) = &name {
            let is_new = types.claim(names::type_name(name), name, at, &no_help, findings);
            // What is taken in the class already is so among all, and was reported.
            if let (true, Some(variants)) = (is_new, &mut variants) {
                let variant = names::type_name(&hyphenate(&class.name)) + &names::type_name(name);
                let full_name = format!("{}.{name}", class.name);
                let help = || Some(format!("both are `{variant}` among all methods"));
                variants.claim(variant.clone(), &full_name, at, &help, findings);
            }
        }
        let methods = class.methods.iter();
        let others = || methods.clone().map(|method| method.name.as_str()).collect();
        let index = index(method.index, "method", &method.name, at, &others, findings);
        if let Some(index) = index {
            let help = || free_index(class);
            indexes.claim(index.to_string(), &method.name, at, &help, findings);
        }
        let replies = siblings.replies(method, findings);
        let fields = fields::arguments(method, &class.name, domains, findings);
        let (Some(name), Some(index)) = (name, index) else {
            continue;
        };
        resolved.push(model::Method {
            synchronous: method.synchronous.unwrap_or(false),
            content: method.content.unwrap_or(false),
            deprecated: method.deprecated.unwrap_or(false),
            client_receives: receives(method, Peer::Client),
            server_receives: receives(method, Peer::Server),
            replies,
            fields,
            docs: docs::resolve(&method.docs),
            position: at.clone(),
            type_name: names::type_name(&name),
            name,
            index,
        });
    }
    resolved
}

/// A number that no method of a class has.
fn free_index(class: &Class) -> Option<String> {
    let highest = class
        .methods
        .iter()
        .filter_map(|method| method.index)
        .max()?;
    let free = highest.checked_add(1)?;
    Some(format!("{free} is free, and so is all above"))
}

/// A chassis says who has to accept a method: the other end is the one that sends it.
fn receives(method: &Method, peer: Peer) -> bool {
    let named = |chassis: &Chassis| chassis.peer == peer;
    method.chassis.iter().any(named)
}

/// Class 0 and method 0 are outside of the grammar. An item without an index is new where it was meant to be one of
/// the `others`.
fn index<'n>(
    index: Option<u16>,
    element: &str,
    name: &str,
    at: &Position,
    others: &dyn Fn() -> Vec<&'n str>,
    findings: &mut Findings,
) -> Option<u16> {
    match index {
        None => {
            findings.error_with(&mut || {
                let message = format!("{element} `{name}` has no `index`");
                let mut others = others();
                others.retain(|other| *other != name);
                let help = did_you_mean(name, &others)
                    .unwrap_or_else(|| format!("a new {element} needs one"));
                Diagnostic::error(ErrorKind::Attribute, at, message).help_with(Some(help))
            });
            None
        }
        Some(0) => {
            let message = format!("index of {element} `{name}` is 0, not in 1..=65535");
            let at = at.attribute("index");
            findings.error(Diagnostic::error(ErrorKind::Attribute, &at, message));
            None
        }
        index => index,
    }
}

#[cfg(test)]
mod tests;
