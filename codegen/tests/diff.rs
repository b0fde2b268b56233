//! What differs between protocols, against differences that were found by other means.

#![cfg(feature = "tools")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod facts;
mod published_diff;

use std::{collections::BTreeSet, path::PathBuf};

use amqp_codegen::{
    Config, diff,
    diff::{Change, Difference, Effect},
    model::{Field, Model, WireType},
    parse, resolve,
};
use facts::{V0_8, V0_9_1, V0_9_1_RABBIT, assert_same, file, published, structure};
use proptest::{
    collection::vec,
    prelude::{ProptestConfig, Strategy, any},
    prop_assert, prop_assert_eq, proptest,
    sample::{select, subsequence},
};
use published_diff::{differences, json, line};

fn model(path: PathBuf) -> Model {
    Config::new().base(path).model().unwrap()
}

#[test]
fn ours_and_the_published_0_9_1_are_the_same_protocol() {
    let Some(path) = published(V0_9_1) else {
        return;
    };
    let (ours, theirs) = (model(file("spec/amqp0-9-1.xml")), model(path));
    assert_eq!(diff(&ours, &theirs), []);
    assert_eq!(diff(&theirs, &ours), []);
}

#[test]
fn every_difference_between_published_protocols_is_named_and_nothing_else() {
    let known = [
        (V0_8, "0-8.json"),
        (V0_9_1, "0-9-1.json"),
        (V0_9_1_RABBIT, "0-9-1-rabbit.json"),
    ];
    let mut protocols = Vec::new();
    for (name, facts) in known {
        let Some(path) = published(name) else {
            return;
        };
        protocols.push((name, model(path), json(facts)));
    }
    for (old_name, old, old_json) in &protocols {
        for (new_name, new, new_json) in &protocols {
            let ours: BTreeSet<_> = diff(old, new).iter().filter_map(line).collect();
            let theirs = differences(old_json, new_json);
            assert_same(&format!("{old_name} and {new_name}"), &ours, &theirs);
            assert_eq!(theirs.is_empty(), old_name == new_name);
        }
    }
}

/// The overlay changes nothing for who does not use it.
#[test]
fn rabbitmq_is_compatible_with_the_standard() {
    let changes = diff(
        &model(file("spec/amqp0-9-1.xml")),
        &Config::new().model().unwrap(),
    );
    let breaking = changes
        .iter()
        .filter(|change| change.effect() == Effect::Breaking);
    assert_eq!(breaking.map(Change::to_string).collect::<Vec<_>>(), [""; 0]);
    assert!(
        changes
            .iter()
            .any(|change| change.effect() == Effect::Compatible)
    );
}

/// A method with such arguments, in a protocol of its own.
fn with_arguments(fields: &[(&str, &str, bool)]) -> Model {
    let fields: String = fields
        .iter()
        .map(|(name, wire, reserved)| {
            let reserved = u8::from(*reserved);
            format!("<field name='{name}' type='{wire}' reserved='{reserved}'/>")
        })
        .collect();
    let text = format!(
        "<amqp major='0' minor='9' port='1'><class name='a' index='1' handler='a'>\
         <method name='m' index='1'>{fields}</method></class></amqp>"
    );
    resolve(&parse("x", &text).unwrap()).unwrap()
}

/// Arguments with few names and few types, so that lists have much in common.
fn any_arguments() -> impl Strategy<Value = Vec<(&'static str, &'static str, bool)>> {
    let names: Vec<_> = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"].into();
    let names = subsequence(names, 0..=12).prop_shuffle();
    let types = vec(select(vec!["bit", "bit", "bit", "short", "table"]), 12);
    (names, types, vec(any::<bool>(), 12)).prop_map(|(names, types, reserved)| {
        let types = types.into_iter().zip(reserved);
        let fields = names.into_iter().zip(types);
        fields
            .map(|(name, (wire, reserved))| (name, wire, reserved))
            .collect()
    })
}

/// Whatever the sizes, nothing is compared with everything.
#[test]
fn long_lists_in_another_order_are_compared_in_time() {
    let fields = |numbers: &mut dyn Iterator<Item = u32>| -> Vec<String> {
        numbers.map(|number| format!("f{number}")).collect()
    };
    let old = fields(&mut (0..20_000));
    let new = fields(&mut (10_000..30_000).rev());
    let with = |names: &[String]| {
        let fields: Vec<_> = names
            .iter()
            .map(|name| (name.as_str(), "octet", false))
            .collect();
        with_arguments(&fields)
    };
    let changes = diff(&with(&old), &with(&new));
    // One of the common half stays; the others have moved past it. Around it, names are new at old places.
    let moved = |change: &&Change| change.difference.aspect() == "moved";
    assert_eq!(changes.iter().filter(moved).count(), 9_999);
    let (added, removed) = counts(&changes);
    assert_eq!(added, removed);
}

/// The octets of the arguments: a type each, or an octet for bits that share one.
fn octets(model: &Model) -> Vec<WireType> {
    let opens = |field: &&Field| field.bit.is_none_or(|bit| bit == 0);
    let fields = model.classes[0].methods[0].fields.iter();
    fields.filter(opens).map(|field| field.wire).collect()
}

fn counts(changes: &[Change]) -> (usize, usize) {
    let count = |is: fn(&Change) -> bool| changes.iter().filter(|change| is(change)).count();
    (
        count(|change| change.old.is_none()),
        count(|change| change.new.is_none()),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn there_is_a_change_exactly_where_facts_differ(old in any_arguments(), new in any_arguments()) {
        let (old, new) = (with_arguments(&old), with_arguments(&new));
        let changes = diff(&old, &new);
        prop_assert_eq!(changes.is_empty(), structure(&old) == structure(&new));
        prop_assert_eq!(diff(&old, &old), []);
    }

    #[test]
    fn what_is_not_breaking_leaves_the_octets_where_they_are(old in any_arguments(), new in any_arguments()) {
        let (old, new) = (with_arguments(&old), with_arguments(&new));
        let changes = diff(&old, &new);
        let effect = changes.iter().map(Change::effect).max().unwrap_or(Effect::None);
        prop_assert!(effect == Effect::Breaking || octets(&old) == octets(&new), "{changes:?}");
    }

    /// Every argument of either side is accounted for: new, gone, or the same as one of the other side.
    #[test]
    fn additions_and_removals_account_for_the_lengths(old in any_arguments(), new in any_arguments()) {
        let changes = diff(&with_arguments(&old), &with_arguments(&new));
        let (added, removed) = counts(&changes);
        prop_assert_eq!(old.len() + added, new.len() + removed);
        let arguments = |change: &Change| matches!(change.difference, Difference::Argument { .. });
        prop_assert!(changes.iter().all(arguments));
    }
}
