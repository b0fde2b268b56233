//! Arguments and properties: types, places, identifiers, checks.

use super::{
    docs, hyphenate, names,
    types::Domains,
    unique::{Unique, no_help},
};
use crate::{
    diagnostic::{Diagnostic, Findings},
    error::ErrorKind,
    index::Index,
    model::{self, WireType},
    spec::{Assert, Class, Field, Method, TypeName},
};

/// The arguments of a method, in wire order.
pub(super) fn arguments(
    method: &Method,
    class: &str,
    domains: &Domains,
    findings: &mut Findings,
) -> Vec<model::Field> {
    let mut idents = Unique::new("the Rust name of field", "name");
    let mut bits = Bits::default();
    let mut resolved = Vec::with_capacity(method.fields.len());
    for field in &method.fields {
        let Some(common) = common(field, class, &mut idents, domains, findings) else {
            continue;
        };
        resolved.push(model::Field {
            bit: bits.place(common.wire),
            asserts: asserts(&common.asserts, findings),
            name: common.name,
            ident: common.ident,
            wire: common.wire,
            domain: domain_of(field),
            reserved: field.reserved.unwrap_or(false),
            secret: field.secret.unwrap_or(false),
            docs: common.docs,
            position: field.position.clone(),
        });
    }
    resolved
}

/// The content properties of a class, in wire order.
pub(super) fn properties(
    class: &Class,
    domains: &Domains,
    findings: &mut Findings,
) -> Vec<model::Property> {
    let mut idents = Unique::new("the Rust name of property", "name");
    let mut resolved = Vec::with_capacity(class.fields.len());
    for (index, field) in class.fields.iter().enumerate() {
        let Some(common) = common(field, &class.name, &mut idents, domains, findings) else {
            continue;
        };
        let (flag_word, flag_bit) = presence_flag(index);
        resolved.push(model::Property {
            name: common.name,
            ident: common.ident,
            wire: common.wire,
            domain: domain_of(field),
            secret: field.secret.unwrap_or(false),
            flag_word,
            flag_bit,
            docs: common.docs,
            position: field.position.clone(),
        });
    }
    resolved
}

/// What an argument and a property have in common.
struct Common<'s> {
    name: String,
    ident: String,
    wire: WireType,
    docs: model::Docs,
    /// Those of the domain, then those of the field.
    asserts: Vec<&'s Assert>,
}

fn common<'s>(
    field: &'s Field,
    class: &str,
    idents: &mut Unique<'s>,
    domains: &'s Domains,
    findings: &mut Findings,
) -> Option<Common<'s>> {
    let name = names::checked(&field.name, &field.position, findings);
    if let Some(name) = &name {
        let ident = names::field_ident(name);
        idents.claim(ident, name, &field.position, &no_help, findings);
    }
    let Some(wire) = domains.wire_of(field) else {
        domains.report(field, class, findings);
        return None;
    };
    let said = match domains.said_of(field) {
        Ok(said) => said,
        Err(error) => {
            findings.error(error);
            return None;
        }
    };
    let (of_domain, asserts) = said.unzip();
    let name = name?;
    Some(Common {
        ident: names::field_ident(&name),
        name,
        wire,
        docs: docs::or_of_domain(docs::resolve(&field.docs), of_domain),
        asserts: asserts
            .unwrap_or_default()
            .iter()
            .chain(&field.asserts)
            .collect(),
    })
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

/// Presence flags in a word: its lowest bit says that another word follows.
const PER_WORD: usize = 15;

/// Flags are given out highest first.
fn presence_flag(index: usize) -> (usize, u8) {
    let taken = u8::try_from(index % PER_WORD).unwrap_or(0);
    (index / PER_WORD, 15 - taken)
}

fn domain_of(field: &Field) -> Option<String> {
    match &field.ty {
        Some(TypeName::Domain(name)) => Some(hyphenate(name)),
        _ => None,
    }
}

/// Each check once.
fn asserts(asserts: &[&Assert], findings: &mut Findings) -> Vec<model::Assert> {
    let mut known = Index::default();
    let mut resolved: Vec<model::Assert> = Vec::new();
    for assert in asserts {
        match check(assert) {
            Ok(assert) => {
                if known.insert(format!("{assert:?}"), resolved.len()) {
                    resolved.push(assert);
                }
            }
            Err(error) => findings.error(error),
        }
    }
    resolved
}

fn check(assert: &Assert) -> Result<model::Assert, Diagnostic> {
    let missing = |what: &str| {
        let message = format!("check `{}` needs {what}", assert.check);
        Diagnostic::error(ErrorKind::Attribute, &assert.position, message)
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
