//! Which classes are wanted: some are left out because nobody needs them, some because they cannot be resolved.

use crate::{
    diagnostic::{Diagnostic, Findings},
    error::ErrorKind,
    resolve::{Domains, hyphenate},
    spec::{Field, Spec},
    suggest::did_you_mean,
};

/// Names of classes, with hyphens.
pub(crate) type Classes = Vec<String>;

/// Makes names of classes comparable with those of documents.
pub(crate) fn classes<C: AsRef<str>>(names: impl IntoIterator<Item = C>) -> Classes {
    let names = names.into_iter();
    names.map(|name| hyphenate(name.as_ref())).collect()
}

/// Keeps the classes of `only`, if there is such a list, but for those of `without`.
pub(crate) fn select(
    spec: &mut Spec,
    only: Option<&Classes>,
    without: &Classes,
    findings: &mut Findings,
) {
    let classes = spec.classes.iter().map(|class| class.name.as_str());
    let classes: Vec<_> = classes.collect();
    for name in only.into_iter().flatten().chain(without) {
        if !classes.iter().any(|class| hyphenate(class) == *name) {
            let message = format!("there is no class `{name}`");
            let error = Diagnostic::nowhere(ErrorKind::Unresolved, message);
            findings.error(error.help_with(did_you_mean(name, &classes)));
        }
    }
    spec.classes.retain(|class| {
        let name = hyphenate(&class.name);
        only.is_none_or(|only| only.contains(&name)) && !without.contains(&name)
    });
}

/// Leaves out those of the `allowed` classes that use a domain which is declared nowhere, with a warning.
///
/// The published 0-9 has one such class, `message`. One that does not exist needs no leave: two versions of a protocol
/// are compared with the same.
pub(crate) fn leave_out_unresolved(spec: &mut Spec, allowed: &Classes, findings: &mut Findings) {
    let domains = Domains::new(&spec.domains);
    spec.classes.retain(|class| {
        let name = hyphenate(&class.name);
        if !allowed.contains(&name) {
            return true;
        }
        let arguments = class.methods.iter().flat_map(|method| &method.fields);
        let mut fields = class.fields.iter().chain(arguments);
        let is_undeclared = |field: &&Field| domains.is_undeclared(field);
        let Some(field) = fields.find(is_undeclared) else {
            return true;
        };
        let message = format!(
            "class `{name}` is left out: the domain of `{}` is not declared",
            field.name
        );
        let at = field.position.attribute("domain");
        findings.warning(Diagnostic::warning(ErrorKind::Unresolved, &at, message));
        false
    });
}
