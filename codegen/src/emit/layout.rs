//! How the fields of a method lie on the wire.

use proc_macro2::Ident;

use super::names::ident;
use crate::model::Field;

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
