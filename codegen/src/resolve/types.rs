//! Domains → wire types.

use std::{cell::Cell, collections::HashMap};

use super::{docs, hyphenate, names, unique::Unique};
use crate::{
    error::{Error, ErrorKind},
    model::{self, WireType},
    spec::{Assert, Domain, Field, Position, TypeName},
};

/// The domains of a document, by name.
pub(crate) struct Domains {
    by_name: HashMap<String, Entry>,
    /// How many octets fields have borrowed so far.
    lent: Cell<usize>,
}

struct Entry {
    wire: WireType,
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
    pub(crate) fn new(domains: &[Domain]) -> Result<Self, Error> {
        let mut by_name = HashMap::with_capacity(domains.len());
        for domain in domains {
            let wire = elementary(&domain.type_name, &domain.position)?;
            let docs = if is_elementary(domain) {
                model::Docs::default()
            } else {
                docs::resolve(&domain.docs)
            };
            let asserts = domain.asserts.clone();
            let size = size(&docs, &asserts);
            let entry = Entry {
                wire,
                docs,
                asserts,
                size,
            };
            by_name.insert(hyphenate(&domain.name), entry);
        }
        let lent = Cell::new(0);
        Ok(Self { by_name, lent })
    }

    /// The domains as they go into the model.
    pub(super) fn to_model(&self, domains: &[Domain]) -> Result<Vec<model::Domain>, Error> {
        let mut names = Unique::new("domain");
        let mut resolved = Vec::with_capacity(domains.len());
        for domain in domains {
            let name = names::checked(&domain.name, &domain.position)?;
            names.claim(names::type_name(&name), &name, &domain.position)?;
            resolved.push(model::Domain {
                wire: elementary(&domain.type_name, &domain.position)?,
                docs: docs::resolve(&domain.docs),
                position: domain.position.clone(),
                name,
            });
        }
        Ok(resolved)
    }

    /// The wire type of a field.
    pub(crate) fn wire_of(&self, field: &Field) -> Result<WireType, Error> {
        match &field.ty {
            Some(TypeName::Elementary(name)) => elementary(name, &field.position),
            Some(TypeName::Domain(name)) => match self.by_name.get(&hyphenate(name)) {
                Some(entry) => Ok(entry.wire),
                None => Err(undeclared(name, field)),
            },
            None => {
                let message = format!("`{}` has neither `domain` nor `type`", field.name);
                Err(Error::at(ErrorKind::Attribute, &field.position, message))
            }
        }
    }

    /// What the domain of a field says about it.
    pub(super) fn docs_of(&self, field: &Field) -> Result<Option<&model::Docs>, Error> {
        Ok(self.lend(field)?.map(|entry| &entry.docs))
    }

    /// What the domain of a field checks.
    pub(super) fn asserts_of(&self, field: &Field) -> Result<&[Assert], Error> {
        Ok(self.lend(field)?.map_or(&[], |entry| &entry.asserts))
    }

    fn lend(&self, field: &Field) -> Result<Option<&Entry>, Error> {
        let Some(TypeName::Domain(name)) = &field.ty else {
            return Ok(None);
        };
        let entry = self.by_name.get(&hyphenate(name));
        let lent = self.lent.get() + entry.map_or(0, |entry| entry.size);
        if lent > LENT_AT_MOST {
            let message = format!("domain `{name}` says too much to be repeated for every field");
            return Err(Error::at(ErrorKind::TooLarge, &field.position, message));
        }
        self.lent.set(lent);
        Ok(entry)
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

/// 0-9 uses a domain `content` that nobody declares: an error, for nothing can be written in its place.
fn undeclared(name: &str, field: &Field) -> Error {
    let hint = match wire_type(&hyphenate(name)) {
        Some(_) => format!("; write type=\"{name}\" for the elementary type"),
        None => String::new(),
    };
    let message = format!("domain `{name}` of `{}` is not declared{hint}", field.name);
    Error::at(ErrorKind::Unresolved, &field.position, message)
}

/// Domains rest on elementary types, never on each other.
fn elementary(name: &str, at: &Position) -> Result<WireType, Error> {
    wire_type(name).ok_or_else(|| {
        let known = WIRE_TYPES.map(|(name, _)| name).join(", ");
        let message = format!("`{name}` is no elementary type; there are {known}");
        Error::at(ErrorKind::Unresolved, at, message)
    })
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
