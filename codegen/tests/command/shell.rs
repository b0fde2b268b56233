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
        (
            &["merge", "--base"],
            "a value is required for '--base <DOCUMENT>'",
        ),
        (&["list", "--color", "blue"], "invalid value 'blue'"),
    ] {
        let answer = run(arguments);
        assert_eq!(answer.status, Some(2), "{arguments:?}");
        assert_eq!(answer.stdout, "", "{arguments:?}");
        assert!(answer.stderr.contains(why), "{}", answer.stderr);
    }
}

#[test]
fn every_command_is_told_of_documents_in_the_same_way() {
    for verb in ["generate", "check", "list", "merge"] {
        let expected = run(&[verb, "base.xml", "overlay.xml"]);
        assert_eq!(expected.status, Some(0), "{verb}");
        for documents in [
            &["--base", "base.xml", "overlay.xml"][..],
            &["overlay.xml", "--base", "base.xml"],
            &["--base", "base.xml", "--extend", "overlay.xml"],
            &["base.xml", "--extend", "overlay.xml"],
        ] {
            let answer = run(&[&[verb], documents].concat());
            assert_eq!(answer.status, Some(0), "{verb} {documents:?}");
            assert_eq!(answer.stdout, expected.stdout, "{verb} {documents:?}");
            assert_eq!(answer.stderr, expected.stderr, "{verb} {documents:?}");
        }
        let bundled = run(&[verb, "rabbitmq"]);
        assert_eq!(run(&[verb]).stdout, bundled.stdout, "{verb}");
        assert_eq!(run(&[verb, "--base=rabbitmq"]).stdout, bundled.stdout);
        let standard = run(&[verb, "--base", "0-9-1", "rabbitmq"]);
        assert_eq!(run(&[verb, "0-9-1", "rabbitmq"]).stdout, standard.stdout);
    }
}

#[test]
fn overlays_come_in_the_order_in_which_they_are_given() {
    let folder = super::Folder::new("order");
    let constant = |name: &str| format!("<amqp><constant name='{name}' value='1'/></amqp>");
    let [a, b, c] = ["a", "b", "c"].map(|name| folder.write(name, &constant(name)));
    let answer = run(&["merge", "base.xml", &a, &b, "--extend", &c]);
    let names = |text: &str| {
        let names = ["a", "b", "c"].map(|name| text.find(&format!("name=\"{name}\"")));
        names.map(Option::unwrap)
    };
    assert!(names(&answer.stdout).is_sorted(), "{}", answer.stdout);
    let other = run(&["merge", "--base=base.xml", "--extend", &c, &a, &b]);
    assert_eq!(other.stdout, answer.stdout);
}

#[test]
fn an_overlay_in_place_of_a_base_is_one_mistake() {
    let folder = super::Folder::new("bare");
    let path = folder.write(
        "credit.xml",
        "<amqp>\n  <class name='basic'>\n    <method name='credit' index='200'>\n      \
         <field name='drain' domain='bit'/>\n    </method>\n  </class>\n</amqp>",
    );
    let expected = format!(
        "error: `amqp` has no `major`, `minor`, `port`
 --> {path}:1:1
  |
1 | <amqp>
  | ^^^^^^
  |
  = help: this looks like an overlay: name the base that it extends, as in `--base rabbitmq`, or give it to \
         `Config::extend`

"
    );
    for verb in ["generate", "list", "merge"] {
        super::answers(&[verb, &path], 1, "", &expected);
    }
    let counted = format!("{expected}1 error, 0 warnings\n");
    super::answers(&["check", &path], 1, "", &counted);
    super::answers(&["diff", "rabbitmq", &path], 2, "", &expected);
    super::answers(&["check", "--base", "rabbitmq", &path], 0, "", "");
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
