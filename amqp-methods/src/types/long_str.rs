use core::{fmt, str};
use std::borrow::Cow;

use super::octets::Octets;

/// A long string: octets, borrowed or owned. Often text, never forced to be.
///
/// Spec: 4.2.5.3
#[derive(Clone, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct LongStr<'a>(Octets<'a>);

impl<'a> LongStr<'a> {
    /// Octets that live elsewhere, also in constants.
    #[inline]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self(Octets::Borrowed(octets))
    }

    /// The octets.
    #[inline]
    pub const fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// The octets, from where they were borrowed or owned.
    #[inline]
    pub fn into_bytes(self) -> Cow<'a, [u8]> {
        self.0.into_cow()
    }

    /// The text, if it is some.
    ///
    /// # Errors
    /// The octets are not UTF-8.
    #[inline]
    pub fn as_str(&self) -> Result<&str, str::Utf8Error> {
        str::from_utf8(self.as_bytes())
    }

    /// The text, with U+FFFD in place of octets that are not UTF-8.
    #[inline]
    pub fn to_string_lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.as_bytes())
    }

    /// How many octets.
    #[inline]
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// How many octets it takes on the wire.
    #[inline]
    pub fn encoded_len(&self) -> usize {
        4 + self.as_bytes().len()
    }

    /// The same string, borrowing from this one.
    #[inline]
    pub fn reborrow(&self) -> LongStr<'_> {
        LongStr(self.0.reborrow())
    }

    /// The same string, owning its octets.
    #[inline]
    pub fn into_owned(self) -> LongStr<'static> {
        LongStr(self.0.into_owned())
    }
}

impl<'a> From<&'a str> for LongStr<'a> {
    #[inline]
    fn from(text: &'a str) -> Self {
        Self::new(text.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for LongStr<'a> {
    #[inline]
    fn from(octets: &'a [u8]) -> Self {
        Self::new(octets)
    }
}

impl From<String> for LongStr<'_> {
    #[inline]
    fn from(text: String) -> Self {
        Self(text.into_bytes().into())
    }
}

impl From<Vec<u8>> for LongStr<'_> {
    #[inline]
    fn from(octets: Vec<u8>) -> Self {
        Self(octets.into())
    }
}

impl PartialEq<str> for LongStr<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for LongStr<'_> {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

/// The quoted text, octets that are not UTF-8 escaped.
impl fmt::Debug for LongStr<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug_octets(self.as_bytes(), f)
    }
}

#[inline]
pub(super) fn debug_octets(octets: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match str::from_utf8(octets) {
        Ok(text) => write!(f, "{text:?}"),
        Err(_) => write!(f, "b\"{}\"", octets.escape_ascii()),
    }
}
