//! Names that generated code refers to, and how it says them.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};

use super::tokens::each;
use super::{ClassScope, Options, Scope};
use crate::model::{Class, Method};
use crate::side::Use;

/// Everything that generated code may import from the runtime.
const RUNTIME: &[&str] = &[
    "ClassInfo",
    "ConstantInfo",
    "Content",
    "Decode",
    "DecodeContent",
    "DecodeError",
    "DecodeErrorKind",
    "DynMethod",
    "EncodeError",
    "FieldInfo",
    "FieldTable",
    "FieldValue",
    "Fields",
    "Hidden",
    "LongStr",
    "Method",
    "MethodId",
    "MethodInfo",
    "ProtocolInfo",
    "Reader",
    "Reply",
    "Request",
    "RuleInfo",
    "ShortStr",
    "Timestamp",
    "UnknownMethod",
    "WireType",
    "Writer",
];

/// Names of the runtime as one class module says them.
///
/// A type of the class may be called as one of the runtime (`Content`, `Reader`), or as one of the
/// prelude (`Ok`): then the module says the other by another name.
pub(super) struct Names<'s, 'm> {
    pub(super) scope: &'s Scope<'m>,
    pub(super) class_scope: &'s ClassScope<'m>,
    runtime: TokenStream,
    own: BTreeSet<String>,
    description: Ident,
    properties: String,
}

impl<'s, 'm> Names<'s, 'm> {
    pub(super) fn new(scope: &'s Scope<'m>, class_scope: &'s ClassScope<'m>) -> Self {
        let mut own = BTreeSet::new();
        for method in &class_scope.methods {
            own.insert(method.type_name.clone());
            if method.replies.len() > 1 {
                own.insert(choice(method, class_scope.class));
            }
        }
        let properties = properties(&class_scope.methods);
        if class_scope.properties {
            own.insert(properties.clone());
        }
        Self {
            scope,
            class_scope,
            runtime: path(&scope.options.runtime),
            own,
            description: scope.module("description"),
            properties,
        }
    }

    /// The class that the module is of.
    pub(super) fn class(&self) -> &'m Class {
        self.class_scope.class
    }

    /// What the side that is generated for does with the method.
    pub(super) fn uses(&self, method: &Method) -> Use {
        self.scope.uses(self.class(), method)
    }

    /// The module with the description.
    pub(super) fn description(&self) -> &Ident {
        &self.description
    }

    /// The struct of content properties.
    pub(super) fn properties(&self) -> Ident {
        ident(&self.properties)
    }

    /// The type of a method of this class, which an extension leaves to its base.
    pub(super) fn method(&self, method: &Method) -> TokenStream {
        let name = ident(&method.type_name);
        if self.own.contains(&method.type_name) {
            return quote!(#name);
        }
        let (runtime, module) = (&self.runtime, ident(&self.class().module));
        quote!(#runtime::#module::#name)
    }

    /// The name of a runtime item, which the module imports because it says it.
    pub(super) fn runtime(&self, name: &str) -> Ident {
        if !self.own.contains(name) {
            return ident(name);
        }
        ident(&free_name(format!("Wire{name}"), &|name| {
            self.own.contains(name)
        }))
    }

    /// The prelude's `Ok`, `Some`, `None`, `Result`, `Option`, however the class calls its types.
    pub(super) fn prelude(&self, name: &str) -> TokenStream {
        let ident = ident(name);
        if !self.own.contains(name) {
            return quote!(#ident);
        }
        match name {
            "Ok" | "Err" => quote!(::core::result::Result::#ident),
            "Some" | "None" => quote!(::core::option::Option::#ident),
            "Result" => quote!(::core::result::Result),
            "Option" => quote!(::core::option::Option),
            "Default" => quote!(::core::default::Default),
            _ => quote!(::core::convert::#ident),
        }
    }

    /// Imports what `items` say.
    pub(super) fn imports(&self, items: &TokenStream) -> TokenStream {
        imports(&self.runtime, items, &[], &|name| self.runtime(name))
    }
}

/// The name of the struct of content properties in a module with such methods.
///
/// 0-8 has classes whose methods are called as anything may be.
pub(super) fn properties(methods: &[&Method]) -> String {
    let is_taken = |name: &str| methods.iter().any(|method| method.type_name == name);
    if is_taken("Properties") {
        free_name("ContentProperties".to_owned(), &is_taken)
    } else {
        "Properties".to_owned()
    }
}

/// The name of the enum of what may answer a method: `GetReply`.
pub(super) fn choice(method: &Method, class: &Class) -> String {
    let methods = class.methods.iter();
    free_name(format!("{}Reply", method.type_name), &|name| {
        methods.clone().any(|method| method.type_name == name)
    })
}

/// Imports what `items` of a module without types of its own say; `always` are needed though unsaid, for
/// their methods.
pub(super) fn plain_imports(
    options: &Options,
    items: &TokenStream,
    always: &[&str],
) -> TokenStream {
    imports(&path(&options.runtime), items, always, &ident)
}

fn imports(
    runtime: &TokenStream,
    items: &TokenStream,
    always: &[&str],
    local: &dyn Fn(&str) -> Ident,
) -> TokenStream {
    let mut said = BTreeSet::new();
    collect(items.clone(), &mut said);
    let imports = each(RUNTIME, &mut |name| {
        let (item, local) = (ident(name), local(name));
        match said.contains(&local.to_string()) {
            true if item == local => quote!(#item,),
            true => quote!(#item as #local,),
            false if always.contains(name) => quote!(#item as _,),
            false => TokenStream::new(),
        }
    });
    if imports.is_empty() {
        return imports;
    }
    quote!(use #runtime::{#imports};)
}

/// Every identifier in `tokens` that does not follow a `::`.
fn collect(tokens: TokenStream, said: &mut BTreeSet<String>) {
    let mut colons = 0;
    for token in tokens {
        let in_path = colons == 2;
        colons = match &token {
            TokenTree::Punct(punct) if punct.as_char() == ':' => colons + 1,
            _ => 0,
        };
        match token {
            TokenTree::Ident(ident) if !in_path => {
                said.insert(ident.to_string());
            }
            TokenTree::Ident(_) => {}
            // As deep as the emitters nest, which is no matter of input.
            TokenTree::Group(group) => collect(group.stream(), said),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// An identifier, raw where it is written so.
pub(super) fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(keyword) => Ident::new_raw(keyword, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

/// An identifier as text that is no code: links and names that `Debug` shows say raw ones without their `r#`.
pub(super) fn bare(ident: &str) -> &str {
    ident.strip_prefix("r#").unwrap_or(ident)
}

/// A path such as `::amqp_methods` or `crate`.
pub(super) fn path(text: &str) -> TokenStream {
    let mut path = TokenStream::new();
    for (index, segment) in text.split("::").enumerate() {
        if index > 0 {
            path.extend(quote!(::));
        }
        if !segment.is_empty() {
            path.extend(ident(segment).into_token_stream());
        }
    }
    path
}

/// `declare-ok` as `DeclareOk`.
pub(super) fn pascal(kebab: &str) -> String {
    let mut pascal = String::with_capacity(kebab.len());
    let mut begins = true;
    for letter in kebab.chars() {
        match letter {
            '-' => begins = true,
            letter if begins => {
                pascal.push(letter.to_ascii_uppercase());
                begins = false;
            }
            letter => pascal.push(letter.to_ascii_lowercase()),
        }
    }
    pascal
}

/// `declare-ok` as `DECLARE_OK`.
pub(super) fn screaming(kebab: &str) -> String {
    kebab.replace(['-', '.'], "_").to_ascii_uppercase()
}

/// A name that none of `taken` has.
pub(super) fn free(name: &str, taken: &[Ident]) -> Ident {
    ident(&free_name(name.to_owned(), &|name| {
        taken.iter().any(|ident| ident == name)
    }))
}

/// The name, with as many underscores behind it as it takes to be free.
fn free_name(mut name: String, is_taken: &dyn Fn(&str) -> bool) -> String {
    while is_taken(&name) {
        name.push('_');
    }
    name
}
