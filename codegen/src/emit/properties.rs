//! The content properties of a class: a struct with presence flags.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::debug::{Shown, hiding};
use super::description::properties_const;
use super::docs;
use super::flags::{flag_words, flags, is_present, undefined_flags, word, words, words_read};
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
