//! A method onto the wire.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::layout::{Item, Shape, items, reserved_local};
use super::names::{Names, free, ident};
use super::tokens::{each, joined};
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
    joined(&terms, &quote!(+))
}

/// The name of the output, and what is done with it.
pub(super) fn encode(shape: &Shape<'_>, names: &Names<'_, '_>) -> (TokenStream, TokenStream) {
    let out = ident("out");
    let statements = each(&items(shape.fields), &mut |item| match item {
        Item::Field(field) => encode_field(field, &out, names),
        Item::Bits(run) => encode_bits(run, &out),
    });
    let out = if statements.is_empty() {
        quote!(_)
    } else {
        quote!(#out)
    };
    (out, statements)
}

fn encode_bits(run: &[&Field], out: &Ident) -> TokenStream {
    let mut bits = Vec::new();
    for field in run {
        if field.reserved {
            continue;
        }
        let ident = ident(&field.ident);
        bits.push(match field.bit.unwrap_or_default() {
            0 => quote!(u8::from(self.#ident)),
            bit => {
                let bit = Literal::u8_unsuffixed(bit);
                quote!(u8::from(self.#ident) << #bit)
            }
        });
    }
    if bits.is_empty() {
        let local = reserved_local(run);
        return quote!(let #local = 0; #out.octet(#local););
    }
    let bits = joined(&bits, &quote!(|));
    quote!(#out.octet(#bits);)
}

fn encode_field(field: &Field, out: &Ident, names: &Names<'_, '_>) -> TokenStream {
    let verb = field.wire.verb();
    let name = &field.name;
    let ident = ident(&field.ident);
    let local = || free(&field.ident, core::slice::from_ref(out));
    match (field.reserved, field.wire) {
        (true, WireType::ShortStr | WireType::LongStr | WireType::Table) => {
            let local = local();
            let wire = names.runtime(field.wire.runtime_name().unwrap_or("ShortStr"));
            quote!(let #local = #wire::default(); #out.#verb(#name, &#local)?;)
        }
        (true, WireType::Timestamp) => {
            let wire = names.runtime("Timestamp");
            quote!(#out.#verb(#wire::default());)
        }
        (true, _) => {
            let local = local();
            quote!(let #local = 0; #out.#verb(#local);)
        }
        (false, wire) if wire.borrows() => quote!(#out.#verb(#name, &self.#ident)?;),
        (false, _) => quote!(#out.#verb(self.#ident);),
    }
}
