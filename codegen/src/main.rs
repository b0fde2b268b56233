//! The command `amqp-codegen`: what the library does, from a shell.

mod command;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    command::run(command::Arguments::parse())
}
