//! A value that is not what was asked for.

use core::fmt;

use crate::error::DecodeError;

/// Why a value is not of the type that was asked for.
///
/// Names where it stands, and what was expected and found there; nothing in it comes from the peer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ValueError {
    place: Option<Place>,
    kind: ValueErrorKind,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Place {
    Entry(Box<str>),
    Element(usize),
}

/// What a [`ValueError`] reports.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ValueErrorKind {
    /// The table or array is damaged.
    Damaged(DecodeError),
    /// The value is of another type.
    WrongType {
        /// What was asked for, "an integer".
        expected: &'static str,
        /// What is there, "a long string".
        found: &'static str,
    },
    /// The value is an integer, and does not fit the type.
    OutOfRange {
        /// What was asked for, "u8".
        expected: &'static str,
        /// What is there.
        found: i64,
    },
    /// The value is a long string that is not UTF-8.
    NotUtf8,
}

impl ValueError {
    #[inline]
    pub(super) const fn new(kind: ValueErrorKind) -> Self {
        Self { place: None, kind }
    }

    #[inline]
    pub(super) const fn wrong_type(expected: &'static str, found: &'static str) -> Self {
        Self::new(ValueErrorKind::WrongType { expected, found })
    }

    /// The same error, naming the entry.
    #[inline]
    #[must_use]
    pub(super) fn in_entry(self, name: &str) -> Self {
        Self {
            place: Some(Place::Entry(name.into())),
            ..self
        }
    }

    /// The same error, naming the element.
    #[inline]
    #[must_use]
    pub(super) fn in_element(self, index: usize) -> Self {
        Self {
            place: Some(Place::Element(index)),
            ..self
        }
    }

    /// What is wrong.
    #[inline]
    pub const fn kind(&self) -> ValueErrorKind {
        self.kind
    }

    /// The entry that was asked for; none for elements of an array, and for values by themselves.
    #[inline]
    pub fn name(&self) -> Option<&str> {
        match &self.place {
            Some(Place::Entry(name)) => Some(name),
            _ => None,
        }
    }
}

impl From<DecodeError> for ValueError {
    #[inline]
    fn from(error: DecodeError) -> Self {
        Self::new(ValueErrorKind::Damaged(error))
    }
}

impl fmt::Display for ValueError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(Place::Entry(name)) => write!(f, "table entry {name}: ")?,
            Some(Place::Element(index)) => write!(f, "array element {index}: ")?,
            None => {}
        }
        match self.kind {
            ValueErrorKind::Damaged(_) => f.write_str("the octets are damaged"),
            ValueErrorKind::WrongType { expected, found } => {
                write!(f, "expected {expected}, found {found}")
            }
            ValueErrorKind::OutOfRange { expected, found } => {
                write!(f, "{found} does not fit {expected}")
            }
            ValueErrorKind::NotUtf8 => f.write_str("the text is not UTF-8"),
        }
    }
}

impl core::error::Error for ValueError {
    #[inline]
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.kind {
            ValueErrorKind::Damaged(error) => Some(error),
            _ => None,
        }
    }
}
