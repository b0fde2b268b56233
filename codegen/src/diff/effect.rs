//! What differences do to peers, one of which speaks the older protocol and one the newer.

use super::change::{
    Change, ClassChange, ConstantChange, Difference, DomainChange, FieldChange, Meaning,
    MethodChange, Receivers,
};

/// What a change does to peers that speak different sides of it. Worse is greater.
///
/// | change | effect |
/// |---|---|
/// | version | breaking: the protocol header is another, and servers refuse it |
/// | port | none: the octets are the same |
/// | constant added, or of another class | compatible: a code nobody knows is still a code, and the method that carries it says what is closed |
/// | constant removed, or of another value | breaking |
/// | domain | none: only arguments and properties are on the wire, and they report their types themselves |
/// | class or method added | compatible, unless its number was that of another: then breaking |
/// | class or method removed or renumbered | breaking |
/// | handler of a class | breaking: its methods come on channels where nobody expects them |
/// | one more receiver of a method | compatible; one less is breaking, unless none is named any more, which excludes nobody |
/// | content | breaking |
/// | replies | breaking: one side waits for what does not come, or gets what it does not expect |
/// | `synchronous`, `deprecated` | none: marks for people; who waits is told by the replies |
/// | argument added | breaking, unless it is a bit for which an octet had room: then compatible |
/// | property appended | compatible: its flag is not set unless it is used |
/// | property inserted | breaking: the flags behind it move |
/// | argument or property removed, moved, or of another type | breaking |
/// | another name, the same type, at the same place | compatible, unless it becomes reserved |
/// | no longer reserved | compatible; what becomes reserved is breaking, for it is ignored from now on |
/// | domain of an argument or property, its type being the same | none |
/// | checks | compatible: decoding does not enforce them |
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Effect {
    /// The same octets mean the same.
    None,
    /// Each side reads all that it could read before; the difference is felt only where what is new is used.
    Compatible,
    /// One side sends octets that the other cannot read, or takes for something else.
    Breaking,
}

impl Change {
    /// What the change does to peers that speak different sides of it.
    pub fn effect(&self) -> Effect {
        match &self.difference {
            Difference::Version { .. } => Effect::Breaking,
            Difference::Port { .. } => Effect::None,
            Difference::Constant { change, .. } => of_constant(change),
            Difference::Domain { change, .. } => of_domain(change),
            Difference::Class { change, .. } => of_class(change),
            Difference::Method { change, .. } => of_method(change),
            Difference::Argument { change, .. } => of_argument(change),
            Difference::Property { change, .. } => of_property(change),
        }
    }
}

fn of_constant(change: &ConstantChange) -> Effect {
    match change {
        ConstantChange::Added { .. } | ConstantChange::Kind { .. } => Effect::Compatible,
        ConstantChange::Removed { .. } | ConstantChange::Value { .. } => Effect::Breaking,
    }
}

fn of_domain(change: &DomainChange) -> Effect {
    match change {
        DomainChange::Added { .. } | DomainChange::Removed { .. } | DomainChange::Type { .. } => {
            Effect::None
        }
    }
}

fn of_class(change: &ClassChange) -> Effect {
    match change {
        ClassChange::Added { instead_of, .. } => of_addition(instead_of),
        ClassChange::Removed { .. } | ClassChange::Index { .. } | ClassChange::Handler { .. } => {
            Effect::Breaking
        }
    }
}

fn of_method(change: &MethodChange) -> Effect {
    match change {
        MethodChange::Added { instead_of, .. } => of_addition(instead_of),
        MethodChange::Receivers { old, new } => of_receivers(*old, *new),
        MethodChange::Synchronous(_) | MethodChange::Deprecated(_) => Effect::None,
        MethodChange::Removed { .. }
        | MethodChange::Index { .. }
        | MethodChange::Content(_)
        | MethodChange::Replies { .. } => Effect::Breaking,
    }
}

/// A number that meant something else is misunderstood, one that meant nothing is not.
fn of_addition(instead_of: &Option<String>) -> Effect {
    match instead_of {
        Some(_) => Effect::Breaking,
        None => Effect::Compatible,
    }
}

fn of_receivers(old: Receivers, new: Receivers) -> Effect {
    let lost = (old.client && !new.client) || (old.server && !new.server);
    // Where nobody is named, nobody is excluded.
    let is_said = new.client || new.server;
    if lost && is_said {
        Effect::Breaking
    } else {
        Effect::Compatible
    }
}

fn of_argument(change: &FieldChange) -> Effect {
    match change {
        FieldChange::Appended { spare_bit, .. } | FieldChange::Inserted { spare_bit, .. } => {
            if *spare_bit {
                Effect::Compatible
            } else {
                Effect::Breaking
            }
        }
        change => of_field(change),
    }
}

fn of_property(change: &FieldChange) -> Effect {
    match change {
        FieldChange::Appended { .. } => Effect::Compatible,
        change => of_field(change),
    }
}

/// What is the same for arguments and properties.
fn of_field(change: &FieldChange) -> Effect {
    match change {
        FieldChange::Renamed { meaning, .. } | FieldChange::Meaning { meaning, .. } => {
            match meaning {
                Meaning::Kept | Meaning::Gained => Effect::Compatible,
                Meaning::Lost => Effect::Breaking,
            }
        }
        FieldChange::Checks { .. } => Effect::Compatible,
        FieldChange::Domain { .. } => Effect::None,
        FieldChange::Appended { .. }
        | FieldChange::Inserted { .. }
        | FieldChange::Removed { .. }
        | FieldChange::Moved { .. }
        | FieldChange::Type { .. } => Effect::Breaking,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_that_is_no_longer_named_is_not_excluded() {
        let of = |client, server| Receivers { client, server };
        let (client, server, both, anybody) = (
            of(true, false),
            of(false, true),
            of(true, true),
            of(false, false),
        );
        for (old, new, effect) in [
            (server, both, Effect::Compatible),
            (both, server, Effect::Breaking),
            (server, client, Effect::Breaking),
            (server, anybody, Effect::Compatible),
            (both, anybody, Effect::Compatible),
            (anybody, server, Effect::Compatible),
        ] {
            assert_eq!(of_receivers(old, new), effect, "{old:?} {new:?}");
        }
    }
}
