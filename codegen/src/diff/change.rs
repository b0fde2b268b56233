//! The kinds of differences.

use crate::{
    model::{Assert, ConstantKind, Method, Version, WireType},
    spec::Position,
};

/// A difference between two protocols.
///
/// `Display` says it on one line, with `+` for what is new, `-` for what is gone and `~` for what is otherwise.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// What is different.
    pub difference: Difference,
    /// Where the older document has it; none for what is new and for attributes of the root.
    pub old: Option<Position>,
    /// Where the newer document has it; none for what is gone and for attributes of the root.
    pub new: Option<Position>,
}

/// What is different. Names are those of the newer protocol, where it has the item.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Difference {
    /// The version, and with it the protocol header that opens a connection.
    Version {
        /// In the older protocol.
        old: Version,
        /// In the newer protocol.
        new: Version,
    },
    /// The default TCP port.
    Port {
        /// In the older protocol.
        old: u16,
        /// In the newer protocol.
        new: u16,
    },
    /// A constant.
    Constant {
        /// Its name.
        name: String,
        /// What is different about it.
        change: ConstantChange,
    },
    /// A domain.
    Domain {
        /// Its name.
        name: String,
        /// What is different about it.
        change: DomainChange,
    },
    /// A class.
    Class {
        /// Its name.
        name: String,
        /// What is different about it.
        change: ClassChange,
    },
    /// A method.
    Method {
        /// Name of its class.
        class: String,
        /// Its name.
        name: String,
        /// What is different about it.
        change: MethodChange,
    },
    /// An argument of a method that both protocols have.
    Argument {
        /// Name of the class.
        class: String,
        /// Name of the method.
        method: String,
        /// Name of the argument.
        name: String,
        /// What is different about it.
        change: FieldChange,
    },
    /// A content property.
    Property {
        /// Name of the class.
        class: String,
        /// Name of the property.
        name: String,
        /// What is different about it.
        change: FieldChange,
    },
}

/// What is different about a constant.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ConstantChange {
    /// It is new.
    Added {
        /// Its value.
        value: u32,
        /// What it is used for.
        kind: ConstantKind,
    },
    /// It is gone.
    Removed {
        /// The value it had.
        value: u32,
        /// What it was used for.
        kind: ConstantKind,
    },
    /// It has another value.
    Value {
        /// In the older protocol.
        old: u32,
        /// In the newer protocol.
        new: u32,
    },
    /// It has another `class`.
    Kind {
        /// In the older protocol.
        old: ConstantKind,
        /// In the newer protocol.
        new: ConstantKind,
    },
}

/// What is different about a domain.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DomainChange {
    /// It is new.
    Added {
        /// Its type.
        wire: WireType,
    },
    /// It is gone.
    Removed {
        /// The type it had.
        wire: WireType,
    },
    /// It has another type.
    Type {
        /// In the older protocol.
        old: WireType,
        /// In the newer protocol.
        new: WireType,
    },
}

/// What is different about a class.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ClassChange {
    /// It is new.
    Added {
        /// Its number.
        index: u16,
        /// The class whose number that was.
        instead_of: Option<String>,
    },
    /// It is gone.
    Removed {
        /// The number it had.
        index: u16,
    },
    /// It has another number.
    Index {
        /// In the older protocol.
        old: u16,
        /// In the newer protocol.
        new: u16,
    },
    /// Its methods travel on the channels of another class.
    Handler {
        /// In the older protocol.
        old: String,
        /// In the newer protocol.
        new: String,
    },
}

/// What is different about a method.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MethodChange {
    /// It is new.
    Added {
        /// Its number within the class.
        index: u16,
        /// The method of the class whose number that was.
        instead_of: Option<String>,
    },
    /// It is gone.
    Removed {
        /// The number it had within the class.
        index: u16,
    },
    /// It has another number within the class.
    Index {
        /// In the older protocol.
        old: u16,
        /// In the newer protocol.
        new: u16,
    },
    /// Others may send it.
    Receivers {
        /// In the older protocol.
        old: Receivers,
        /// In the newer protocol.
        new: Receivers,
    },
    /// Whether content follows now.
    Content(bool),
    /// Whether it is marked `synchronous` now.
    Synchronous(bool),
    /// Whether it is marked `deprecated` now.
    Deprecated(bool),
    /// Other methods answer it.
    Replies {
        /// In the older protocol.
        old: Vec<String>,
        /// In the newer protocol.
        new: Vec<String>,
    },
}

/// Who has to be able to receive a method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Receivers {
    /// Whether the client has.
    pub client: bool,
    /// Whether the server has.
    pub server: bool,
}

impl Receivers {
    pub(super) fn of(method: &Method) -> Self {
        Self {
            client: method.client_receives,
            server: method.server_receives,
        }
    }
}

/// What is different about an argument or a property. Places count from 1, those that are reserved included.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FieldChange {
    /// It is new and comes last, or with nothing but others that are new behind it.
    Appended {
        /// Its place.
        place: usize,
        /// Its type.
        wire: WireType,
        /// Whether it is a bit in an octet that was there already, and had room for it.
        spare_bit: bool,
    },
    /// It is new and stands before others.
    Inserted {
        /// Its place.
        place: usize,
        /// Its type.
        wire: WireType,
        /// Whether it is a bit in an octet that was there already, and had room for it: no other has moved.
        spare_bit: bool,
    },
    /// It is gone.
    Removed {
        /// The place it had.
        place: usize,
        /// The type it had.
        wire: WireType,
    },
    /// It stands elsewhere among those that both protocols have.
    Moved {
        /// In the older protocol.
        old: usize,
        /// In the newer protocol.
        new: usize,
    },
    /// Another name stands at the same place, for the same type.
    Renamed {
        /// Its place in the newer protocol.
        place: usize,
        /// The name in the older protocol.
        old: String,
        /// Whether the new name means something.
        meaning: Meaning,
    },
    /// It is of another type.
    Type {
        /// Its place in the newer protocol.
        place: usize,
        /// In the older protocol.
        old: WireType,
        /// In the newer protocol.
        new: WireType,
    },
    /// It names another domain, or none where it named one.
    Domain {
        /// Its place in the newer protocol.
        place: usize,
        /// In the older protocol.
        old: Option<String>,
        /// In the newer protocol.
        new: Option<String>,
    },
    /// It was reserved and is no longer, or the other way round, under the same name.
    Meaning {
        /// Its place in the newer protocol.
        place: usize,
        /// Which of the two.
        meaning: Meaning,
    },
    /// Other checks are stated.
    Checks {
        /// Its place in the newer protocol.
        place: usize,
        /// Only in the older protocol.
        removed: Vec<Assert>,
        /// Only in the newer protocol.
        added: Vec<Assert>,
    },
}

/// What becomes of the meaning of an octet that stays where it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Meaning {
    /// It had one and has one, or it was reserved and is.
    Kept,
    /// It was reserved.
    Gained,
    /// It is reserved now.
    Lost,
}
