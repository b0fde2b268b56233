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
        let mut live = Vec::new();
        for field in &method.fields {
            if !field.reserved {
                live.push((field, ident(&field.ident)));
            }
        }
        Self {
            name: ident(&method.type_name),
            fields: &method.fields,
            borrows: borrows(method),
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

    /// The names of the fields of the struct.
    pub(super) fn idents(&self) -> Vec<Ident> {
        let mut idents = Vec::with_capacity(self.live.len() + 1);
        for (_, ident) in &self.live {
            idents.push(ident.clone());
        }
        idents
    }
}

/// Whether the struct of the method borrows its octets.
pub(super) fn borrows(method: &Method) -> bool {
    let borrows = |field: &Field| !field.reserved && field.wire.borrows();
    method.fields.iter().any(borrows)
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
    match run.first() {
        Some(field) => ident(&field.ident),
        None => ident("reserved"),
    }
}
