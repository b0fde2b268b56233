//! The vocabulary: which elements there are, where they may stand, what they carry.

use super::attributes::Attributes;
use crate::spec::{
    Assert, Chassis, Class, Constant, Doc, Docs, Domain, Field, Method, Peer, Response, Rule, Spec,
    TypeName,
};
use crate::suggest::did_you_mean;

/// The elements of the vocabulary.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Element {
    Amqp,
    Constant,
    Domain,
    Class,
    Method,
    Field,
    Chassis,
    Response,
    Assert,
    Value,
    Rule,
    Doc,
    See,
    Test,
}

const ELEMENTS: [(&str, Element); 14] = [
    ("amqp", Element::Amqp),
    ("constant", Element::Constant),
    ("domain", Element::Domain),
    ("class", Element::Class),
    ("method", Element::Method),
    ("field", Element::Field),
    ("chassis", Element::Chassis),
    ("response", Element::Response),
    ("assert", Element::Assert),
    ("value", Element::Value),
    ("rule", Element::Rule),
    ("doc", Element::Doc),
    ("see", Element::See),
    ("test", Element::Test),
];

impl Element {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let (_, element) = ELEMENTS.iter().find(|(known, _)| *known == name)?;
        Some(*element)
    }

    pub(super) fn name(self) -> &'static str {
        ELEMENTS
            .iter()
            .find(|(_, known)| *known == self)
            .map_or("", |(name, _)| *name)
    }

    /// Whether `child` may stand below `parent`, or at the top where there is none.
    pub(super) fn may_hold(parent: Option<Self>, child: Self) -> bool {
        Self::below(parent).contains(&child)
    }

    /// What may stand there, by name.
    pub(super) fn names_below(parent: Option<Self>) -> Vec<&'static str> {
        let below = Self::below(parent).iter();
        below.map(|element| element.name()).collect()
    }

    fn below(parent: Option<Self>) -> &'static [Self] {
        use Element::{
            Amqp, Assert, Chassis, Class, Constant, Doc, Domain, Field, Method, Response, Rule,
            See, Test, Value,
        };
        match parent {
            None => &[Amqp],
            Some(Amqp) => &[Constant, Domain, Class],
            Some(Constant) => &[Doc, Rule],
            Some(Domain) => &[Doc, Rule, Assert],
            Some(Class) => &[Doc, Rule, Chassis, Field, Method],
            Some(Method) => &[Doc, Rule, Chassis, Response, Field],
            Some(Field) => &[Doc, Rule, Assert, See, Test],
            Some(Rule) => &[Doc],
            Some(Assert) => &[Value],
            Some(Chassis | Response | Value | Doc | See | Test) => &[],
        }
    }
}

/// An element under construction.
pub(super) enum Node {
    Amqp(Box<Spec>),
    Constant(Constant),
    Domain(Domain),
    Class(Box<Class>),
    Method(Box<Method>),
    Field(Field),
    Chassis(Chassis),
    Response(Response),
    Assert(Assert),
    Value(String),
    Rule(Rule),
    Doc(Doc),
    /// `see` and `test`: 0-8 has them, nothing follows from them. Or an element that lacks what it needs.
    Ignored,
}

impl Node {
    /// The element with its attributes; children come by [`attach`](Self::attach).
    pub(super) fn new(element: Element, from: &mut Attributes<'_>) -> Self {
        let node = Self::read(element, from);
        match from.are_broken() {
            true => Self::Ignored,
            false => node,
        }
    }

    fn read(element: Element, from: &mut Attributes<'_>) -> Self {
        let position = from.position();
        match element {
            Element::Amqp => {
                // Free text about the file.
                let _comment = from.text("comment");
                Self::Amqp(Box::new(Spec {
                    major: from.number("major"),
                    minor: from.number("minor"),
                    revision: from.number("revision"),
                    port: from.number("port"),
                    position,
                    ..Spec::default()
                }))
            }
            Element::Constant => Self::Constant(Constant {
                name: from.required("name"),
                value: from.required_number("value"),
                class: from.text("class"),
                docs: docs(from),
                position,
            }),
            Element::Domain => Self::Domain(Domain {
                name: from.required("name"),
                type_name: from.required("type"),
                asserts: Vec::new(),
                docs: docs(from),
                position,
            }),
            Element::Class => Self::Class(Box::new(Class {
                name: from.required("name"),
                index: from.number("index"),
                handler: from.text("handler"),
                chassis: Vec::new(),
                fields: Vec::new(),
                methods: Vec::new(),
                docs: docs(from),
                position,
            })),
            Element::Method => Self::Method(Box::new(Method {
                name: from.required("name"),
                index: from.number("index"),
                synchronous: from.flag("synchronous"),
                content: from.flag("content"),
                deprecated: from.flag("deprecated"),
                chassis: Vec::new(),
                responses: Vec::new(),
                fields: Vec::new(),
                docs: docs(from),
                position,
            })),
            Element::Field => Self::Field(Field {
                name: from.required("name"),
                ty: type_name(from),
                reserved: from.flag("reserved"),
                replaces: from.text("replaces"),
                secret: from.flag("secret"),
                asserts: Vec::new(),
                docs: docs(from),
                position,
            }),
            Element::Chassis => {
                let implement = from.text("implement");
                let peer = peer(from);
                Self::Chassis(Chassis {
                    peer,
                    implement,
                    position,
                })
            }
            Element::Response => Self::Response(Response {
                name: from.required("name"),
                position,
            }),
            Element::Assert => Self::Assert(Assert {
                check: from.required("check"),
                value: from.text("value"),
                method: from.text("method"),
                field: from.text("field"),
                rule: from.text("rule"),
                values: Vec::new(),
                position,
            }),
            Element::Value => Self::Value(from.required("name")),
            Element::Rule => Self::Rule(Rule {
                name: from.required("name"),
                on_failure: from.text("on-failure"),
                texts: Vec::new(),
                position,
            }),
            Element::Doc => Self::Doc(Doc {
                kind: from.text("type"),
                text: String::new(),
            }),
            Element::See | Element::Test => {
                let _name = from.text("name");
                Self::Ignored
            }
        }
    }

    /// Puts a finished child where it belongs.
    pub(super) fn attach(&mut self, child: Self) {
        match (self, child) {
            (Self::Amqp(spec), Self::Constant(constant)) => spec.constants.push(constant),
            (Self::Amqp(spec), Self::Domain(domain)) => spec.domains.push(domain),
            (Self::Amqp(spec), Self::Class(class)) => spec.classes.push(*class),
            (Self::Class(class), Self::Chassis(chassis)) => class.chassis.push(chassis),
            (Self::Class(class), Self::Field(field)) => class.fields.push(field),
            (Self::Class(class), Self::Method(method)) => class.methods.push(*method),
            (Self::Method(method), Self::Chassis(chassis)) => method.chassis.push(chassis),
            (Self::Method(method), Self::Response(response)) => method.responses.push(response),
            (Self::Method(method), Self::Field(field)) => method.fields.push(field),
            (Self::Domain(domain), Self::Assert(assert)) => domain.asserts.push(assert),
            (Self::Field(field), Self::Assert(assert)) => field.asserts.push(assert),
            (Self::Assert(assert), Self::Value(value)) => assert.values.push(value),
            (Self::Rule(rule), Self::Doc(doc)) => rule.texts.push(doc),
            (parent, Self::Doc(doc)) => {
                if let Some(docs) = parent.docs() {
                    docs.texts.push(doc);
                }
            }
            (parent, Self::Rule(rule)) => {
                if let Some(docs) = parent.docs() {
                    docs.rules.push(rule);
                }
            }
            // `may_hold` admits nothing else that carries anything.
            _ => {}
        }
    }

    fn docs(&mut self) -> Option<&mut Docs> {
        match self {
            Self::Constant(constant) => Some(&mut constant.docs),
            Self::Domain(domain) => Some(&mut domain.docs),
            Self::Class(class) => Some(&mut class.docs),
            Self::Method(method) => Some(&mut method.docs),
            Self::Field(field) => Some(&mut field.docs),
            _ => None,
        }
    }
}

fn docs(from: &mut Attributes<'_>) -> Docs {
    Docs {
        label: from.text("label"),
        ..Docs::default()
    }
}

fn type_name(from: &mut Attributes<'_>) -> Option<TypeName> {
    let (domain, elementary) = (from.text("domain"), from.text("type"));
    if domain.is_some() && elementary.is_some() {
        let message = "`field` has both `domain` and `type`".to_owned();
        let help = "a domain has a type of its own: leave one of them out".to_owned();
        from.wrong("type", message, Some(help));
    }
    let elementary = elementary.map(TypeName::Elementary);
    domain.map(TypeName::Domain).or(elementary)
}

fn peer(from: &mut Attributes<'_>) -> Peer {
    let Some(name) = from.text("name") else {
        from.required("name");
        return Peer::Client;
    };
    match name.as_str() {
        "client" => Peer::Client,
        "server" => Peer::Server,
        other => {
            let message = format!("`chassis` is for client or server, not {other:?}");
            let help = did_you_mean(other, &["client", "server"]);
            from.wrong("name", message, help);
            Peer::Client
        }
    }
}
