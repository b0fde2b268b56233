//! Arguments and properties: types, places, identifiers, checks.

use std::collections::HashSet;

use super::{docs, hyphenate, names, types::Domains, unique::Unique};
use crate::{
    error::{Error, ErrorKind},
    model::{self, WireType},
    spec::{Assert, Class, Field, Method, TypeName},
};

/// The arguments of a method, in wire order.
pub(super) fn arguments(method: &Method, domains: &Domains) -> Result<Vec<model::Field>, Error> {
    let mut idents = Unique::new("field");
    let mut bits = Bits::default();
    let mut resolved = Vec::with_capacity(method.fields.len());
    for field in &method.fields {
        let name = names::checked(&field.name, &field.position)?;
        let ident = names::field_ident(&name);
        idents.claim(ident.clone(), &name, &field.position)?;
        let wire = domains.wire_of(field)?;
        let own = docs::resolve(&field.docs);
        resolved.push(model::Field {
            wire,
            domain: domain_of(field),
            reserved: field.reserved.unwrap_or(false),
            bit: bits.place(wire),
            docs: docs::or_of_domain(own, domains.docs_of(field)?),
            asserts: asserts(field, domains)?,
            position: field.position.clone(),
            name,
            ident,
        });
    }
    Ok(resolved)
}

/// The content properties of a class, in wire order.
pub(super) fn properties(class: &Class, domains: &Domains) -> Result<Vec<model::Property>, Error> {
    let mut idents = Unique::new("property");
    let mut resolved = Vec::with_capacity(class.fields.len());
    for (index, field) in class.fields.iter().enumerate() {
        let name = names::checked(&field.name, &field.position)?;
        let ident = names::field_ident(&name);
        idents.claim(ident.clone(), &name, &field.position)?;
        let own = docs::resolve(&field.docs);
        let (flag_word, flag_bit) = presence_flag(index);
        resolved.push(model::Property {
            wire: domains.wire_of(field)?,
            domain: domain_of(field),
            flag_word,
            flag_bit,
            docs: docs::or_of_domain(own, domains.docs_of(field)?),
            position: field.position.clone(),
            name,
            ident,
        });
    }
    Ok(resolved)
}

/// Hands out the places of bits: neighbours share an octet, lowest first, and a ninth opens another.
/// Whatever is not a bit closes the octet. Reserved bits count.
#[derive(Default)]
struct Bits {
    next: u8,
}

impl Bits {
    fn place(&mut self, wire: WireType) -> Option<u8> {
        if wire != WireType::Bit {
            self.next = 0;
            return None;
        }
        let bit = self.next;
        self.next = (bit + 1) % 8;
        Some(bit)
    }
}

/// A flag word has fifteen flags, highest first; its lowest bit says that another word follows.
fn presence_flag(index: usize) -> (usize, u8) {
    const PER_WORD: usize = 15;
    let taken = u8::try_from(index % PER_WORD).unwrap_or(0);
    (index / PER_WORD, 15 - taken)
}

fn domain_of(field: &Field) -> Option<String> {
    match &field.ty {
        Some(TypeName::Domain(name)) => Some(hyphenate(name)),
        _ => None,
    }
}

/// The checks of the domain, then those of the field, each once.
fn asserts(field: &Field, domains: &Domains) -> Result<Vec<model::Assert>, Error> {
    let inherited = domains.asserts_of(field)?;
    let mut known = HashSet::new();
    let mut resolved = Vec::new();
    for assert in inherited.iter().chain(&field.asserts) {
        let assert = check(assert)?;
        if known.insert(assert.clone()) {
            resolved.push(assert);
        }
    }
    Ok(resolved)
}

fn check(assert: &Assert) -> Result<model::Assert, Error> {
    let missing = |what: &str| {
        let message = format!("check `{}` needs {what}", assert.check);
        Error::at(ErrorKind::Attribute, &assert.position, message)
    };
    let needed = |value: &Option<String>, what| value.clone().ok_or_else(|| missing(what));
    Ok(match assert.check.as_str() {
        "notnull" => model::Assert::NotNull,
        "null" => model::Assert::Null,
        "length" => {
            let length = needed(&assert.value, "a `value`")?;
            let length = length.parse().map_err(|_| missing("a number as `value`"))?;
            model::Assert::Length(length)
        }
        "regexp" => model::Assert::Regexp(needed(&assert.value, "a `value`")?),
        "le" => model::Assert::NotAbove {
            method: hyphenate(&needed(&assert.method, "a `method`")?),
            field: hyphenate(&needed(&assert.field, "a `field`")?),
        },
        other => model::Assert::Other {
            check: other.to_owned(),
            value: other_value(assert),
        },
    })
}

/// `ne` has a value, `syntax` a rule, and `enum` of 0-8 lists its values as elements.
fn other_value(assert: &Assert) -> String {
    let attribute = assert.value.clone().or_else(|| assert.rule.clone());
    attribute.unwrap_or_else(|| assert.values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_bits_share_an_octet_and_a_ninth_opens_another() {
        let mut bits = Bits::default();
        for expected in [0, 1, 2, 3, 4, 5, 6, 7, 0, 1] {
            assert_eq!(bits.place(WireType::Bit), Some(expected));
        }
    }

    #[test]
    fn any_other_argument_closes_the_octet() {
        let mut bits = Bits::default();
        assert_eq!(bits.place(WireType::Bit), Some(0));
        assert_eq!(bits.place(WireType::Octet), None);
        assert_eq!(bits.place(WireType::Bit), Some(0));
    }

    #[test]
    fn the_sixteenth_property_opens_the_second_flag_word() {
        assert_eq!(presence_flag(0), (0, 15));
        assert_eq!(presence_flag(13), (0, 2));
        assert_eq!(presence_flag(14), (0, 1));
        assert_eq!(presence_flag(15), (1, 15));
        assert_eq!(presence_flag(30), (2, 15));
    }
}
