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
    let dyn_method = dyn_method(&rest);
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
        decode: rest_decode,
        into_owned: rest_owned,
        is_base,
        ..
    } = rest;
    let (view, views) = if *is_base {
        (
            quote!(&dyn DynMethod),
            quote!(match self { #(#views,)* Self::Base(method) => method }),
        )
    } else {
        (
            quote!(Option<&dyn DynMethod>),
            quote!(Some(match self { #(#views,)* Self::Unknown { .. } => return None })),
        )
    };
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
                    _ => #rest_decode,
                }
            }

            /// The same method, owning what it borrowed.
            pub fn into_owned(self) -> AnyMethod<'static> {
                match self {
                    #(#into_owned,)*
                    #rest_owned,
                }
            }

            fn known(&self) -> #view {
                #views
            }
        }
    }
}

/// What becomes of methods that the enum has no variant for.
struct Rest {
    variant: TokenStream,
    decode: TokenStream,
    into_owned: TokenStream,
    is_base: bool,
}

impl Rest {
    fn new(scope: &Scope<'_>, runtime: &TokenStream) -> Self {
        if scope.base.is_some() {
            return Self {
                variant: quote! {
                    /// A method of the protocol that this one extends.
                    Base(#runtime::AnyMethod<'a>),
                },
                decode: quote!(#runtime::AnyMethod::from_args(id, args).map(Self::Base)),
                into_owned: quote!(Self::Base(method) => AnyMethod::Base(method.into_owned())),
                is_base: true,
            };
        }
        Self {
            variant: quote! {
                /// A method that the specification does not name.
                Unknown {
                    /// Class and method id.
                    id: MethodId,
                    /// Its arguments, as they stand on the wire.
                    args: LongStr<'a>,
                },
            },
            decode: quote!(Ok(Self::Unknown {
                id,
                args: args.rest().into()
            })),
            into_owned: quote! {
                Self::Unknown { id, args } => AnyMethod::Unknown { id, args: args.into_owned() }
            },
            is_base: false,
        }
    }
}

fn dyn_method(rest: &Rest) -> TokenStream {
    let bodies = if rest.is_base {
        [
            quote!(self.known().id()),
            quote!(self.known().info()),
            quote!(self.known().encoded_len()),
            quote!(self.known().encode(out)),
            quote!(self.known().fields()),
        ]
    } else {
        [
            quote! {
                match self {
                    Self::Unknown { id, .. } => *id,
                    // Only the unknown has no view.
                    _ => self.known().map_or(MethodId::new(0, 0), |method| method.id()),
                }
            },
            quote!(self.known().and_then(|method| method.info())),
            quote! {
                match self {
                    Self::Unknown { args, .. } => args.len(),
                    _ => self.known().map_or(0, |method| method.encoded_len()),
                }
            },
            quote! {
                match self {
                    Self::Unknown { args, .. } => {
                        out.slice(args.as_bytes());
                        Ok(())
                    }
                    _ => self.known().map_or(Ok(()), |method| method.encode(out)),
                }
            },
            quote! {
                match self.known() {
                    Some(method) => method.fields(),
                    None => Fields::collect(&[], |_| None),
                }
            },
        ]
    };
    let [id, info, encoded_len, encode, fields] = bodies;
    quote! {
        impl DynMethod for AnyMethod<'_> {
            fn id(&self) -> MethodId {
                #id
            }

            fn info(&self) -> Option<&'static MethodInfo> {
                #info
            }

            fn encoded_len(&self) -> usize {
                #encoded_len
            }

            fn encode(
                &self,
                out: &mut Writer<'_>,
            ) -> Result<(), EncodeError> {
                #encode
            }

            fn fields(&self) -> Fields<'_> {
                #fields
            }
        }
    }
}
