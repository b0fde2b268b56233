//! `generate`: Rust to standard output, a file or a folder.

use std::{path::Path, process::ExitCode};

use super::{Outcome, arguments::Generate, console::Console, file, report};

pub(super) fn run(options: &Generate, console: &Console) -> Outcome {
    let config = options.config();
    report::print(&config.warnings()?, console);
    match &options.output {
        None => console.print(&config.source()?)?,
        Some(path) if is_folder(path) => {
            let done = config.write_files(path)?;
            let (written, unchanged) = (done.written.len(), done.unchanged.len());
            let removed = done.removed.len();
            console.mention(&format!(
                "{}: {written} files written, {unchanged} unchanged, {removed} removed",
                path.display()
            ));
        }
        Some(path) => file::write(path, &config.source()?, options.documents())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A slash at the end says that it is to be one.
fn is_folder(path: &Path) -> bool {
    let name = path.as_os_str().as_encoded_bytes();
    name.last()
        .is_some_and(|last| std::path::is_separator(char::from(*last)))
        || path.is_dir()
}
