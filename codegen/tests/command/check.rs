use serde_json::{Value, json};

use super::{Folder, answers, answers_golden, run};
use crate::facts::{
    V0_8, V0_8_QPID, V0_9, V0_9_1, V0_9_1_QPID, V0_9_1_RABBIT, V0_9_QPID, published,
};

#[test]
fn silence_means_that_all_is_well() {
    answers(&["check"], 0, "", "");
    answers(&["check", "0-9-1", "--extend", "rabbitmq"], 0, "", "");
}

#[test]
fn warnings_are_reported_and_are_no_errors() {
    answers_golden(
        &["check", "base.xml", "--extend", "overlay.xml"],
        "check-warnings",
    );
    let arguments = ["check", "base.xml", "--extend", "overlay.xml", "--json"];
    answers_golden(&arguments, "check-warnings-json");
}

#[test]
fn errors_are_reported_with_both_places() {
    let folder = Folder::new("check");
    let overlay = "<amqp>\n  <class name='queue' index='51'/>\n</amqp>";
    let path = folder.write("overlay.xml", overlay);
    let text = format!(
        r#"error: `index` is 51 here and 50 there
 --> {path}:2:23
  |
2 |   <class name='queue' index='51'/>
  |                       ^^^^^^^^^^
  |
 ::: base.xml:5:41
  |
5 |   <class name="queue" handler="channel" index="50">
  |                                         ---------- first defined here

1 error, 0 warnings
"#
    );
    answers(&["check", "base.xml", "--extend", &path], 1, "", &text);

    let answer = run(&["check", "base.xml", "--extend", &path, "--json"]);
    assert_eq!((answer.status, answer.stderr.as_str()), (Some(1), ""));
    let expected = json!({
        "diagnostics": [{
            "severity": "error",
            "kind": "conflict",
            "file": path,
            "line": 2,
            "column": 23,
            "end": { "line": 2, "column": 33 },
            "message": "`index` is 51 here and 50 there",
            "related": [{
                "file": "base.xml",
                "line": 5,
                "column": 41,
                "message": "first defined here",
            }],
            "help": null,
        }],
        "summary": { "errors": 1, "warnings": 0 },
    });
    assert_eq!(
        serde_json::from_str::<Value>(&answer.stdout).unwrap(),
        expected
    );
}

/// Of the published documents, two use a domain that they do not declare, and are sound without that class.
#[test]
fn published_documents_are_sound_but_for_an_undeclared_domain() {
    for name in [V0_8, V0_8_QPID, V0_9_1, V0_9_1_QPID, V0_9_1_RABBIT] {
        let Some(path) = published(name) else {
            return;
        };
        answers(&["check", path.to_str().unwrap()], 0, "", "");
    }
    for (name, line) in [(V0_9, 752), (V0_9_QPID, 784)] {
        let Some(path) = published(name) else {
            return;
        };
        let path = path.to_str().unwrap();
        let answer = run(&["check", path]);
        assert_eq!(answer.status, Some(1), "{name}");
        let expected = format!(
            r#"error: domain `content` of `body` is not declared
   --> {path}:{line}:26
    |
{line} |       <field name="body" domain="content"/>
    |                          ^^^^^^^^^^^^^^^^
    |
    = help: declare it, or leave class `message` out with allow_unresolved (--allow-unresolved message)

1 error, 0 warnings
"#
        );
        assert_eq!(answer.stderr, expected);
        let allowed = run(&["check", path, "--allow-unresolved", "message"]);
        assert_eq!(allowed.status, Some(0), "{name}");
        assert!(allowed.stderr.ends_with("0 errors, 1 warning\n"));
    }
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_without_a_place() {
    let answer = run(&["check", "missing.xml", "--json"]);
    assert_eq!(answer.status, Some(1));
    let report: Value = serde_json::from_str(&answer.stdout).unwrap();
    let diagnostic = &report["diagnostics"][0];
    assert_eq!(diagnostic["file"], Value::Null);
    let message = diagnostic["message"].as_str().unwrap();
    assert!(
        message.starts_with("cannot read missing.xml: "),
        "{message}"
    );
}
