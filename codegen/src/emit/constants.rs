//! Constants, and the newtype of reply codes.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::names::{ident, screaming};
use super::tokens::{each, joined};
use super::{Scope, docs};
use crate::model::{Constant, ConstantKind};

pub(super) fn emit(scope: &Scope<'_>) -> TokenStream {
    let mut codes = Vec::new();
    let mut others = Vec::new();
    for constant in &scope.model.constants {
        if scope.base_has_constant(constant) {
            continue;
        }
        // The base has the newtype, and what an extension adds to it are plain numbers.
        if scope.base.is_none() && is_reply(constant) {
            codes.push(constant);
        } else {
            others.push(constant);
        }
    }
    let mut items = TokenStream::new();
    if scope.base.is_none() {
        items.extend(reply_code(scope, &codes));
    }
    if !others.is_empty() {
        items.extend(numbers(scope, &others));
    }
    items
}

/// Whether it is a code of `ReplyCode`.
pub(super) fn is_reply(constant: &Constant) -> bool {
    constant.kind != ConstantKind::Plain || constant.name == "reply-success"
}

/// The name of the constant: `FRAME_END`.
fn name(constant: &Constant) -> Ident {
    ident(&screaming(&constant.name))
}

fn numbers(scope: &Scope<'_>, constants: &[&Constant]) -> TokenStream {
    let constants = each(constants, &mut |constant| {
        let docs = docs::number(scope, constant);
        let name = name(constant);
        let value = Literal::u32_unsuffixed(constant.value);
        quote!(#docs pub const #name: u32 = #value;)
    });
    let module = scope.module("constants");
    quote! {
        /// Numbers that the specification names.
        pub mod #module {
            #constants
        }
    }
}

fn reply_code(scope: &Scope<'_>, codes: &[&Constant]) -> TokenStream {
    let mut names = TokenStream::new();
    let mut hard = Vec::new();
    let constants = each(codes, &mut |constant| {
        let docs = docs::reply_code(scope, constant);
        let ident = name(constant);
        let value = Literal::u32_unsuffixed(constant.value);
        let name = &constant.name;
        names.extend(quote!(Self::#ident => #name,));
        if constant.kind == ConstantKind::HardError {
            hard.push(quote!(Self::#ident));
        }
        quote!(#docs pub const #ident: Self = Self(#value);)
    });
    let is_hard = if hard.is_empty() {
        quote!(false)
    } else {
        let hard = joined(&hard, &quote!(|));
        quote!(matches!(self, #hard))
    };
    quote! {
        /// Why a channel or connection was closed, or a message returned.
        ///
        /// A soft error closes a channel: the connection and its other channels go on. A hard error closes the
        /// connection. Peers may send codes that the specification does not name.
        #[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct ReplyCode(u16);

        impl ReplyCode {
            #constants

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
                    #names
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
