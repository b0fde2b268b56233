//! Domains → wire types.

use std::cell::Cell;

use super::{
    docs, hyphenate, names,
    unique::{Unique, no_help},
};
use crate::{
    diagnostic::{Diagnostic, Findings},
    error::ErrorKind,
    index::Index,
    model::{self, WireType},
    spec::{Assert, Domain, Field, Position, TypeName},
    suggest::{did_you_mean, nearest},
};

/// The domains of a document, by name.
pub(crate) struct Domains {
    by_name: Index,
    entries: Vec<Entry>,
    /// For whoever meant another one, in document order.
    names: Vec<String>,
    /// How many octets fields have borrowed so far.
    lent: Cell<usize>,
}

struct Entry {
    /// None for a domain of a type that does not exist, which is reported with the domain.
    wire: Option<WireType>,
    /// What a field of this domain may say of itself.
    docs: model::Docs,
    asserts: Vec<Assert>,
    /// About how many octets a field that borrows all this takes.
    size: usize,
}

/// Each field has a copy of what its domain says, so that a small document could become a very large model.
/// Real documents stay far below.
const LENT_AT_MOST: usize = 64 << 20;

impl Domains {
    pub(crate) fn new(domains: &[Domain]) -> Self {
        let mut by_name = Index::default();
        let mut entries = Vec::with_capacity(domains.len());
        let mut names = Vec::with_capacity(domains.len());
        for domain in domains {
            let docs = if is_elementary(domain) {
                model::Docs::default()
            } else {
                docs::resolve(&domain.docs)
            };
            let asserts = domain.asserts.clone();
            let size = size(&docs, &asserts);
            let entry = Entry {
                wire: wire_type(&domain.type_name),
                docs,
                asserts,
                size,
            };
            let name = hyphenate(&domain.name);
            by_name.insert(name.clone(), entries.len());
            entries.push(entry);
            names.push(name);
        }
        Self {
            by_name,
            entries,
            names,
            lent: Cell::new(0),
        }
    }

    /// The domains as they go into the model.
    pub(super) fn to_model(
        &self,
        domains: &[Domain],
        findings: &mut Findings,
    ) -> Vec<model::Domain> {
        let mut names = Unique::new("the Rust name of domain", "name");
        let mut resolved = Vec::with_capacity(domains.len());
        for domain in domains {
            let Some(name) = names::checked(&domain.name, &domain.position, findings) else {
                continue;
            };
            let type_name = names::type_name(&name);
            names.claim(type_name, &name, &domain.position, &no_help, findings);
            let Some(wire) = wire_type(&domain.type_name) else {
                let at = domain.position.attribute("type");
                findings.error_with(&mut || no_such_type(&domain.type_name, &at));
                continue;
            };
            resolved.push(model::Domain {
                wire,
                docs: docs::resolve(&domain.docs),
                position: domain.position.clone(),
                name,
            });
        }
        resolved
    }

    /// The wire type of a field; none if it cannot be found, which [`report`](Self::report) tells the reason of.
    pub(crate) fn wire_of(&self, field: &Field) -> Option<WireType> {
        match field.ty.as_ref()? {
            TypeName::Elementary(name) => wire_type(name),
            TypeName::Domain(name) => self.entry(name)?.wire,
        }
    }

    /// Reports why a field has no wire type; `class` is where it belongs.
    pub(crate) fn report(&self, field: &Field, class: &str, findings: &mut Findings) {
        let at = type_place(field);
        match &field.ty {
            Some(TypeName::Elementary(name)) if self.by_name.contains(&hyphenate(name)) => {
                findings.error_with(&mut || {
                    let message = format!("`{name}` is a domain, and no elementary type");
                    let help = format!("write domain=\"{name}\" for the domain");
                    Diagnostic::error(ErrorKind::Unresolved, &at, message).help_with(Some(help))
                });
            }
            Some(TypeName::Elementary(name)) => {
                findings.error_with(&mut || no_such_type(name, &at));
            }
            Some(TypeName::Domain(name)) if self.is_undeclared(field) => {
                findings.error_with(&mut || self.undeclared(name, field, class));
            }
            // The type of the domain is what is wrong, and is reported there.
            Some(TypeName::Domain(_)) => {}
            None => {
                let message = format!("`{}` has neither `domain` nor `type`", field.name);
                findings.error(Diagnostic::error(ErrorKind::Attribute, &at, message));
            }
        }
    }

    fn entry(&self, domain: &str) -> Option<&Entry> {
        self.entries.get(self.by_name.get(&hyphenate(domain))?)
    }

    /// What the domain of a field says about it: its prose, its checks.
    pub(super) fn said_of(
        &self,
        field: &Field,
    ) -> Result<Option<(&model::Docs, &[Assert])>, Diagnostic> {
        let Some(TypeName::Domain(name)) = &field.ty else {
            return Ok(None);
        };
        let Some(entry) = self.entry(name) else {
            return Ok(None);
        };
        let lent = self.lent.get() + entry.size;
        if lent > LENT_AT_MOST {
            let message = format!("domain `{name}` says too much to be repeated for every field");
            let at = type_place(field);
            return Err(Diagnostic::error(ErrorKind::TooLarge, &at, message));
        }
        self.lent.set(lent);
        Ok(Some((&entry.docs, &entry.asserts)))
    }

    /// Whether the type of a field cannot be found.
    pub(crate) fn is_undeclared(&self, field: &Field) -> bool {
        matches!(&field.ty, Some(TypeName::Domain(name)) if !self.by_name.contains(&hyphenate(name)))
    }

    /// 0-9 uses a domain `content` that nobody declares: an error, for nothing can be written in its place.
    fn undeclared(&self, name: &str, field: &Field, class: &str) -> Diagnostic {
        let help = if wire_type(&hyphenate(name)).is_some() {
            Some(format!("write type=\"{name}\" for the elementary type"))
        } else {
            let names: Vec<_> = self.names.iter().map(String::as_str).collect();
            did_you_mean(name, &names).or_else(|| {
                Some(format!(
                    "declare it, or leave class `{class}` out with allow_unresolved (--allow-unresolved {class})"
                ))
            })
        };
        let message = format!("domain `{name}` of `{}` is not declared", field.name);
        Diagnostic::error(ErrorKind::Unresolved, &type_place(field), message).help_with(help)
    }
}

/// Where a field says of what type it is.
pub(crate) fn type_place(field: &Field) -> Position {
    match &field.ty {
        Some(TypeName::Domain(_)) => field.position.attribute("domain"),
        Some(TypeName::Elementary(_)) => field.position.attribute("type"),
        None => field.position.clone(),
    }
}

/// `<domain name="bit" type="bit"/>` says how a bit is written, not what any field is for.
fn is_elementary(domain: &Domain) -> bool {
    hyphenate(&domain.name) == domain.type_name
}

fn size(docs: &model::Docs, asserts: &[Assert]) -> usize {
    let texts = docs
        .text
        .iter()
        .chain(&docs.label)
        .map(|text| size_of::<String>() + text.len());
    let asserts = asserts.iter().map(|assert| {
        let words = [&assert.value, &assert.method, &assert.field, &assert.rule];
        let words = words.into_iter().flatten().chain(&assert.values);
        size_of::<model::Assert>() + assert.check.len() + words.map(String::len).sum::<usize>()
    });
    texts.chain(asserts).sum()
}

/// Domains rest on elementary types, never on each other.
fn no_such_type(name: &str, at: &Position) -> Diagnostic {
    let names = WIRE_TYPES.map(|(name, _)| name);
    let message = format!("`{name}` is no elementary type");
    let help = match nearest(name, &names) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("there are {}", names.join(", ")),
    };
    Diagnostic::error(ErrorKind::Unresolved, at, message).help_with(Some(help))
}

fn wire_type(name: &str) -> Option<WireType> {
    let (_, wire) = WIRE_TYPES.iter().find(|(known, _)| *known == name)?;
    Some(*wire)
}

/// The name of an elementary type in the documents.
pub(crate) fn wire_name(wire: WireType) -> &'static str {
    let entry = WIRE_TYPES.iter().find(|(_, known)| *known == wire);
    entry.map_or("", |(name, _)| *name)
}

const WIRE_TYPES: [(&str, WireType); 9] = [
    ("bit", WireType::Bit),
    ("octet", WireType::Octet),
    ("short", WireType::Short),
    ("long", WireType::Long),
    ("longlong", WireType::LongLong),
    ("shortstr", WireType::ShortStr),
    ("longstr", WireType::LongStr),
    ("timestamp", WireType::Timestamp),
    ("table", WireType::Table),
];
