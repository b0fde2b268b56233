//! Whether a document says each thing in one place.
//!
//! Two documents may speak of the same thing, and [`merge`](crate::merge()) puts together what they say. Within one, a
//! name that is given twice is a slip: of two methods that were to be different ones, the second would become a part of
//! the first.

use crate::{
    diagnostic::{Diagnostic, Findings},
    error::ErrorKind,
    index::Index,
    resolve::hyphenate,
    spec::{Field, Position, Spec},
};

/// Reports what is given twice, as documents spell it.
pub(super) fn check(spec: &Spec, findings: &mut Findings) {
    let constants = spec.constants.iter();
    let mut constants = constants.map(|constant| (&*constant.name, &constant.position));
    each_once("constant", &mut constants, findings);
    let domains = spec.domains.iter();
    let mut domains = domains.map(|domain| (&*domain.name, &domain.position));
    each_once("domain", &mut domains, findings);
    let classes = spec.classes.iter();
    let mut classes = classes.map(|class| (&*class.name, &class.position));
    each_once("class", &mut classes, findings);
    for class in &spec.classes {
        fields("property", &class.fields, findings);
        let methods = class.methods.iter();
        let mut methods = methods.map(|method| (&*method.name, &method.position));
        each_once("method", &mut methods, findings);
        for method in &class.methods {
            fields("field", &method.fields, findings);
        }
    }
}

fn fields(what: &str, fields: &[Field], findings: &mut Findings) {
    let mut fields = fields.iter().map(|field| (&*field.name, &field.position));
    each_once(what, &mut fields, findings);
}

fn each_once<'s>(
    what: &str,
    items: &mut dyn Iterator<Item = (&'s str, &'s Position)>,
    findings: &mut Findings,
) {
    let mut known = Index::default();
    let mut places: Vec<&Position> = Vec::new();
    for (name, position) in items {
        let key = hyphenate(name);
        match known.get(&key) {
            // An empty name is reported for what it is.
            Some(first) if !key.is_empty() => findings.error_with(&mut || {
                let message = format!("{what} `{name}` is given twice");
                let here = position.attribute("name");
                Diagnostic::error(ErrorKind::Duplicate, &here, message)
                    .first_defined_at(&places[first].attribute("name"))
            }),
            Some(_) => {}
            None => {
                known.insert(key, places.len());
                places.push(position);
            }
        }
    }
}
