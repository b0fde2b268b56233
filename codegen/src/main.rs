//! The generator from a shell: the options of [`amqp_codegen::Config`], the code on standard output.

use std::{
    env,
    ffi::OsString,
    fs,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use amqp_codegen::Config;

const USAGE: &str = "\
Generates Rust from AMQP 0-x specification documents.

Usage: amqp-codegen generate [OPTIONS]

Without --extend the whole protocol is generated, with it what the overlays add or change.

Options:
      --base FILE     Base document, in place of the bundled AMQP 0-9-1 and RabbitMQ's extensions
      --extend FILE   Overlay; may be repeated
      --runtime PATH  Crate that the generated code rests on [default: ::amqp_methods]
      --whole         The whole protocol, also with --extend
  -o, --output FILE   Write to a file instead of standard output
  -h, --help          Print this help
  -V, --version       Print the version
";

enum Command {
    Help,
    Version,
    Generate {
        config: Box<Config>,
        output: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    let command = match command(env::args_os().skip(1)) {
        Ok(command) => command,
        Err(message) => {
            complain(&format!("{message}\n\nTry `amqp-codegen --help`."));
            return ExitCode::from(2);
        }
    };
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            complain(&message);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Help => print(USAGE),
        Command::Version => print(concat!("amqp-codegen ", env!("CARGO_PKG_VERSION"), "\n")),
        Command::Generate { config, output } => {
            for warning in config.warnings().map_err(|error| describe(&error))? {
                complain(&format!("warning: {warning}"));
            }
            let source = config.source().map_err(|error| describe(&error))?;
            match output {
                None => print(&source),
                Some(path) => fs::write(&path, source)
                    .map_err(|error| format!("cannot write {}: {error}", path.display())),
            }
        }
    }
}

fn command(mut arguments: impl Iterator<Item = OsString>) -> Result<Command, String> {
    let first = arguments.next().unwrap_or_default();
    match first.to_str() {
        Some("generate") => {}
        Some("-h" | "--help" | "help") => return Ok(Command::Help),
        Some("-V" | "--version") => return Ok(Command::Version),
        Some("") => return Err("a command is missing: `generate`".into()),
        _ => return Err(format!("unknown command {first:?}")),
    }

    let mut config = Config::new();
    let mut output = None;
    while let Some(argument) = arguments.next() {
        let name = argument.to_string_lossy().into_owned();
        let mut value = || arguments.next().ok_or(format!("`{name}` needs a value"));
        match name.as_str() {
            "--base" => config = config.base(PathBuf::from(value()?)),
            "--extend" => config = config.extend(value()?),
            "--runtime" => {
                let path = value()?.into_string();
                config = config.runtime(path.map_err(|path| format!("{path:?} is no path"))?);
            }
            "--whole" => config = config.standalone(true),
            "-o" | "--output" => output = Some(value()?.into()),
            "-h" | "--help" => return Ok(Command::Help),
            _ => return Err(format!("unknown option {argument:?}")),
        }
    }
    Ok(Command::Generate {
        config: Box::new(config),
        output,
    })
}

/// An error with its causes, on one line.
fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// A reader that has seen enough and closed the pipe is no error.
fn print(text: &str) -> Result<(), String> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}"))
        }
        _ => Ok(()),
    }
}

#[expect(clippy::print_stderr, reason = "diagnostics of a command belong there")]
fn complain(message: &str) {
    eprintln!("amqp-codegen: {message}");
}
