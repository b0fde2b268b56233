//! The resolved protocol: what the documents mean.
//!
//! Every name is normalised to hyphens, every domain is resolved to a wire type, every reply exists and
//! every bit has its place. Nothing that consumes a [`Model`] can fail.

use crate::spec::Position;

/// A whole protocol: the base document with its overlays merged in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Model {
    /// The version that the root element states.
    pub version: Version,
    /// The default TCP port.
    pub port: u16,
    /// Constants in document order.
    pub constants: Vec<Constant>,
    /// Domains in document order, elementary ones included.
    pub domains: Vec<Domain>,
    /// Classes in document order.
    pub classes: Vec<Class>,
}

/// The version attributes of the `amqp` element.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Version {
    /// `major`.
    pub major: u8,
    /// `minor`.
    pub minor: u8,
    /// `revision`; 0 when the document has none.
    pub revision: u8,
}

/// A named number.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Constant {
    /// Name with hyphens: `frame-min-size`.
    pub name: String,
    /// Value.
    pub value: u32,
    /// What the number is used for.
    pub kind: ConstantKind,
    /// What the document says about it.
    pub docs: Docs,
    /// Where it stands.
    pub position: Position,
}

/// What a constant is used for, from its `class` attribute.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ConstantKind {
    /// Frame types, sizes and the success code.
    Plain,
    /// Reply code that closes a channel.
    SoftError,
    /// Reply code that closes the connection.
    HardError,
}

/// A named type.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Domain {
    /// Name with hyphens: `queue-name`.
    pub name: String,
    /// The wire type behind it.
    pub wire: WireType,
    /// What the document says about it.
    pub docs: Docs,
    /// Where it stands.
    pub position: Position,
}

/// The elementary types of the wire.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum WireType {
    /// One bit; neighbours share an octet.
    Bit,
    /// Unsigned, 8 bits.
    Octet,
    /// Unsigned, 16 bits.
    Short,
    /// Unsigned, 32 bits.
    Long,
    /// Unsigned, 64 bits.
    LongLong,
    /// Up to 255 octets.
    ShortStr,
    /// Up to 2^32 - 1 octets.
    LongStr,
    /// Seconds since the epoch, unsigned 64 bits.
    Timestamp,
    /// Field table.
    Table,
}

/// A class with its methods and content properties.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Class {
    /// Name with hyphens.
    pub name: String,
    /// Module name: snake case, a raw identifier where Rust needs one.
    pub module: String,
    /// Class id on the wire.
    pub index: u16,
    /// Class whose channel carries the methods (`connection` or `channel`, usually).
    pub handler: String,
    /// Methods in document order.
    pub methods: Vec<Method>,
    /// Content properties in wire order.
    pub properties: Vec<Property>,
    /// What the document says about it.
    pub docs: Docs,
    /// Where it was first declared.
    pub position: Position,
}

/// A method of a class.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Method {
    /// Name with hyphens: `declare-ok`.
    pub name: String,
    /// Type name: `DeclareOk`.
    pub type_name: String,
    /// Method id on the wire.
    pub index: u16,
    /// Whether the document marks it `synchronous`.
    pub synchronous: bool,
    /// Whether a content header and body follow.
    pub content: bool,
    /// Whether the document marks it `deprecated`.
    pub deprecated: bool,
    /// Whether a client may receive it (`<chassis name="client">`).
    pub client_receives: bool,
    /// Whether a server may receive it (`<chassis name="server">`).
    pub server_receives: bool,
    /// Names of the methods of the same class that answer it, in document order; from `<response>`, or the
    /// sibling `<name>-ok` where the document forgets to say so.
    pub replies: Vec<String>,
    /// Arguments in wire order, reserved ones included.
    pub fields: Vec<Field>,
    /// What the document says about it.
    pub docs: Docs,
    /// Where it was first declared.
    pub position: Position,
}

/// An argument of a method.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Field {
    /// Name with hyphens: `routing-key`.
    pub name: String,
    /// Identifier: `routing_key`, or a raw one such as `r#type`.
    pub ident: String,
    /// Wire type.
    pub wire: WireType,
    /// The domain it names, normalised; none where the document gives a bare type.
    pub domain: Option<String>,
    /// On the wire, but without a meaning: written as zero, read and ignored.
    pub reserved: bool,
    /// Whether nobody may see its value: the `Debug` of generated code hides it.
    pub secret: bool,
    /// For bits: the number within the shared octet, 0 opening a new one.
    pub bit: Option<u8>,
    /// What the document says about it; that of its domain where the field has none.
    pub docs: Docs,
    /// Checks the document names; documentation, never enforced by decoding.
    pub asserts: Vec<Assert>,
    /// Where it stands.
    pub position: Position,
}

/// A content property of a class.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Property {
    /// Name with hyphens: `content-type`.
    pub name: String,
    /// Identifier: `content_type`.
    pub ident: String,
    /// Wire type.
    pub wire: WireType,
    /// The domain it names.
    pub domain: Option<String>,
    /// Whether nobody may see its value: the `Debug` of generated code hides it.
    pub secret: bool,
    /// Which flag word carries its presence flag, from 0.
    pub flag_word: usize,
    /// The presence flag within that word: 15 for the first property, down to 1.
    pub flag_bit: u8,
    /// What the document says about it.
    pub docs: Docs,
    /// Where it stands.
    pub position: Position,
}

/// A check from an `<assert>`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Assert {
    /// The value must not be empty (`notnull`).
    NotNull,
    /// The value must be empty or zero (`null`).
    Null,
    /// At most this many octets (`length`).
    Length(u32),
    /// Must match this expression (`regexp`).
    Regexp(String),
    /// Must not be above that field of that method (`le`).
    NotAbove {
        /// Method that holds the bound.
        method: String,
        /// Field that holds the bound.
        field: String,
    },
    /// Any other check, kept by its name and value (`ne`, `syntax`, `enum`).
    Other {
        /// The `check` attribute.
        check: String,
        /// The `value` or `rule` attribute, empty where there is none.
        value: String,
    },
}

/// What a document says about an item.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Docs {
    /// The `label` attribute.
    pub label: Option<String>,
    /// Paragraphs of `<doc>`, white space folded, `type="grammar"` and `type="scenario"` left out.
    pub text: Vec<String>,
    /// Named rules.
    pub rules: Vec<Rule>,
}

/// A named rule of the protocol.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rule {
    /// The `name` attribute.
    pub name: String,
    /// Name of the constant for the reply code on failure.
    pub on_failure: Option<String>,
    /// Its sentences, white space folded.
    pub text: String,
    /// Where it stands.
    pub position: Position,
}
