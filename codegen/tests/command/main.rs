//! The command, as a shell sees it. `BLESS=1` accepts what is different.

#![cfg(feature = "command")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod check;
mod diff;
#[path = "../facts/mod.rs"]
mod facts;
mod generate;
mod list;
mod merge;
mod shell;

use std::{
    env, fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use facts::{file, golden};

/// The command with such arguments, beside the golden documents.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_amqp-codegen"));
    command
        .current_dir(file("tests/golden"))
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .args(arguments);
    command
}

/// What a run came to.
struct Answer {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

fn run(arguments: &[&str]) -> Answer {
    answer(command(arguments).output().unwrap())
}

fn answer(output: Output) -> Answer {
    Answer {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The answer is that, to the letter.
#[track_caller]
fn answers(arguments: &[&str], status: i32, stdout: &str, stderr: &str) {
    let answer = run(arguments);
    assert_eq!(answer.stderr, stderr);
    assert_eq!(answer.stdout, stdout);
    assert_eq!(answer.status, Some(status));
}

/// The answer is what was accepted: status, standard error and standard output in a file.
#[track_caller]
fn answers_golden(arguments: &[&str], name: &str) {
    let Answer {
        status,
        stdout,
        stderr,
    } = run(arguments);
    let status = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
    let line = arguments.join(" ");
    golden(
        &format!("tests/golden/command/{name}.txt"),
        &format!("$ amqp-codegen {line}\nstatus {status}\n-- stderr\n{stderr}-- stdout\n{stdout}"),
    );
}

/// A folder of its own for each test, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("amqp-codegen-command-{}-{name}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
