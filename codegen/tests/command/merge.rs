use std::fs;

use amqp_codegen::{Config, Document, write};

use super::{Folder, answers, facts::file, run};

#[test]
fn overlays_are_merged_into_one_document() {
    let merged = write(&Config::new().spec().unwrap());
    answers(&["merge", "0-9-1", "rabbitmq"], 0, &merged, "");
    answers(&["merge", "rabbitmq"], 0, &merged, "");
    let standard = Config::new().base(Document::Amqp091).spec().unwrap();
    answers(&["merge", "0-9-1"], 0, &write(&standard), "");
}

#[test]
fn warnings_do_not_get_into_the_document() {
    let answer = run(&["merge", "base.xml", "overlay.xml"]);
    assert_eq!(answer.status, Some(0));
    let expected = fs::read_to_string(file("tests/golden/merged.xml")).unwrap();
    assert_eq!(answer.stdout, expected);
    let expected = "warning: unknown attribute `surplus` of `field`\n  --> overlay.xml:15:48\n";
    assert!(answer.stderr.starts_with(expected), "{}", answer.stderr);
}

#[test]
fn the_merged_document_is_the_same_protocol() {
    let folder = Folder::new("merge");
    let path = folder.path("all.xml");
    answers(&["merge", "0-9-1", "rabbitmq", "-o", &path], 0, "", "");
    answers(&["diff", "rabbitmq", &path], 0, "no difference\n", "");
    let source = Config::new().source().unwrap();
    answers(&["generate", "--base", &path], 0, &source, "");
}

#[test]
fn documents_that_disagree_are_an_error() {
    let expected = "error: `major` is 8 here and 0 there\n --> every-shape.xml:5:7\n";
    let answer = run(&["merge", "base.xml", "every-shape.xml"]);
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(1), ""));
    assert!(answer.stderr.starts_with(expected), "{}", answer.stderr);
}
