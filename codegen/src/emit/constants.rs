//! Constants, and the newtype of reply codes.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::names::screaming;
use super::{Scope, docs};
use crate::model::{Constant, ConstantKind};

pub(super) fn emit(scope: &Scope<'_>) -> TokenStream {
    let is_known = |constant: &&Constant| {
        scope
            .base
            .is_some_and(|base| base.constants.contains(constant))
    };
    let new = scope
        .model
        .constants
        .iter()
        .filter(|constant| !is_known(constant));
    // The base has the newtype, and what an extension adds to it are plain numbers.
    let (codes, others): (Vec<_>, Vec<_>) =
        new.partition(|constant| scope.base.is_none() && is_reply(constant));
    let reply_code = scope.base.is_none().then(|| reply_code(&codes));
    let numbers = numbers(scope, &others);
    quote!(#reply_code #numbers)
}

fn is_reply(constant: &Constant) -> bool {
    constant.kind != ConstantKind::Plain || constant.name == "reply-success"
}

fn numbers(scope: &Scope<'_>, constants: &[&Constant]) -> TokenStream {
    let constants: Vec<_> = constants
        .iter()
        .map(|constant| {
            let docs = docs::constant(constant);
            let name = format_ident!("{}", screaming(&constant.name));
            let value = Literal::u32_unsuffixed(constant.value);
            quote!(#docs pub const #name: u32 = #value;)
        })
        .collect();
    if constants.is_empty() {
        return TokenStream::new();
    }
    let module = scope.module("constants");
    quote! {
        /// Numbers that the specification names.
        pub mod #module {
            #(#constants)*
        }
    }
}

fn reply_code(codes: &[&Constant]) -> TokenStream {
    let constants = codes.iter().map(|constant| {
        let docs = docs::constant(constant);
        let name = format_ident!("{}", screaming(&constant.name));
        let value = Literal::u32_unsuffixed(constant.value);
        quote!(#docs pub const #name: Self = Self(#value);)
    });
    let names = codes.iter().map(|constant| {
        let ident = format_ident!("{}", screaming(&constant.name));
        let name = &constant.name;
        quote!(Self::#ident => #name)
    });
    let hard = codes
        .iter()
        .filter(|constant| constant.kind == ConstantKind::HardError)
        .map(|constant| {
            let ident = format_ident!("{}", screaming(&constant.name));
            quote!(Self::#ident)
        });
    let hard: Vec<_> = hard.collect();
    let is_hard = if hard.is_empty() {
        quote!(false)
    } else {
        quote!(matches!(self, #(#hard)|*))
    };
    quote! {
        /// Why a channel or connection was closed, or a message returned.
        ///
        /// Peers may send codes that the specification does not name.
        #[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct ReplyCode(u16);

        impl ReplyCode {
            #(#constants)*

            /// The reply code with that number.
            #[inline]
            pub const fn new(code: u16) -> Self {
                Self(code)
            }

            /// The number on the wire.
            #[inline]
            pub const fn get(self) -> u16 {
                self.0
            }

            /// Whether the specification has it close the connection, not only a channel.
            ///
            /// It says what a code usually does, not which method carried it: RabbitMQ closes connections with
            /// 403 as well.
            #[inline]
            pub const fn is_hard(self) -> bool {
                #is_hard
            }

            /// The name in the specification.
            #[inline]
            pub const fn name(self) -> Option<&'static str> {
                Some(match self {
                    #(#names,)*
                    _ => return None,
                })
            }
        }

        impl From<u16> for ReplyCode {
            #[inline]
            fn from(code: u16) -> Self {
                Self(code)
            }
        }

        impl ::core::fmt::Display for ReplyCode {
            #[inline]
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self.name() {
                    Some(name) => write!(f, "{} {name}", self.0),
                    None => write!(f, "{}", self.0),
                }
            }
        }
    }
}
