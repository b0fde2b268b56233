//! How much of everything there is.

use std::{collections::HashSet, fmt};

use amqp_codegen::{
    model::Model,
    spec::{Class, Spec},
};

/// How many items the documents have.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) constants: usize,
    pub(super) domains: usize,
    pub(super) classes: usize,
    pub(super) methods: usize,
    pub(super) arguments: usize,
    pub(super) properties: usize,
}

impl Counts {
    pub(super) fn of(spec: &Spec) -> Self {
        let classes = spec.classes.iter();
        let start = Self {
            constants: spec.constants.len(),
            domains: spec.domains.len(),
            ..Self::default()
        };
        classes.fold(start, |counts, class| {
            let more = Self::of_class(class);
            Self {
                classes: counts.classes + more.classes,
                methods: counts.methods + more.methods,
                arguments: counts.arguments + more.arguments,
                properties: counts.properties + more.properties,
                ..counts
            }
        })
    }

    fn of_class(class: &Class) -> Self {
        Self {
            classes: 1,
            methods: class.methods.len(),
            arguments: class.methods.iter().map(|method| method.fields.len()).sum(),
            properties: class.fields.len(),
            ..Self::default()
        }
    }

    /// What a class consists of.
    pub(super) fn inside(&self) -> String {
        let inside = [
            many(self.methods, "method", "methods"),
            many(self.arguments, "argument", "arguments"),
            many(self.properties, "property", "properties"),
        ];
        inside.join(", ")
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}, {}, {}, {}",
            many(self.constants, "constant", "constants"),
            many(self.domains, "domain", "domains"),
            many(self.classes, "class", "classes"),
            self.inside(),
        )
    }
}

fn many(number: usize, one: &str, more: &str) -> String {
    let what = if number == 1 { one } else { more };
    format!("{number} {what}")
}

/// The classes that the documents have and the protocol has not, by name.
pub(super) fn left_out(spec: &Spec, model: &Model) -> Vec<(String, Counts)> {
    // Names are spelt otherwise in a protocol, and places are not.
    let known: HashSet<_> = model.classes.iter().map(|class| &class.position).collect();
    let classes = spec.classes.iter();
    let classes = classes.filter(|class| !known.contains(&class.position));
    classes
        .map(|class| (class.name.clone(), Counts::of_class(class)))
        .collect()
}
