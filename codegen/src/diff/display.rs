//! One line for each change.

use std::fmt::{self, Display, Formatter};

use super::change::{
    Change, ClassChange, ConstantChange, Difference, DomainChange, FieldChange, Meaning,
    MethodChange, Receivers,
};
use crate::{
    model::{Assert, ConstantKind, Version},
    resolve::wire_name,
};

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.mark(), self.difference)
    }
}

impl Change {
    /// `+` for what is new, `-` for what is gone, `~` for what is otherwise.
    fn mark(&self) -> char {
        match (&self.old, &self.new) {
            (None, Some(_)) => '+',
            (Some(_), None) => '-',
            _ => '~',
        }
    }
}

impl Display for Difference {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version { old, new } => {
                write!(f, "amqp: version {}, was {}", version(*new), version(*old))
            }
            Self::Port { old, new } => write!(f, "amqp: port {new}, was {old}"),
            Self::Constant { name, change } => constant(f, name, change),
            Self::Domain { name, change } => domain(f, name, change),
            Self::Class { name, change } => class(f, name, change),
            Self::Method {
                class,
                name,
                change,
            } => method(f, class, name, change),
            Self::Argument {
                class,
                method,
                name,
                change,
            } => {
                write!(f, "{class}.{method}: ")?;
                field(f, "field", name, change)
            }
            Self::Property {
                class,
                name,
                change,
            } => {
                write!(f, "{class}: ")?;
                field(f, "property", name, change)
            }
        }
    }
}

fn version(version: Version) -> String {
    let Version {
        major,
        minor,
        revision,
    } = version;
    format!("{major}-{minor}-{revision}")
}

fn constant(f: &mut Formatter<'_>, name: &str, change: &ConstantChange) -> fmt::Result {
    write!(f, "constant {name}")?;
    match change {
        ConstantChange::Added { value, kind } | ConstantChange::Removed { value, kind } => {
            write!(f, " = {value}")?;
            match kind {
                ConstantKind::Plain => Ok(()),
                kind => write!(f, ", {}", kind_name(*kind)),
            }
        }
        ConstantChange::Value { old, new } => write!(f, ": {new}, was {old}"),
        ConstantChange::Kind { old, new } => {
            write!(f, ": {}, was {}", kind_name(*new), kind_name(*old))
        }
    }
}

fn kind_name(kind: ConstantKind) -> &'static str {
    match kind {
        ConstantKind::Plain => "no error",
        ConstantKind::SoftError => "soft error",
        ConstantKind::HardError => "hard error",
    }
}

fn domain(f: &mut Formatter<'_>, name: &str, change: &DomainChange) -> fmt::Result {
    write!(f, "domain {name}: ")?;
    match change {
        DomainChange::Added { wire } | DomainChange::Removed { wire } => {
            f.write_str(wire_name(*wire))
        }
        DomainChange::Type { old, new } => {
            write!(f, "{}, was {}", wire_name(*new), wire_name(*old))
        }
    }
}

fn class(f: &mut Formatter<'_>, name: &str, change: &ClassChange) -> fmt::Result {
    write!(f, "class {name}: ")?;
    match change {
        ClassChange::Added { index, instead_of } => added(f, *index, instead_of),
        ClassChange::Removed { index } => write!(f, "index {index}"),
        ClassChange::Index { old, new } => write!(f, "index {new}, was {old}"),
        ClassChange::Handler { old, new } => write!(f, "handled by `{new}`, was by `{old}`"),
    }
}

fn method(f: &mut Formatter<'_>, class: &str, name: &str, change: &MethodChange) -> fmt::Result {
    write!(f, "{class}.{name}: ")?;
    match change {
        MethodChange::Added { index, instead_of } => added(f, *index, instead_of),
        MethodChange::Removed { index } => write!(f, "index {index}"),
        MethodChange::Index { old, new } => write!(f, "index {new}, was {old}"),
        MethodChange::Receivers { old, new } => {
            write!(f, "received by {}, was by {}", peers(*new), peers(*old))
        }
        MethodChange::Content(true) => f.write_str("content follows"),
        MethodChange::Content(false) => f.write_str("no content follows"),
        MethodChange::Synchronous(now) => write!(f, "{}synchronous", not(*now)),
        MethodChange::Deprecated(now) => write!(f, "{}deprecated", not(*now)),
        MethodChange::Replies { old, new } => {
            write!(f, "answered by {}, was by {}", names(new), names(old))
        }
    }
}

fn added(f: &mut Formatter<'_>, index: u16, instead_of: &Option<String>) -> fmt::Result {
    write!(f, "index {index}")?;
    match instead_of {
        Some(other) => write!(f, ", which was that of `{other}`"),
        None => Ok(()),
    }
}

fn not(now: bool) -> &'static str {
    if now { "" } else { "no longer " }
}

fn peers(receivers: Receivers) -> &'static str {
    match (receivers.client, receivers.server) {
        (true, true) => "both",
        (true, false) => "the client",
        (false, true) => "the server",
        (false, false) => "anybody",
    }
}

fn names(replies: &[String]) -> String {
    if replies.is_empty() {
        return "nothing".to_owned();
    }
    let quoted: Vec<_> = replies.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" or ")
}

fn field(f: &mut Formatter<'_>, what: &str, name: &str, change: &FieldChange) -> fmt::Result {
    match change {
        FieldChange::Appended {
            place,
            wire,
            spare_bit,
        } => {
            let wire = wire_name(*wire);
            write!(
                f,
                "{what} {place} `{name}`: {wire}, appended{}",
                room(*spare_bit)
            )
        }
        FieldChange::Inserted {
            place,
            wire,
            spare_bit,
        } => {
            let wire = wire_name(*wire);
            write!(
                f,
                "{what} {place} `{name}`: {wire}, inserted{}",
                room(*spare_bit)
            )
        }
        FieldChange::Removed { place, wire } => {
            write!(f, "{what} {place} `{name}`: {}", wire_name(*wire))
        }
        FieldChange::Moved { old, new } => {
            write!(f, "{what} {new} `{name}` was {what} {old}")
        }
        FieldChange::Renamed {
            place,
            old,
            meaning,
        } => {
            let reserved = match meaning {
                Meaning::Lost => ", reserved",
                Meaning::Kept | Meaning::Gained => "",
            };
            write!(f, "{what} {place} `{old}` is now `{name}`{reserved}{SAME}")
        }
        FieldChange::Type { place, old, new } => {
            let (new, old) = (wire_name(*new), wire_name(*old));
            write!(f, "{what} {place} `{name}` is of type {new}, was {old}")
        }
        FieldChange::Domain { place, old, new } => {
            write!(f, "{what} {place} `{name}` ")?;
            match (new, old) {
                (Some(new), Some(old)) => write!(f, "is of domain `{new}`, was `{old}`"),
                (Some(new), None) => write!(f, "is of domain `{new}`, was of none"),
                (None, Some(old)) => write!(f, "is of no domain, was of `{old}`"),
                (None, None) => f.write_str("is of no domain"),
            }
        }
        FieldChange::Meaning { place, meaning } => {
            let meaning = match meaning {
                Meaning::Lost => "is now reserved",
                Meaning::Kept | Meaning::Gained => "is no longer reserved",
            };
            write!(f, "{what} {place} `{name}` {meaning}{SAME}")
        }
        FieldChange::Checks {
            place,
            removed,
            added,
        } => {
            write!(f, "{what} {place} `{name}`: ")?;
            let removed = removed
                .iter()
                .map(|assert| format!("no check {}", check(assert)));
            let added = added
                .iter()
                .map(|assert| format!("check {}", check(assert)));
            f.write_str(&removed.chain(added).collect::<Vec<_>>().join(", "))
        }
    }
}

/// What an octet that stays in its place is said to be.
const SAME: &str = " (same octets)";

fn room(spare_bit: bool) -> &'static str {
    if spare_bit {
        " in the room of an octet (same octets)"
    } else {
        ""
    }
}

fn check(assert: &Assert) -> String {
    match assert {
        Assert::NotNull => "notnull".to_owned(),
        Assert::Null => "null".to_owned(),
        Assert::Length(length) => format!("length {length}"),
        Assert::Regexp(expression) => format!("regexp {expression:?}"),
        Assert::NotAbove { method, field } => format!("le {method}/{field}"),
        Assert::Other { check, value } => format!("{check:?} {value:?}"),
    }
}
