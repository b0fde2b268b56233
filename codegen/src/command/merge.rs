//! `merge`: one document out of several.

use std::process::ExitCode;

use amqp_codegen::write;

use super::{Outcome, arguments::Merge, console::Console, file, report};

pub(super) fn run(options: &Merge, console: &Console) -> Outcome {
    let spec = options.config().spec()?;
    report::print(&spec.warnings, console);
    let text = write(&spec);
    match &options.output {
        None => console.print(&text)?,
        Some(path) => file::write(path, &text, options.documents())?,
    }
    Ok(ExitCode::SUCCESS)
}
