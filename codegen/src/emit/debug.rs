//! `Debug` of what holds secrets. Derived code would show them, in every log and in every failed test.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::names::{Names, bare};
use super::tokens::each;
use crate::model::{Method, Property, WireType};

/// A field of a struct as its `Debug` shows it.
pub(super) struct Shown {
    ident: Ident,
    how: How,
}

enum How {
    AsItIs,
    Hidden,
    /// Whether it is there is no secret.
    HiddenIfPresent,
}

impl Shown {
    /// A field of a method.
    pub(super) fn argument(ident: &Ident, secret: bool) -> Self {
        Self {
            ident: ident.clone(),
            how: if secret { How::Hidden } else { How::AsItIs },
        }
    }

    /// A property, which a secret bit consists of being present.
    pub(super) fn property(property: &Property) -> Self {
        Self {
            ident: super::ident(&property.ident),
            how: match (property.secret, property.wire) {
                (false, _) => How::AsItIs,
                (true, WireType::Bit) => How::Hidden,
                (true, _) => How::HiddenIfPresent,
            },
        }
    }
}

/// Whether a value of the method is a secret, and `Debug` not derived.
pub(super) fn has_secrets(method: &Method) -> bool {
    let is_secret = |field: &crate::model::Field| field.secret && !field.reserved;
    method.fields.iter().any(is_secret)
}

/// `Debug` for `target`, which is called `name`.
pub(super) fn hiding(
    name: &Ident,
    target: &TokenStream,
    fields: &[Shown],
    names: &Names<'_, '_>,
) -> TokenStream {
    let hidden = names.runtime("Hidden");
    let shown = each(fields, &mut |Shown { ident, how }| {
        let label = ident.to_string();
        let label = bare(&label);
        let value = match how {
            How::AsItIs => quote!(self.#ident),
            How::Hidden => quote!(#hidden),
            How::HiddenIfPresent => quote!(self.#ident.is_some().then_some(#hidden)),
        };
        quote!(.field(#label, &#value))
    });
    let text = name.to_string();
    quote! {
        /// Hides secrets.
        impl ::core::fmt::Debug for #target {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#text) #shown .finish()
            }
        }
    }
}
