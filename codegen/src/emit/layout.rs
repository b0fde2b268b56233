//! A method as its emitters see it, and how its fields lie on the wire.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::names::ident;
use crate::model::{Field, Method};

/// A method with the identifiers its items share.
pub(super) struct Shape<'m> {
    pub(super) name: Ident,
    pub(super) fields: &'m [Field],
    pub(super) live: Vec<(&'m Field, Ident)>,
    pub(super) borrows: bool,
}

impl<'m> Shape<'m> {
    pub(super) fn new(method: &'m Method) -> Self {
        let live: Vec<_> = method
            .fields
            .iter()
            .filter(|field| !field.reserved)
            .map(|field| (field, ident(&field.ident)))
            .collect();
        Self {
            name: ident(&method.type_name),
            fields: &method.fields,
            borrows: live.iter().any(|(field, _)| field.wire.borrows()),
            live,
        }
    }

    /// `Publish<'lifetime>`, or `Ack`, which borrows nothing.
    pub(super) fn with(&self, lifetime: &TokenStream) -> TokenStream {
        let name = &self.name;
        if self.borrows {
            quote!(#name<#lifetime>)
        } else {
            quote!(#name)
        }
    }

    pub(super) fn idents(&self) -> Vec<&Ident> {
        self.live.iter().map(|(_, ident)| ident).collect()
    }
}

/// A field on its own, or the fields of a run of bits.
pub(super) enum Item<'m> {
    Field(&'m Field),
    Bits(Vec<&'m Field>),
}

pub(super) fn items<'m>(fields: &'m [Field]) -> Vec<Item<'m>> {
    let mut items: Vec<Item<'m>> = Vec::new();
    for field in fields {
        match (field.bit, items.last_mut()) {
            (Some(bit), Some(Item::Bits(run))) if bit > 0 => run.push(field),
            (Some(_), _) => items.push(Item::Bits(vec![field])),
            (None, _) => items.push(Item::Field(field)),
        }
    }
    items
}

/// What the octet of a run of reserved bits is called.
pub(super) fn reserved_local(run: &[&Field]) -> Ident {
    run.first()
        .map_or_else(|| ident("reserved"), |field| ident(&field.ident))
}
