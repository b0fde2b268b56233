//! Documents of any shape, with text of the sort that readers of XML change.

use std::collections::HashSet;

use amqp_codegen::spec::{
    Assert, Chassis, Class, Constant, Doc, Docs, Domain, Field, Method, Peer, Position, Response,
    Rule, Spec, TypeName,
};
use proptest::{
    collection::vec,
    option,
    prelude::{Just, Strategy, any, prop_oneof},
};

/// The document without the places of its items, and without what was odd about it.
pub(crate) fn unplaced(mut spec: Spec) -> Spec {
    let nowhere = |position: &mut Position| *position = Position::default();
    let docs = |docs: &mut Docs| {
        docs.rules
            .iter_mut()
            .for_each(|rule| nowhere(&mut rule.position));
    };
    let asserts = |asserts: &mut Vec<Assert>| {
        asserts
            .iter_mut()
            .for_each(|assert| nowhere(&mut assert.position));
    };
    let fields = |fields: &mut Vec<Field>| {
        for field in fields {
            nowhere(&mut field.position);
            docs(&mut field.docs);
            asserts(&mut field.asserts);
        }
    };
    let chassis = |chassis: &mut Vec<Chassis>| {
        chassis
            .iter_mut()
            .for_each(|chassis| nowhere(&mut chassis.position));
    };
    nowhere(&mut spec.position);
    spec.warnings.clear();
    for constant in &mut spec.constants {
        nowhere(&mut constant.position);
        docs(&mut constant.docs);
    }
    for domain in &mut spec.domains {
        nowhere(&mut domain.position);
        docs(&mut domain.docs);
        asserts(&mut domain.asserts);
    }
    for class in &mut spec.classes {
        nowhere(&mut class.position);
        docs(&mut class.docs);
        chassis(&mut class.chassis);
        fields(&mut class.fields);
        for method in &mut class.methods {
            nowhere(&mut method.position);
            docs(&mut method.docs);
            chassis(&mut method.chassis);
            fields(&mut method.fields);
            for response in &mut method.responses {
                nowhere(&mut response.position);
            }
        }
    }
    spec
}

/// Any document without places.
pub(crate) fn any_spec() -> impl Strategy<Value = Spec> {
    let root = any::<(Option<u8>, Option<u8>, Option<u8>, Option<u16>)>();
    let items = (
        vec(constant(), 0..3),
        vec(domain(), 0..3),
        vec(class(), 0..3),
    );
    (root, items).prop_map(|(root, (constants, domains, classes))| Spec {
        major: root.0,
        minor: root.1,
        revision: root.2,
        port: root.3,
        constants: each_once(constants, |constant| &constant.name),
        domains: each_once(domains, |domain| &domain.name),
        classes: each_once(classes, |class| &class.name),
        ..Spec::default()
    })
}

/// The first of each name, whatever parts its words: a document says each thing in one place.
fn each_once<T>(mut items: Vec<T>, name: fn(&T) -> &String) -> Vec<T> {
    let mut known = HashSet::new();
    items.retain(|item| {
        let words = name(item).split(|c: char| c.is_whitespace() || c == '-' || c == '_');
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        words.is_empty() || known.insert(words.join("-"))
    });
    items
}

/// Delimiters, white space, what looks like markup, and letters of every length.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "&",
            "<",
            ">",
            "\"",
            "'",
            "\r",
            "\n",
            "\r\n",
            "\t",
            " ",
            "  ",
            "]]>",
            "<![CDATA[",
            "--",
            "<!--",
            "-->",
            "&amp;",
            "&#13;",
            "&lt",
            ";",
            "</doc>",
            "<doc>",
            "?>",
            "\u{85}",
            "\u{2028}",
            "\u{feff}",
            "\u{a0}",
            "é",
            "兔",
            "🐇",
            "=",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,6}",
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn constant() -> impl Strategy<Value = Constant> {
    let parts = (text(), any::<u32>(), option::of(text()), docs());
    parts.prop_map(|(name, value, class, docs)| Constant {
        name,
        value,
        class,
        docs,
        position: Position::default(),
    })
}

fn domain() -> impl Strategy<Value = Domain> {
    let parts = (text(), text(), vec(assert(), 0..3), docs());
    parts.prop_map(|(name, type_name, asserts, docs)| Domain {
        name,
        type_name,
        asserts,
        docs,
        position: Position::default(),
    })
}

fn class() -> impl Strategy<Value = Class> {
    let attributes = (text(), any::<Option<u16>>(), option::of(text()));
    let items = (
        vec(chassis(), 0..3),
        vec(field(), 0..3),
        vec(method(), 0..3),
    );
    (attributes, items, docs()).prop_map(
        |((name, index, handler), (chassis, fields, methods), docs)| Class {
            name,
            index,
            handler,
            chassis,
            fields: each_once(fields, |field| &field.name),
            methods: each_once(methods, |method| &method.name),
            docs,
            position: Position::default(),
        },
    )
}

fn method() -> impl Strategy<Value = Method> {
    let attributes = (text(), any::<Option<u16>>(), any::<[Option<bool>; 3]>());
    let items = (
        vec(chassis(), 0..3),
        vec(response(), 0..3),
        vec(field(), 0..3),
    );
    (attributes, items, docs()).prop_map(
        |((name, index, [synchronous, content, deprecated]), items, docs)| {
            let (chassis, responses, fields) = items;
            Method {
                name,
                index,
                synchronous,
                content,
                deprecated,
                chassis,
                responses,
                fields: each_once(fields, |field| &field.name),
                docs,
                position: Position::default(),
            }
        },
    )
}

fn field() -> impl Strategy<Value = Field> {
    let ty = prop_oneof![
        Just(None),
        text().prop_map(|name| Some(TypeName::Domain(name))),
        text().prop_map(|name| Some(TypeName::Elementary(name))),
    ];
    let flags = any::<[Option<bool>; 2]>();
    let attributes = (text(), ty, flags, option::of(text()));
    (attributes, vec(assert(), 0..3), docs()).prop_map(
        |((name, ty, [reserved, secret], replaces), asserts, docs)| Field {
            name,
            ty,
            reserved,
            replaces,
            secret,
            asserts,
            docs,
            position: Position::default(),
        },
    )
}

fn chassis() -> impl Strategy<Value = Chassis> {
    let peer = prop_oneof![Just(Peer::Client), Just(Peer::Server)];
    (peer, option::of(text())).prop_map(|(peer, implement)| Chassis {
        peer,
        implement,
        position: Position::default(),
    })
}

fn response() -> impl Strategy<Value = Response> {
    text().prop_map(|name| Response {
        name,
        position: Position::default(),
    })
}

fn assert() -> impl Strategy<Value = Assert> {
    let attributes = [(); 4].map(|()| option::of(text()));
    (text(), attributes, vec(text(), 0..3)).prop_map(
        |(check, [value, method, field, rule], values)| Assert {
            check,
            value,
            method,
            field,
            rule,
            values,
            position: Position::default(),
        },
    )
}

fn docs() -> impl Strategy<Value = Docs> {
    (option::of(text()), vec(doc(), 0..3), vec(rule(), 0..2)).prop_map(|(label, texts, rules)| {
        Docs {
            label,
            texts,
            rules,
        }
    })
}

fn rule() -> impl Strategy<Value = Rule> {
    (text(), option::of(text()), vec(doc(), 0..3)).prop_map(|(name, on_failure, texts)| Rule {
        name,
        on_failure,
        texts,
        position: Position::default(),
    })
}

fn doc() -> impl Strategy<Value = Doc> {
    (option::of(text()), text()).prop_map(|(kind, text)| Doc { kind, text })
}
