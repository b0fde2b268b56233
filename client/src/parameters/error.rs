//! What can be wrong with parameters, said without repeating them.

use std::borrow::Cow;
use std::error;
use std::fmt;

/// A parameter that cannot be used.
///
/// The text names the parameter and says what would be right. It never repeats the value, nor any part of a
/// URL but a query key that looks like one: a mistyped URL may hold a piece of a password anywhere.
///
/// ```
/// use leveret::{ParameterErrorKind, UrlParameters};
///
/// let error = "amqp://broker?heartbeat=soon".parse::<UrlParameters>().unwrap_err();
/// assert_eq!(error.kind(), ParameterErrorKind::NotANumber);
/// assert_eq!(error.parameter(), "heartbeat");
/// assert_eq!(error.to_string(), "heartbeat is not a decimal number: expected whole seconds from 0 to 65535");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ParameterError {
    kind: ParameterErrorKind,
    parameter: Cow<'static, str>,
    expected: &'static str,
}

/// What is wrong with a parameter.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ParameterErrorKind {
    /// More octets than the parameter may have.
    TooLong,
    /// A URL that does not follow RFC 3986.
    Syntax,
    /// Well formed, but with no meaning here, such as a fragment or a foreign scheme.
    Unsupported,
    /// The parameter asks for TLS, which this build does not have.
    TlsUnavailable,
    /// A part of a URL that is not UTF-8 once percent-decoded.
    NotUtf8,
    /// Absent or empty where a value is needed.
    Missing,
    /// A query key that is not known.
    Unknown,
    /// A query key given twice.
    Repeated,
    /// Something other than decimal digits where a number is needed.
    NotANumber,
    /// A number or duration beyond the bounds of the parameter.
    OutOfRange,
    /// A character that the parameter cannot hold, such as NUL.
    ForbiddenCharacter,
    /// Two values that cannot both be true.
    Contradiction,
}

impl ParameterError {
    pub(super) const fn new(
        kind: ParameterErrorKind,
        parameter: &'static str,
        expected: &'static str,
    ) -> Self {
        let parameter = Cow::Borrowed(parameter);
        Self {
            kind,
            parameter,
            expected,
        }
    }

    /// An error about a query key of somebody else's making, named only if it looks like a key.
    pub(super) fn of_key(kind: ParameterErrorKind, key: &str, expected: &'static str) -> Self {
        let is_plain = |octet: u8| octet.is_ascii_alphabetic() || octet == b'_' || octet == b'-';
        let is_name = (1..=MAX_KEY_SHOWN).contains(&key.len()) && key.bytes().all(is_plain);
        let parameter = if is_name {
            Cow::Owned(key.to_owned())
        } else {
            Cow::Borrowed("query key")
        };
        Self {
            kind,
            parameter,
            expected,
        }
    }

    /// The same error, about what has another name elsewhere.
    pub(super) fn called(mut self, parameter: &'static str) -> Self {
        self.parameter = Cow::Borrowed(parameter);
        self
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn kind(&self) -> ParameterErrorKind {
        self.kind
    }

    /// Returns the name of the parameter; of a URL that of the part, of the query key, or of the entry of a key that is a
    /// dictionary, such as `TCP_KEEPIDLE`.
    ///
    /// It is `"url"` if the URL as a whole is at fault, and `"query key"` for a key not fit to be shown.
    #[must_use]
    pub fn parameter(&self) -> &str {
        &self.parameter
    }
}

impl fmt::Display for ParameterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problem = match self.kind {
            ParameterErrorKind::TooLong => "is too long",
            ParameterErrorKind::Syntax => "does not follow RFC 3986",
            ParameterErrorKind::Unsupported => "is not supported",
            ParameterErrorKind::TlsUnavailable => "asks for TLS, which this build does not have",
            ParameterErrorKind::NotUtf8 => "is not UTF-8 once percent-decoded",
            ParameterErrorKind::Missing => "is missing",
            ParameterErrorKind::Unknown => "is not known",
            ParameterErrorKind::Repeated => "is given twice",
            ParameterErrorKind::NotANumber => "is not a decimal number",
            ParameterErrorKind::OutOfRange => "is out of range",
            ParameterErrorKind::ForbiddenCharacter => "has a character it cannot hold",
            ParameterErrorKind::Contradiction => "contradicts itself",
        };
        write!(
            f,
            "{} {problem}: expected {}",
            self.parameter, self.expected
        )
    }
}

impl error::Error for ParameterError {}

/// Longest unknown query key shown, in octets.
const MAX_KEY_SHOWN: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_key_that_looks_like_one_is_shown() {
        let shown = |key: &str| {
            let error = ParameterError::of_key(ParameterErrorKind::Unknown, key, "a known key");
            error.parameter().to_owned()
        };
        assert_eq!(shown("heart_beat"), "heart_beat");
        assert_eq!(shown("s3cr3t"), "query key");
        assert_eq!(shown("a b"), "query key");
        assert_eq!(shown(""), "query key");
        assert_eq!(shown(&"a".repeat(MAX_KEY_SHOWN)).len(), MAX_KEY_SHOWN);
        assert_eq!(shown(&"a".repeat(MAX_KEY_SHOWN + 1)), "query key");
    }
}
