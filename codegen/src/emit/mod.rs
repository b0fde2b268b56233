//! The resolved protocol as Rust: how it looks.
//!
//! One emitter per kind of item. What a document means has been decided before; here it is only said.
//!
//! Every function of the output is `#[inline]`: a crate with a hundred methods then costs those who depend on it
//! the machine code of what they call, and the crate itself has next to none.

mod any_method;
mod constants;
mod decode;
mod description;
mod docs;
mod encode;
mod layout;
mod method;
mod names;
mod properties;
mod reply;
mod wire;

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::model::{Class, Method, Model};
use names::{Names, ident};

/// Choices about the output that no document makes.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Path of the crate with the types that generated code stands on: `::amqp_methods`.
    pub(crate) runtime: String,
}

/// Writes the whole of `model`, or what it adds to `base`.
pub(crate) fn emit(model: &Model, base: Option<&Model>, options: &Options) -> TokenStream {
    let scope = Scope::new(model, base);
    let modules = scope
        .classes
        .iter()
        .map(|class| class_module(&scope, class, options));
    let any_method = any_method::emit(&scope, options);
    let constants = constants::emit(&scope);
    let description = description::emit(&scope, options);
    quote! {
        #(#modules)*
        #any_method
        #constants
        #description
    }
}

/// What is to be written: everything, or what an extension adds.
struct Scope<'m> {
    model: &'m Model,
    base: Option<&'m Model>,
    classes: Vec<ClassScope<'m>>,
}

impl Scope<'_> {
    /// A module beside those of the classes, called otherwise if a class has its name.
    fn module(&self, name: &str) -> Ident {
        let taken: Vec<_> = self
            .classes
            .iter()
            .map(|class| ident(&class.class.module))
            .collect();
        names::free(name, &taken.iter().collect::<Vec<_>>())
    }
}

/// A class with those of its parts that are to be written.
struct ClassScope<'m> {
    class: &'m Class,
    methods: Vec<&'m Method>,
    properties: bool,
}

impl<'m> Scope<'m> {
    fn new(model: &'m Model, base: Option<&'m Model>) -> Self {
        let classes = model
            .classes
            .iter()
            .map(|class| ClassScope::new(class, base.and_then(|base| find(base, class))))
            .filter(|scope| !scope.methods.is_empty() || scope.properties)
            .collect();
        Self {
            model,
            base,
            classes,
        }
    }
}

impl<'m> ClassScope<'m> {
    /// Leaves out what `base` has already; a method that an overlay changed is written anew.
    fn new(class: &'m Class, base: Option<&Class>) -> Self {
        let in_base = |method: &Method| base.is_some_and(|base| base.methods.contains(method));
        let carries_content = class.methods.iter().any(|method| method.content);
        Self {
            class,
            methods: class
                .methods
                .iter()
                .filter(|method| !in_base(method))
                .collect(),
            properties: match base {
                Some(base) => base.properties != class.properties,
                None => carries_content || !class.properties.is_empty(),
            },
        }
    }
}

fn find<'m>(model: &'m Model, class: &Class) -> Option<&'m Class> {
    model
        .classes
        .iter()
        .find(|candidate| candidate.name == class.name)
}

/// The module of a class: its properties and methods.
fn class_module(all: &Scope<'_>, scope: &ClassScope<'_>, options: &Options) -> TokenStream {
    let class = scope.class;
    let names = Names::new(all, scope, options);
    let properties = scope.properties.then(|| properties::emit(class, &names));
    let methods: TokenStream = scope
        .methods
        .iter()
        .map(|method| method::emit(class, method, &names))
        .collect();
    let items = quote!(#properties #methods);
    let imports = names.imports(&items);
    let docs = docs::class(class);
    let module = ident(&class.module);
    quote! {
        #docs
        pub mod #module {
            #imports
            #items
        }
    }
}
