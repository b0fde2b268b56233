//! A method onto the wire.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::layout::{Item, Shape, items, reserved_local};
use super::names::{Names, free, ident};
use crate::model::{Field, WireType};

pub(super) fn encoded_len(shape: &Shape<'_>) -> TokenStream {
    let mut fixed = 0;
    let mut terms = Vec::new();
    for field in shape.fields {
        match (field.wire, field.bit) {
            // The bits of a run share the octet that its first one opens.
            (WireType::Bit, Some(bit)) if bit > 0 => {}
            (wire, _) => match wire.fixed_len() {
                Some(length) => fixed += length,
                None if field.reserved => fixed += if wire == WireType::ShortStr { 1 } else { 4 },
                None => {
                    let ident = ident(&field.ident);
                    terms.push(quote!(self.#ident.encoded_len()));
                }
            },
        }
    }
    if fixed > 0 || terms.is_empty() {
        let fixed = Literal::usize_unsuffixed(fixed);
        terms.insert(0, quote!(#fixed));
    }
    quote!(#(#terms)+*)
}

pub(super) fn encode(shape: &Shape<'_>, names: &Names) -> (TokenStream, TokenStream) {
    let out = ident("out");
    let statements: Vec<_> = items(shape.fields)
        .iter()
        .map(|item| match item {
            Item::Field(field) => encode_field(field, &out, names),
            Item::Bits(run) => {
                let live: Vec<_> = run.iter().filter(|field| !field.reserved).collect();
                let bits = live.iter().map(|field| {
                    let ident = ident(&field.ident);
                    match field.bit.unwrap_or_default() {
                        0 => quote!(u8::from(self.#ident)),
                        bit => {
                            let bit = Literal::u8_unsuffixed(bit);
                            quote!(u8::from(self.#ident) << #bit)
                        }
                    }
                });
                match live.len() {
                    0 => {
                        let names = reserved_local(run);
                        quote!(let #names = 0; #out.octet(#names);)
                    }
                    _ => quote!(#out.octet(#(#bits)|*);),
                }
            }
        })
        .collect();
    let out = if statements.is_empty() {
        quote!(_)
    } else {
        quote!(#out)
    };
    (out, quote!(#(#statements)*))
}

fn encode_field(field: &Field, out: &Ident, names: &Names) -> TokenStream {
    let verb = field.wire.verb();
    let name = &field.name;
    let ident = ident(&field.ident);
    match (field.reserved, field.wire) {
        (true, WireType::ShortStr | WireType::LongStr | WireType::Table) => {
            let local = free(&field.ident, &[out]);
            let wire = names.runtime(field.wire.runtime_name().unwrap_or("ShortStr"));
            quote!(let #local = #wire::default(); #out.#verb(#name, &#local)?;)
        }
        (true, WireType::Timestamp) => {
            let wire = names.runtime("Timestamp");
            quote!(#out.#verb(#wire::default());)
        }
        (true, _) => {
            let local = free(&field.ident, &[out]);
            quote!(let #local = 0; #out.#verb(#local);)
        }
        (false, wire) if wire.borrows() => quote!(#out.#verb(#name, &self.#ident)?;),
        (false, _) => quote!(#out.#verb(self.#ident);),
    }
}
