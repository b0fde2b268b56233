use core::cmp::Ordering;
use core::hash::{Hash, Hasher};
use std::borrow::Cow;

/// Octets, borrowed or owned.
///
/// Unlike in a `Cow`, what is owned keeps no spare room, so that one comparison tells whether there is anything to
/// drop: properties consist of a dozen of these.
#[derive(Clone)]
pub(super) enum Octets<'a> {
    Borrowed(&'a [u8]),
    Owned(Box<[u8]>),
}

impl<'a> Octets<'a> {
    #[inline(always)]
    pub(super) const fn as_slice(&self) -> &[u8] {
        match self {
            Self::Borrowed(octets) => octets,
            Self::Owned(octets) => octets,
        }
    }

    #[inline(always)]
    pub(super) const fn reborrow(&self) -> Octets<'_> {
        Octets::Borrowed(self.as_slice())
    }

    #[inline]
    pub(super) fn into_cow(self) -> Cow<'a, [u8]> {
        match self {
            Self::Borrowed(octets) => Cow::Borrowed(octets),
            Self::Owned(octets) => Cow::Owned(octets.into()),
        }
    }

    #[inline]
    pub(super) fn into_owned(self) -> Octets<'static> {
        Octets::Owned(match self {
            Self::Borrowed(octets) => octets.into(),
            Self::Owned(octets) => octets,
        })
    }
}

impl Default for Octets<'_> {
    #[inline]
    fn default() -> Self {
        Self::Borrowed(&[])
    }
}

impl From<Vec<u8>> for Octets<'_> {
    #[inline]
    fn from(octets: Vec<u8>) -> Self {
        Self::Owned(octets.into_boxed_slice())
    }
}

impl PartialEq for Octets<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for Octets<'_> {}

impl PartialOrd for Octets<'_> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Octets<'_> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_slice().cmp(other.as_slice())
    }
}

impl Hash for Octets<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}
