//! The enum of all methods.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::layout::borrows;
use super::names::{ident, pascal, path, plain_imports};
use super::tokens::each;
use super::{Scope, docs};
use crate::model::{Class, Method};

pub(super) fn emit(scope: &Scope<'_>) -> TokenStream {
    let mut variants = Vec::new();
    let mut modules = TokenStream::new();
    for class in &scope.classes {
        let before = variants.len();
        for method in &class.methods {
            if scope.uses(class.class, method).receives {
                variants.push(Variant::new(class.class, method));
            }
        }
        if variants.len() > before {
            let module = ident(&class.class.module);
            modules.extend(quote!(#module,));
        }
    }
    let rest = Rest::new(scope, &path(&scope.options.runtime));
    let definition = definition(scope, &variants, &rest);
    let inherent = inherent(&variants, &rest);
    let dyn_method = dyn_method();
    let items = quote!(#definition #inherent #dyn_method);
    let methods: &[&str] = if variants.is_empty() {
        &[]
    } else {
        &["Decode", "Method"]
    };
    let imports = plain_imports(scope.options, &items, methods);
    let module = scope.module("any_method");
    let classes = (!modules.is_empty()).then(|| quote!(use super::{#modules};));
    quote! {
        pub use #module::AnyMethod;

        mod #module {
            #imports
            #classes

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
            borrows: borrows(method),
            docs: docs::variant(class, method),
        }
    }
}

fn definition(scope: &Scope<'_>, variants: &[Variant], rest: &Rest) -> TokenStream {
    let docs = docs::any_method(scope);
    let variants = each(variants, &mut |variant| {
        let Variant {
            name, path, docs, ..
        } = variant;
        let lifetime = variant.borrows.then(|| quote!(<'a>));
        quote!(#docs #name(#path #lifetime),)
    });
    let rest = &rest.variant;
    quote! {
        #docs
        #[derive(Clone, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, reason = "a boxed method would be an allocation")]
        pub enum AnyMethod<'a> {
            #variants
            #rest
        }
    }
}

fn inherent(variants: &[Variant], rest: &Rest) -> TokenStream {
    let mut decode = TokenStream::new();
    let mut into_owned = TokenStream::new();
    let mut views = TokenStream::new();
    for Variant {
        name,
        path,
        borrows,
        ..
    } in variants
    {
        let owned = borrows.then(|| quote!(.into_owned()));
        decode.extend(quote!(#path::ID => #path::from_args(args).map(Self::#name),));
        into_owned.extend(quote!(Self::#name(method) => AnyMethod::#name(method #owned),));
        views.extend(quote!(Self::#name(method) => method,));
    }
    let Rest {
        name: rest,
        decode: rest_decode,
        ..
    } = rest;
    let otherwise = quote!(Ok(Self::#rest(#rest_decode)));
    let any = match variants {
        [] => otherwise,
        _ => quote! {
            match id {
                #decode
                _ => #otherwise,
            }
        },
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
                #any
            }

            /// The same method, owning what it borrowed.
            #[inline]
            pub fn into_owned(self) -> AnyMethod<'static> {
                match self {
                    #into_owned
                    Self::#rest(method) => AnyMethod::#rest(method.into_owned()),
                }
            }

            #[inline]
            fn as_dyn(&self) -> &dyn DynMethod {
                match self {
                    #views
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
