//! A method from the wire.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::layout::{Item, Shape, items, reserved_local};
use super::names::{Names, free, ident};
use super::tokens::each;
use crate::model::Field;

pub(super) fn decode(shape: &Shape<'_>, names: &Names<'_, '_>) -> TokenStream {
    let trait_name = names.runtime("Decode");
    let reader = names.runtime("Reader");
    let decode_error = names.runtime("DecodeError");
    let (result, ok) = (names.prelude("Result"), names.prelude("Ok"));
    let mut taken = shape.idents();
    let args = free("args", &taken);
    taken.push(args.clone());
    let mut values = TokenStream::new();
    let mut runs = 0;
    let statements = each(&items(shape.fields), &mut |item| match item {
        Item::Field(field) => {
            let ident = ident(&field.ident);
            if !field.reserved {
                values.extend(quote!(#ident,));
            }
            take_field(field, &ident, &args)
        }
        Item::Bits(run) => {
            runs += 1;
            take_bits(run, runs, &args, &taken, &mut values)
        }
    });
    let target = shape.with(&quote!('a));
    let args = if statements.is_empty() {
        quote!(_)
    } else {
        quote!(#args)
    };
    let value = if values.is_empty() {
        quote!(Self)
    } else {
        quote!(Self { #values })
    };
    quote! {
        impl<'a> #trait_name<'a> for #target {
            #[inline(always)]
            fn decode(#args: &mut #reader<'a>) -> #result<Self, #decode_error> {
                #statements
                #ok(#value)
            }
        }
    }
}

fn take_field(field: &Field, ident: &Ident, args: &Ident) -> TokenStream {
    let verb = field.wire.verb();
    let name = &field.name;
    if field.reserved {
        let local = format_ident!("_{}", ident);
        return quote!(let #local = #args.#verb(#name)?;);
    }
    quote!(let #ident = #args.#verb(#name)?;)
}

/// The octet of a run of bits; `values` get the bits that mean something.
fn take_bits(
    run: &[&Field],
    number: usize,
    args: &Ident,
    taken: &[Ident],
    values: &mut TokenStream,
) -> TokenStream {
    let name = run.first().map_or("", |field| field.name.as_str());
    if run.iter().all(|field| field.reserved) {
        let local = format_ident!("_{}", reserved_local(run));
        return quote!(let #local = #args.octet(#name)?;);
    }
    let bits = match number {
        1 => free("bits", taken),
        number => free(&format!("bits_{number}"), taken),
    };
    for field in run {
        if field.reserved {
            continue;
        }
        let ident = ident(&field.ident);
        let mask = binary(1 << field.bit.unwrap_or_default(), run.len());
        values.extend(quote!(#ident: #bits & #mask != 0,));
    }
    quote!(let #bits = #args.octet(#name)?;)
}

/// `0b010`, as many digits as the run has bits.
fn binary(mask: u8, digits: usize) -> TokenStream {
    match format!("0b{mask:0digits$b}").parse() {
        Ok(literal) => literal,
        Err(_) => {
            let mask = Literal::u8_unsuffixed(mask);
            quote!(#mask)
        }
    }
}
