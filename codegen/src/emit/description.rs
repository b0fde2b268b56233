//! The protocol as static data.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::method::number;
use super::names::{ident, plain_imports, screaming};
use super::tokens::{each, filtered};
use super::{ClassScope, Scope, docs};
use crate::model::{Class, ConstantKind, Docs, Method, Model, WireType};

pub(super) fn emit(scope: &Scope<'_>) -> TokenStream {
    let statics = each(&scope.classes, &mut class_statics);
    let classes = each(&scope.classes, &mut class_info);
    let constants = filtered(&scope.model.constants, &|constant| {
        !scope.base_has_constant(constant)
    });
    let constants = each(&constants, &mut |constant| {
        let name = &constant.name;
        let value = Literal::u32_unsuffixed(constant.value);
        let hard = match constant.kind {
            ConstantKind::Plain => quote!(None),
            ConstantKind::SoftError => quote!(Some(false)),
            ConstantKind::HardError => quote!(Some(true)),
        };
        quote!(ConstantInfo { name: #name, value: #value, hard_error: #hard },)
    });
    let known = scope.base.map(rules).unwrap_or_default();
    let rules = rules(scope.model);
    let rules = each(&rules, &mut |rule| {
        if known.contains(rule) {
            TokenStream::new()
        } else {
            rule.tokens()
        }
    });
    let version = &scope.model.version;
    let (major, minor, revision) = (
        Literal::u8_unsuffixed(version.major),
        Literal::u8_unsuffixed(version.minor),
        Literal::u8_unsuffixed(version.revision),
    );
    let port = number(scope.model.port);
    let docs = docs::protocol(scope);
    let items = quote! {
        #docs
        pub static PROTOCOL: ProtocolInfo =
            ProtocolInfo::new((#major, #minor, #revision), #port, CONSTANTS, CLASSES, RULES);

        const CONSTANTS: &[ConstantInfo] = &[#constants];
        const CLASSES: &[ClassInfo] = &[#classes];
        const RULES: &[RuleInfo] = &[#rules];
        #statics
    };
    let imports = plain_imports(scope.options, &items, &[]);
    let module = scope.module("description");
    quote! {
        pub use #module::PROTOCOL;

        mod #module {
            #imports
            #items
        }
    }
}

fn method_static(class: &Class, method: &Method) -> Ident {
    ident(&screaming(&format!("{}.{}", class.name, method.name)))
}

/// The constant with the properties of a class. No method has two underscores in a row.
pub(super) fn properties_const(class: &Class) -> Ident {
    ident(&format!("PROPERTIES__{}", screaming(&class.name)))
}

/// Statics for the methods and properties of a class.
fn class_statics(scope: &ClassScope<'_>) -> TokenStream {
    let class = scope.class;
    let mut statics = TokenStream::new();
    if scope.properties {
        let name = properties_const(class);
        let fields = each(&class.properties, &mut |property| {
            let domain = property.domain.as_deref();
            field_info(
                &property.name,
                domain,
                property.wire,
                [false, property.secret],
            )
        });
        statics.extend(quote!(pub(super) const #name: &[FieldInfo] = &[#fields];));
    }
    statics.extend(each(&scope.methods, &mut |method| {
        method_info(class, method)
    }));
    statics
}

fn class_info(scope: &ClassScope<'_>) -> TokenStream {
    let class = scope.class;
    let name = &class.name;
    let id = number(class.index);
    let methods = each(&scope.methods, &mut |method| {
        let ident = method_static(class, method);
        quote!(&#ident,)
    });
    let properties = if scope.properties {
        let ident = properties_const(class);
        quote!(#ident)
    } else {
        quote!(&[])
    };
    quote!(ClassInfo { name: #name, id: #id, methods: &[#methods], properties: #properties },)
}

fn method_info(class: &Class, method: &Method) -> TokenStream {
    let full_name = format!("{}.{}", class.name, method.name);
    let ident = method_static(class, method);
    let (class_id, id) = (number(class.index), number(method.index));
    let Method {
        synchronous,
        content,
        deprecated,
        client_receives,
        server_receives,
        ..
    } = method;
    let replies = each(&class.methods, &mut |reply| {
        if !method.replies.contains(&reply.name) {
            return TokenStream::new();
        }
        let id = number(reply.index);
        quote!(MethodId::new(#class_id, #id),)
    });
    let fields = each(&method.fields, &mut |field| {
        let domain = field.domain.as_deref();
        field_info(
            &field.name,
            domain,
            field.wire,
            [field.reserved, field.secret],
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
            replies: &[#replies],
            fields: &[#fields],
        };
    }
}

fn field_info(
    name: &str,
    domain: Option<&str>,
    wire: WireType,
    [reserved, secret]: [bool; 2],
) -> TokenStream {
    let domain = domain.unwrap_or_default();
    let wire = wire.variant();
    quote! {
        FieldInfo {
            name: #name,
            domain: #domain,
            wire: WireType::#wire,
            reserved: #reserved,
            secret: #secret,
        },
    }
}

/// A rule with its scope in words.
#[derive(PartialEq)]
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
        quote!(RuleInfo { scope: #scope, name: #name, on_failure: #on_failure, text: #text },)
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
        let name = &class.name;
        collect(&mut rules, name.clone(), &class.docs);
        for property in &class.properties {
            if !inherited(&property.docs, property.domain.as_ref()) {
                let scope = format!("{name}/{}", property.name);
                collect(&mut rules, scope, &property.docs);
            }
        }
        for method in &class.methods {
            let scope = format!("{name}.{}", method.name);
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
    for rule in &docs.rules {
        rules.push(ScopedRule {
            scope: scope.clone(),
            name: &rule.name,
            on_failure: rule.on_failure.as_deref(),
            text: &rule.text,
        });
    }
}
