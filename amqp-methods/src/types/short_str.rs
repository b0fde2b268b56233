use core::{fmt, str};
use std::borrow::Cow;

use super::octets::Octets;

/// A short string: up to 255 octets of text, borrowed or owned.
///
/// UTF-8 by intent, octets in practice: RabbitMQ really sends others in reply texts, so reading never
/// insists. The length is checked where it matters, when it is encoded: an error names the field.
///
/// Spec: 4.2.5.3
#[derive(Clone, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ShortStr<'a>(Octets<'a>);

impl<'a> ShortStr<'a> {
    /// The longest that the wire can hold, in octets.
    pub const MAX: usize = 255;

    /// Text that lives elsewhere, also in constants.
    #[inline]
    pub const fn new(text: &'a str) -> Self {
        Self(Octets::Borrowed(text.as_bytes()))
    }

    #[inline]
    pub(crate) const fn from_wire(octets: &'a [u8]) -> Self {
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

    /// The text, checked anew at every call.
    ///
    /// # Errors
    /// The octets are not UTF-8; [`to_string_lossy`](Self::to_string_lossy) shows them all the same.
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
        1 + self.as_bytes().len()
    }

    /// The same string, borrowing from this one.
    #[inline]
    pub fn reborrow(&self) -> ShortStr<'_> {
        ShortStr(self.0.reborrow())
    }

    /// The same string, owning its octets.
    #[inline]
    pub fn into_owned(self) -> ShortStr<'static> {
        ShortStr(self.0.into_owned())
    }
}

impl<'a> From<&'a str> for ShortStr<'a> {
    #[inline]
    fn from(text: &'a str) -> Self {
        Self::new(text)
    }
}

impl<'a> From<&'a String> for ShortStr<'a> {
    #[inline]
    fn from(text: &'a String) -> Self {
        Self::new(text)
    }
}

impl From<String> for ShortStr<'_> {
    #[inline]
    fn from(text: String) -> Self {
        Self(text.into_bytes().into())
    }
}

/// Octets need not be text: RabbitMQ checks them for some methods only.
impl<'a> From<&'a [u8]> for ShortStr<'a> {
    #[inline]
    fn from(octets: &'a [u8]) -> Self {
        Self::from_wire(octets)
    }
}

impl PartialEq<str> for ShortStr<'_> {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for ShortStr<'_> {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

/// The quoted text, octets that are not UTF-8 escaped.
impl fmt::Debug for ShortStr<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::long_str::debug_octets(self.as_bytes(), f)
    }
}
