//! Arguments and content properties: the part of merging that must not move a single bit.

use std::{collections::HashMap, fmt};

use super::{agree, docs::merge_docs, index, merge_asserts};
use crate::{
    error::{Error, ErrorKind},
    resolve::{Domains, hyphenate, same_name, wire_name},
    spec::{Field, Warning},
};

/// Whose fields are merged.
#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    /// The content properties of a class.
    Class(&'a str),
    /// The arguments of a method, below its class.
    Method(&'a str, &'a str),
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Class(class) => write!(f, "{class}"),
            Self::Method(class, method) => write!(f, "{class}.{method}"),
        }
    }
}

/// Merges fields by name; returns what the author of an overlay should know about.
pub(super) fn merge_fields(
    base: &mut Vec<Field>,
    overlay: Vec<Field>,
    owner: Owner<'_>,
    domains: &Domains,
) -> Result<Vec<Warning>, Error> {
    let mut warnings = Vec::new();
    let mut known = index(base, |field| &field.name);
    for field in overlay {
        if let Some(at) = replaced(base, &known, &field, owner)? {
            known.remove(&hyphenate(&base[at].name));
            known.insert(hyphenate(&field.name), at);
            give_meaning(&mut base[at], field, domains)?;
        } else if let Some(&at) = known.get(&hyphenate(&field.name)) {
            repeat(&mut base[at], field, domains)?;
        } else {
            if let Owner::Method(..) = owner {
                warnings.push(Warning {
                    position: field.position.clone(),
                    message: format!(
                        "`{}` is appended to {owner} and changes its wire format: \
                         peers without this overlay cannot read it",
                        field.name
                    ),
                });
            }
            known.insert(hyphenate(&field.name), base.len());
            base.push(field);
        }
    }
    Ok(warnings)
}

/// `replaces` speaks about a field that already exists, so it has no use in what is new.
pub(super) fn refuse_replacing(fields: &[Field]) -> Result<(), Error> {
    match fields.iter().find(|field| field.replaces.is_some()) {
        None => Ok(()),
        Some(field) => Err(Error::at(
            ErrorKind::Unresolved,
            &field.position,
            format!(
                "`{}` has nothing to replace: its owner is defined here",
                field.name
            ),
        )),
    }
}

/// The index of the reserved field that is renamed, if `field` renames one.
fn replaced(
    base: &[Field],
    known: &HashMap<String, usize>,
    field: &Field,
    owner: Owner<'_>,
) -> Result<Option<usize>, Error> {
    let Some(old) = &field.replaces else {
        return Ok(None);
    };
    let fail = |kind, message| Error::at(kind, &field.position, message);
    let namesake = known.get(&hyphenate(&field.name));
    let replaced = known.get(&hyphenate(old));
    let (namesake, at) = match (namesake, replaced) {
        // An overlay that is applied twice finds its own work.
        (Some(_), None) => return Ok(None),
        (namesake, Some(&at)) => (namesake.filter(|namesake| **namesake != at), at),
        (None, None) => {
            let message = format!("{owner} has no `{old}` that `{}` could replace", field.name);
            return Err(fail(ErrorKind::Unresolved, message));
        }
    };
    if let Some(&namesake) = namesake {
        let message = format!("{owner} already has a `{}`", field.name);
        let first = &base[namesake].position;
        return Err(fail(ErrorKind::Duplicate, message).first_defined_at(first));
    }
    if !is_reserved(&base[at]) {
        let message = format!("`{old}` of {owner} is not reserved and keeps its name");
        return Err(fail(ErrorKind::Conflict, message).first_defined_at(&base[at].position));
    }
    Ok(Some(at))
}

/// The standard marks reserved arguments with an attribute, and the one reserved property by its name only.
fn is_reserved(field: &Field) -> bool {
    field.reserved == Some(true) || same_name(&field.name, "reserved")
}

/// A reserved field gets a name, at its place and with its wire type.
fn give_meaning(base: &mut Field, mut overlay: Field, domains: &Domains) -> Result<(), Error> {
    same_wire_type(base, &overlay, domains)?;
    overlay.ty = overlay.ty.or_else(|| base.ty.take());
    overlay.reserved = overlay.reserved.or(Some(false));
    overlay.replaces = None;
    *base = overlay;
    Ok(())
}

/// A field is there already: it may learn its domain, its prose and, if it was reserved, its meaning.
fn repeat(base: &mut Field, overlay: Field, domains: &Domains) -> Result<(), Error> {
    same_wire_type(base, &overlay, domains)?;
    // Saying the type without saying `reserved` is how a live field is declared.
    let says = overlay.reserved.or(overlay.ty.as_ref().map(|_| false));
    match (base.reserved == Some(true), says) {
        (true, Some(false)) => {
            base.reserved = Some(false);
            base.position = overlay.position;
        }
        (false, Some(true)) => {
            let message = format!("`{}` has a meaning and cannot be reserved", overlay.name);
            return Err(Error::at(ErrorKind::Conflict, &overlay.position, message)
                .first_defined_at(&base.position));
        }
        _ => {}
    }
    base.ty = overlay.ty.or_else(|| base.ty.take());
    merge_asserts(&mut base.asserts, overlay.asserts);
    merge_docs(&mut base.docs, overlay.docs)
}

fn same_wire_type(base: &Field, overlay: &Field, domains: &Domains) -> Result<(), Error> {
    if overlay.ty.is_none() || base.ty.is_none() {
        return Ok(());
    }
    let (first, here) = (domains.wire_of(base)?, domains.wire_of(overlay)?);
    let at = (&base.position, &overlay.position);
    agree("type", Some(wire_name(first)), Some(wire_name(here)), at)
}
