use core::fmt;

use crate::ShortStr;

/// Why a table is not the type that was asked for, or a value cannot become a table.
///
/// Names the field, down through tables and arrays: `x-death[0].count`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error {
    path: String,
    message: String,
}

impl Error {
    pub(super) fn new(message: impl fmt::Display) -> Self {
        Self {
            path: String::new(),
            message: message.to_string(),
        }
    }

    pub(super) fn too_deep() -> Self {
        Self::new(TOO_DEEP)
    }

    /// Where it is wrong, from the outermost table; empty where that is as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same error, seen from the table around.
    pub(super) fn in_entry(mut self, name: &ShortStr<'_>) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.path = format!("{name}{dot}{}", self.path);
        self
    }

    /// The same error, seen from the array around.
    pub(super) fn in_element(mut self, index: usize) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') {
            ""
        } else {
            "."
        };
        self.path = format!("[{index}]{dot}{}", self.path);
        self
    }
}

pub(super) const TOO_DEEP: &str = "tables are nested too deep";

/// What a peer sent is part of some messages, and shown as harmlessly as everywhere.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}", ShortStr::new(&self.message))
    }
}

impl core::error::Error for Error {}

impl serde_core::ser::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }
}

impl serde_core::de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }
}
