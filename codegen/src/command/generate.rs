//! `generate`: Rust to standard output, a file or a folder.

use std::{fs, io, path::Path, process::ExitCode};

use amqp_codegen::Document;

use super::{Failure, Outcome, arguments::Generate, console::Console, report};

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
        Some(path) => {
            let source = config.source()?;
            let written = match options.documents().any(|document| is_file(document, path)) {
                true => Err(io::Error::other("it is one of the documents")),
                false => fs::write(path, source),
            };
            written.map_err(|error| Failure::Output(path.display().to_string(), error))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a document is the file at `path`, whatever they are called by. What somebody wrote is not written over.
fn is_file(document: &Document, path: &Path) -> bool {
    let Document::File(document) = document else {
        return false;
    };
    let (document, path) = (document.canonicalize(), path.canonicalize());
    document.is_ok_and(|document| path.is_ok_and(|path| document == path))
}

/// A slash at the end says that it is to be one.
fn is_folder(path: &Path) -> bool {
    let name = path.as_os_str().as_encoded_bytes();
    name.last()
        .is_some_and(|last| std::path::is_separator(char::from(*last)))
        || path.is_dir()
}
