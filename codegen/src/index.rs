//! Places by name.

use std::collections::HashMap;

/// Where the item of each name stands in a list; looked up only, so that the order of hashes does not matter.
///
/// The generator has no other map. Each kind of map is compiled by everybody who builds the generator, which is everybody
/// who depends on what it makes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index(HashMap<String, usize>);

impl Index {
    pub(crate) fn get(&self, name: &str) -> Option<usize> {
        self.0.get(name).copied()
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Notes a place, that of the last item of the name; gives whether the name is new.
    pub(crate) fn insert(&mut self, name: String, place: usize) -> bool {
        self.0.insert(name, place).is_none()
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }
}
