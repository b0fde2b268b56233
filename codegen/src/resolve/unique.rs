//! Things of which there may be only one.

use std::{collections::HashMap, hash::Hash};

use crate::{
    error::{Error, ErrorKind},
    spec::Position,
};

/// The keys that are taken, by whom and where. Looked up only, so the order of hashes does not matter.
pub(super) struct Unique<'a, K> {
    what: &'static str,
    taken: HashMap<K, &'a Position>,
}

impl<'a, K: Eq + Hash> Unique<'a, K> {
    /// `what` tells the reader of the error what sort of thing is taken.
    pub(super) fn new(what: &'static str) -> Self {
        Self {
            what,
            taken: HashMap::new(),
        }
    }

    /// Takes a key for the item of that name.
    pub(super) fn claim(&mut self, key: K, name: &str, at: &'a Position) -> Result<(), Error> {
        match self.taken.get(&key) {
            Some(first) => {
                let message = format!("{} of `{name}` is already taken", self.what);
                Err(Error::at(ErrorKind::Duplicate, at, message).first_defined_at(first))
            }
            None => {
                self.taken.insert(key, at);
                Ok(())
            }
        }
    }
}
