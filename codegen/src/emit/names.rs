//! Names that generated code refers to, and how it says them.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};

use super::{ClassScope, Options};

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
    "WireType",
    "Writer",
];

/// Names of the runtime as one class module says them.
///
/// A type of the class may be called as one of the runtime (`Content`, `Reader`), or as one of the
/// prelude (`Ok`): then the module says the other by another name.
pub(super) struct Names {
    runtime: TokenStream,
    own: BTreeSet<String>,
}

impl Names {
    pub(super) fn new(scope: &ClassScope<'_>, options: &Options) -> Self {
        let mut own: BTreeSet<String> = scope
            .methods
            .iter()
            .map(|method| method.type_name.clone())
            .collect();
        own.extend(
            scope
                .methods
                .iter()
                .filter(|method| method.replies.len() > 1)
                .map(|method| format!("{}Reply", method.type_name)),
        );
        own.extend(scope.properties.then(|| "Properties".to_owned()));
        Self {
            runtime: path(&options.runtime),
            own,
        }
    }

    /// The names of a module without types of its own.
    pub(super) fn plain(options: &Options) -> Self {
        Self {
            runtime: path(&options.runtime),
            own: BTreeSet::new(),
        }
    }

    /// The name of a runtime item, which the module imports because it says it.
    pub(super) fn runtime(&self, name: &str) -> Ident {
        if self.own.contains(name) {
            format_ident!("Wire{name}")
        } else {
            ident(name)
        }
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
            _ => quote!(::core::convert::#ident),
        }
    }

    /// Imports what `items` say; `always` are needed though unsaid, for their methods.
    pub(super) fn imports(&self, items: &TokenStream, always: &[&str]) -> TokenStream {
        let mut said = BTreeSet::new();
        collect(items.clone(), &mut said);
        let imports: Vec<_> = RUNTIME
            .iter()
            .filter_map(|name| {
                let (item, local) = (ident(name), self.runtime(name));
                match said.contains(&local.to_string()) {
                    true if item == local => Some(quote!(#item)),
                    true => Some(quote!(#item as #local)),
                    false if always.contains(name) => Some(quote!(#item as _)),
                    false => None,
                }
            })
            .collect();
        if imports.is_empty() {
            return TokenStream::new();
        }
        let runtime = &self.runtime;
        quote!(use #runtime::{#(#imports),*};)
    }
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

/// A path such as `::amqp_methods` or `crate`.
pub(super) fn path(text: &str) -> TokenStream {
    let absolute = text.starts_with("::").then(|| quote!(::));
    let segments = text
        .split("::")
        .filter(|segment| !segment.is_empty())
        .map(ident);
    quote!(#absolute #(#segments)::*)
}

/// `basic` and `DeclareOk` as `BasicDeclareOk`, `BASIC_DECLARE_OK`.
pub(super) fn pascal(kebab: &str) -> String {
    kebab
        .split('-')
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

/// `declare-ok` as `DECLARE_OK`.
pub(super) fn screaming(kebab: &str) -> String {
    kebab.replace(['-', '.'], "_").to_ascii_uppercase()
}

/// A name that none of `taken` has.
pub(super) fn free(name: &str, taken: &[&Ident]) -> Ident {
    let mut free = name.to_owned();
    while taken.iter().any(|ident| *ident == &free) {
        free.push('_');
    }
    ident(&free)
}
