//! A method: its struct, its way onto the wire and back, its answer.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::docs;
use super::names::{Names, free, ident, screaming};
use crate::model::{Class, Field, Method, WireType};

pub(super) fn emit(class: &Class, method: &Method, names: &Names) -> TokenStream {
    let shape = Shape::new(method);
    let definition = definition(class, method, &shape, names);
    let inherent = inherent(&shape, names);
    let method_impl = method_impl(class, method, &shape, names);
    let decode = decode(&shape, names);
    let request = request(class, method, &shape, names);
    let reply = reply(class, method, &shape, names);
    quote!(#definition #inherent #method_impl #decode #request #reply)
}

/// A method with the identifiers its items share.
struct Shape<'m> {
    name: Ident,
    fields: &'m [Field],
    live: Vec<(&'m Field, Ident)>,
    borrows: bool,
}

impl<'m> Shape<'m> {
    fn new(method: &'m Method) -> Self {
        let live: Vec<_> = method
            .fields
            .iter()
            .filter(|field| !field.reserved)
            .map(|field| (field, ident(&field.ident)))
            .collect();
        Self {
            name: ident(&method.type_name),
            fields: &method.fields,
            borrows: live.iter().any(|(field, _)| field.wire.borrows()),
            live,
        }
    }

    /// `Publish<'lifetime>`, or `Ack`, which borrows nothing.
    fn with(&self, lifetime: &TokenStream) -> TokenStream {
        let name = &self.name;
        if self.borrows {
            quote!(#name<#lifetime>)
        } else {
            quote!(#name)
        }
    }

    fn idents(&self) -> Vec<&Ident> {
        self.live.iter().map(|(_, ident)| ident).collect()
    }
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
    let encoded_len = encoded_len(shape);
    let (out, encode) = encode(shape, names);
    let (index_name, field) = field_view(shape, names);
    quote! {
        impl #method_trait for #target {
            const ID: #method_id = #method_id::new(#class_id, #index);
            const NAME: &'static str = #full_name;
            #content
            const INFO: &'static #method_info = &super::description::#info;

            #[inline]
            fn encoded_len(&self) -> usize {
                #encoded_len
            }

            #[inline]
            fn encode(&self, #out: &mut #writer<'_>) -> #result<(), #encode_error> {
                #encode
                #ok(())
            }

            fn field(&self, #index_name: usize) -> #option<#field_value<'_>> {
                #field
            }
        }
    }
}

fn encoded_len(shape: &Shape<'_>) -> TokenStream {
    let mut fixed = 0;
    let mut terms = Vec::new();
    for field in shape.fields {
        match (field.wire, field.bit) {
            // The bits of a run share the octet that its first one opens.
            (WireType::Bit, Some(bit)) if bit > 0 => {}
            (wire, _) => match wire.fixed_len() {
                Some(length) => fixed += length,
                None if field.reserved => fixed += if wire == WireType::ShortStr { 1 } else { 4 },
                None => {
                    let ident = ident(&field.ident);
                    terms.push(quote!(self.#ident.encoded_len()));
                }
            },
        }
    }
    if fixed > 0 || terms.is_empty() {
        let fixed = Literal::usize_unsuffixed(fixed);
        terms.insert(0, quote!(#fixed));
    }
    quote!(#(#terms)+*)
}

/// A field on its own, or the fields of a run of bits.
enum Item<'m> {
    Field(&'m Field),
    Bits(Vec<&'m Field>),
}

fn items<'m>(fields: &'m [Field]) -> Vec<Item<'m>> {
    let mut items: Vec<Item<'m>> = Vec::new();
    for field in fields {
        match (field.bit, items.last_mut()) {
            (Some(bit), Some(Item::Bits(run))) if bit > 0 => run.push(field),
            (Some(_), _) => items.push(Item::Bits(vec![field])),
            (None, _) => items.push(Item::Field(field)),
        }
    }
    items
}

fn encode(shape: &Shape<'_>, names: &Names) -> (TokenStream, TokenStream) {
    let out = ident("out");
    let statements: Vec<_> = items(shape.fields)
        .iter()
        .map(|item| match item {
            Item::Field(field) => encode_field(field, &out, names),
            Item::Bits(run) => {
                let live: Vec<_> = run.iter().filter(|field| !field.reserved).collect();
                let bits = live.iter().map(|field| {
                    let ident = ident(&field.ident);
                    match field.bit.unwrap_or_default() {
                        0 => quote!(u8::from(self.#ident)),
                        bit => {
                            let bit = Literal::u8_unsuffixed(bit);
                            quote!(u8::from(self.#ident) << #bit)
                        }
                    }
                });
                match live.len() {
                    0 => {
                        let names = reserved_locals(run);
                        quote!(let #names = 0; #out.octet(#names);)
                    }
                    _ => quote!(#out.octet(#(#bits)|*);),
                }
            }
        })
        .collect();
    let out = if statements.is_empty() {
        quote!(_)
    } else {
        quote!(#out)
    };
    (out, quote!(#(#statements)*))
}

fn reserved_locals(run: &[&Field]) -> Ident {
    run.first()
        .map_or_else(|| ident("reserved"), |field| ident(&field.ident))
}

fn encode_field(field: &Field, out: &Ident, names: &Names) -> TokenStream {
    let verb = field.wire.verb();
    let name = &field.name;
    let ident = ident(&field.ident);
    match (field.reserved, field.wire) {
        (true, WireType::ShortStr | WireType::LongStr | WireType::Table) => {
            let local = free(&field.ident, &[out]);
            let wire = names.runtime(field.wire.runtime_name().unwrap_or("ShortStr"));
            quote!(let #local = #wire::default(); #out.#verb(#name, &#local)?;)
        }
        (true, WireType::Timestamp) => {
            let wire = names.runtime("Timestamp");
            quote!(#out.#verb(#wire::default());)
        }
        (true, _) => {
            let local = free(&field.ident, &[out]);
            quote!(let #local = 0; #out.#verb(#local);)
        }
        (false, wire) if wire.borrows() => quote!(#out.#verb(#name, &self.#ident)?;),
        (false, _) => quote!(#out.#verb(self.#ident);),
    }
}

fn decode(shape: &Shape<'_>, names: &Names) -> TokenStream {
    let [decode, reader, decode_error] =
        ["Decode", "Reader", "DecodeError"].map(|name| names.runtime(name));
    let [result, ok] = ["Result", "Ok"].map(|name| names.prelude(name));
    let mut taken = shape.idents();
    let args = free("args", &taken);
    taken.push(&args);
    let mut values = Vec::new();
    let mut runs = 0;
    let statements: Vec<_> = items(shape.fields)
        .iter()
        .map(|item| match item {
            Item::Field(field) => {
                let verb = field.wire.verb();
                let name = &field.name;
                let ident = ident(&field.ident);
                if field.reserved {
                    let local = format_ident!("_{}", ident);
                    return quote!(let #local = #args.#verb(#name)?;);
                }
                values.push(quote!(#ident));
                quote!(let #ident = #args.#verb(#name)?;)
            }
            Item::Bits(run) => {
                runs += 1;
                let live: Vec<_> = run.iter().filter(|field| !field.reserved).collect();
                let name = run.first().map_or("", |field| field.name.as_str());
                if live.is_empty() {
                    let local = format_ident!("_{}", reserved_locals(run));
                    return quote!(let #local = #args.octet(#name)?;);
                }
                let bits = if runs == 1 {
                    "bits".to_owned()
                } else {
                    format!("bits_{runs}")
                };
                let bits = free(&bits, &taken);
                for field in live {
                    let ident = ident(&field.ident);
                    let mask = binary(1 << field.bit.unwrap_or_default(), run.len());
                    values.push(quote!(#ident: #bits & #mask != 0));
                }
                quote!(let #bits = #args.octet(#name)?;)
            }
        })
        .collect();
    let target = shape.with(&quote!('a));
    let args = if statements.is_empty() {
        quote!(_)
    } else {
        quote!(#args)
    };
    let value = if values.is_empty() {
        quote!(Self)
    } else {
        quote!(Self { #(#values,)* })
    };
    quote! {
        impl<'a> #decode<'a> for #target {
            #[inline(always)]
            fn decode(#args: &mut #reader<'a>) -> #result<Self, #decode_error> {
                #(#statements)*
                #ok(#value)
            }
        }
    }
}

/// `0b010`, as many digits as the run has bits.
fn binary(mask: u8, digits: usize) -> TokenStream {
    format!("0b{mask:0digits$b}").parse().unwrap_or_else(|_| {
        let mask = Literal::u8_unsuffixed(mask);
        quote!(#mask)
    })
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

/// What answers it, where something does.
fn request(class: &Class, method: &Method, shape: &Shape<'_>, names: &Names) -> TokenStream {
    let reply = match method.replies.as_slice() {
        [] => return TokenStream::new(),
        [one] => reply_type(class, one),
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
fn reply_type(class: &Class, reply: &str) -> TokenStream {
    match class.methods.iter().find(|method| method.name == reply) {
        Some(method) => Shape::new(method).with(&quote!('static)),
        None => quote!(()),
    }
}

/// The enum of several possible answers.
fn choice(class: &Class, method: &Method, shape: &Shape<'_>, names: &Names) -> TokenStream {
    let [reply, reader, method_id, decode_error, kind] =
        ["Reply", "Reader", "MethodId", "DecodeError", "DecodeErrorKind"]
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
        let (variant, inner) = (&shape.name, shape.with(&quote!('static)));
        quote!(#docs #variant(#inner))
    });
    let ids = answers.iter().map(|(_, shape)| {
        let name = &shape.name;
        quote!(#name::ID)
    });
    let arms = answers.iter().map(|(_, shape)| {
        let name = &shape.name;
        let owned = shape.borrows.then(|| quote!(.into_owned()));
        quote!(#name::ID => #ok(Self::#name(#name::from_args(args)? #owned)))
    });
    quote! {
        #docs
        #[derive(Clone, Debug, Eq, PartialEq)]
        pub enum #name {
            #(#variants,)*
        }

        impl #reply for #name {
            const IDS: &'static [#method_id] = &[#(#ids),*];

            fn from_method(id: #method_id, args: #reader<'_>) -> #result<Self, #decode_error> {
                match id {
                    #(#arms,)*
                    _ => #err(args.error(#kind::Mismatch, "method-id")),
                }
            }
        }
    }
}

/// A method that answers one of its class can be handed to whoever asked.
fn reply(class: &Class, method: &Method, shape: &Shape<'_>, names: &Names) -> TokenStream {
    let is_reply = class
        .methods
        .iter()
        .any(|candidate| candidate.replies.contains(&method.name));
    if !is_reply {
        return TokenStream::new();
    }
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

            fn from_method(id: #method_id, args: #reader<'_>) -> #result<Self, #decode_error> {
                if id != Self::ID {
                    return #err(args.error(#kind::Mismatch, "method-id"));
                }
                #value
            }
        }
    }
}

pub(super) fn number(value: u16) -> Literal {
    Literal::u16_unsuffixed(value)
}
