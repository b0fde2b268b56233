//! Subcommands, each with a file of its own, and what they share.

mod arguments;
mod check;
mod console;
mod diff;
mod file;
mod generate;
mod list;
mod merge;
mod report;

use std::{io, process::ExitCode};

use amqp_codegen::Error;

pub(crate) use arguments::Arguments;
use arguments::Verb;
use console::Console;

/// Runs a subcommand and reports what stopped it.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    let console = Console::new(arguments.color);
    // For `diff`, 1 is an answer.
    let trouble = match arguments.verb {
        Verb::Diff(_) => ExitCode::from(2),
        _ => ExitCode::FAILURE,
    };
    let outcome = match arguments.verb {
        Verb::Generate(options) => generate::run(&options, &console),
        Verb::Check(options) => check::run(&options, &console),
        Verb::Diff(options) => diff::run(&options, &console),
        Verb::List(options) => list::run(&options, &console),
        Verb::Merge(options) => merge::run(&options, &console),
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            report::failure(&failure, &console);
            trouble
        }
    }
}

/// What a subcommand comes to, unless something stops it.
type Outcome = Result<ExitCode, Failure>;

/// What stops a subcommand.
enum Failure {
    /// A document, an option, or a file that the library writes.
    Protocol(Error),
    /// Output, to where, and why.
    Output(String, io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Protocol(error)
    }
}
