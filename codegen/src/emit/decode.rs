//! A method from the wire.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::layout::{Item, Shape, items, reserved_local};
use super::names::{Names, free, ident};

pub(super) fn decode(shape: &Shape<'_>, names: &Names) -> TokenStream {
    let [decode, reader, decode_error] =
        ["Decode", "Reader", "DecodeError"].map(|name| names.runtime(name));
    let [result, ok] = ["Result", "Ok"].map(|name| names.prelude(name));
    let mut taken = shape.idents();
    let args = free("args", &taken);
    taken.push(&args);
    let mut values = Vec::new();
    let mut runs = 0;
    let statements: Vec<_> = items(shape.fields)
        .iter()
        .map(|item| match item {
            Item::Field(field) => {
                let verb = field.wire.verb();
                let name = &field.name;
                let ident = ident(&field.ident);
                if field.reserved {
                    let local = format_ident!("_{}", ident);
                    return quote!(let #local = #args.#verb(#name)?;);
                }
                values.push(quote!(#ident));
                quote!(let #ident = #args.#verb(#name)?;)
            }
            Item::Bits(run) => {
                runs += 1;
                let live: Vec<_> = run.iter().filter(|field| !field.reserved).collect();
                let name = run.first().map_or("", |field| field.name.as_str());
                if live.is_empty() {
                    let local = format_ident!("_{}", reserved_local(run));
                    return quote!(let #local = #args.octet(#name)?;);
                }
                let bits = if runs == 1 {
                    "bits".to_owned()
                } else {
                    format!("bits_{runs}")
                };
                let bits = free(&bits, &taken);
                for field in live {
                    let ident = ident(&field.ident);
                    let mask = binary(1 << field.bit.unwrap_or_default(), run.len());
                    values.push(quote!(#ident: #bits & #mask != 0));
                }
                quote!(let #bits = #args.octet(#name)?;)
            }
        })
        .collect();
    let target = shape.with(&quote!('a));
    let args = if statements.is_empty() {
        quote!(_)
    } else {
        quote!(#args)
    };
    let value = if values.is_empty() {
        quote!(Self)
    } else {
        quote!(Self { #(#values,)* })
    };
    quote! {
        impl<'a> #decode<'a> for #target {
            #[inline(always)]
            fn decode(#args: &mut #reader<'a>) -> #result<Self, #decode_error> {
                #(#statements)*
                #ok(#value)
            }
        }
    }
}

/// `0b010`, as many digits as the run has bits.
fn binary(mask: u8, digits: usize) -> TokenStream {
    format!("0b{mask:0digits$b}").parse().unwrap_or_else(|_| {
        let mask = Literal::u8_unsuffixed(mask);
        quote!(#mask)
    })
}
