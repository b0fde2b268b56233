//! Texts that nobody may see, nor find in memory afterwards.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

/// A secret text. Copies are the same text, which is wiped when the last of them is dropped, or when it is erased.
#[derive(Clone)]
pub(crate) struct Secret(Arc<Mutex<Option<Zeroizing<String>>>>);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Mutex::new(Some(Zeroizing::new(text.into())))))
    }

    /// Shows the text; none if it was erased.
    pub(crate) fn reveal<T>(&self, show: impl FnOnce(&str) -> T) -> Option<T> {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.as_ref().map(|text| show(text))
    }

    /// Wipes the text, in all copies.
    pub(crate) fn erase(&self) {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *text = None;
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// Equal texts; an erased one equals its copies and other erased ones.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        if Arc::ptr_eq(&self.0, &other.0) {
            return true;
        }
        // One lock at a time: two comparisons of the same two, turned around, would wait for each other.
        let other = other.reveal(|text| Zeroizing::new(text.to_owned()));
        let own = self.reveal(|text| Zeroizing::new(text.to_owned()));
        own == other
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_erased_text_is_gone_from_all_copies() {
        let secret = Secret::new("s3cr3t");
        let copy = secret.clone();
        assert_eq!(secret, Secret::new("s3cr3t"));
        assert_ne!(secret, Secret::new("other"));
        assert_eq!(copy.reveal(str::len), Some(6));
        secret.erase();
        assert_eq!(copy.reveal(str::len), None);
        assert_eq!(secret, copy);
        assert_ne!(copy, Secret::new("s3cr3t"));
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("s3cr3t")), "***");
    }
}
