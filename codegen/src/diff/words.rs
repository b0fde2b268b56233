//! Differences in words that do not change, for tools.

use super::change::{
    ClassChange, ConstantChange, Difference, DomainChange, FieldChange, MethodChange,
};

impl Difference {
    /// What sort of thing is different: `amqp` (the root), `constant`, `domain`, `class`, `method`, `argument` or
    /// `property`.
    pub fn element(&self) -> &'static str {
        match self {
            Self::Version { .. } | Self::Port { .. } => "amqp",
            Self::Constant { .. } => "constant",
            Self::Domain { .. } => "domain",
            Self::Class { .. } => "class",
            Self::Method { .. } => "method",
            Self::Argument { .. } => "argument",
            Self::Property { .. } => "property",
        }
    }

    /// Which one is different: `basic`, `basic.publish`, `basic.publish/exchange`, `basic/content-type`; empty
    /// for the root.
    pub fn name(&self) -> String {
        match self {
            Self::Version { .. } | Self::Port { .. } => String::new(),
            Self::Constant { name, .. } | Self::Domain { name, .. } | Self::Class { name, .. } => {
                name.clone()
            }
            Self::Method { class, name, .. } => format!("{class}.{name}"),
            Self::Argument {
                class,
                method,
                name,
                ..
            } => format!("{class}.{method}/{name}"),
            Self::Property { class, name, .. } => format!("{class}/{name}"),
        }
    }

    /// What is different about it, in one word: `added`, `removed`, `renamed`, `index` and so on.
    pub fn aspect(&self) -> &'static str {
        match self {
            Self::Version { .. } => "version",
            Self::Port { .. } => "port",
            Self::Constant { change, .. } => match change {
                ConstantChange::Added { .. } => "added",
                ConstantChange::Removed { .. } => "removed",
                ConstantChange::Value { .. } => "value",
                ConstantChange::Kind { .. } => "class",
            },
            Self::Domain { change, .. } => match change {
                DomainChange::Added { .. } => "added",
                DomainChange::Removed { .. } => "removed",
                DomainChange::Type { .. } => "type",
            },
            Self::Class { change, .. } => match change {
                ClassChange::Added { .. } => "added",
                ClassChange::Removed { .. } => "removed",
                ClassChange::Index { .. } => "index",
                ClassChange::Handler { .. } => "handler",
            },
            Self::Method { change, .. } => of_method(change),
            Self::Argument { change, .. } | Self::Property { change, .. } => of_field(change),
        }
    }
}

fn of_method(change: &MethodChange) -> &'static str {
    match change {
        MethodChange::Added { .. } => "added",
        MethodChange::Removed { .. } => "removed",
        MethodChange::Index { .. } => "index",
        MethodChange::Receivers { .. } => "chassis",
        MethodChange::Content(_) => "content",
        MethodChange::Synchronous(_) => "synchronous",
        MethodChange::Deprecated(_) => "deprecated",
        MethodChange::Replies { .. } => "response",
    }
}

fn of_field(change: &FieldChange) -> &'static str {
    match change {
        FieldChange::Appended { .. } => "appended",
        FieldChange::Inserted { .. } => "inserted",
        FieldChange::Removed { .. } => "removed",
        FieldChange::Moved { .. } => "moved",
        FieldChange::Renamed { .. } => "renamed",
        FieldChange::Type { .. } => "type",
        FieldChange::Domain { .. } => "domain",
        FieldChange::Meaning { .. } => "reserved",
        FieldChange::Checks { .. } => "assert",
    }
}
