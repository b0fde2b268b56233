//! Things of which there may be only one.

use crate::{
    diagnostic::{Diagnostic, Findings},
    error::ErrorKind,
    index::Index,
    spec::Position,
};

/// The keys that are taken, by whom and where.
pub(super) struct Unique<'a> {
    what: &'static str,
    /// The attribute that says it.
    attribute: &'static str,
    taken: Index,
    places: Vec<&'a Position>,
}

impl<'a> Unique<'a> {
    /// `what` tells the reader of the error what sort of thing is taken; `attribute` is where documents say it.
    pub(super) fn new(what: &'static str, attribute: &'static str) -> Self {
        Self {
            what,
            attribute,
            taken: Index::default(),
            places: Vec::new(),
        }
    }

    /// Takes a key for the item of that name, or reports who has it; `help` says what to take instead. Whether it was
    /// free is returned.
    pub(super) fn claim(
        &mut self,
        key: String,
        name: &str,
        at: &'a Position,
        help: &dyn Fn() -> Option<String>,
        findings: &mut Findings,
    ) -> bool {
        let Some(first) = self.taken.get(&key) else {
            self.taken.insert(key, self.places.len());
            self.places.push(at);
            return true;
        };
        findings.error_with(&mut || {
            let message = format!("{} `{name}` is taken", self.what);
            let here = at.attribute(self.attribute);
            Diagnostic::error(ErrorKind::Duplicate, &here, message)
                .first_defined_at(&self.places[first].attribute(self.attribute))
                .help_with(help())
        });
        false
    }
}

/// Where nothing helps.
pub(super) fn no_help() -> Option<String> {
    None
}
