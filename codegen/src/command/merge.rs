//! `merge`: one document out of several.

use std::{fs, process::ExitCode};

use amqp_codegen::write;

use super::{Failure, Outcome, arguments::Merge, console::Console, report};

pub(super) fn run(options: &Merge, console: &Console) -> Outcome {
    let spec = options.config().spec()?;
    report::print(&spec.warnings, console);
    let text = write(&spec);
    match &options.output {
        None => console.print(&text)?,
        Some(path) => fs::write(path, text)
            .map_err(|error| Failure::Output(path.display().to_string(), error))?,
    }
    Ok(ExitCode::SUCCESS)
}
