use serde_json::Value;

use super::{
    answers, answers_golden,
    facts::{V0_8, V0_9, V0_9_1, V0_9_QPID, published},
    run,
};

#[test]
fn no_difference_is_said_and_is_compatible() {
    answers(&["diff", "0-9-1", "0-9-1"], 0, "no difference\n", "");
    let Some(path) = published(V0_9_1) else {
        return;
    };
    answers(
        &["diff", "0-9-1", path.to_str().unwrap()],
        0,
        "no difference\n",
        "",
    );
}

#[test]
fn what_is_breaking_exits_with_1() {
    answers_golden(&["diff", "base.xml", "merged.xml"], "diff-breaking");
    answers_golden(
        &["diff", "base.xml", "merged.xml", "--json"],
        "diff-breaking-json",
    );
}

#[test]
fn what_is_compatible_exits_with_0() {
    answers_golden(&["diff", "0-9-1", "rabbitmq"], "diff-rabbitmq");
    assert_eq!(run(&["diff", "rabbitmq", "0-9-1"]).status, Some(1));
}

#[test]
fn two_versions_of_an_overlay_are_compared_on_their_base() {
    let folder = super::Folder::new("versions");
    let credit = |field: &str| {
        format!(
            "<amqp><class name='basic'><method name='credit' index='200'>\
               <chassis name='server'/>{field}</method></class></amqp>"
        )
    };
    let old = folder.write("old.xml", &credit("<field name='credit' domain='long'/>"));
    let new = folder.write("new.xml", &credit("<field name='credit' domain='short'/>"));
    let expected = "breaking    ~ basic.credit: field 1 `credit` is of type short, was long\n\
                    none        ~ basic.credit: field 1 `credit` is of domain `short`, was `long`\n\
                    2 changes: 1 breaking, 0 compatible, 1 without effect\n";
    answers(&["diff", "--base", "rabbitmq", &old, &new], 1, expected, "");
    answers(
        &["diff", &old, &old, "--base=0-9-1"],
        0,
        "no difference\n",
        "",
    );
}

#[test]
fn trouble_exits_with_2() {
    let answer = run(&["diff", "base.xml", "overlay.xml"]);
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(2), ""));
    let expected = "error: `amqp` has no `major`, `minor`, `port`\n --> overlay.xml:1:1\n";
    assert!(answer.stderr.starts_with(expected), "{}", answer.stderr);
    assert_eq!(run(&["diff", "missing.xml", "base.xml"]).status, Some(2));
}

#[test]
fn trouble_with_both_is_told_of_both() {
    let answer = run(&["diff", "old.xml", "new.xml"]);
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(2), ""));
    let lines: Vec<_> = answer.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with("error: cannot read old.xml: "));
    assert!(lines[1].starts_with("error: cannot read new.xml: "));
}

#[test]
fn a_document_with_an_undeclared_domain_can_be_compared_without_its_class() {
    for name in [V0_9, V0_9_QPID] {
        let (Some(old), Some(new)) = (published(V0_8), published(name)) else {
            return;
        };
        let documents = ["diff", old.to_str().unwrap(), new.to_str().unwrap()];
        assert_eq!(run(&documents).status, Some(2), "{name}");
        let options = ["--allow-unresolved", "message", "--json"];
        let answer = run(&[&documents[..], &options].concat());
        assert_eq!(answer.status, Some(1));
        let expected =
            "warning: class `message` is left out: the domain of `body` is not declared\n";
        assert!(answer.stderr.starts_with(expected), "{}", answer.stderr);
        let report: Value = serde_json::from_str(&answer.stdout).unwrap();
        let changes = report["changes"].as_array().unwrap();
        let summary = report["summary"].as_object().unwrap();
        let counted: u64 = summary.values().map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(counted, changes.len() as u64);
        assert!(changes.iter().all(|change| change["name"] != "message"));
    }
}
