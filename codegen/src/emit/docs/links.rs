//! What comments link to, from where they stand.

use super::super::constants::is_reply;
use super::super::names::{bare, properties, screaming};
use super::super::scope::{ClassScope, Scope};
use super::text::code;
use crate::model::{Class, Constant, ConstantKind, Method};

/// Where a comment stands.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Place {
    /// Beside the modules: that of a module belongs there too.
    Root,
    /// In the module of a class, or any other.
    Module,
}

/// Links to the types of the output and, from an extension, to those of its base.
#[derive(Clone, Copy)]
pub(super) struct Links<'s, 'm> {
    scope: &'s Scope<'m>,
    place: Place,
}

impl<'s, 'm> Links<'s, 'm> {
    pub(super) fn new(scope: &'s Scope<'m>, place: Place) -> Self {
        Self { scope, place }
    }

    /// A method by its name on the wire: ``[`queue.declare`](super::queue::Declare)``.
    pub(super) fn method(&self, class: &Class, method: &Method) -> String {
        let path = self.method_path(class, method);
        format!("[`{}.{}`]({path})", class.name, method.name)
    }

    /// The path of a method's type.
    fn method_path(&self, class: &Class, method: &Method) -> String {
        let module = match self.own(class) {
            Some(own) if own.has(method) => self.module(class),
            _ => self.base_module(class),
        };
        format!("{module}::{}", method.type_name)
    }

    /// A field of a method: ``[`frame-max`](field@super::connection::Tune::frame_max)``.
    pub(super) fn field(&self, class: &Class, method: &Method, field: &str) -> String {
        let mut fields = method.fields.iter();
        match fields.find(|candidate| candidate.name == field && !candidate.reserved) {
            Some(found) => {
                let path = self.method_path(class, method);
                format!("[`{field}`](field@{path}::{})", bare(&found.ident))
            }
            None => code(field),
        }
    }

    /// The struct with the properties of the class, called `text`; nothing where no content is declared.
    pub(super) fn properties(&self, class: &Class, text: &str) -> String {
        let own = self.own(class).filter(|own| own.properties);
        let path = match own {
            Some(own) => format!("{}::{}", self.module(class), properties(&own.methods)),
            None => {
                // The base did not know of methods that are new.
                let classes = self.scope.base.iter().flat_map(|base| &base.classes);
                let mut named = classes.filter(|known| known.name == class.name);
                let of_base: Vec<&Method> = named.next().unwrap_or(class).methods.iter().collect();
                format!("{}::{}", self.base_module(class), properties(&of_base))
            }
        };
        format!("[{text}]({path})")
    }

    /// The class in the crate that is extended.
    pub(super) fn base_class(&self, class: &Class) -> String {
        format!("[`{}`]({})", class.name, self.base_module(class))
    }

    /// The reply code that a broken rule has for a consequence, and what that closes.
    pub(super) fn failure(&self, name: &str) -> String {
        let mut constants = self.scope.model.constants.iter();
        let Some(constant) = constants.find(|constant| constant.name == name) else {
            return format!("`{name}`");
        };
        let closes = match constant.kind {
            ConstantKind::SoftError => ", which closes the channel",
            ConstantKind::HardError => ", which closes the connection",
            ConstantKind::Plain => "",
        };
        match self.constant(constant) {
            Some(path) => format!("[`{name}`]({path}){closes}"),
            None => format!("`{name}`{closes}"),
        }
    }

    /// The path of a constant, where this output or its base has one.
    fn constant(&self, constant: &Constant) -> Option<String> {
        let ident = screaming(&constant.name);
        if self.scope.base_has_constant(constant) {
            let runtime = &self.scope.options.runtime;
            return is_reply(constant).then(|| format!("{runtime}::ReplyCode::{ident}"));
        }
        let up = self.up();
        if self.scope.base.is_none() && is_reply(constant) {
            return Some(format!("{up}ReplyCode::{ident}"));
        }
        Some(format!("{up}{}::{ident}", self.scope.module("constants")))
    }

    /// The domain, where the description says what it is.
    pub(super) fn domain(&self, name: &str) -> String {
        let domains = &self.scope.model.domains;
        let Some(domain) = domains.iter().find(|domain| domain.name == name) else {
            return format!("`{name}`");
        };
        if self.scope.base_has_domain(domain) {
            let runtime = &self.scope.options.runtime;
            return format!("[`{name}`]({runtime}::PROTOCOL#{name})");
        }
        format!("[`{name}`]({}PROTOCOL#{name})", self.up())
    }

    /// What code in prose links to: `class.method`, and the name of a constant.
    pub(super) fn prose(&self, code: &str) -> Option<String> {
        let Some((class, method)) = code.split_once('.') else {
            let mut constants = self.scope.model.constants.iter();
            let constant = constants.find(|constant| constant.name == code)?;
            let path = self.constant(constant)?;
            return Some(format!("[`{code}`]({path})"));
        };
        let mut classes = self.scope.model.classes.iter();
        let class = classes.find(|candidate| candidate.name == class)?;
        let mut methods = class.methods.iter();
        let method = methods.find(|candidate| candidate.name == method)?;
        Some(self.method(class, method))
    }

    fn own(&self, class: &Class) -> Option<&'s ClassScope<'m>> {
        let mut classes = self.scope.classes.iter();
        classes.find(|own| own.class.name == class.name)
    }

    fn module(&self, class: &Class) -> String {
        format!("{}{}", self.up(), bare(&class.module))
    }

    fn base_module(&self, class: &Class) -> String {
        format!("{}::{}", self.scope.options.runtime, bare(&class.module))
    }

    fn up(&self) -> &'static str {
        match self.place {
            Place::Root => "",
            Place::Module => "super::",
        }
    }
}
