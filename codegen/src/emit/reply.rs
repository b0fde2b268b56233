//! Requests and what answers them.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::layout::{Shape, borrows};
use super::names::{Names, choice as choice_name, ident};
use super::tokens::{each, filtered, separated};
use crate::model::{Field, Method, WireType};

/// What answers it, where something does.
pub(super) fn request(method: &Method, shape: &Shape<'_>, names: &Names<'_, '_>) -> TokenStream {
    let answers = filtered(&names.class().methods, &|candidate| {
        method.replies.contains(&candidate.name)
    });
    let reply = match answers.as_slice() {
        [] => return TokenStream::new(),
        [one] => owned(one, names),
        _ => {
            let name = ident(&choice_name(method, names.class()));
            quote!(#name)
        }
    };
    let request = names.runtime("Request");
    let target = shape.with(&quote!('_));
    let no_wait = shape.live.iter().find(|(field, _)| is_no_wait(field));
    let no_wait = no_wait.map(|(_, ident)| {
        quote! {
            #[inline]
            fn expects_reply(&self) -> bool {
                !self.#ident
            }
        }
    });
    let choice = (answers.len() > 1).then(|| choice(method, &answers, names));
    quote! {
        impl #request for #target {
            type Reply = #reply;
            #no_wait
        }
        #choice
    }
}

/// The documents write it in three ways.
pub(super) fn is_no_wait(field: &Field) -> bool {
    field.wire == WireType::Bit && matches!(field.name.as_str(), "no-wait" | "nowait")
}

/// The type of a method that owns its octets: `DeclareOk<'static>`.
fn owned(method: &Method, names: &Names<'_, '_>) -> TokenStream {
    let path = names.method(method);
    if borrows(method) {
        quote!(#path<'static>)
    } else {
        path
    }
}

/// The enum of several possible answers.
fn choice(method: &Method, answers: &[&Method], names: &Names<'_, '_>) -> TokenStream {
    let reply = names.runtime("Reply");
    let reader = names.runtime("Reader");
    let method_id = names.runtime("MethodId");
    let decode_error = names.runtime("DecodeError");
    let kind = names.runtime("DecodeErrorKind");
    let (result, ok, err) = (
        names.prelude("Result"),
        names.prelude("Ok"),
        names.prelude("Err"),
    );
    let name = ident(&choice_name(method, names.class()));
    let docs = docs::choice(method, names);
    let mut ids = Vec::new();
    let mut arms = TokenStream::new();
    let variants = each(answers, &mut |answer| {
        let variant = ident(&answer.type_name);
        let path = names.method(answer);
        ids.push(quote!(#path::ID));
        arms.extend(quote!(#path::ID => #ok(Self::#variant(#path::from_method(id, args)?)),));
        let docs = docs::variant(names.class(), answer);
        let inner = owned(answer, names);
        quote!(#docs #variant(#inner),)
    });
    let ids = separated(&ids, &quote!(,));
    quote! {
        #docs
        #[derive(Clone, Debug, Eq, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "a boxed method would be an allocation")]
        pub enum #name {
            #variants
        }

        impl #reply for #name {
            const IDS: &'static [#method_id] = &[#ids];

            #[inline]
            fn from_method(id: #method_id, args: #reader<'_>) -> #result<Self, #decode_error> {
                match id {
                    #arms
                    _ => #err(args.error(#kind::Mismatch, "method-id")),
                }
            }
        }
    }
}

/// Every method can be handed on, owned: what answers a request is the choice of whoever specifies that.
pub(super) fn reply(shape: &Shape<'_>, names: &Names<'_, '_>) -> TokenStream {
    let reply = names.runtime("Reply");
    let reader = names.runtime("Reader");
    let method_id = names.runtime("MethodId");
    let decode_error = names.runtime("DecodeError");
    let kind = names.runtime("DecodeErrorKind");
    let (result, err) = (names.prelude("Result"), names.prelude("Err"));
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
