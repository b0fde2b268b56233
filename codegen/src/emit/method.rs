//! A method: its struct, its way onto the wire and back, its answer.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::decode::decode;
use super::docs;
use super::encode::{encode, encoded_len};
use super::layout::Shape;
use super::names::{Names, ident, screaming};
use super::reply::{reply, request};
use crate::model::{Class, Field, Method, WireType};

pub(super) fn emit(class: &Class, method: &Method, names: &Names) -> TokenStream {
    let shape = Shape::new(method);
    let definition = definition(class, method, &shape, names);
    let inherent = inherent(&shape, names);
    let method_impl = method_impl(class, method, &shape, names);
    let decode = decode(&shape, names);
    let request = request(class, method, &shape, names);
    let reply = reply(&shape, names);
    quote!(#definition #inherent #method_impl #decode #request #reply)
}

fn definition(class: &Class, method: &Method, shape: &Shape<'_>, names: &Names) -> TokenStream {
    let docs = docs::method(class, method);
    let name = shape.with(&quote!('a));
    let copy = (!shape.borrows).then(|| quote!(Copy,));
    let fields = shape.live.iter().map(|(field, ident)| {
        let docs = docs::field(field);
        let rust_type = field.wire.rust_type(names);
        quote!(#docs pub #ident: #rust_type)
    });
    let body = if shape.live.is_empty() {
        quote!(;)
    } else {
        quote!({ #(#fields,)* })
    };
    quote! {
        #docs
        #[derive(Clone, #copy Debug, Default, Eq, PartialEq)]
        pub struct #name #body
    }
}

/// `new`, a setter per field, `into_owned`.
fn inherent(shape: &Shape<'_>, names: &Names) -> TokenStream {
    if shape.live.is_empty() {
        return TokenStream::new();
    }
    let constructor = constructor(shape, names);
    let setters = shape
        .live
        .iter()
        // A field of that name would define the function twice; the field itself is public.
        .filter(|(_, ident)| !["new", "into_owned"].iter().any(|taken| ident == taken))
        .map(|(field, ident)| setter(field, ident, names));
    let into_owned = shape.borrows.then(|| {
        let name = &shape.name;
        let fields = shape.live.iter().map(|(field, ident)| {
            if field.wire.borrows() {
                quote!(#ident: self.#ident.into_owned())
            } else {
                quote!(#ident: self.#ident)
            }
        });
        quote! {
            /// The same method, owning what it borrowed.
            #[inline]
            pub fn into_owned(self) -> #name<'static> {
                #name { #(#fields,)* }
            }
        }
    });
    let name = shape.with(&quote!('a));
    let generics = shape.borrows.then(|| quote!(<'a>));
    quote! {
        impl #generics #name {
            #constructor
            #(#setters)*
            #into_owned
        }
    }
}

/// `new` takes what has no sensible default: everything but bits and tables.
fn constructor(shape: &Shape<'_>, names: &Names) -> TokenStream {
    let required: Vec<_> = shape
        .live
        .iter()
        .filter(|(field, _)| !matches!(field.wire, WireType::Bit | WireType::Table))
        .collect();
    if required.is_empty() {
        return TokenStream::new();
    }
    let parameters = required.iter().map(|(field, ident)| {
        let rust_type = field.wire.rust_type(names);
        if field.wire.borrows() {
            let into = names.prelude("Into");
            quote!(#ident: impl #into<#rust_type>)
        } else {
            quote!(#ident: #rust_type)
        }
    });
    let values = required.iter().map(|(field, ident)| {
        if field.wire.borrows() {
            quote!(#ident: #ident.into())
        } else {
            quote!(#ident)
        }
    });
    let rest = (required.len() < shape.live.len()).then(|| {
        let default = names.prelude("Default");
        quote!(..#default::default())
    });
    let list: Vec<_> = required
        .iter()
        .map(|(field, _)| format!("`{}`", field.name))
        .collect();
    let docs = match required.len() == shape.live.len() {
        true => docs::comment(&[format!("The method with its {}.", join(&list))]),
        false => docs::comment(&[format!(
            "The method with its {}; everything else is off or empty.",
            join(&list)
        )]),
    };
    quote! {
        #docs
        #[inline]
        pub fn new(#(#parameters),*) -> Self {
            Self { #(#values,)* #rest }
        }
    }
}

fn join(list: &[String]) -> String {
    match list {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

fn setter(field: &Field, ident: &Ident, names: &Names) -> TokenStream {
    let rust_type = field.wire.rust_type(names);
    let docs = docs::comment(&[format!("Sets `{}`.", field.name)]);
    let (parameter, value) = if field.wire.borrows() {
        let into = names.prelude("Into");
        (quote!(impl #into<#rust_type>), quote!(#ident.into()))
    } else {
        (rust_type, quote!(#ident))
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

fn method_impl(class: &Class, method: &Method, shape: &Shape<'_>, names: &Names) -> TokenStream {
    let [
        method_trait,
        method_id,
        method_info,
        encode_error,
        field_value,
        writer,
    ] = [
        "Method",
        "MethodId",
        "MethodInfo",
        "EncodeError",
        "FieldValue",
        "Writer",
    ]
    .map(|name| names.runtime(name));
    let [result, option, ok] = ["Result", "Option", "Ok"].map(|name| names.prelude(name));
    let target = shape.with(&quote!('_));
    let (class_id, index) = (number(class.index), number(method.index));
    let full_name = format!("{}.{}", class.name, method.name);
    let content = method.content.then(|| {
        quote!(
            const CONTENT: bool = true;
        )
    });
    let info = format_ident!("{}", screaming(&full_name));
    let description = names.description();
    let encoded_len = encoded_len(shape);
    let (out, encode) = encode(shape, names);
    let (index_name, field) = field_view(shape, names);
    quote! {
        impl #method_trait for #target {
            const ID: #method_id = #method_id::new(#class_id, #index);
            const NAME: &'static str = #full_name;
            #content
            const INFO: &'static #method_info = &super::#description::#info;

            #[inline(always)]
            fn encoded_len(&self) -> usize {
                #encoded_len
            }

            #[inline(always)]
            fn encode(&self, #out: &mut #writer<'_>) -> #result<(), #encode_error> {
                #encode
                #ok(())
            }

            #[inline]
            fn field(&self, #index_name: usize) -> #option<#field_value<'_>> {
                #field
            }
        }
    }
}

/// The values by their place in the description.
fn field_view(shape: &Shape<'_>, names: &Names) -> (TokenStream, TokenStream) {
    let [some, none] = ["Some", "None"].map(|name| names.prelude(name));
    if shape.live.is_empty() {
        return (quote!(_), none);
    }
    let field_value = names.runtime("FieldValue");
    let arms = shape
        .fields
        .iter()
        .enumerate()
        .filter(|(_, field)| !field.reserved);
    let arms = arms.map(|(index, field)| {
        let index = Literal::usize_unsuffixed(index);
        let ident = ident(&field.ident);
        let variant = field.wire.variant();
        let value = if field.wire.borrows() {
            quote!(self.#ident.reborrow())
        } else {
            quote!(self.#ident)
        };
        quote!(#index => #field_value::#variant(#value))
    });
    let view = quote! {
        #some(match index {
            #(#arms,)*
            _ => return #none,
        })
    };
    (quote!(index), view)
}

pub(super) fn number(value: u16) -> Literal {
    Literal::u16_unsuffixed(value)
}
