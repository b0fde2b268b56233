//! A base document and its overlays → one [`Spec`].
//!
//! Items match by name. What is new is appended, in document order; what is repeated must say the same or
//! add to it. Nothing is removed and no argument ever moves. The order of the overlays decides the order
//! of what they append, and nothing else.

mod docs;
mod fields;

use std::{fmt::Debug, mem};

use crate::{
    diagnostic::{Diagnostic, Findings},
    error::{Error, ErrorKind},
    index::Index,
    resolve::{Domains, hyphenate},
    spec::{Assert, Chassis, Class, Constant, Domain, Method, Position, Response, Spec},
};
use docs::merge_docs;
use fields::{Owner, merge_fields, refuse_replacing};

/// Merges overlays into a base, in order.
///
/// # Errors
///
/// Wherever an overlay contradicts what came before, naming both places.
pub fn merge(base: Spec, overlays: impl IntoIterator<Item = Spec>) -> Result<Spec, Error> {
    let mut findings = Findings::default();
    check_base(&base, &mut findings);
    let mut merged = merge_into(base, overlays, &mut findings);
    merged.warnings = findings.finish(mem::take(&mut merged.warnings))?;
    Ok(merged)
}

/// Merges as far as that goes: where an overlay disagrees, the first to have said something is believed.
pub(crate) fn merge_into(
    base: Spec,
    overlays: impl IntoIterator<Item = Spec>,
    findings: &mut Findings,
) -> Spec {
    let mut merger = Merger { findings };
    let mut merged = base;
    for overlay in overlays {
        merger.overlay(&mut merged, overlay);
    }
    merged
}

/// Reports what stands in a base and has a meaning in an overlay only.
pub(crate) fn check_base(base: &Spec, findings: &mut Findings) {
    for class in &base.classes {
        refuse_replacing_in_class(class, findings);
    }
}

fn refuse_replacing_in_class(class: &Class, findings: &mut Findings) {
    refuse_replacing(&class.fields, findings);
    for method in &class.methods {
        refuse_replacing(&method.fields, findings);
    }
}

/// Where findings go while documents are put together.
struct Merger<'f> {
    findings: &'f mut Findings,
}

impl Merger<'_> {
    fn overlay(&mut self, base: &mut Spec, overlay: Spec) {
        self.version(base, &overlay);
        base.warnings.extend(overlay.warnings);
        self.constants(&mut base.constants, overlay.constants);
        self.domains(&mut base.domains, overlay.domains);

        let domains = Domains::new(&base.domains);
        let mut known = index(&base.classes, |class| hyphenate(&class.name));
        for class in overlay.classes {
            match known.get(&hyphenate(&class.name)) {
                Some(at) => self.class(&mut base.classes[at], class, &domains),
                None => {
                    refuse_replacing_in_class(&class, self.findings);
                    known.insert(hyphenate(&class.name), base.classes.len());
                    base.classes.push(class);
                }
            }
        }
    }

    /// An overlay need not name the protocol it belongs to; if it does, it has to be this one.
    fn version(&mut self, base: &Spec, overlay: &Spec) {
        let at = (&base.position, &overlay.position);
        self.agree("major", said(&base.major), said(&overlay.major), at);
        self.agree("minor", said(&base.minor), said(&overlay.minor), at);
        let revisions = (said(&base.revision), said(&overlay.revision));
        self.agree("revision", revisions.0, revisions.1, at);
        self.agree("port", said(&base.port), said(&overlay.port), at);
    }

    fn constants(&mut self, base: &mut Vec<Constant>, overlay: Vec<Constant>) {
        let mut known = index(base, |constant| hyphenate(&constant.name));
        for constant in overlay {
            let Some(at) = known.get(&hyphenate(&constant.name)) else {
                known.insert(hyphenate(&constant.name), base.len());
                base.push(constant);
                continue;
            };
            let first = &mut base[at];
            let at = (&first.position, &constant.position);
            self.agree("value", Some(&first.value), Some(&constant.value), at);
            let class = |class: &Option<String>| class.as_deref().map_or("none".into(), hyphenate);
            let classes = (class(&first.class), class(&constant.class));
            self.agree("class", Some(&classes.0), Some(&classes.1), at);
            merge_docs(&mut first.docs, constant.docs, self.findings);
        }
    }

    fn domains(&mut self, base: &mut Vec<Domain>, overlay: Vec<Domain>) {
        let mut known = index(base, |domain| hyphenate(&domain.name));
        for domain in overlay {
            let Some(at) = known.get(&hyphenate(&domain.name)) else {
                known.insert(hyphenate(&domain.name), base.len());
                base.push(domain);
                continue;
            };
            let first = &mut base[at];
            let at = (&first.position, &domain.position);
            self.agree("type", Some(&first.type_name), Some(&domain.type_name), at);
            merge_asserts(&mut first.asserts, domain.asserts);
            merge_docs(&mut first.docs, domain.docs, self.findings);
        }
    }

    fn class(&mut self, base: &mut Class, overlay: Class, domains: &Domains) {
        let at = (&base.position, &overlay.position);
        self.agree("index", said(&base.index), said(&overlay.index), at);
        let handlers = (said(&base.handler), said(&overlay.handler));
        self.agree("handler", handlers.0, handlers.1, at);
        merge_chassis(&mut base.chassis, overlay.chassis);
        merge_docs(&mut base.docs, overlay.docs, self.findings);
        let owner = Owner::Class(&base.name);
        merge_fields(
            &mut base.fields,
            overlay.fields,
            owner,
            domains,
            self.findings,
        );

        let mut known = index(&base.methods, |method| hyphenate(&method.name));
        for method in overlay.methods {
            match known.get(&hyphenate(&method.name)) {
                Some(at) => self.method(&mut base.methods[at], method, &base.name, domains),
                None => {
                    refuse_replacing(&method.fields, self.findings);
                    known.insert(hyphenate(&method.name), base.methods.len());
                    base.methods.push(method);
                }
            }
        }
    }

    fn method(&mut self, base: &mut Method, overlay: Method, class: &str, domains: &Domains) {
        let at = (&base.position, &overlay.position);
        self.agree("index", said(&base.index), said(&overlay.index), at);
        // Whether content follows is the shape of the wire, unlike the other two.
        let content = base.content.unwrap_or(false);
        self.agree("content", Some(&content), said(&overlay.content), at);
        base.synchronous = overlay.synchronous.or(base.synchronous);
        base.deprecated = overlay.deprecated.or(base.deprecated);
        merge_chassis(&mut base.chassis, overlay.chassis);
        merge_responses(&mut base.responses, overlay.responses);
        merge_docs(&mut base.docs, overlay.docs, self.findings);
        let owner = Owner::Method(class, &base.name);
        merge_fields(
            &mut base.fields,
            overlay.fields,
            owner,
            domains,
            self.findings,
        );
    }

    /// An overlay says the same as the base, or nothing. What is the same looks the same.
    fn agree(
        &mut self,
        what: &str,
        base: Option<&dyn Debug>,
        overlay: Option<&dyn Debug>,
        (first, here): (&Position, &Position),
    ) {
        let (Some(base), Some(overlay)) = (base, overlay) else {
            return;
        };
        let (base, overlay) = (format!("{base:?}"), format!("{overlay:?}"));
        if base != overlay {
            let message = format!("`{what}` is {overlay} here and {base} there");
            let error = Diagnostic::error(ErrorKind::Conflict, &here.attribute(what), message);
            self.findings
                .error(error.first_defined_at(&first.attribute(what)));
        }
    }
}

/// What one side says, if it does.
fn said<T: Debug>(value: &Option<T>) -> Option<&dyn Debug> {
    value.as_ref().map(|value| value as &dyn Debug)
}

fn merge_chassis(base: &mut Vec<Chassis>, overlay: Vec<Chassis>) {
    for chassis in overlay {
        if !base.iter().any(|known| known.peer == chassis.peer) {
            base.push(chassis);
        }
    }
}

fn merge_responses(base: &mut Vec<Response>, overlay: Vec<Response>) {
    let mut known = index(base, |response| hyphenate(&response.name));
    for response in overlay {
        if known.insert(hyphenate(&response.name), base.len()) {
            base.push(response);
        }
    }
}

fn merge_asserts(base: &mut Vec<Assert>, overlay: Vec<Assert>) {
    let mut known = index(base, unplaced);
    for assert in overlay {
        if known.insert(unplaced(&assert), base.len()) {
            base.push(assert);
        }
    }
}

/// What a check says, wherever it stands.
fn unplaced(assert: &Assert) -> String {
    let position = Position::default();
    let assert = assert.clone();
    format!("{:?}", Assert { position, ..assert })
}

/// Where each item stands, by what it is known by. Names that are there twice are found by `resolve`.
fn index<T>(items: &[T], key: fn(&T) -> String) -> Index {
    let mut index = Index::default();
    for (place, item) in items.iter().enumerate() {
        index.insert(key(item), place);
    }
    index
}

#[cfg(test)]
mod tests;
