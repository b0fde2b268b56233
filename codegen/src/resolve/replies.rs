//! Which methods answer which.

use std::collections::HashSet;

use super::hyphenate;
use crate::{
    error::{Error, ErrorKind},
    spec::Method,
};

/// The methods of one class.
pub(super) struct Siblings {
    names: HashSet<String>,
}

impl Siblings {
    pub(super) fn new(methods: &[Method]) -> Self {
        let names = methods.iter().map(|method| hyphenate(&method.name));
        Self {
            names: names.collect(),
        }
    }

    /// What answers a method, in document order, each once.
    pub(super) fn replies(&self, method: &Method) -> Result<Vec<String>, Error> {
        let mut replies = Vec::new();
        let mut known = HashSet::new();
        for response in &method.responses {
            let name = hyphenate(&response.name);
            if !self.names.contains(&name) {
                let message = format!(
                    "`{}` is answered by `{name}`, which is not there",
                    method.name
                );
                return Err(Error::at(
                    ErrorKind::Unresolved,
                    &response.position,
                    message,
                ));
            }
            if known.insert(name.clone()) {
                replies.push(name);
            }
        }
        if replies.is_empty() {
            replies.extend(self.unstated_reply(&method.name));
        }
        Ok(replies)
    }

    /// 0-9-1 forgets to say that `recover-ok` answers `recover`. Whether a method is marked `synchronous`
    /// does not help: `recover` is not, and `flow-ok`, a reply itself, is not either.
    fn unstated_reply(&self, name: &str) -> Option<String> {
        let reply = format!("{}-ok", hyphenate(name));
        self.names.contains(&reply).then_some(reply)
    }
}
