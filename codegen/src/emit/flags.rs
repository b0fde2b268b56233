//! Presence flags: which of the properties are there, in words of which each may announce another.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::method::number;
use super::names::ident;
use super::tokens::joined;
use crate::model::{Class, Property, WireType};

pub(super) fn flags(class: &Class) -> TokenStream {
    let first = flag_word(class, 0);
    match words(class) {
        1 => return quote!(out.short(#first);),
        2 => {}
        _ => {
            let words = flag_words(class);
            return quote!(out.property_flag_words(#words););
        }
    }
    let second = flag_word(class, 1);
    quote! {
        let first = #first;
        let second = #second;
        if second == 0 {
            out.short(first);
        } else {
            out.short(first | 1);
            out.short(second);
        }
    }
}

/// How many words of flags the class has.
pub(super) fn words(class: &Class) -> usize {
    class
        .properties
        .last()
        .map_or(1, |property| property.flag_word + 1)
}

/// How many words of flags are read: a second one is, though it has nothing to say.
pub(super) fn words_read(class: &Class) -> usize {
    words(class).max(2)
}

/// What a word of flags is called while it is read.
pub(super) fn word(number: usize) -> Ident {
    match number {
        0 => ident("first"),
        1 => ident("second"),
        number => format_ident!("word_{}", number + 1),
    }
}

/// All words, none of which says yet that another follows.
pub(super) fn flag_words(class: &Class) -> TokenStream {
    let mut flags = TokenStream::new();
    for number in 0..words(class) {
        let word = flag_word(class, number);
        flags.extend(quote!(#word,));
    }
    quote!([#flags])
}

pub(super) fn is_present(property: &Property) -> TokenStream {
    let ident = ident(&property.ident);
    match property.wire {
        WireType::Bit => quote!(self.#ident),
        _ => quote!(self.#ident.is_some()),
    }
}

/// Whether there are flags without a property. Of a word in which all have one, nothing is asked.
pub(super) fn undefined_flags(class: &Class) -> Option<TokenStream> {
    let mut terms = Vec::new();
    for number in 0..words_read(class) {
        let mask = defined(class, number);
        if mask != u16::MAX {
            let (word, mask) = (word(number), hexadecimal(mask));
            terms.push(quote!(#word & !#mask != 0));
        }
    }
    (!terms.is_empty()).then(|| joined(&terms, &quote!(||)))
}

fn flag_word(class: &Class, number: usize) -> TokenStream {
    let mut terms = Vec::new();
    for property in &class.properties {
        if property.flag_word == number {
            let present = is_present(property);
            let bit = Literal::u8_unsuffixed(property.flag_bit);
            terms.push(quote!(u16::from(#present) << #bit));
        }
    }
    if terms.is_empty() {
        return quote!(0);
    }
    joined(&terms, &quote!(|))
}

/// The flags that have a property, `0xfffc`. The lowest announces another word and has none.
fn defined(class: &Class, word: usize) -> u16 {
    let mut mask = 1;
    for property in &class.properties {
        if property.flag_word == word {
            mask |= 1 << property.flag_bit;
        }
    }
    mask
}

fn hexadecimal(mask: u16) -> TokenStream {
    match format!("0x{mask:04x}").parse() {
        Ok(literal) => literal,
        Err(_) => {
            let mask = number(mask);
            quote!(#mask)
        }
    }
}
