//! A base document and its overlays → one [`Spec`].
//!
//! Items match by name. What is new is appended, in document order; what is repeated must say the same or
//! add to it. Nothing is removed and no argument ever moves. The order of the overlays decides the order
//! of what they append, and nothing else.

mod docs;
mod fields;

use std::collections::{HashMap, HashSet};

use crate::{
    error::{Error, ErrorKind},
    resolve::{Domains, hyphenate},
    spec::{Assert, Chassis, Class, Constant, Domain, Method, Position, Response, Spec, Warning},
};
use docs::merge_docs;
use fields::{Owner, merge_fields, refuse_replacing};

/// Merges overlays into a base, in order.
///
/// # Errors
///
/// Where an overlay contradicts what came before, naming both places.
pub fn merge(base: Spec, overlays: impl IntoIterator<Item = Spec>) -> Result<Spec, Error> {
    let mut merged = base;
    for class in &merged.classes {
        refuse_replacing_in_class(class)?;
    }
    for overlay in overlays {
        merge_overlay(&mut merged, overlay)?;
    }
    Ok(merged)
}

fn merge_overlay(base: &mut Spec, overlay: Spec) -> Result<(), Error> {
    merge_version(base, &overlay)?;
    base.warnings.extend(overlay.warnings);
    merge_constants(&mut base.constants, overlay.constants)?;
    merge_domains(&mut base.domains, overlay.domains)?;

    let domains = Domains::new(&base.domains)?;
    let warnings = &mut base.warnings;
    let mut known = index(&base.classes, |class| &class.name);
    for class in overlay.classes {
        match known.get(&hyphenate(&class.name)) {
            Some(&at) => warnings.extend(merge_class(&mut base.classes[at], class, &domains)?),
            None => {
                refuse_replacing_in_class(&class)?;
                known.insert(hyphenate(&class.name), base.classes.len());
                base.classes.push(class);
            }
        }
    }
    Ok(())
}

/// An overlay need not name the protocol it belongs to; if it does, it has to be this one.
fn merge_version(base: &Spec, overlay: &Spec) -> Result<(), Error> {
    let at = (&base.position, &overlay.position);
    agree("major", base.major, overlay.major, at)?;
    agree("minor", base.minor, overlay.minor, at)?;
    agree("revision", base.revision, overlay.revision, at)?;
    agree("port", base.port, overlay.port, at)
}

fn merge_constants(base: &mut Vec<Constant>, overlay: Vec<Constant>) -> Result<(), Error> {
    let mut known = index(base, |constant| &constant.name);
    for constant in overlay {
        let Some(&at) = known.get(&hyphenate(&constant.name)) else {
            known.insert(hyphenate(&constant.name), base.len());
            base.push(constant);
            continue;
        };
        let first = &mut base[at];
        let at = (&first.position, &constant.position);
        agree("value", Some(first.value), Some(constant.value), at)?;
        let class = |class: &Option<String>| class.as_deref().map_or("none".into(), hyphenate);
        let classes = (class(&first.class), class(&constant.class));
        agree("class", Some(classes.0), Some(classes.1), at)?;
        merge_docs(&mut first.docs, constant.docs)?;
    }
    Ok(())
}

fn merge_domains(base: &mut Vec<Domain>, overlay: Vec<Domain>) -> Result<(), Error> {
    let mut known = index(base, |domain| &domain.name);
    for domain in overlay {
        let Some(&at) = known.get(&hyphenate(&domain.name)) else {
            known.insert(hyphenate(&domain.name), base.len());
            base.push(domain);
            continue;
        };
        let first = &mut base[at];
        let at = (&first.position, &domain.position);
        agree("type", Some(&first.type_name), Some(&domain.type_name), at)?;
        merge_asserts(&mut first.asserts, domain.asserts);
        merge_docs(&mut first.docs, domain.docs)?;
    }
    Ok(())
}

fn merge_class(base: &mut Class, overlay: Class, domains: &Domains) -> Result<Vec<Warning>, Error> {
    let at = (&base.position, &overlay.position);
    agree("index", base.index, overlay.index, at)?;
    agree(
        "handler",
        base.handler.as_deref(),
        overlay.handler.as_deref(),
        at,
    )?;
    merge_chassis(&mut base.chassis, overlay.chassis);
    merge_docs(&mut base.docs, overlay.docs)?;
    let owner = Owner::Class(&base.name);
    let mut warnings = merge_fields(&mut base.fields, overlay.fields, owner, domains)?;

    let mut known = index(&base.methods, |method| &method.name);
    for method in overlay.methods {
        match known.get(&hyphenate(&method.name)) {
            Some(&at) => {
                let first = &mut base.methods[at];
                warnings.extend(merge_method(first, method, &base.name, domains)?);
            }
            None => {
                refuse_replacing(&method.fields)?;
                known.insert(hyphenate(&method.name), base.methods.len());
                base.methods.push(method);
            }
        }
    }
    Ok(warnings)
}

fn merge_method(
    base: &mut Method,
    overlay: Method,
    class: &str,
    domains: &Domains,
) -> Result<Vec<Warning>, Error> {
    let at = (&base.position, &overlay.position);
    agree("index", base.index, overlay.index, at)?;
    // Whether content follows is the shape of the wire, unlike the other two.
    let content = overlay.content.map(|_| base.content.unwrap_or(false));
    agree("content", content, overlay.content, at)?;
    base.synchronous = overlay.synchronous.or(base.synchronous);
    base.deprecated = overlay.deprecated.or(base.deprecated);
    merge_chassis(&mut base.chassis, overlay.chassis);
    merge_responses(&mut base.responses, overlay.responses);
    merge_docs(&mut base.docs, overlay.docs)?;
    let owner = Owner::Method(class, &base.name);
    merge_fields(&mut base.fields, overlay.fields, owner, domains)
}

fn merge_chassis(base: &mut Vec<Chassis>, overlay: Vec<Chassis>) {
    for chassis in overlay {
        if !base.iter().any(|known| known.peer == chassis.peer) {
            base.push(chassis);
        }
    }
}

fn merge_responses(base: &mut Vec<Response>, overlay: Vec<Response>) {
    let mut known = index(base, |response| &response.name);
    for response in overlay {
        if known
            .insert(hyphenate(&response.name), base.len())
            .is_none()
        {
            base.push(response);
        }
    }
}

fn merge_asserts(base: &mut Vec<Assert>, overlay: Vec<Assert>) {
    let unplaced = |assert: &Assert| Assert {
        position: Position::default(),
        ..assert.clone()
    };
    let mut known: HashSet<_> = base.iter().map(unplaced).collect();
    for assert in overlay {
        if known.insert(unplaced(&assert)) {
            base.push(assert);
        }
    }
}

/// An overlay says the same as the base, or nothing.
fn agree<T: PartialEq + std::fmt::Debug>(
    what: &str,
    base: Option<T>,
    overlay: Option<T>,
    (first, here): (&Position, &Position),
) -> Result<(), Error> {
    match (base, overlay) {
        (Some(base), Some(overlay)) if base != overlay => {
            let message = format!("`{what}` is {overlay:?} here and {base:?} there");
            Err(Error::at(ErrorKind::Conflict, here, message).first_defined_at(first))
        }
        _ => Ok(()),
    }
}

fn refuse_replacing_in_class(class: &Class) -> Result<(), Error> {
    refuse_replacing(&class.fields)?;
    class
        .methods
        .iter()
        .try_for_each(|method| refuse_replacing(&method.fields))
}

/// Where each name stands. Names that are there twice are found by `resolve`.
fn index<T>(items: &[T], name: impl Fn(&T) -> &str) -> HashMap<String, usize> {
    let names = items.iter().map(|item| hyphenate(name(item)));
    names.zip(0..).collect()
}

#[cfg(test)]
mod tests;
