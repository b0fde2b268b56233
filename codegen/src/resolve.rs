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
    error::{Error, ErrorKind},
    model::{self, ConstantKind, Model, Version},
    spec::{Chassis, Class, Constant, Method, Peer, Position, Spec},
};
pub(crate) use docs::fold;
pub(crate) use names::{hyphenate, same_name};
pub(crate) use types::{Domains, wire_name};
use unique::Unique;

/// Resolves a document, usually one that [`merge`](crate::merge()) has put together.
///
/// # Errors
///
/// At the first item that lacks something, names what does not exist, or takes what is taken.
pub fn resolve(spec: &Spec) -> Result<Model, Error> {
    let (version, port) = version(spec)?;
    let domains = Domains::new(&spec.domains)?;
    Ok(Model {
        version,
        port,
        constants: constants(&spec.constants)?,
        domains: domains.to_model(&spec.domains)?,
        classes: classes(&spec.classes, &domains)?,
    })
}

fn version(spec: &Spec) -> Result<(Version, u16), Error> {
    let version = Version {
        major: stated(spec.major, "amqp", "major", &spec.position)?,
        minor: stated(spec.minor, "amqp", "minor", &spec.position)?,
        // Only the 0-9-1 family has one.
        revision: spec.revision.unwrap_or(0),
    };
    let port = stated(spec.port, "amqp", "port", &spec.position)?;
    Ok((version, port))
}

fn constants(constants: &[Constant]) -> Result<Vec<model::Constant>, Error> {
    let mut names = Unique::new("constant");
    let mut codes = Unique::new("reply code");
    let mut resolved = Vec::with_capacity(constants.len());
    for constant in constants {
        let name = names::checked(&constant.name, &constant.position)?;
        names.claim(names::snake(&name), &constant.name, &constant.position)?;
        let kind = constant_kind(constant)?;
        // Plain constants are sizes and frame types: their numbers may meet a code by accident.
        if kind != ConstantKind::Plain {
            codes.claim(constant.value, &constant.name, &constant.position)?;
        }
        resolved.push(model::Constant {
            name,
            value: constant.value,
            kind,
            docs: docs::resolve(&constant.docs),
            position: constant.position.clone(),
        });
    }
    Ok(resolved)
}

/// 0-8 writes `soft error`, later documents `soft-error`.
fn constant_kind(constant: &Constant) -> Result<ConstantKind, Error> {
    match constant.class.as_deref().map(hyphenate).as_deref() {
        None => Ok(ConstantKind::Plain),
        Some("soft-error") => Ok(ConstantKind::SoftError),
        Some("hard-error") => Ok(ConstantKind::HardError),
        Some(other) => {
            let message = format!(
                "class of constant `{}` is `{other}`, not `soft-error` or `hard-error`",
                constant.name
            );
            Err(Error::at(ErrorKind::Attribute, &constant.position, message))
        }
    }
}

fn classes(classes: &[Class], domains: &Domains) -> Result<Vec<model::Class>, Error> {
    let mut modules = Unique::new("class");
    let mut indexes = Unique::new("class index");
    let mut resolved = Vec::with_capacity(classes.len());
    for class in classes {
        let name = names::checked(&class.name, &class.position)?;
        let index = index(class.index, "class", &name, &class.position)?;
        let module = names::module(&name);
        modules.claim(module.clone(), &name, &class.position)?;
        indexes.claim(index, &name, &class.position)?;
        let handler = class.handler.as_deref().map(hyphenate);
        resolved.push(model::Class {
            handler: stated(handler, "class", "handler", &class.position)?,
            methods: methods(class, domains)?,
            properties: fields::properties(class, domains)?,
            docs: docs::resolve(&class.docs),
            position: class.position.clone(),
            name,
            module,
            index,
        });
    }
    Ok(resolved)
}

fn methods(class: &Class, domains: &Domains) -> Result<Vec<model::Method>, Error> {
    let siblings = replies::Siblings::new(&class.methods);
    let mut types = Unique::new("method");
    let mut indexes = Unique::new("method index");
    let mut resolved = Vec::with_capacity(class.methods.len());
    for method in &class.methods {
        let name = names::checked(&method.name, &method.position)?;
        let index = index(method.index, "method", &name, &method.position)?;
        let type_name = names::type_name(&name);
        types.claim(type_name.clone(), &name, &method.position)?;
        indexes.claim(index, &name, &method.position)?;
        resolved.push(model::Method {
            synchronous: method.synchronous.unwrap_or(false),
            content: method.content.unwrap_or(false),
            deprecated: method.deprecated.unwrap_or(false),
            client_receives: receives(method, Peer::Client),
            server_receives: receives(method, Peer::Server),
            replies: siblings.replies(method)?,
            fields: fields::arguments(method, domains)?,
            docs: docs::resolve(&method.docs),
            position: method.position.clone(),
            name,
            type_name,
            index,
        });
    }
    Ok(resolved)
}

/// A chassis says who has to accept a method: the other end is the one that sends it.
fn receives(method: &Method, peer: Peer) -> bool {
    let named = |chassis: &Chassis| chassis.peer == peer;
    method.chassis.iter().any(named)
}

/// Class 0 and method 0 are outside of the grammar.
fn index(index: Option<u16>, element: &str, name: &str, at: &Position) -> Result<u16, Error> {
    match stated(index, element, "index", at)? {
        0 => {
            let message = format!("index of {element} `{name}` is 0, not in 1..=65535");
            Err(Error::at(ErrorKind::Attribute, at, message))
        }
        index => Ok(index),
    }
}

/// An attribute that an overlay may leave out where the base has it, but that has to be somewhere.
fn stated<T>(value: Option<T>, element: &str, name: &str, at: &Position) -> Result<T, Error> {
    value.ok_or_else(|| {
        let message = format!("`{element}` has no `{name}`");
        Error::at(ErrorKind::Attribute, at, message)
    })
}

#[cfg(test)]
mod tests;
