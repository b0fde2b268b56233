use serde_json::{Value, json};

use super::{Folder, answers, answers_golden, run};

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
        "error: {path}:2:3: `index` is 51 here and 50 there (first defined at base.xml:5:3)\n\
         1 error, 0 warnings\n"
    );
    answers(&["check", "base.xml", "--extend", &path], 1, "", &text);

    let answer = run(&["check", "base.xml", "--extend", &path, "--json"]);
    assert_eq!((answer.status, answer.stderr.as_str()), (Some(1), ""));
    let expected = json!({
        "diagnostics": [{
            "severity": "error",
            "file": path,
            "line": 2,
            "column": 3,
            "end": null,
            "message": "`index` is 51 here and 50 there",
            "related": [{
                "file": "base.xml",
                "line": 5,
                "column": 3,
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
