//! Requests and what answers them.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::layout::Shape;
use super::names::Names;
use crate::model::{Class, Field, Method, WireType};

/// What answers it, where something does.
pub(super) fn request(
    class: &Class,
    method: &Method,
    shape: &Shape<'_>,
    names: &Names,
) -> TokenStream {
    let reply = match method.replies.as_slice() {
        [] => return TokenStream::new(),
        [one] => reply_type(class, one, names),
        _ => {
            let name = format_ident!("{}Reply", shape.name);
            quote!(#name)
        }
    };
    let request = names.runtime("Request");
    let target = shape.with(&quote!('_));
    let no_wait = shape
        .live
        .iter()
        .find(|(field, _)| is_no_wait(field))
        .map(|(_, ident)| {
            quote! {
                #[inline]
                fn expects_reply(&self) -> bool {
                    !self.#ident
                }
            }
        });
    let choice = (method.replies.len() > 1).then(|| choice(class, method, shape, names));
    quote! {
        impl #request for #target {
            type Reply = #reply;
            #no_wait
        }
        #choice
    }
}

/// The documents write it in three ways.
fn is_no_wait(field: &Field) -> bool {
    field.wire == WireType::Bit && matches!(field.name.as_str(), "no-wait" | "nowait")
}

/// `DeclareOk<'static>`
fn reply_type(class: &Class, reply: &str, names: &Names) -> TokenStream {
    match class.methods.iter().find(|method| method.name == reply) {
        Some(method) => owned(class, method, names),
        None => quote!(()),
    }
}

/// The type of a method that owns its octets.
fn owned(class: &Class, method: &Method, names: &Names) -> TokenStream {
    let path = names.method(class, method);
    if Shape::new(method).borrows {
        quote!(#path<'static>)
    } else {
        path
    }
}

/// The enum of several possible answers.
fn choice(class: &Class, method: &Method, shape: &Shape<'_>, names: &Names) -> TokenStream {
    let [reply, reader, method_id, decode_error, kind] = [
        "Reply",
        "Reader",
        "MethodId",
        "DecodeError",
        "DecodeErrorKind",
    ]
    .map(|name| names.runtime(name));
    let [result, ok, err] = ["Result", "Ok", "Err"].map(|name| names.prelude(name));
    let name = format_ident!("{}Reply", shape.name);
    let docs = docs::comment(&[format!("What answers `{}.{}`.", class.name, method.name)]);
    let answers: Vec<_> = class
        .methods
        .iter()
        .filter(|candidate| method.replies.contains(&candidate.name))
        .map(|answer| (answer, Shape::new(answer)))
        .collect();
    let variants = answers.iter().map(|(answer, shape)| {
        let docs = docs::comment(&[format!("`{}.{}`", class.name, answer.name)]);
        let (variant, inner) = (&shape.name, owned(class, answer, names));
        quote!(#docs #variant(#inner))
    });
    let ids = answers.iter().map(|(answer, _)| {
        let path = names.method(class, answer);
        quote!(#path::ID)
    });
    let arms = answers.iter().map(|(answer, shape)| {
        let (variant, path) = (&shape.name, names.method(class, answer));
        let owned = shape.borrows.then(|| quote!(.into_owned()));
        quote!(#path::ID => #ok(Self::#variant(#path::from_args(args)? #owned)))
    });
    quote! {
        #docs
        #[derive(Clone, Debug, Eq, PartialEq)]
        pub enum #name {
            #(#variants,)*
        }

        impl #reply for #name {
            const IDS: &'static [#method_id] = &[#(#ids),*];

            #[inline]
            fn from_method(id: #method_id, args: #reader<'_>) -> #result<Self, #decode_error> {
                match id {
                    #(#arms,)*
                    _ => #err(args.error(#kind::Mismatch, "method-id")),
                }
            }
        }
    }
}

/// Every method can be handed on, owned: what answers a request is the choice of whoever specifies that.
pub(super) fn reply(shape: &Shape<'_>, names: &Names) -> TokenStream {
    let [reply, reader, method_id, decode_error, kind] = [
        "Reply",
        "Reader",
        "MethodId",
        "DecodeError",
        "DecodeErrorKind",
    ]
    .map(|name| names.runtime(name));
    let [result, err] = ["Result", "Err"].map(|name| names.prelude(name));
    let target = shape.with(&quote!('static));
    let name = &shape.name;
    let value = if shape.borrows {
        let ok = names.prelude("Ok");
        quote!(#ok(#name::from_args(args)?.into_owned()))
    } else {
        quote!(Self::from_args(args))
    };
    quote! {
        impl #reply for #target {
            const IDS: &'static [#method_id] = &[Self::ID];

            #[inline]
            fn from_method(id: #method_id, args: #reader<'_>) -> #result<Self, #decode_error> {
                if id != Self::ID {
                    return #err(args.error(#kind::Mismatch, "method-id"));
                }
                #value
            }
        }
    }
}
