//! The ledger of rules: what the standard names is known by the same name and failure.

use amqp_methods::{PROTOCOL, RuleInfo};
use serde::Deserialize;

const LEDGER: &str = include_str!("vectors/rules.json");

#[derive(Debug, Deserialize)]
struct Rule {
    scope: String,
    name: String,
    on_failure: Option<String>,
}

fn known(rule: &Rule) -> Option<&'static RuleInfo> {
    let mut rules = PROTOCOL.rules.iter();
    rules.find(|known| known.scope == rule.scope && known.name == rule.name)
}

#[test]
fn every_rule_of_the_standard_is_known() {
    let ledger: Vec<Rule> = serde_json::from_str(LEDGER).unwrap();
    assert!(ledger.len() > 100, "{} rules", ledger.len());
    let wrong = ledger.iter().filter_map(|rule| match known(rule) {
        None => Some(format!("{} {}: unknown", rule.scope, rule.name)),
        Some(known) if known.on_failure != rule.on_failure.as_deref() => {
            let (found, expected) = (known.on_failure, &rule.on_failure);
            Some(format!(
                "{} {}: {found:?} for {expected:?}",
                rule.scope, rule.name
            ))
        }
        Some(_) => None,
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_are_named_once_and_say_something() {
    let mut names: Vec<_> = PROTOCOL
        .rules
        .iter()
        .map(|rule| (rule.scope, rule.name))
        .collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
    for rule in PROTOCOL.rules {
        assert!(
            !rule.text.trim().is_empty(),
            "{} {} has no text",
            rule.scope,
            rule.name
        );
    }
}

#[test]
fn failures_are_reply_codes() {
    for rule in PROTOCOL.rules {
        let Some(failure) = rule.on_failure else {
            continue;
        };
        let mut constants = PROTOCOL.constants.iter();
        let constant = constants.find(|constant| constant.name == failure);
        let is_code = constant.is_some_and(|constant| constant.hard_error.is_some());
        assert!(
            is_code,
            "{} {}: {failure} is no reply code",
            rule.scope, rule.name
        );
    }
}
