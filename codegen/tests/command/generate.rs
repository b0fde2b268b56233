use std::fs;

use amqp_codegen::{Config, Document, Side};

use super::{Folder, answers, file, run};

#[test]
fn the_whole_bundled_protocol_is_printed() {
    answers(&["generate"], 0, &Config::new().source().unwrap(), "");
}

#[test]
fn bundled_documents_have_names() {
    let standard = Config::new().base(Document::Amqp091);
    let source = standard.source().unwrap();
    answers(&["generate", "--base", "0-9-1"], 0, &source, "");
    let added = standard.extend(Document::RabbitMq).source().unwrap();
    let arguments = ["generate", "--base", "0-9-1", "--extend", "rabbitmq"];
    answers(&arguments, 0, &added, "");
}

#[test]
fn a_file_with_the_name_of_a_bundled_document_needs_a_path() {
    let folder = Folder::new("named");
    folder.write("rabbitmq", "<amqp major='1' minor='2' port='3'/>");
    let title = |document: &str| {
        let mut command = super::command(&["list", document]);
        let output = command.current_dir(&folder.0).output().unwrap();
        super::answer(output)
            .stdout
            .lines()
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(title("rabbitmq"), "AMQP 0-9-1, port 5672");
    assert_eq!(title("./rabbitmq"), "AMQP 1-2-0, port 3");
}

#[test]
fn options_are_those_of_the_library() {
    let config = Config::new()
        .base(file("tests/golden/base.xml"))
        .extend(file("tests/golden/overlay.xml"))
        .runtime("crate");
    let documents = ["generate", "--base", "base.xml", "--extend", "overlay.xml"];
    for (options, config) in [
        (
            &["--runtime", "crate", "--whole"][..],
            config.clone().standalone(true),
        ),
        (
            &["--runtime", "crate", "--unformatted"],
            config.clone().format(false),
        ),
        (
            &["--runtime", "crate", "--side", "client"],
            config.clone().side(Side::Client),
        ),
        (
            &["--runtime", "crate", "--class", "queue"],
            config.clone().classes(["queue"]),
        ),
        (
            &["--runtime", "crate", "--without", "queue"],
            config.without(["queue"]),
        ),
    ] {
        let answer = run(&[&documents[..], options].concat());
        assert_eq!(answer.status, Some(0));
        assert_eq!(answer.stdout, config.source().unwrap());
        let expected = "warning: unknown attribute `surplus` of `field`\n  --> overlay.xml:15:48\n";
        assert!(answer.stderr.starts_with(expected), "{}", answer.stderr);
    }
}

#[test]
fn a_file_is_written() {
    let folder = Folder::new("file");
    let path = folder.path("protocol.rs");
    answers(&["generate", "-o", &path], 0, "", "");
    assert_eq!(folder.read("protocol.rs"), Config::new().source().unwrap());
}

#[test]
fn a_folder_is_written_and_kept_clean() {
    let folder = Folder::new("folder");
    let path = folder.path("protocol/");
    answers(&["generate", "--base", "0-9-1", "-o", &path], 0, "", "");
    let expected = Config::new().base(Document::Amqp091).files().unwrap();
    for (name, text) in &expected {
        let name = format!("protocol/{}", name.display());
        assert_eq!(folder.read(&name), *text);
    }
    folder.write("protocol/mine.rs", "mod mine;\n");

    // What is a folder needs no slash.
    let arguments = [
        "generate",
        "--base",
        "0-9-1",
        "--without",
        "tx",
        "-o",
        &folder.path("protocol"),
    ];
    answers(&arguments, 0, "", "");
    let left = Folder(folder.0.join("protocol")).names();
    assert_eq!(left.len(), expected.len());
    assert!(!left.contains(&"tx.rs".to_owned()) && left.contains(&"mine.rs".to_owned()));
}

#[test]
fn a_folder_with_somebody_elses_files_is_left_alone() {
    let folder = Folder::new("foreign");
    let path = folder.write("mod.rs", "mod mine;\n");
    let expected = format!("error: {path} is there already, and was not generated into a folder\n");
    answers(&["generate", "-o", &folder.path("")], 1, "", &expected);
    assert_eq!(folder.names(), ["mod.rs"]);
    assert_eq!(fs::read_to_string(path).unwrap(), "mod mine;\n");
}

#[test]
fn errors_exit_with_1() {
    answers(
        &["generate", "--runtime", "a b"],
        1,
        "",
        "error: \"a b\" is no path of a crate or module\n",
    );
    let answer = run(&["generate", "--base", "overlay.xml"]);
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(1), ""));
    let expected = "error: `amqp` has no `major`, `minor`, `port`\n --> overlay.xml:1:1\n";
    assert!(answer.stderr.starts_with(expected), "{}", answer.stderr);
    for (arguments, expected) in [
        (
            ["--extend", "missing.xml"],
            "error: cannot read missing.xml: ",
        ),
        (
            ["--output", "missing/x.rs"],
            "error: cannot write to missing/x.rs: ",
        ),
    ] {
        let answer = run(&[&["generate"], &arguments[..]].concat());
        assert_eq!((answer.status, answer.stdout.as_str()), (Some(1), ""));
        assert!(answer.stderr.starts_with(expected), "{}", answer.stderr);
    }
}

#[test]
fn a_document_is_not_written_over() {
    let folder = Folder::new("over");
    let text = "<amqp><constant name='a' value='1'/></amqp>";
    folder.write("mine.xml", text);
    let path = folder.0.join("mine.xml");
    let again = folder.0.join(".").join("mine.xml");
    let [path_text, again] = [&path, &again].map(|path| path.to_str().unwrap());
    for verb in ["generate", "merge"] {
        let answer = run(&[verb, "--extend", path_text, "-o", again]);
        let expected = format!("error: cannot write to {again}: it is one of the documents\n");
        assert_eq!((answer.status, answer.stderr), (Some(1), expected));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}
