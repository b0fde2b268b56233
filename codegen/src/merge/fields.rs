//! Arguments and content properties: the part of merging that must not move a single bit.

use std::fmt;

use super::{docs::merge_docs, index, merge_asserts};
use crate::{
    diagnostic::{Diagnostic, Findings},
    error::ErrorKind,
    index::Index,
    model::WireType,
    resolve::{Domains, hyphenate, same_name, type_place, wire_name},
    spec::Field,
    suggest::{did_you_mean, nearest},
};

/// Whose fields are merged.
#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    /// The content properties of a class.
    Class(&'a str),
    /// The arguments of a method, below its class.
    Method(&'a str, &'a str),
}

impl<'a> Owner<'a> {
    fn class(self) -> &'a str {
        let (Self::Class(class) | Self::Method(class, _)) = self;
        class
    }
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Class(class) => write!(f, "{class}"),
            Self::Method(class, method) => write!(f, "{class}.{method}"),
        }
    }
}

/// Merges fields by name.
pub(super) fn merge_fields(
    base: &mut Vec<Field>,
    overlay: Vec<Field>,
    owner: Owner<'_>,
    domains: &Domains,
    findings: &mut Findings,
) {
    let mut known = index(base, |field| hyphenate(&field.name));
    for field in overlay {
        let at = match replaced(base, &known, &field, owner) {
            Ok(at) => at,
            Err(error) => {
                findings.error(error);
                continue;
            }
        };
        if let Some(at) = at {
            if has_wire_type_of(&base[at], &field, owner, domains, findings) {
                known.remove(&hyphenate(&base[at].name));
                known.insert(hyphenate(&field.name), at);
                give_meaning(&mut base[at], field);
            }
        } else if let Some(at) = known.get(&hyphenate(&field.name)) {
            if has_wire_type_of(&base[at], &field, owner, domains, findings) {
                repeat(&mut base[at], field, findings);
            }
        } else {
            if let Owner::Method(..) = owner {
                findings.warning(appended(&field, base, owner, domains));
            }
            known.insert(hyphenate(&field.name), base.len());
            base.push(field);
        }
    }
}

/// What the author of an overlay should know about an argument that others do not expect.
fn appended(field: &Field, base: &[Field], owner: Owner<'_>, domains: &Domains) -> Diagnostic {
    let name = &field.name;
    let is_bit = |field: &Field| domains.wire_of(field) == Some(WireType::Bit);
    let bits = base.iter().rev().take_while(|field| is_bit(field)).count();
    let message = if is_bit(field) && bits % 8 != 0 {
        format!(
            "`{name}` takes a bit of the last octet of {owner}, at which peers without this overlay do not look"
        )
    } else {
        format!(
            "`{name}` is appended to {owner} and changes its wire format: peers without this overlay cannot read it"
        )
    };
    let names: Vec<_> = base.iter().map(|field| field.name.as_str()).collect();
    let namesake = nearest(&field.name, &names);
    let help = namesake.map(|name| format!("if you mean `{name}`, which is there, write it so"));
    let at = field.position.attribute("name");
    Diagnostic::warning(ErrorKind::WireFormat, &at, message).help_with(help)
}

/// `replaces` speaks about a field that already exists, so it has no use in what is new.
pub(super) fn refuse_replacing(fields: &[Field], findings: &mut Findings) {
    for field in fields.iter().filter(|field| field.replaces.is_some()) {
        let message = format!(
            "`{}` has nothing to replace: its owner is defined here",
            field.name
        );
        let at = field.position.attribute("replaces");
        findings.error(Diagnostic::error(ErrorKind::Unresolved, &at, message));
    }
}

/// The index of the reserved field that is renamed, if `field` renames one.
fn replaced(
    base: &[Field],
    known: &Index,
    field: &Field,
    owner: Owner<'_>,
) -> Result<Option<usize>, Diagnostic> {
    let Some(old) = &field.replaces else {
        return Ok(None);
    };
    let at = |attribute| field.position.attribute(attribute);
    let namesake = known.get(&hyphenate(&field.name));
    let replaced = known.get(&hyphenate(old));
    let (namesake, index) = match (namesake, replaced) {
        // An overlay that is applied twice finds its own work.
        (Some(_), None) => return Ok(None),
        (namesake, Some(index)) => (namesake.filter(|namesake| *namesake != index), index),
        (None, None) => {
            let message = format!("{owner} has no `{old}` that `{}` could replace", field.name);
            let error = Diagnostic::error(ErrorKind::Unresolved, &at("replaces"), message);
            return Err(error.help_with(what_is_reserved(base, old)));
        }
    };
    if let Some(namesake) = namesake {
        let message = format!("{owner} already has a `{}`", field.name);
        let error = Diagnostic::error(ErrorKind::Duplicate, &at("name"), message);
        return Err(error.first_defined_at(&base[namesake].position));
    }
    if !is_reserved(&base[index]) {
        let message = format!("`{old}` of {owner} is not reserved and keeps its name");
        let error = Diagnostic::error(ErrorKind::Conflict, &at("replaces"), message);
        return Err(error.first_defined_at(&base[index].position));
    }
    Ok(Some(index))
}

fn what_is_reserved(base: &[Field], wanted: &str) -> Option<String> {
    let reserved = base.iter().filter(|field| is_reserved(field));
    let names: Vec<_> = reserved.map(|field| field.name.as_str()).collect();
    match names.as_slice() {
        [] => Some("none of its fields is reserved".to_owned()),
        [one] => Some(format!("`{one}` is reserved")),
        names => did_you_mean(wanted, names),
    }
}

/// The standard marks reserved arguments with an attribute, and the one reserved property by its name only.
fn is_reserved(field: &Field) -> bool {
    field.reserved == Some(true) || same_name(&field.name, "reserved")
}

/// A reserved field gets a name, at its place and with its wire type.
fn give_meaning(base: &mut Field, mut overlay: Field) {
    overlay.ty = overlay.ty.or_else(|| base.ty.take());
    overlay.reserved = overlay.reserved.or(Some(false));
    overlay.replaces = None;
    overlay.secret = overlay.secret.or(base.secret);
    *base = overlay;
}

/// A field is there already: it may learn its domain, its prose, whether it is a secret and, if it was reserved, its
/// meaning.
fn repeat(base: &mut Field, overlay: Field, findings: &mut Findings) {
    // Saying the type without saying `reserved` is how a live field is declared.
    let says = overlay.reserved.or(overlay.ty.as_ref().map(|_| false));
    match (base.reserved == Some(true), says) {
        (true, Some(false)) => {
            base.reserved = Some(false);
            base.position = overlay.position;
        }
        (false, Some(true)) => {
            let message = format!("`{}` has a meaning and cannot be reserved", overlay.name);
            let at = overlay.position.attribute("reserved");
            let error = Diagnostic::error(ErrorKind::Conflict, &at, message);
            findings.error(error.first_defined_at(&base.position));
        }
        _ => {}
    }
    base.ty = overlay.ty.or_else(|| base.ty.take());
    base.secret = overlay.secret.or(base.secret);
    merge_asserts(&mut base.asserts, overlay.asserts);
    merge_docs(&mut base.docs, overlay.docs, findings);
}

/// Whether the overlay leaves the wire as it is; reports it if not.
fn has_wire_type_of(
    base: &Field,
    overlay: &Field,
    owner: Owner<'_>,
    domains: &Domains,
    findings: &mut Findings,
) -> bool {
    if overlay.ty.is_none() {
        return true;
    }
    let Some(here) = domains.wire_of(overlay) else {
        domains.report(overlay, owner.class(), findings);
        return false;
    };
    // Whatever the base lacks, the overlay may give.
    let Some(first) = domains.wire_of(base) else {
        return true;
    };
    if first == here {
        return true;
    }
    let message = format!(
        "`type` is {:?} here and {:?} there",
        wire_name(here),
        wire_name(first)
    );
    let error = Diagnostic::error(ErrorKind::Conflict, &type_place(overlay), message);
    findings.error(error.first_defined_at(&type_place(base)));
    false
}
