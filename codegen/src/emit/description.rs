//! The protocol as static data.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::method::number;
use super::names::{plain_imports, screaming};
use super::{ClassScope, Options, Scope};
use crate::model::{Class, ConstantKind, Docs, Method, Model, WireType};

pub(super) fn emit(scope: &Scope<'_>, options: &Options) -> TokenStream {
    let items = scope.classes.iter().map(class_statics);
    let classes = scope.classes.iter().map(class_info);
    let constants = scope
        .model
        .constants
        .iter()
        .filter(|constant| {
            !scope
                .base
                .is_some_and(|base| base.constants.contains(constant))
        })
        .map(|constant| {
            let name = &constant.name;
            let value = Literal::u32_unsuffixed(constant.value);
            let hard = match constant.kind {
                ConstantKind::Plain => quote!(None),
                ConstantKind::SoftError => quote!(Some(false)),
                ConstantKind::HardError => quote!(Some(true)),
            };
            quote!(ConstantInfo { name: #name, value: #value, hard_error: #hard })
        });
    let new_rules = rules(scope.model)
        .into_iter()
        .filter(|rule| !scope.base.is_some_and(|base| rules(base).contains(rule)))
        .map(|rule| rule.tokens());
    let version = &scope.model.version;
    let (major, minor, revision) = (
        Literal::u8_unsuffixed(version.major),
        Literal::u8_unsuffixed(version.minor),
        Literal::u8_unsuffixed(version.revision),
    );
    let port = number(scope.model.port);
    let items = quote! {
        /// The protocol as data, for tools that iterate.
        pub static PROTOCOL: ProtocolInfo =
            ProtocolInfo::new((#major, #minor, #revision), #port, CONSTANTS, CLASSES, RULES);

        const CONSTANTS: &[ConstantInfo] = &[#(#constants),*];
        const CLASSES: &[ClassInfo] = &[#(#classes),*];
        const RULES: &[RuleInfo] = &[#(#new_rules),*];
        #(#items)*
    };
    let imports = plain_imports(options, &items, &[]);
    let module = scope.module("description");
    quote! {
        pub use #module::PROTOCOL;

        mod #module {
            #imports
            #items
        }
    }
}

/// Statics for the methods and properties of a class.
fn class_statics(scope: &ClassScope<'_>) -> TokenStream {
    let class = scope.class;
    let methods = scope
        .methods
        .iter()
        .map(|method| method_info(class, method));
    let properties = scope.properties.then(|| {
        let name = format_ident!("{}_PROPERTIES", screaming(&class.name));
        let fields = class.properties.iter().map(|property| {
            field_info(
                &property.name,
                property.domain.as_deref(),
                property.wire,
                false,
            )
        });
        quote!(pub(super) const #name: &[FieldInfo] = &[#(#fields),*];)
    });
    quote!(#properties #(#methods)*)
}

fn class_info(scope: &ClassScope<'_>) -> TokenStream {
    let class = scope.class;
    let name = &class.name;
    let id = number(class.index);
    let methods = scope.methods.iter().map(|method| {
        let ident = format_ident!("{}", screaming(&format!("{}.{}", class.name, method.name)));
        quote!(&#ident)
    });
    let properties = if scope.properties {
        let ident = format_ident!("{}_PROPERTIES", screaming(&class.name));
        quote!(#ident)
    } else {
        quote!(&[])
    };
    quote!(ClassInfo { name: #name, id: #id, methods: &[#(#methods),*], properties: #properties })
}

fn method_info(class: &Class, method: &Method) -> TokenStream {
    let full_name = format!("{}.{}", class.name, method.name);
    let ident = format_ident!("{}", screaming(&full_name));
    let (class_id, id) = (number(class.index), number(method.index));
    let Method {
        synchronous,
        content,
        deprecated,
        client_receives,
        server_receives,
        ..
    } = method;
    let replies = class
        .methods
        .iter()
        .filter(|candidate| method.replies.contains(&candidate.name))
        .map(|reply| {
            let id = number(reply.index);
            quote!(MethodId::new(#class_id, #id))
        });
    let fields = method.fields.iter().map(|field| {
        field_info(
            &field.name,
            field.domain.as_deref(),
            field.wire,
            field.reserved,
        )
    });
    quote! {
        pub(super) static #ident: MethodInfo = MethodInfo {
            name: #full_name,
            id: MethodId::new(#class_id, #id),
            synchronous: #synchronous,
            content: #content,
            deprecated: #deprecated,
            client_receives: #client_receives,
            server_receives: #server_receives,
            replies: &[#(#replies),*],
            fields: &[#(#fields),*],
        };
    }
}

fn field_info(name: &str, domain: Option<&str>, wire: WireType, reserved: bool) -> TokenStream {
    let domain = domain.unwrap_or_default();
    let wire = wire.variant();
    quote!(FieldInfo { name: #name, domain: #domain, wire: WireType::#wire, reserved: #reserved })
}

/// A rule with its scope in words.
#[derive(Eq, PartialEq)]
struct ScopedRule<'m> {
    scope: String,
    name: &'m str,
    on_failure: Option<&'m str>,
    text: &'m str,
}

impl ScopedRule<'_> {
    fn tokens(&self) -> TokenStream {
        let Self {
            scope, name, text, ..
        } = self;
        let on_failure = match self.on_failure {
            Some(code) => quote!(Some(#code)),
            None => quote!(None),
        };
        quote!(RuleInfo { scope: #scope, name: #name, on_failure: #on_failure, text: #text })
    }
}

/// Every rule of the model; those of a domain stand at the domain alone, not at each field of it.
fn rules(model: &Model) -> Vec<ScopedRule<'_>> {
    let mut rules = Vec::new();
    for domain in &model.domains {
        collect(&mut rules, format!("domain {}", domain.name), &domain.docs);
    }
    let inherited = |docs: &Docs, domain: Option<&String>| {
        model
            .domains
            .iter()
            .any(|candidate| Some(&candidate.name) == domain && candidate.docs.rules == docs.rules)
    };
    for class in &model.classes {
        collect(&mut rules, class.name.clone(), &class.docs);
        for property in &class.properties {
            if !inherited(&property.docs, property.domain.as_ref()) {
                collect(
                    &mut rules,
                    format!("{}/{}", class.name, property.name),
                    &property.docs,
                );
            }
        }
        for method in &class.methods {
            let scope = format!("{}.{}", class.name, method.name);
            collect(&mut rules, scope.clone(), &method.docs);
            for field in &method.fields {
                if !inherited(&field.docs, field.domain.as_ref()) {
                    collect(&mut rules, format!("{scope}/{}", field.name), &field.docs);
                }
            }
        }
    }
    rules
}

fn collect<'m>(rules: &mut Vec<ScopedRule<'m>>, scope: String, docs: &'m Docs) {
    rules.extend(docs.rules.iter().map(|rule| ScopedRule {
        scope: scope.clone(),
        name: &rule.name,
        on_failure: rule.on_failure.as_deref(),
        text: &rule.text,
    }));
}
