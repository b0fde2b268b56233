//! The command, as a shell sees it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod facts;

use std::process::{Command, Output};

use amqp_codegen::Config;
use facts::file;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_amqp-codegen"))
        .current_dir(file("tests/golden"))
        .args(arguments)
        .output()
        .unwrap()
}

#[track_caller]
fn answers(arguments: &[&str], code: i32, stderr: &str) {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(code));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), stderr);
}

#[test]
fn the_whole_bundled_protocol_is_printed() {
    let output = run(&["generate"]);
    assert!(output.status.success());
    let source = Config::new().source().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), source);
}

#[test]
fn options_are_those_of_the_library() {
    let arguments = [
        "generate",
        "--base",
        "base.xml",
        "--extend",
        "overlay.xml",
        "--runtime",
        "crate",
        "--whole",
    ];
    let output = run(&arguments);
    let config = Config::new()
        .base(file("tests/golden/base.xml"))
        .extend(file("tests/golden/overlay.xml"))
        .runtime("crate")
        .standalone(true);
    let source = config.source().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), source);
    let warnings = String::from_utf8(output.stderr).unwrap();
    assert!(warnings.starts_with("amqp-codegen: warning: overlay.xml:15:48: unknown attribute"));
}

#[test]
fn help_goes_to_standard_output() {
    let output = run(&["--help"]);
    assert!(output.status.success());
    assert!(
        String::from_utf8(output.stdout)
            .unwrap()
            .contains("Usage: amqp-codegen generate")
    );
}

#[test]
fn errors_exit_with_1() {
    answers(
        &[
            "generate",
            "--base",
            "base.xml",
            "--extend",
            "base.xml",
            "--runtime",
            "a b",
        ],
        1,
        "amqp-codegen: \"a b\" is no path of a crate or module\n",
    );
    answers(
        &["generate", "--base", "missing.xml", "--extend", "base.xml"],
        1,
        "amqp-codegen: cannot read missing.xml: No such file or directory (os error 2)\n",
    );
    let output = run(&["generate", "--extend", "missing.xml"]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.starts_with("amqp-codegen: cannot read missing.xml: "),
        "{message}"
    );
}

#[test]
fn wrong_usage_exits_with_2() {
    let hint = "\n\nTry `amqp-codegen --help`.\n";
    answers(
        &[],
        2,
        &format!("amqp-codegen: a command is missing: `generate`{hint}"),
    );
    answers(
        &["print"],
        2,
        &format!("amqp-codegen: unknown command \"print\"{hint}"),
    );
    answers(
        &["generate", "--fast"],
        2,
        &format!("amqp-codegen: unknown option \"--fast\"{hint}"),
    );
    answers(
        &["generate", "-o"],
        2,
        &format!("amqp-codegen: `-o` needs a value{hint}"),
    );
}
