//! A method: its struct, its way onto the wire and back, its answer.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::debug::{Shown, has_secrets, hiding};
use super::decode::decode;
use super::docs;
use super::encode::{encode, encoded_len};
use super::layout::Shape;
use super::names::{Names, ident, screaming};
use super::reply::{reply, request};
use super::tokens::each;
use crate::model::{Field, Method, WireType};

pub(super) fn emit(method: &Method, names: &Names<'_, '_>) -> TokenStream {
    let shape = Shape::new(method);
    let uses = names.uses(method);
    let mut items = definition(method, &shape, names);
    if has_secrets(method) {
        items.extend(debug(&shape, names));
    }
    items.extend(inherent(method, &shape, names));
    items.extend(method_impl(method, &shape, names));
    if uses.receives {
        items.extend(decode(&shape, names));
    }
    if uses.sends {
        items.extend(request(method, &shape, names));
    }
    if uses.receives {
        items.extend(reply(&shape, names));
    }
    items
}

fn definition(method: &Method, shape: &Shape<'_>, names: &Names<'_, '_>) -> TokenStream {
    let docs = docs::method(method, names);
    let name = shape.with(&quote!('a));
    let copy = (!shape.borrows).then(|| quote!(Copy,));
    let debug = (!has_secrets(method)).then(|| quote!(Debug,));
    let setters = names.uses(method).sends;
    let fields = each(&shape.live, &mut |(field, ident)| {
        let docs = docs::field(field, setters, names);
        let rust_type = field.wire.rust_type(names);
        quote!(#docs pub #ident: #rust_type,)
    });
    let body = if shape.live.is_empty() {
        quote!(;)
    } else {
        quote!({ #fields })
    };
    quote! {
        #docs
        #[derive(Clone, #copy #debug Default, Eq, PartialEq)]
        pub struct #name #body
    }
}

fn debug(shape: &Shape<'_>, names: &Names<'_, '_>) -> TokenStream {
    let mut fields = Vec::with_capacity(shape.live.len());
    for (field, ident) in &shape.live {
        fields.push(Shown::argument(ident, field.secret));
    }
    hiding(&shape.name, &shape.with(&quote!('_)), &fields, names)
}

/// `new`, a setter per field, `into_owned`.
fn inherent(method: &Method, shape: &Shape<'_>, names: &Names<'_, '_>) -> TokenStream {
    let mut functions = TokenStream::new();
    if names.uses(method).sends && !shape.live.is_empty() {
        functions.extend(constructor(method, shape, names));
        functions.extend(each(&shape.live, &mut |(field, ident)| {
            setter(field, ident, names)
        }));
    }
    if shape.borrows {
        functions.extend(into_owned(shape));
    }
    if functions.is_empty() {
        return functions;
    }
    let name = shape.with(&quote!('a));
    let generics = shape.borrows.then(|| quote!(<'a>));
    quote!(impl #generics #name { #functions })
}

fn into_owned(shape: &Shape<'_>) -> TokenStream {
    let name = &shape.name;
    let fields = each(&shape.live, &mut |(field, ident)| {
        if field.wire.borrows() {
            quote!(#ident: self.#ident.into_owned(),)
        } else {
            quote!(#ident: self.#ident,)
        }
    });
    quote! {
        /// The same method, owning what it borrowed.
        #[inline]
        pub fn into_owned(self) -> #name<'static> {
            #name { #fields }
        }
    }
}

/// Nobody tells more values apart by their order; setters name them. 0-9 has a method with nineteen.
const PARAMETERS_AT_MOST: usize = 7;

/// `new` takes what has no sensible default: everything but bits and tables.
fn constructor(method: &Method, shape: &Shape<'_>, names: &Names<'_, '_>) -> TokenStream {
    let mut parameters = TokenStream::new();
    let mut values = TokenStream::new();
    let mut required = Vec::new();
    for (field, ident) in &shape.live {
        if matches!(field.wire, WireType::Bit | WireType::Table) {
            continue;
        }
        let (parameter, value) = parameter(field, ident, names);
        parameters.extend(quote!(#ident: #parameter,));
        values.extend(if field.wire.borrows() {
            quote!(#ident: #value,)
        } else {
            quote!(#ident,)
        });
        required.push(*field);
    }
    if required.is_empty() || required.len() > PARAMETERS_AT_MOST {
        return TokenStream::new();
    }
    let complete = required.len() == shape.live.len();
    let docs = docs::constructor(method, &required, complete, names);
    let rest = (!complete).then(|| {
        let default = names.prelude("Default");
        quote!(..#default::default())
    });
    quote! {
        #docs
        #[inline]
        pub fn new(#parameters) -> Self {
            Self { #values #rest }
        }
    }
}

/// The type of a parameter that a field is set from, and the value made of it.
fn parameter(field: &Field, ident: &Ident, names: &Names<'_, '_>) -> (TokenStream, TokenStream) {
    let rust_type = field.wire.rust_type(names);
    if field.wire.borrows() {
        let into = names.prelude("Into");
        (quote!(impl #into<#rust_type>), quote!(#ident.into()))
    } else {
        (rust_type, quote!(#ident))
    }
}

fn setter(field: &Field, ident: &Ident, names: &Names<'_, '_>) -> TokenStream {
    let docs = docs::setter(&field.name, &field.ident);
    let (parameter, value) = parameter(field, ident, names);
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

fn method_impl(method: &Method, shape: &Shape<'_>, names: &Names<'_, '_>) -> TokenStream {
    let method_trait = names.runtime("Method");
    let method_id = names.runtime("MethodId");
    let method_info = names.runtime("MethodInfo");
    let encode_error = names.runtime("EncodeError");
    let field_value = names.runtime("FieldValue");
    let writer = names.runtime("Writer");
    let (result, option) = (names.prelude("Result"), names.prelude("Option"));
    let ok = names.prelude("Ok");
    let target = shape.with(&quote!('_));
    let class = names.class();
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
fn field_view(shape: &Shape<'_>, names: &Names<'_, '_>) -> (TokenStream, TokenStream) {
    let (some, none) = (names.prelude("Some"), names.prelude("None"));
    if shape.live.is_empty() {
        return (quote!(_), none);
    }
    let field_value = names.runtime("FieldValue");
    let mut arms = TokenStream::new();
    for (index, field) in shape.fields.iter().enumerate() {
        if field.reserved {
            continue;
        }
        let index = Literal::usize_unsuffixed(index);
        let ident = ident(&field.ident);
        let variant = field.wire.variant();
        let reborrow = field.wire.borrows().then(|| quote!(.reborrow()));
        arms.extend(quote!(#index => #field_value::#variant(self.#ident #reborrow),));
    }
    let view = quote! {
        #some(match index {
            #arms
            _ => return #none,
        })
    };
    (quote!(index), view)
}

pub(super) fn number(value: u16) -> Literal {
    Literal::u16_unsuffixed(value)
}
