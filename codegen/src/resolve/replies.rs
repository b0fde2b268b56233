//! Which methods answer which.

use super::{hyphenate, same_name};
use crate::{
    diagnostic::{Diagnostic, Findings},
    error::ErrorKind,
    index::Index,
    spec::{Method, Response},
    suggest::did_you_mean,
};

/// The methods of one class.
pub(super) struct Siblings {
    names: Vec<String>,
    known: Index,
}

impl Siblings {
    pub(super) fn new(methods: &[Method]) -> Self {
        let mut siblings = Self {
            names: Vec::with_capacity(methods.len()),
            known: Index::default(),
        };
        for (place, method) in methods.iter().enumerate() {
            let name = hyphenate(&method.name);
            siblings.names.push(name.clone());
            siblings.known.insert(name, place);
        }
        siblings
    }

    /// What answers a method, in document order, each once.
    pub(super) fn replies(&self, method: &Method, findings: &mut Findings) -> Vec<String> {
        let mut replies = Vec::new();
        let mut known = Index::default();
        for response in &method.responses {
            let name = hyphenate(&response.name);
            if !self.known.contains(&name) {
                findings.error_with(&mut || self.missing(&name, method, response));
            } else if known.insert(name.clone(), replies.len()) {
                replies.push(name);
            }
        }
        if method.responses.is_empty() {
            replies.extend(self.unstated_reply(&method.name));
        }
        replies
    }

    /// Warns of what is marked synchronous, as requests and their answers are, and is neither: an overlay that forgets to
    /// say what answers makes a method that nobody can call.
    pub(super) fn report_unanswered(&self, methods: &[Method], findings: &mut Findings) {
        let mut answers = Index::default();
        for method in methods {
            for response in &method.responses {
                answers.insert(hyphenate(&response.name), 0);
            }
            if let Some(reply) = self.unstated_reply(&method.name) {
                answers.insert(reply, 0);
            }
        }
        for method in methods {
            let is_request =
                !method.responses.is_empty() || self.unstated_reply(&method.name).is_some();
            let is_answer = answers.contains(&hyphenate(&method.name));
            if method.synchronous != Some(true) || is_request || is_answer {
                continue;
            }
            let name = &method.name;
            let message = format!("`{name}` is synchronous, and nothing answers it");
            let help = format!("its answer is named in it, as in <response name=\"{name}-ok\"/>");
            let at = method.position.attribute("synchronous");
            let warning = Diagnostic::warning(ErrorKind::Unresolved, &at, message);
            findings.warning(warning.help_with(Some(help)));
        }
    }

    fn missing(&self, name: &str, method: &Method, response: &Response) -> Diagnostic {
        let message = format!(
            "`{}` is answered by `{name}`, which is not there",
            method.name
        );
        let others = self.names.iter().map(String::as_str);
        let others = others.filter(|other| !same_name(other, &method.name));
        let others: Vec<_> = others.collect();
        let help = did_you_mean(name, &others)
            .or_else(|| Some("a response is a method of the same class".to_owned()));
        let at = response.position.attribute("name");
        Diagnostic::error(ErrorKind::Unresolved, &at, message).help_with(help)
    }

    /// 0-9-1 forgets to say that `recover-ok` answers `recover`. Whether a method is marked `synchronous`
    /// does not help: `recover` is not, and `flow-ok`, a reply itself, is not either.
    fn unstated_reply(&self, name: &str) -> Option<String> {
        let reply = format!("{}-ok", hyphenate(name));
        self.known.contains(&reply).then_some(reply)
    }
}
