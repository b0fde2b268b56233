//! Things of which there may be only one.

use std::{collections::HashMap, hash::Hash};

use crate::{
    diagnostic::{Diagnostic, Findings},
    error::ErrorKind,
    spec::Position,
};

/// The keys that are taken, by whom and where. Looked up only, so the order of hashes does not matter.
pub(super) struct Unique<'a, K> {
    what: &'static str,
    /// The attribute that says it.
    attribute: &'static str,
    taken: HashMap<K, &'a Position>,
}

impl<'a, K: Eq + Hash> Unique<'a, K> {
    /// `what` tells the reader of the error what sort of thing is taken; `attribute` is where documents say it.
    pub(super) fn new(what: &'static str, attribute: &'static str) -> Self {
        Self {
            what,
            attribute,
            taken: HashMap::new(),
        }
    }

    /// Takes a key for the item of that name, or reports who has it; `help` says what to take instead.
    pub(super) fn claim(
        &mut self,
        key: K,
        name: &str,
        at: &'a Position,
        help: impl FnOnce() -> Option<String>,
        findings: &mut Findings,
    ) {
        let Some(first) = self.taken.get(&key) else {
            self.taken.insert(key, at);
            return;
        };
        findings.error_with(|| {
            let message = format!("{} `{name}` is taken", self.what);
            let here = at.attribute(self.attribute);
            Diagnostic::error(ErrorKind::Duplicate, &here, message)
                .first_defined_at(&first.attribute(self.attribute))
                .help_with(help())
        });
    }
}
