//! The content properties of a class: a struct with presence flags.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::docs;
use super::method::number;
use super::names::{Names, ident, screaming};
use crate::model::{Class, Property, WireType};

pub(super) fn emit(class: &Class, names: &Names) -> TokenStream {
    let definition = definition(class, names);
    let inherent = inherent(class, names);
    let content = content(class, names);
    let decode = decode(class, names);
    quote!(#definition #inherent #content #decode)
}

fn borrows(class: &Class) -> bool {
    class
        .properties
        .iter()
        .any(|property| property.wire.borrows())
}

fn definition(class: &Class, names: &Names) -> TokenStream {
    let name = names.properties();
    let option = names.prelude("Option");
    let fields = class.properties.iter().map(|property| {
        let docs = docs::property(property);
        let ident = ident(&property.ident);
        let rust_type = property.wire.rust_type(names);
        match property.wire {
            WireType::Bit => quote!(#docs pub #ident: #rust_type),
            _ => quote!(#docs pub #ident: #option<#rust_type>),
        }
    });
    let docs = docs::comment(&[
        format!("The properties of `{}` content.", class.name),
        "Absent and empty are two different things on the wire, and here.".to_owned(),
    ]);
    let generics = borrows(class).then(|| quote!(<'a>));
    quote! {
        #docs
        #[derive(Clone, Debug, Default, Eq, PartialEq)]
        pub struct #name #generics {
            #(#fields,)*
        }
    }
}

/// A setter per property, `into_owned`.
fn inherent(class: &Class, names: &Names) -> TokenStream {
    if class.properties.is_empty() {
        return TokenStream::new();
    }
    let name = names.properties();
    let some = names.prelude("Some");
    let setters = class.properties.iter().map(|property| {
        let ident = ident(&property.ident);
        let docs = docs::comment(&[format!("Sets `{}`.", property.name)]);
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
    });
    let into_owned = borrows(class).then(|| {
        let fields = class.properties.iter().map(|property| {
            let ident = ident(&property.ident);
            match property.wire.runtime_name() {
                Some(name) if property.wire.borrows() => {
                    let name = names.runtime(name);
                    quote!(#ident: self.#ident.map(#name::into_owned))
                }
                _ => quote!(#ident: self.#ident),
            }
        });
        quote! {
            /// The same properties, owning what they borrowed.
            #[inline]
            pub fn into_owned(self) -> #name<'static> {
                #name { #(#fields,)* }
            }
        }
    });
    let generics = borrows(class).then(|| quote!(<'a>));
    quote! {
        impl #generics #name #generics {
            #(#setters)*
            #into_owned
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

fn content(class: &Class, names: &Names) -> TokenStream {
    let name = names.properties();
    let [content, field_info, field_value, encode_error, writer] = [
        "Content",
        "FieldInfo",
        "FieldValue",
        "EncodeError",
        "Writer",
    ]
    .map(|name| names.runtime(name));
    let [result, option, ok] = ["Result", "Option", "Ok"].map(|name| names.prelude(name));
    let class_id = number(class.index);
    let info = format_ident!("{}_PROPERTIES", screaming(&class.name));
    let description = names.description();
    let encoded_len = encoded_len(class, names);
    let flags = flags(class);
    let values = class
        .properties
        .iter()
        .filter(|property| property.wire != WireType::Bit)
        .map(|property| encode_value(property, names));
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
                #(#values)*
                #ok(())
            }

            #[inline]
            fn property(&self, #index: usize) -> #option<#field_value<'_>> {
                #view
            }
        }
    }
}

fn encoded_len(class: &Class, names: &Names) -> TokenStream {
    let mut terms = vec![quote!(2)];
    if words(class) > 1 {
        let second = class
            .properties
            .iter()
            .filter(|property| property.flag_word > 0);
        let present = second.map(is_present);
        terms.push(quote!(if #(#present)||* { 2 } else { 0 }));
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
    quote!(#(#terms)+*)
}

fn flags(class: &Class) -> TokenStream {
    let word = |number: usize| {
        let terms: Vec<_> = class
            .properties
            .iter()
            .filter(|property| property.flag_word == number)
            .map(|property| {
                let present = is_present(property);
                let bit = Literal::u8_unsuffixed(property.flag_bit);
                quote!(u16::from(#present) << #bit)
            })
            .collect();
        if terms.is_empty() {
            quote!(0)
        } else {
            quote!(#(#terms)|*)
        }
    };
    let first = word(0);
    if words(class) == 1 {
        return quote!(out.short(#first););
    }
    let second = word(1);
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

fn encode_value(property: &Property, names: &Names) -> TokenStream {
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
fn view(class: &Class, names: &Names) -> (TokenStream, TokenStream) {
    let none = names.prelude("None");
    if class.properties.is_empty() {
        return (quote!(_), none);
    }
    let field_value = names.runtime("FieldValue");
    let arms = class.properties.iter().enumerate().map(|(index, property)| {
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
        quote!(#index => #value)
    });
    let view = quote! {
        match index {
            #(#arms,)*
            _ => #none,
        }
    };
    (quote!(index), view)
}

fn decode(class: &Class, names: &Names) -> TokenStream {
    let name = names.properties();
    let [decode_content, reader, decode_error, kind] =
        ["DecodeContent", "Reader", "DecodeError", "DecodeErrorKind"]
            .map(|name| names.runtime(name));
    let [result, ok, err] = ["Result", "Ok", "Err"].map(|name| names.prelude(name));
    let defined = |word: usize| {
        let bits = class
            .properties
            .iter()
            .filter(|property| property.flag_word == word);
        // The lowest bit announces another word and is not a property.
        let mask = bits.fold(1_u16, |mask, property| mask | 1 << property.flag_bit);
        let digits = format!("0x{mask:04x}");
        digits.parse::<TokenStream>().unwrap_or_else(|_| {
            let mask = number(mask);
            quote!(#mask)
        })
    };
    let (first, second) = (defined(0), defined(1));
    let fields = class
        .properties
        .iter()
        .map(|property| decode_value(property, names));
    let target = if borrows(class) {
        quote!(#name<'a>)
    } else {
        quote!(#name)
    };
    quote! {
        impl<'a> #decode_content<'a> for #target {
            #[inline(always)]
            fn read(&mut self, list: &mut #reader<'a>) -> #result<(), #decode_error> {
                let [first, second] = list.property_flags()?;
                if first & !#first != 0 || second & !#second != 0 {
                    return #err(list.error(#kind::UndefinedPropertyFlag, "property-flags"));
                }
                #(#fields)*
                #ok(())
            }
        }
    }
}

fn decode_value(property: &Property, names: &Names) -> TokenStream {
    let some = names.prelude("Some");
    let ident = ident(&property.ident);
    let word = format_ident!(
        "{}",
        if property.flag_word == 0 {
            "first"
        } else {
            "second"
        }
    );
    let bit = Literal::u8_unsuffixed(property.flag_bit);
    let verb = property.wire.verb();
    let name = &property.name;
    match property.wire {
        WireType::Bit => quote!(self.#ident = #word & 1 << #bit != 0;),
        _ => quote! {
            if #word & 1 << #bit != 0 {
                self.#ident = #some(list.#verb(#name)?);
            }
        },
    }
}
