//! What can go wrong, and where.

use std::{error, fmt, io, path::Path};

use crate::spec::Position;

/// Why a protocol could not be generated.
///
/// `Display` reads like the diagnostics of a compiler, both places of a conflict included:
/// `overlay.xml:12:7: field … (first defined at amqp0-9-1.xml:455:5)`.
#[derive(Debug)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    message: String,
    position: Option<Position>,
    related: Option<Position>,
    source: Option<io::Error>,
}

/// The sorts of [`Error`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The document is not well-formed XML.
    Syntax,
    /// An element or text stands where the vocabulary has no place for it.
    Element,
    /// An attribute is missing, repeated or not of its type.
    Attribute,
    /// A name that no identifier can be made of.
    Name,
    /// A name, number or identifier that is already taken.
    Duplicate,
    /// Two documents disagree about a fact.
    Conflict,
    /// A domain, type, response or field that does not exist.
    Unresolved,
    /// A small document that would become a very large model.
    TooLarge,
    /// An option of [`Config`](crate::Config) that cannot be used.
    Options,
    /// A document could not be read.
    Read,
    /// The output could not be written.
    Write,
    /// The generated code is not Rust: a fault of the generator.
    Format,
}

impl Error {
    /// What sort of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Where it was found, when it was found in a document.
    pub fn position(&self) -> Option<&Position> {
        self.inner.position.as_ref()
    }

    /// The earlier place that the finding disagrees with.
    pub fn related(&self) -> Option<&Position> {
        self.inner.related.as_ref()
    }

    /// An error at a place in a document.
    pub(crate) fn at(kind: ErrorKind, position: &Position, message: impl Into<String>) -> Self {
        let mut error = Self::new(kind, message);
        error.inner.position = Some(position.clone());
        error
    }

    /// An error outside of all documents.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                position: None,
                related: None,
                source: None,
            }),
        }
    }

    /// A file that cannot be read or written.
    pub(crate) fn io(kind: ErrorKind, path: &Path, source: io::Error) -> Self {
        let verb = if kind == ErrorKind::Read {
            "read"
        } else {
            "write"
        };
        let mut error = Self::new(kind, format!("cannot {verb} {}", path.display()));
        error.inner.source = Some(source);
        error
    }

    /// Adds the place of the definition that this one contradicts.
    pub(crate) fn first_defined_at(mut self, position: &Position) -> Self {
        self.inner.related = Some(position.clone());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = &self.inner.position {
            write!(f, "{position}: ")?;
        }
        f.write_str(&self.inner.message)?;
        if let Some(related) = &self.inner.related {
            write!(f, " (first defined at {related})")?;
        }
        Ok(())
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        let source = self.inner.source.as_ref()?;
        Some(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_names_both_places() {
        let here = Position::new("overlay.xml".into(), 12, 7);
        let there = Position::new("amqp0-9-1.xml".into(), 455, 5);
        let error = Error::at(ErrorKind::Conflict, &here, "index is 61 here and 60 there")
            .first_defined_at(&there);
        assert_eq!(
            error.to_string(),
            "overlay.xml:12:7: index is 61 here and 60 there (first defined at amqp0-9-1.xml:455:5)",
        );
        assert_eq!(error.position(), Some(&here));
        assert_eq!(error.related(), Some(&there));
    }

    #[test]
    fn io_errors_keep_their_cause() {
        let cause = io::Error::from(io::ErrorKind::NotFound);
        let error = Error::io(ErrorKind::Read, Path::new("spec/credit.xml"), cause);
        assert_eq!(error.to_string(), "cannot read spec/credit.xml");
        assert!(error::Error::source(&error).is_some());
    }
}
