//! What a build script says.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use proc_macro2::TokenStream;

use crate::{
    emit,
    error::{Error, ErrorKind},
    merge,
    model::Model,
    parse, resolve,
    side::Side,
    spec::{Spec, Warning},
};

/// What every output begins with.
const HEADER: &str = "\
// Generated from the specification. To change it, change the specification or the generator.

";

const BUNDLED_BASE: (&str, &str) = ("amqp0-9-1.xml", include_str!("../spec/amqp0-9-1.xml"));
const BUNDLED_OVERLAY: (&str, &str) = ("rabbitmq.xml", include_str!("../spec/rabbitmq.xml"));

/// What to generate, and where to.
///
/// The bundled documents, AMQP 0-9-1 and RabbitMQ's extensions, are known without being named.
#[derive(Clone, Debug)]
pub struct Config {
    base: Option<PathBuf>,
    extensions: Vec<PathBuf>,
    standalone: bool,
    runtime: String,
    side: Side,
    format: bool,
    file_name: Option<PathBuf>,
    out_dir: Option<PathBuf>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            base: None,
            extensions: Vec::new(),
            standalone: false,
            runtime: "::amqp_methods".to_owned(),
            side: Side::Both,
            format: true,
            file_name: None,
            out_dir: None,
        }
    }
}

impl Config {
    /// Starts with the bundled documents, and with nothing to emit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an overlay. What it adds or changes is emitted.
    ///
    /// Overlays are merged in the order in which they are added.
    pub fn extend(mut self, path: impl Into<PathBuf>) -> Self {
        self.extensions.push(path.into());
        self
    }

    /// Uses another base document in place of the bundled ones, RabbitMQ's extensions included.
    pub fn base(mut self, path: impl Into<PathBuf>) -> Self {
        self.base = Some(path.into());
        self
    }

    /// Emits the whole protocol, not only what the overlays add or change.
    ///
    /// Without an overlay the whole protocol is emitted in any case. Default: `false`.
    pub fn standalone(mut self, standalone: bool) -> Self {
        self.standalone = standalone;
        self
    }

    /// Sets the path of the crate that the generated code rests on.
    ///
    /// Default: `::amqp_methods`.
    pub fn runtime(mut self, path: impl Into<String>) -> Self {
        self.runtime = path.into();
        self
    }

    /// Sets which side of a connection the code is for; [`Side`] says what is left out for one.
    ///
    /// Default: [`Side::Both`].
    pub fn side(mut self, side: Side) -> Self {
        self.side = side;
        self
    }

    /// Whether the output is formatted. Needs the feature `format`, without effect otherwise.
    ///
    /// Default: `true`.
    pub fn format(mut self, format: bool) -> Self {
        self.format = format;
        self
    }

    /// Sets the name of the file that [`generate`](Self::generate) writes.
    ///
    /// Default: that of the last overlay with the extension `rs`; `protocol.rs` when there is none.
    pub fn file_name(mut self, name: impl Into<PathBuf>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    /// Sets the folder that [`generate`](Self::generate) writes to, which is created if need be.
    ///
    /// Default: the environment variable `OUT_DIR`.
    pub fn out_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.out_dir = Some(path.into());
        self
    }

    /// Generates the code into a file and tells cargo what it depends on; returns the path of the file.
    ///
    /// A file that already has the right content is not touched. Warnings are printed for cargo to show.
    ///
    /// # Errors
    ///
    /// If a document cannot be read or is wrong, or the output cannot be written.
    #[expect(
        clippy::print_stdout,
        reason = "this is how build scripts talk to cargo"
    )]
    pub fn generate(&self) -> Result<PathBuf, Error> {
        for line in self.dependencies() {
            println!("cargo::rerun-if-changed={line}");
        }
        let output = self.output()?;
        let spec = self.spec()?;
        for warning in &spec.warnings {
            println!("cargo::warning={warning}");
        }
        write_if_changed(&output, &self.render(&spec)?)?;
        Ok(output)
    }

    /// Returns the generated code.
    ///
    /// # Errors
    ///
    /// If a document cannot be read or is wrong.
    pub fn source(&self) -> Result<String, Error> {
        self.render(&self.spec()?)
    }

    /// Returns the resolved protocol: everything that is known, emitted or not.
    ///
    /// # Errors
    ///
    /// If a document cannot be read or is wrong.
    pub fn model(&self) -> Result<Model, Error> {
        resolve(&self.spec()?)
    }

    /// Returns what is odd about the documents without being wrong.
    ///
    /// # Errors
    ///
    /// If a document cannot be read or is wrong.
    pub fn warnings(&self) -> Result<Vec<Warning>, Error> {
        Ok(self.spec()?.warnings)
    }

    /// Everything that is known, merged.
    fn spec(&self) -> Result<Spec, Error> {
        let extensions = self.extensions.iter().map(|path| read(path));
        merge(
            self.base_spec()?,
            extensions.collect::<Result<Vec<_>, _>>()?,
        )
    }

    /// What is known before the overlays of the user.
    fn base_spec(&self) -> Result<Spec, Error> {
        if let Some(path) = &self.base {
            return read(path);
        }
        let bundled = |(name, text)| parse(name, text);
        merge(bundled(BUNDLED_BASE)?, [bundled(BUNDLED_OVERLAY)?])
    }

    fn render(&self, spec: &Spec) -> Result<String, Error> {
        let options = emit::Options {
            runtime: self.checked_runtime()?,
            side: self.side,
        };
        let model = resolve(spec)?;
        let base = if self.standalone || self.extensions.is_empty() {
            None
        } else {
            Some(resolve(&self.base_spec()?)?)
        };
        let tokens = emit::emit(&model, base.as_ref(), &options);
        Ok(format!("{HEADER}{}", self.print(tokens)?))
    }

    fn print(&self, tokens: TokenStream) -> Result<String, Error> {
        #[cfg(feature = "format")]
        if self.format {
            return crate::format::format(tokens);
        }
        Ok(crate::plain::print(tokens))
    }

    /// The emitter takes the runtime for granted, so that it is checked here: `crate`, `::a::b`, `a::b`.
    fn checked_runtime(&self) -> Result<String, Error> {
        let path = self.runtime.strip_prefix("::").unwrap_or(&self.runtime);
        let is_ident = |segment: &str| {
            let first = |c: char| c.is_ascii_alphabetic() || c == '_';
            let rest = |c: char| c.is_ascii_alphanumeric() || c == '_';
            segment != "_" && segment.starts_with(first) && segment.chars().all(rest)
        };
        if path.split("::").all(is_ident) {
            return Ok(self.runtime.clone());
        }
        let message = format!("{:?} is no path of a crate or module", self.runtime);
        Err(Error::new(ErrorKind::Options, message))
    }

    /// The files whose change makes cargo generate again.
    fn dependencies(&self) -> Vec<String> {
        let inputs = self.base.iter().chain(&self.extensions);
        let mut lines: Vec<_> = inputs.map(|path| path.display().to_string()).collect();
        if lines.is_empty() {
            // Without any line, cargo would watch the whole package of the build script.
            lines.push("build.rs".to_owned());
        }
        lines
    }

    fn output(&self) -> Result<PathBuf, Error> {
        let folder = match &self.out_dir {
            Some(folder) => folder.clone(),
            None => env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| {
                let message = "OUT_DIR is not set: this is no build script, so out_dir() is needed";
                Error::new(ErrorKind::Options, message)
            })?,
        };
        Ok(folder.join(self.output_name()))
    }

    fn output_name(&self) -> PathBuf {
        if let Some(name) = &self.file_name {
            return name.clone();
        }
        let stem = self.extensions.last().and_then(|path| path.file_stem());
        PathBuf::from(stem.unwrap_or("protocol".as_ref())).with_extension("rs")
    }
}

fn read(path: &Path) -> Result<Spec, Error> {
    let text = fs::read_to_string(path).map_err(|error| Error::io(ErrorKind::Read, path, error))?;
    parse(&path.display().to_string(), &text)
}

/// An unchanged file keeps its time stamp, and whatever depends on it is not built again.
fn write_if_changed(path: &Path, text: &str) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|known| known == text.as_bytes()) {
        return Ok(());
    }
    let failed = |error| Error::io(ErrorKind::Write, path, error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

#[cfg(test)]
mod tests;
