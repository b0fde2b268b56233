//! Output to a file.

use std::{fs, io, path::Path};

use amqp_codegen::Document;

use super::Failure;

/// Writes a file, unless it is one of the documents: what somebody wrote is not written over.
pub(super) fn write<'d>(
    path: &Path,
    text: &str,
    mut documents: impl Iterator<Item = &'d Document>,
) -> Result<(), Failure> {
    let written = match documents.any(|document| is_file(document, path)) {
        true => Err(io::Error::other("it is one of the documents")),
        false => fs::write(path, text),
    };
    written.map_err(|error| Failure::Output(path.display().to_string(), error))
}

/// Whether a document is the file at `path`, whatever they are called by.
fn is_file(document: &Document, path: &Path) -> bool {
    let Document::File(document) = document else {
        return false;
    };
    let (document, path) = (document.canonicalize(), path.canonicalize());
    document.is_ok_and(|document| path.is_ok_and(|path| document == path))
}
