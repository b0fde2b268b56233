//! What holds for every subcommand: help, usage, pipes, colours.

use std::process::Stdio;

use super::{answer, answers_golden, command, run};

#[test]
fn help_teaches() {
    answers_golden(&["--help"], "help");
    for verb in ["generate", "check", "diff", "list", "merge"] {
        answers_golden(&[verb, "--help"], &format!("help-{verb}"));
    }
}

#[test]
fn help_fits_a_terminal() {
    for arguments in [
        &["--help"][..],
        &["generate", "--help"],
        &["check", "--help"],
        &["diff", "--help"],
        &["list", "--help"],
        &["merge", "--help"],
    ] {
        for line in run(arguments).stdout.lines() {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let answer = run(&["--version"]);
    let expected = concat!("amqp-codegen ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(answer.stdout, expected);
}

#[test]
fn wrong_usage_exits_with_2_and_says_why() {
    for (arguments, why) in [
        (&[][..], "Usage: amqp-codegen"),
        (&["print"], "unrecognized subcommand 'print'"),
        (&["generate", "--fast"], "unexpected argument '--fast'"),
        (
            &["generate", "-o"],
            "a value is required for '--output <PATH>'",
        ),
        (&["diff", "0-9-1"], "<NEW>"),
        (&["merge"], "<BASE>"),
        (&["list", "--color", "blue"], "invalid value 'blue'"),
    ] {
        let answer = run(arguments);
        assert_eq!(answer.status, Some(2), "{arguments:?}");
        assert_eq!(answer.stdout, "", "{arguments:?}");
        assert!(answer.stderr.contains(why), "{}", answer.stderr);
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    for arguments in [
        &["generate"][..],
        &["merge", "rabbitmq"],
        &["list", "--json"],
    ] {
        let mut command = command(arguments);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // There is more to print than a pipe holds.
        drop(child.stdout.take());
        let answer = answer(child.wait_with_output().unwrap());
        assert_eq!(
            (answer.status, answer.stderr.as_str()),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[test]
fn colour_comes_where_it_is_asked_for_and_not_into_pipes() {
    let wrong = ["generate", "--base", "overlay.xml"];
    let same = ["diff", "base.xml", "merged.xml"];
    for arguments in [wrong, same] {
        let plain = run(&arguments);
        assert!(!plain.stdout.contains('\x1b') && !plain.stderr.contains('\x1b'));
        let mut coloured = command(&arguments);
        coloured.args(["--color", "always"]).env("NO_COLOR", "1");
        let coloured = answer(coloured.output().unwrap());
        assert!([coloured.stdout, coloured.stderr].concat().contains('\x1b'));
        let mut never = command(&arguments);
        let never = answer(never.args(["--color=never"]).output().unwrap());
        assert_eq!((never.stdout, never.stderr), (plain.stdout, plain.stderr));
    }
}

#[test]
fn documents_do_not_command_the_terminal() {
    let folder = super::Folder::new("escape");
    let path = folder.write("x.xml", "<amqp>\n<\u{1b}[2J/></amqp>");
    let answer = run(&["check", &path]);
    assert_eq!(answer.status, Some(1));
    assert!(!answer.stderr.contains('\x1b'), "{:?}", answer.stderr);
    assert!(
        answer.stderr.contains("`\\u{1b}[2J`"),
        "{:?}",
        answer.stderr
    );
}
