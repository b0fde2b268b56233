//! One finding in a document, and the list that they gather in.

use std::fmt;

use crate::{
    error::{Error, ErrorKind},
    source::Position,
};

/// Something that a document has wrong, or that is odd about it.
///
/// `Display` is one line, as compilers write it: `overlay.xml:12:7: ‹message› (first defined at amqp0-9-1.xml:455:5)`.
/// With the feature `diagnostics`, [`render`](Self::render) shows the lines of the documents as well.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Diagnostic {
    severity: Severity,
    kind: ErrorKind,
    message: String,
    position: Option<Position>,
    related: Option<(Position, &'static str)>,
    help: Option<String>,
}

/// Whether a [`Diagnostic`] stops the generator.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Severity {
    /// It does.
    Error,
    /// It does not.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

impl Diagnostic {
    /// Whether it stops the generator.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// What sort of finding it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What was found, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it was found, when it was found in a document.
    pub fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// The earlier place that the finding disagrees with, and what is there.
    pub fn related(&self) -> Option<(&Position, &str)> {
        let (position, what) = self.related.as_ref()?;
        Some((position, what))
    }

    /// What was probably meant, or could be written instead.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// An error at a place in a document.
    pub(crate) fn error(kind: ErrorKind, at: &Position, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, kind, Some(at.clone()), message.into())
    }

    /// A warning about a place in a document.
    pub(crate) fn warning(kind: ErrorKind, at: &Position, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, kind, Some(at.clone()), message.into())
    }

    /// An error outside of all documents.
    pub(crate) fn nowhere(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, kind, None, message.into())
    }

    fn new(
        severity: Severity,
        kind: ErrorKind,
        position: Option<Position>,
        message: String,
    ) -> Self {
        Self {
            severity,
            kind,
            message: harmless(message),
            position,
            related: None,
            help: None,
        }
    }

    /// Adds the place of the definition that this one contradicts.
    pub(crate) fn first_defined_at(mut self, position: &Position) -> Self {
        self.related = Some((position.clone(), "first defined"));
        self
    }

    /// Adds what may help, if anything may.
    pub(crate) fn help_with(mut self, help: Option<String>) -> Self {
        self.help = help.map(harmless);
        self
    }
}

/// Names out of documents do not command the terminals that they are shown on.
fn harmless(text: String) -> String {
    if !text.contains(char::is_control) {
        return text;
    }
    let mut harmless = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            harmless.extend(c.escape_default());
        } else {
            harmless.push(c);
        }
    }
    harmless
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = &self.position {
            write!(f, "{position}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.related {
            Some((position, what)) => write!(f, " ({what} at {position})"),
            None => Ok(()),
        }
    }
}

/// What has been found so far. A step of the generator reports here and goes on, so that one run tells of several
/// mistakes.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    errors: List,
    warnings: List,
}

/// Findings of one severity; those beyond what anybody reads are counted only.
#[derive(Debug, Default)]
struct List {
    shown: Vec<Diagnostic>,
    more: usize,
}

/// A document may have a mistake in every line.
const AT_MOST: usize = 100;

impl List {
    /// Describing a mistake can take longer than finding it.
    fn push(&mut self, describe: &mut dyn FnMut() -> Diagnostic) {
        if self.shown.len() < AT_MOST {
            self.shown.push(describe());
        } else {
            self.more += 1;
        }
    }

    fn push_one(&mut self, diagnostic: Diagnostic) {
        self.push(&mut || diagnostic.clone());
    }

    fn finish(mut self, severity: Severity) -> Vec<Diagnostic> {
        if self.more > 0 {
            let message = format!("{} more {severity}s are not shown", self.more);
            let last = Diagnostic::new(severity, ErrorKind::TooLarge, None, message);
            self.shown.push(last);
        }
        self.shown
    }
}

impl Findings {
    pub(crate) fn error(&mut self, error: Diagnostic) {
        self.errors.push_one(error);
    }

    /// `describe` is called if the error will be shown.
    pub(crate) fn error_with(&mut self, describe: &mut dyn FnMut() -> Diagnostic) {
        self.errors.push(describe);
    }

    pub(crate) fn warning(&mut self, warning: Diagnostic) {
        self.warnings.push_one(warning);
    }

    /// The value, or all that was wrong with it.
    pub(crate) fn value_of<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                for found in error.into_diagnostics() {
                    match found.severity() {
                        Severity::Error => self.error(found),
                        Severity::Warning => self.warning(found),
                    }
                }
                None
            }
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        !self.errors.shown.is_empty()
    }

    /// All that was wrong, then all that was odd; at least one thing was wrong.
    pub(crate) fn into_error(self, earlier: Vec<Diagnostic>) -> Error {
        let nothing = || Error::new(ErrorKind::Options, "there is no document to begin with");
        self.finish(earlier).err().unwrap_or_else(nothing)
    }

    /// What was odd, beginning with what was so `earlier`; if something was wrong, that and then what was odd.
    pub(crate) fn finish(self, earlier: Vec<Diagnostic>) -> Result<Vec<Diagnostic>, Error> {
        let mut warnings = earlier;
        warnings.extend(self.warnings.finish(Severity::Warning));
        let mut found = self.errors.finish(Severity::Error);
        if found.is_empty() {
            return Ok(warnings);
        }
        found.extend(warnings);
        Err(Error::of(found))
    }
}
