//! The comment of the description: the domains, which have no type of their own to stand at.

use proc_macro2::TokenStream;

use super::super::scope::Scope;
use super::links::{Links, Place};
use super::text::{Comment, prose};
use super::{capital, short_rules, values};

pub(in super::super) fn protocol(scope: &Scope<'_>) -> TokenStream {
    let links = Links::new(scope, Place::Module);
    let version = &scope.model.version;
    let mut comment = Comment::new("The protocol as data, for tools that iterate.");
    comment.add(&match scope.base {
        Some(_) => format!(
            "What is here extends [`PROTOCOL`]({}::PROTOCOL).",
            scope.options.runtime
        ),
        None => format!(
            "AMQP {}-{}-{}; the port is {}.",
            version.major, version.minor, version.revision, scope.model.port
        ),
    });
    let code = |code: &str| links.prose(code);
    let mut is_first = true;
    for domain in &scope.model.domains {
        if scope.base_has_domain(domain) {
            continue;
        }
        if is_first {
            comment.add_block("# Domains");
            comment.add("Named types: what an argument or a property is, whatever it belongs to.");
            is_first = false;
        }
        comment.add_block(&format!("## `{}`", domain.name));
        for paragraph in &domain.docs.text {
            comment.add(&prose(paragraph, &code));
        }
        comment.add(&format!("{}.", capital(values::in_words(domain.wire))));
        short_rules(&mut comment, &domain.docs, links);
    }
    comment.tokens()
}
