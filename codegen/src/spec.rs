//! What a document says: plain data, names as they are written, every item with its place, which is the tag that
//! opens its element.
//!
//! An attribute that the vocabulary requires is still optional here where an overlay may leave it out,
//! because it adds to an item that the base has already described.

use crate::diagnostic::Diagnostic;
pub use crate::source::{Position, Source};

/// A whole document, the `amqp` element.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Spec {
    /// `major`.
    pub major: Option<u8>,
    /// `minor`.
    pub minor: Option<u8>,
    /// `revision`.
    pub revision: Option<u8>,
    /// `port`.
    pub port: Option<u16>,
    /// `constant` elements, in document order like all that follows.
    pub constants: Vec<Constant>,
    /// `domain` elements.
    pub domains: Vec<Domain>,
    /// `class` elements.
    pub classes: Vec<Class>,
    /// Where the root stands.
    pub position: Position,
    /// What was odd about the document.
    pub warnings: Vec<Diagnostic>,
}

/// A `constant` element.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Constant {
    /// `name`.
    pub name: String,
    /// `value`.
    pub value: u32,
    /// `class`: `soft-error`, `hard-error` or absent.
    pub class: Option<String>,
    /// Its prose.
    pub docs: Docs,
    /// Where it stands.
    pub position: Position,
}

/// A `domain` element.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Domain {
    /// `name`.
    pub name: String,
    /// `type`: the name of an elementary type.
    pub type_name: String,
    /// Its checks.
    pub asserts: Vec<Assert>,
    /// Its prose.
    pub docs: Docs,
    /// Where it stands.
    pub position: Position,
}

/// A `class` element.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Class {
    /// `name`.
    pub name: String,
    /// `index`.
    pub index: Option<u16>,
    /// `handler`.
    pub handler: Option<String>,
    /// Who implements it.
    pub chassis: Vec<Chassis>,
    /// Content properties: the `field` elements directly below the class.
    pub fields: Vec<Field>,
    /// Its methods.
    pub methods: Vec<Method>,
    /// Its prose.
    pub docs: Docs,
    /// Where it stands.
    pub position: Position,
}

/// A `method` element.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Method {
    /// `name`.
    pub name: String,
    /// `index`.
    pub index: Option<u16>,
    /// `synchronous`.
    pub synchronous: Option<bool>,
    /// `content`.
    pub content: Option<bool>,
    /// `deprecated`.
    pub deprecated: Option<bool>,
    /// Who has to be able to receive it.
    pub chassis: Vec<Chassis>,
    /// What may answer it.
    pub responses: Vec<Response>,
    /// Its arguments in wire order.
    pub fields: Vec<Field>,
    /// Its prose.
    pub docs: Docs,
    /// Where it stands.
    pub position: Position,
}

/// A `field` element: an argument below a method, a content property below a class.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Field {
    /// `name`.
    pub name: String,
    /// `domain` or `type`.
    pub ty: Option<TypeName>,
    /// `reserved`.
    pub reserved: Option<bool>,
    /// `replaces`: the reserved field of the base that gets its meaning here. Not in the standard.
    pub replaces: Option<String>,
    /// `secret`: whether nobody may see the value. Not in the standard.
    pub secret: Option<bool>,
    /// Its checks.
    pub asserts: Vec<Assert>,
    /// Its prose.
    pub docs: Docs,
    /// Where it stands.
    pub position: Position,
}

/// The two ways to say of what type a field is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TypeName {
    /// `domain`: the name of a domain.
    Domain(String),
    /// `type`: the name of an elementary type.
    Elementary(String),
}

/// A `chassis` element.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chassis {
    /// `name`: who receives.
    pub peer: Peer,
    /// `implement`: `MUST`, `SHOULD` or `MAY`. What an implementer owes, not what is generated.
    pub implement: Option<String>,
    /// Where it stands.
    pub position: Position,
}

/// The two ends of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Peer {
    /// The client.
    Client,
    /// The server.
    Server,
}

/// A `response` element.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Response {
    /// `name`: a method of the same class.
    pub name: String,
    /// Where it stands.
    pub position: Position,
}

/// An `assert` element.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Assert {
    /// `check`.
    pub check: String,
    /// `value`.
    pub value: Option<String>,
    /// `method`.
    pub method: Option<String>,
    /// `field`.
    pub field: Option<String>,
    /// `rule`.
    pub rule: Option<String>,
    /// Names of the `value` elements below it.
    pub values: Vec<String>,
    /// Where it stands.
    pub position: Position,
}

/// The prose of an element.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Docs {
    /// `label`.
    pub label: Option<String>,
    /// `doc` elements.
    pub texts: Vec<Doc>,
    /// `rule` elements.
    pub rules: Vec<Rule>,
}

/// A `doc` element.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Doc {
    /// `type`: `grammar`, `scenario` or absent.
    pub kind: Option<String>,
    /// The text as it stands, white space included.
    pub text: String,
}

/// A `rule` element.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rule {
    /// `name`.
    pub name: String,
    /// `on-failure`: the name of a constant.
    pub on_failure: Option<String>,
    /// `doc` elements below it.
    pub texts: Vec<Doc>,
    /// Where it stands.
    pub position: Position,
}
