//! Checks the codec against test vectors and recorded sessions.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::{fmt, fs};

use clap::{Parser, Subcommand};
use leveret_conformance::report::Report;
use leveret_conformance::{captures, vectors};

/// Checks the AMQP 0-9-1 codec of leveret against octets that other implementations produced.
///
/// Prints a line for everything that fails, then the counts. Ends with status 0 if nothing failed, 1 if something
/// did, 2 if a file cannot be read or is in no known format.
#[derive(Parser)]
#[command(name = "amqp-conformance", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Check files of test vectors.
    ///
    /// A file is JSON and says in its member `format` what it holds: `amqp-0-9-1-golden`, values with their exact
    /// octets, or `amqp-0-9-1-malformed`, octets with the outcome that a careful peer reaches.
    ///
    /// Golden vectors are decoded and compared with their values, then encoded again from what was decoded and
    /// anew from the values: all must agree octet for octet. Methods of the extensions that this package generates
    /// (tests/extension/*.xml) are known as well. Malformed vectors are played to a small endpoint whole and octet by
    /// octet; what it refuses, takes or waits for must be among the outcomes that the vector allows.
    ///
    /// tests/vectors/README.md describes the formats.
    Vectors {
        /// Files to check.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Replay recorded sessions.
    ///
    /// The folder holds the octets of each direction of each connection, and an index.json with sizes, digests,
    /// chunks and an outline of the frames. Each direction is decoded whole and octet by octet, both together in the
    /// chunks in which they arrived; all must give the outline. Every frame is decoded to the end and encoded again:
    /// together they must reproduce the file.
    Captures {
        /// Folder with an index.json.
        folder: PathBuf,
    },
}

const EXAMPLES: &str = "\
Examples:
  amqp-conformance vectors tests/vectors/golden.json tests/vectors/malformed.json
  amqp-conformance captures tests/vectors/captures";

fn main() -> ExitCode {
    let outcome = match Arguments::parse().verb {
        Verb::Vectors { files } => check_files(&files),
        Verb::Captures { folder } => captures::run(&folder).map_err(|error| error.to_string()),
    };
    match outcome {
        Ok(report) => print(&report),
        Err(reason) => {
            say(
                &mut io::stderr(),
                format_args!("amqp-conformance: {reason}"),
            );
            ExitCode::from(2)
        }
    }
}

fn check_files(files: &[PathBuf]) -> Result<Report, String> {
    let mut report = Report::default();
    for file in files {
        let name = file.display();
        let text = fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
        report.add(vectors::run(&text).map_err(|error| format!("{name}: {error}"))?);
    }
    Ok(report)
}

fn print(report: &Report) -> ExitCode {
    let mut out = io::stdout().lock();
    for failure in report.failures() {
        say(&mut out, format_args!("{failure}"));
    }
    say(&mut out, format_args!("{report}"));
    if report.failures().is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Prints a line. Nobody may be listening any more, which is no reason to panic.
fn say(out: &mut impl Write, line: fmt::Arguments<'_>) {
    let _unheard = writeln!(out, "{line}");
}
