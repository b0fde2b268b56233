//! `check`: diagnostics and nothing else.

use std::process::ExitCode;

use super::{Outcome, arguments::Check, console::Console, report};

pub(super) fn run(options: &Check, console: &Console) -> Outcome {
    let diagnostics = report::found(options.config().warnings());
    let (errors, warnings) = report::count(&diagnostics);
    if options.json {
        console.print(&format!("{:#}\n", report::to_json(&diagnostics)))?;
    } else {
        report::print(&diagnostics, console);
        if errors + warnings > 0 {
            console.complain(&format!(
                "{}, {}",
                many(errors, "error"),
                many(warnings, "warning")
            ));
        }
    }
    match errors {
        0 => Ok(ExitCode::SUCCESS),
        _ => Ok(ExitCode::FAILURE),
    }
}

fn many(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}
