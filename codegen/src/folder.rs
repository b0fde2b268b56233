//! Generated code as a folder of files, for people who commit and read it.

mod split;

use std::{
    collections::HashSet,
    fs::{self, File, FileType},
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::{
    Config,
    config::write_if_changed,
    error::{Error, ErrorKind},
};

/// The first line of every file in a folder of ours, and of no other file.
const HEADER: &str = "// Generated into this folder from the specification, by amqp-codegen.";

const HINT: &str = "// To change it, change the specification or the generator.";

/// What [`Config::write_files`] did, by paths.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct WrittenFiles {
    /// Files that are new or have another content.
    pub written: Vec<PathBuf>,
    /// Files that already had the right content, and were not touched.
    pub unchanged: Vec<PathBuf>,
    /// Files of an earlier run that are no longer generated.
    pub removed: Vec<PathBuf>,
}

impl Config {
    /// Returns the generated code as files: `mod.rs`, and one for each module in it, with paths relative to
    /// their folder.
    ///
    /// It is the code of [`source`](Self::source), to be included with `mod protocol;` from beside the folder
    /// `protocol`.
    ///
    /// # Errors
    ///
    /// If a document cannot be read or is wrong.
    pub fn files(&self) -> Result<Vec<(PathBuf, String)>, Error> {
        let split = split::modules(self.emit(&self.protocol()?)?);
        let root = ("mod.rs".to_owned(), split.root);
        let files = std::iter::once(root).chain(split.modules);
        files
            .map(|(name, tokens)| {
                let text = format!("{HEADER}\n{HINT}\n\n{}", self.print(tokens)?);
                Ok((PathBuf::from(name), text))
            })
            .collect()
    }

    /// Writes [`files`](Self::files) into a folder, which is created if need be.
    ///
    /// Files that an earlier run has written there and that are no longer generated are removed; they are known
    /// by their first line. Any other file is left alone. A file that already has the right content is not
    /// touched.
    ///
    /// # Errors
    ///
    /// If a document cannot be read or is wrong, or a file cannot be written: also because one with its name is
    /// there that was not generated into a folder. Then nothing has been written.
    pub fn write_files(&self, folder: impl AsRef<Path>) -> Result<WrittenFiles, Error> {
        let folder = folder.as_ref();
        let files = self.files()?;
        for (name, _) in &files {
            refuse_foreign(&folder.join(name))?;
        }
        let mut done = WrittenFiles::default();
        for (name, text) in &files {
            let path = folder.join(name);
            let list = match write_if_changed(&path, text)? {
                true => &mut done.written,
                false => &mut done.unchanged,
            };
            list.push(path);
        }
        let names = files.iter().map(|(name, _)| name.as_path()).collect();
        done.removed = remove_stale(folder, &names)?;
        Ok(done)
    }
}

/// A file that somebody wrote is not written over.
fn refuse_foreign(path: &Path) -> Result<(), Error> {
    let failed = |error| Error::io(ErrorKind::Write, path, &error);
    let kind = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error)),
    };
    if is_ours(path, kind).map_err(failed)? {
        return Ok(());
    }
    let message = format!(
        "{} is there already, and was not generated into a folder",
        path.display()
    );
    Err(Error::new(ErrorKind::Write, message))
}

/// Removes the files of an earlier run that are not among `names`; returns their paths in order.
fn remove_stale(folder: &Path, names: &HashSet<&Path>) -> Result<Vec<PathBuf>, Error> {
    let mut stale = Vec::new();
    let list = fs::read_dir(folder).and_then(|entries| {
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            let is_source = path.extension().is_some_and(|extension| extension == "rs");
            let is_current = names.contains(Path::new(&entry.file_name()));
            if is_source && !is_current && is_ours(&path, entry.file_type()?)? {
                stale.push(path);
            }
        }
        Ok(())
    });
    list.map_err(|error| Error::io(ErrorKind::Write, folder, &error))?;
    stale.sort();
    for path in &stale {
        fs::remove_file(path).map_err(|error| Error::io(ErrorKind::Write, path, &error))?;
    }
    Ok(stale)
}

/// Whether a file begins with our line. What is no plain file is never ours, whatever a link leads to.
fn is_ours(path: &Path, kind: FileType) -> io::Result<bool> {
    if !kind.is_file() {
        return Ok(false);
    }
    let mut start = Vec::with_capacity(HEADER.len());
    let limit = u64::try_from(HEADER.len()).unwrap_or(u64::MAX);
    File::open(path)?.take(limit).read_to_end(&mut start)?;
    Ok(start == HEADER.as_bytes())
}

#[cfg(test)]
mod tests;
