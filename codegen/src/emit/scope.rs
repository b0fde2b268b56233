//! What is to be written: everything, or what an extension adds.

use proc_macro2::Ident;

use super::Options;
use super::names::{self, ident};
use super::tokens::filtered;
use crate::model::{Class, Constant, Domain, Method, Model};
use crate::side::Use;

/// What is to be written of the whole protocol.
pub(super) struct Scope<'m> {
    pub(super) model: &'m Model,
    pub(super) base: Option<&'m Model>,
    pub(super) options: &'m Options,
    pub(super) classes: Vec<ClassScope<'m>>,
}

/// A class with those of its parts that are to be written.
pub(super) struct ClassScope<'m> {
    pub(super) class: &'m Class,
    /// The class as the base has it.
    pub(super) base: Option<&'m Class>,
    pub(super) methods: Vec<&'m Method>,
    pub(super) properties: bool,
}

impl<'m> Scope<'m> {
    pub(super) fn new(model: &'m Model, base: Option<&'m Model>, options: &'m Options) -> Self {
        let mut classes = Vec::new();
        for class in &model.classes {
            let base = base.and_then(|base| find(&base.classes, class));
            let scope = ClassScope::new(class, base);
            if !scope.methods.is_empty() || scope.properties {
                classes.push(scope);
            }
        }
        Self {
            model,
            base,
            options,
            classes,
        }
    }

    /// A module beside those of the classes, called otherwise if a class has its name.
    pub(super) fn module(&self, name: &str) -> Ident {
        let mut taken = Vec::new();
        for class in &self.classes {
            taken.push(ident(&class.class.module));
        }
        names::free(name, &taken)
    }

    /// What the side that is generated for does with the method.
    pub(super) fn uses(&self, class: &Class, method: &Method) -> Use {
        self.options.side.uses(class, method)
    }

    /// Whether the base has that very constant.
    pub(super) fn base_has_constant(&self, constant: &Constant) -> bool {
        self.base
            .is_some_and(|base| base.constants.contains(constant))
    }

    /// Whether the base has that very domain.
    pub(super) fn base_has_domain(&self, domain: &Domain) -> bool {
        self.base.is_some_and(|base| base.domains.contains(domain))
    }
}

impl<'m> ClassScope<'m> {
    /// Leaves out what `base` has already; a method that an overlay changed is written anew.
    fn new(class: &'m Class, base: Option<&'m Class>) -> Self {
        let has_properties =
            |base: &Class| has_content(base) && base.properties == class.properties;
        Self {
            class,
            base,
            methods: methods(class, base),
            properties: has_content(class) && !base.is_some_and(has_properties),
        }
    }

    /// Whether the method is written here, and not left to the base.
    pub(super) fn has(&self, method: &Method) -> bool {
        self.methods.iter().any(|own| own.name == method.name)
    }
}

/// Whether there is a struct for its properties, if only to say that there are none.
fn has_content(class: &Class) -> bool {
    !class.properties.is_empty() || class.methods.iter().any(|method| method.content)
}

/// The methods that are new or changed, and those whose answers are: the base reads answers as they were.
fn methods<'m>(class: &'m Class, base: Option<&Class>) -> Vec<&'m Method> {
    let Some(base) = base else {
        return filtered(&class.methods, &|_| true);
    };
    let mut written: Vec<&Method> =
        filtered(&class.methods, &|method| !base.methods.contains(method));
    loop {
        let is_written = |name: &str| written.iter().any(|method| method.name == name);
        let more = filtered(&class.methods, &|method| {
            !is_written(&method.name) && method.replies.iter().any(|reply| is_written(reply))
        });
        if more.is_empty() {
            return filtered(&class.methods, &|method| is_written(&method.name));
        }
        written.extend(more);
    }
}

fn find<'m>(classes: &'m [Class], class: &Class) -> Option<&'m Class> {
    classes
        .iter()
        .find(|candidate| candidate.name == class.name)
}
