//! The resolved protocol as Rust: how it looks.
//!
//! One emitter per kind of item. What a document means has been decided before; here it is only said.
//!
//! Every function of the output is `#[inline]`: a crate with a hundred methods then costs those who depend on it
//! the machine code of what they call, and the crate itself has next to none.

mod any_method;
mod constants;
mod debug;
mod decode;
mod description;
mod docs;
mod encode;
mod flags;
mod layout;
mod method;
mod names;
mod properties;
mod reply;
mod scope;
mod tokens;
mod wire;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Model;
use crate::side::Side;
use names::{Names, ident};
use scope::{ClassScope, Scope};
use tokens::each;

/// Choices about the output that no document makes.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Path of the crate with the types that generated code stands on: `::amqp_methods`.
    pub(crate) runtime: String,
    /// Who is to use the code.
    pub(crate) side: Side,
}

/// Writes the whole of `model`, or what it adds to `base`.
pub(crate) fn emit(model: &Model, base: Option<&Model>, options: &Options) -> TokenStream {
    let scope = Scope::new(model, base, options);
    let modules = each(&scope.classes, &mut |class| class_module(&scope, class));
    let any_method = any_method::emit(&scope);
    let constants = constants::emit(&scope);
    let description = description::emit(&scope);
    quote!(#modules #any_method #constants #description)
}

/// The module of a class: its properties and methods.
fn class_module(all: &Scope<'_>, scope: &ClassScope<'_>) -> TokenStream {
    let names = Names::new(all, scope);
    let mut items = TokenStream::new();
    if scope.properties {
        items.extend(properties::emit(scope.class, &names));
    }
    items.extend(each(&scope.methods, &mut |method| {
        method::emit(method, &names)
    }));
    let imports = names.imports(&items);
    let docs = docs::class(all, scope);
    let module = ident(&scope.class.module);
    quote! {
        #docs
        pub mod #module {
            #imports
            #items
        }
    }
}

#[cfg(test)]
mod tests;
