//! The enum of all methods.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::names::{ident, pascal, path, plain_imports};
use super::{Options, Scope, docs};
use crate::model::{Class, Method};

pub(super) fn emit(scope: &Scope<'_>, options: &Options) -> TokenStream {
    let methods: Vec<_> = scope
        .classes
        .iter()
        .flat_map(|class| {
            class
                .methods
                .iter()
                .map(|method| Variant::new(class.class, method))
        })
        .collect();
    let rest = Rest::new(scope, &path(&options.runtime));
    let definition = definition(&methods, &rest);
    let inherent = inherent(&methods, &rest);
    let dyn_method = dyn_method();
    let items = quote!(#definition #inherent #dyn_method);
    let imports = plain_imports(options, &items, &["Decode", "Method"]);
    let module = scope.module("any_method");
    let modules = scope
        .classes
        .iter()
        .filter(|class| !class.methods.is_empty())
        .map(|class| ident(&class.class.module));
    quote! {
        pub use #module::AnyMethod;

        mod #module {
            #imports
            use super::{#(#modules),*};

            #items
        }
    }
}

/// A method as a variant of the enum.
struct Variant {
    name: Ident,
    path: TokenStream,
    borrows: bool,
    docs: TokenStream,
}

impl Variant {
    fn new(class: &Class, method: &Method) -> Self {
        let (module, name) = (ident(&class.module), ident(&method.type_name));
        Self {
            name: format_ident!("{}{}", pascal(&class.name), method.type_name),
            path: quote!(#module::#name),
            borrows: method
                .fields
                .iter()
                .any(|field| !field.reserved && field.wire.borrows()),
            docs: docs::comment(&[format!("`{}.{}`", class.name, method.name)]),
        }
    }
}

fn definition(methods: &[Variant], rest: &Rest) -> TokenStream {
    let variants = methods.iter().map(
        |Variant {
             name,
             path,
             borrows,
             docs,
         }| {
            let lifetime = borrows.then(|| quote!(<'a>));
            quote!(#docs #name(#path #lifetime))
        },
    );
    let rest = &rest.variant;
    quote! {
        /// Any method of the protocol, and those that nobody knows.
        #[derive(Clone, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub enum AnyMethod<'a> {
            #(#variants,)*
            #rest
        }
    }
}

fn inherent(methods: &[Variant], rest: &Rest) -> TokenStream {
    let decode = methods.iter().map(
        |Variant { name, path, .. }| quote!(#path::ID => #path::from_args(args).map(Self::#name)),
    );
    let into_owned = methods.iter().map(|Variant { name, borrows, .. }| {
        let owned = borrows.then(|| quote!(.into_owned()));
        quote!(Self::#name(method) => AnyMethod::#name(method #owned))
    });
    let views = methods
        .iter()
        .map(|Variant { name, .. }| quote!(Self::#name(method) => method));
    let Rest {
        name: rest,
        decode: rest_decode,
        ..
    } = rest;
    quote! {
        impl<'a> AnyMethod<'a> {
            /// Reads the payload of a method frame: id and arguments.
            ///
            /// # Errors
            /// Arguments that are not those of the method, or fewer octets than an id takes.
            #[inline]
            pub fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
                let (id, args) = MethodId::split_payload(payload)?;
                Self::from_args(id, args)
            }

            /// Reads the arguments of method `id`.
            ///
            /// # Errors
            /// Arguments that are not those of the method.
            #[inline]
            pub fn from_args(id: MethodId, args: Reader<'a>) -> Result<Self, DecodeError> {
                match id {
                    #(#decode,)*
                    _ => Ok(Self::#rest(#rest_decode)),
                }
            }

            /// The same method, owning what it borrowed.
            #[inline]
            pub fn into_owned(self) -> AnyMethod<'static> {
                match self {
                    #(#into_owned,)*
                    Self::#rest(method) => AnyMethod::#rest(method.into_owned()),
                }
            }

            #[inline]
            fn as_dyn(&self) -> &dyn DynMethod {
                match self {
                    #(#views,)*
                    Self::#rest(method) => method,
                }
            }
        }
    }
}

/// What becomes of methods that the enum has no variant for.
struct Rest {
    name: Ident,
    variant: TokenStream,
    decode: TokenStream,
}

impl Rest {
    fn new(scope: &Scope<'_>, runtime: &TokenStream) -> Self {
        if scope.base.is_some() {
            return Self {
                name: ident("Base"),
                variant: quote! {
                    /// A method of the protocol that this one extends.
                    Base(#runtime::AnyMethod<'a>),
                },
                decode: quote!(#runtime::AnyMethod::from_args(id, args)?),
            };
        }
        Self {
            name: ident("Unknown"),
            variant: quote! {
                /// A method that the specification does not name.
                Unknown(UnknownMethod<'a>),
            },
            decode: quote!(UnknownMethod::new(id, args)),
        }
    }
}

/// Everything a frame encoder or a log wants, by way of the variant.
fn dyn_method() -> TokenStream {
    quote! {
        impl DynMethod for AnyMethod<'_> {
            #[inline]
            fn id(&self) -> MethodId {
                self.as_dyn().id()
            }

            #[inline]
            fn info(&self) -> Option<&'static MethodInfo> {
                self.as_dyn().info()
            }

            #[inline]
            fn encoded_len(&self) -> usize {
                self.as_dyn().encoded_len()
            }

            #[inline]
            fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
                self.as_dyn().encode(out)
            }

            #[inline]
            fn fields(&self) -> Fields<'_> {
                self.as_dyn().fields()
            }
        }
    }
}
