//! What can go wrong.

use std::{error, fmt, io, path::Path};

use crate::{diagnostic::Diagnostic, source::Position};

/// Why a protocol could not be generated: all that was found in one run, warnings included.
///
/// `Display` has one line for each finding. `Debug`, which is what a build script shows that returns it from `main`,
/// shows the lines of the documents too if the feature `diagnostics` is on.
pub struct Error {
    /// At least one.
    diagnostics: Vec<Diagnostic>,
}

/// The sorts of findings.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The document is not well-formed XML.
    Syntax,
    /// An element or text stands where the vocabulary has no place for it.
    Element,
    /// An attribute is missing, unknown, repeated or not of its type.
    Attribute,
    /// A name that no identifier can be made of.
    Name,
    /// A name, number or identifier that is already taken.
    Duplicate,
    /// Two documents disagree about a fact.
    Conflict,
    /// A class, domain, type, response or field that does not exist.
    Unresolved,
    /// A method has another form on the wire than before.
    WireFormat,
    /// A small document that would become a very large model, or more mistakes than are shown.
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

impl ErrorKind {
    /// Its name, for tools: `duplicate`, `wire-format`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Element => "element",
            Self::Attribute => "attribute",
            Self::Name => "name",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
            Self::Unresolved => "unresolved",
            Self::WireFormat => "wire-format",
            Self::TooLarge => "too-large",
            Self::Options => "options",
            Self::Read => "read",
            Self::Write => "write",
            Self::Format => "format",
        }
    }
}

impl Error {
    /// All that was found, in the order of the steps and documents: what is wrong, then what is odd.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// What sort of error the first one is.
    pub fn kind(&self) -> ErrorKind {
        let first = self.diagnostics.first();
        first.map_or(ErrorKind::Options, Diagnostic::kind)
    }

    /// Where the first one was found, when it was found in a document.
    pub fn position(&self) -> Option<&Position> {
        self.diagnostics.first()?.position()
    }

    /// An error out of findings, of which the first is wrong.
    pub(crate) fn of(diagnostics: Vec<Diagnostic>) -> Self {
        Self { diagnostics }
    }

    /// An error outside of all documents.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Diagnostic::nowhere(kind, message).into()
    }

    /// A file that cannot be read or written. The cause is part of the message, because there may be several files.
    pub(crate) fn io(kind: ErrorKind, path: &Path, cause: &io::Error) -> Self {
        let verb = match kind {
            ErrorKind::Read => "read",
            _ => "write",
        };
        Self::new(kind, format!("cannot {verb} {}: {cause}", path.display()))
    }

    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}

impl From<Diagnostic> for Error {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostics: vec![diagnostic],
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            let line_end = if index == 0 { "" } else { "\n" };
            write!(f, "{line_end}{diagnostic}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for diagnostic in &self.diagnostics {
            #[cfg(feature = "diagnostics")]
            write!(f, "\n{}\n", diagnostic.render(false))?;
            #[cfg(not(feature = "diagnostics"))]
            write!(f, "\n{}: {diagnostic}", diagnostic.severity())?;
        }
        Ok(())
    }
}

impl error::Error for Error {}
