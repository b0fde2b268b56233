//! The content properties of a class: a struct with presence flags.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::debug::{Shown, hiding};
use super::description::properties_const;
use super::docs;
use super::method::number;
use super::names::{Names, ident};
use super::tokens::{each, joined};
use crate::model::{Class, Property, WireType};

pub(super) fn emit(class: &Class, names: &Names<'_, '_>) -> TokenStream {
    let mut items = definition(class, names);
    if has_secrets(class) {
        items.extend(debug(class, names));
    }
    if !class.properties.is_empty() {
        items.extend(inherent(class, names));
    }
    items.extend(content(class, names));
    items.extend(decode(class, names));
    items
}

fn borrows(class: &Class) -> bool {
    let borrows = |property: &Property| property.wire.borrows();
    class.properties.iter().any(borrows)
}

fn has_secrets(class: &Class) -> bool {
    class.properties.iter().any(|property| property.secret)
}

fn definition(class: &Class, names: &Names<'_, '_>) -> TokenStream {
    let name = names.properties();
    let option = names.prelude("Option");
    let fields = each(&class.properties, &mut |property| {
        let docs = docs::property(property, names);
        let ident = ident(&property.ident);
        let rust_type = property.wire.rust_type(names);
        match property.wire {
            WireType::Bit => quote!(#docs pub #ident: #rust_type,),
            _ => quote!(#docs pub #ident: #option<#rust_type>,),
        }
    });
    let docs = docs::properties(names);
    let generics = borrows(class).then(|| quote!(<'a>));
    let debug = (!has_secrets(class)).then(|| quote!(Debug,));
    quote! {
        #docs
        #[derive(Clone, #debug Default, Eq, PartialEq)]
        pub struct #name #generics {
            #fields
        }
    }
}

fn debug(class: &Class, names: &Names<'_, '_>) -> TokenStream {
    let name = names.properties();
    let generics = borrows(class).then(|| quote!(<'_>));
    let mut fields = Vec::with_capacity(class.properties.len());
    for property in &class.properties {
        fields.push(Shown::property(property));
    }
    hiding(&name, &quote!(#name #generics), &fields, names)
}

/// A setter per property, `into_owned`.
fn inherent(class: &Class, names: &Names<'_, '_>) -> TokenStream {
    let name = names.properties();
    let mut functions = each(&class.properties, &mut |property| setter(property, names));
    if borrows(class) {
        functions.extend(into_owned(class, names));
    }
    let generics = borrows(class).then(|| quote!(<'a>));
    quote! {
        impl #generics #name #generics {
            #functions
        }
    }
}

fn setter(property: &Property, names: &Names<'_, '_>) -> TokenStream {
    let some = names.prelude("Some");
    let ident = ident(&property.ident);
    let docs = docs::setter(&property.name, &property.ident);
    let rust_type = property.wire.rust_type(names);
    let (parameter, value) = match property.wire {
        WireType::Bit => (rust_type, quote!(#ident)),
        wire if wire.borrows() => {
            let into = names.prelude("Into");
            (quote!(impl #into<#rust_type>), quote!(#some(#ident.into())))
        }
        _ => (rust_type, quote!(#some(#ident))),
    };
    quote! {
        #docs
        #[inline]
        #[must_use]
        pub fn #ident(mut self, #ident: #parameter) -> Self {
            self.#ident = #value;
            self
        }
    }
}

fn into_owned(class: &Class, names: &Names<'_, '_>) -> TokenStream {
    let name = names.properties();
    let fields = each(&class.properties, &mut |property| {
        let ident = ident(&property.ident);
        match property.wire.runtime_name() {
            Some(name) if property.wire.borrows() => {
                let name = names.runtime(name);
                quote!(#ident: self.#ident.map(#name::into_owned),)
            }
            _ => quote!(#ident: self.#ident,),
        }
    });
    quote! {
        /// The same properties, owning what they borrowed.
        #[inline]
        pub fn into_owned(self) -> #name<'static> {
            #name { #fields }
        }
    }
}

/// How many words of flags the class has.
fn words(class: &Class) -> usize {
    class
        .properties
        .last()
        .map_or(1, |property| property.flag_word + 1)
}

fn is_present(property: &Property) -> TokenStream {
    let ident = ident(&property.ident);
    match property.wire {
        WireType::Bit => quote!(self.#ident),
        _ => quote!(self.#ident.is_some()),
    }
}

fn content(class: &Class, names: &Names<'_, '_>) -> TokenStream {
    let name = names.properties();
    let content = names.runtime("Content");
    let field_info = names.runtime("FieldInfo");
    let field_value = names.runtime("FieldValue");
    let encode_error = names.runtime("EncodeError");
    let writer = names.runtime("Writer");
    let (result, option) = (names.prelude("Result"), names.prelude("Option"));
    let ok = names.prelude("Ok");
    let class_id = number(class.index);
    let info = properties_const(class);
    let description = names.description();
    let encoded_len = encoded_len(class, names);
    let flags = flags(class);
    let values = each(&class.properties, &mut |property| {
        encode_value(property, names)
    });
    let (index, view) = view(class, names);
    let target = if borrows(class) {
        quote!(#name<'_>)
    } else {
        quote!(#name)
    };
    quote! {
        impl #content for #target {
            const CLASS_ID: u16 = #class_id;
            const PROPERTIES: &'static [#field_info] = super::#description::#info;

            #[inline(always)]
            fn encoded_len(&self) -> usize {
                #encoded_len
            }

            #[inline(always)]
            fn encode(&self, out: &mut #writer<'_>) -> #result<(), #encode_error> {
                #flags
                #values
                #ok(())
            }

            #[inline]
            fn property(&self, #index: usize) -> #option<#field_value<'_>> {
                #view
            }
        }
    }
}

fn encoded_len(class: &Class, names: &Names<'_, '_>) -> TokenStream {
    let mut terms = vec![quote!(2)];
    if words(class) > 2 {
        let (writer, words) = (names.runtime("Writer"), flag_words(class));
        terms = vec![quote!(#writer::property_flag_words_len(#words))];
    } else if words(class) > 1 {
        let mut present = Vec::new();
        for property in &class.properties {
            if property.flag_word > 0 {
                present.push(is_present(property));
            }
        }
        let present = joined(&present, &quote!(||));
        terms.push(quote!(if #present { 2 } else { 0 }));
    }
    for property in &class.properties {
        let ident = ident(&property.ident);
        match (property.wire, property.wire.fixed_len()) {
            (WireType::Bit, _) => {}
            (_, Some(length)) => {
                let length = Literal::usize_unsuffixed(length);
                terms.push(quote!(self.#ident.map_or(0, |_| #length)));
            }
            (wire, None) => {
                let name = names.runtime(wire.runtime_name().unwrap_or("ShortStr"));
                terms.push(quote!(self.#ident.as_ref().map_or(0, #name::encoded_len)));
            }
        }
    }
    joined(&terms, &quote!(+))
}

fn flags(class: &Class) -> TokenStream {
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

/// All words, none of which says yet that another follows.
fn flag_words(class: &Class) -> TokenStream {
    let mut flags = TokenStream::new();
    for number in 0..words(class) {
        let word = flag_word(class, number);
        flags.extend(quote!(#word,));
    }
    quote!([#flags])
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

/// The value behind the flags; that of a bit is its flag.
fn encode_value(property: &Property, names: &Names<'_, '_>) -> TokenStream {
    if property.wire == WireType::Bit {
        return TokenStream::new();
    }
    let some = names.prelude("Some");
    let ident = ident(&property.ident);
    let verb = property.wire.verb();
    let name = &property.name;
    if property.wire.borrows() {
        quote!(if let #some(value) = &self.#ident { out.#verb(#name, value)?; })
    } else {
        quote!(if let #some(value) = self.#ident { out.#verb(value); })
    }
}

/// The values by their place in the description.
fn view(class: &Class, names: &Names<'_, '_>) -> (TokenStream, TokenStream) {
    let none = names.prelude("None");
    if class.properties.is_empty() {
        return (quote!(_), none);
    }
    let field_value = names.runtime("FieldValue");
    let mut arms = TokenStream::new();
    for (index, property) in class.properties.iter().enumerate() {
        let index = Literal::usize_unsuffixed(index);
        let ident = ident(&property.ident);
        let variant = property.wire.variant();
        let value = match property.wire {
            WireType::Bit => quote!(self.#ident.then_some(#field_value::Bit(true))),
            wire if wire.borrows() => {
                quote!(self.#ident.as_ref().map(|value| #field_value::#variant(value.reborrow())))
            }
            _ => quote!(self.#ident.map(#field_value::#variant)),
        };
        arms.extend(quote!(#index => #value,));
    }
    let view = quote! {
        match index {
            #arms
            _ => #none,
        }
    };
    (quote!(index), view)
}

fn decode(class: &Class, names: &Names<'_, '_>) -> TokenStream {
    let name = names.properties();
    let decode_content = names.runtime("DecodeContent");
    let reader = names.runtime("Reader");
    let decode_error = names.runtime("DecodeError");
    let kind = names.runtime("DecodeErrorKind");
    let (result, ok, err) = (
        names.prelude("Result"),
        names.prelude("Ok"),
        names.prelude("Err"),
    );
    let check = undefined_flags(class).map(|undefined| {
        quote! {
            if #undefined {
                return #err(list.error(#kind::UndefinedPropertyFlag, "property-flags"));
            }
        }
    });
    let fields = each(&class.properties, &mut |property| {
        decode_value(property, names)
    });
    let target = if borrows(class) {
        quote!(#name<'a>)
    } else {
        quote!(#name)
    };
    let mut words = TokenStream::new();
    for number in 0..words_read(class) {
        let word = word(number);
        words.extend(quote!(#word,));
    }
    let flags = match words_read(class) {
        2 => quote!(property_flags),
        _ => quote!(property_flag_words),
    };
    quote! {
        impl<'a> #decode_content<'a> for #target {
            #[inline(always)]
            fn read(&mut self, list: &mut #reader<'a>) -> #result<(), #decode_error> {
                let [#words] = list.#flags()?;
                #check
                #fields
                #ok(())
            }
        }
    }
}

/// How many words of flags are read: a second one is, though it has nothing to say.
fn words_read(class: &Class) -> usize {
    words(class).max(2)
}

/// What a word of flags is called while it is read.
fn word(number: usize) -> Ident {
    match number {
        0 => ident("first"),
        1 => ident("second"),
        number => format_ident!("word_{}", number + 1),
    }
}

/// Whether there are flags without a property. Of a word in which all have one, nothing is asked.
fn undefined_flags(class: &Class) -> Option<TokenStream> {
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

fn decode_value(property: &Property, names: &Names<'_, '_>) -> TokenStream {
    let some = names.prelude("Some");
    let field = ident(&property.ident);
    let word = word(property.flag_word);
    let bit = Literal::u8_unsuffixed(property.flag_bit);
    let verb = property.wire.verb();
    let name = &property.name;
    match property.wire {
        WireType::Bit => quote!(self.#field = #word & 1 << #bit != 0;),
        _ => quote! {
            if #word & 1 << #bit != 0 {
                self.#field = #some(list.#verb(#name)?);
            }
        },
    }
}
