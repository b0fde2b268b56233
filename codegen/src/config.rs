//! What a build script says.

use std::{
    env, fs, iter, mem,
    path::{Path, PathBuf},
};

use proc_macro2::TokenStream;

use crate::{
    diagnostic::{Diagnostic, Findings},
    document::Document,
    emit,
    error::{Error, ErrorKind},
    merge::{check_base, merge_into},
    model::Model,
    resolve::{is_ident, is_overlay, resolve_into, version_missing},
    select::{self, Classes},
    side::Side,
    spec::Spec,
};

/// What every output begins with.
const HEADER: &str = "\
// Generated from the specification. To change it, change the specification or the generator.

";

/// What to generate, and where to.
///
/// The bundled documents, AMQP 0-9-1 and RabbitMQ's extensions, are known without being named.
#[derive(Clone, Debug)]
pub struct Config {
    base: Document,
    extensions: Vec<Document>,
    only: Option<Classes>,
    without: Classes,
    unresolved: Classes,
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
            base: Document::RabbitMq,
            extensions: Vec::new(),
            only: None,
            without: Classes::new(),
            unresolved: Classes::new(),
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
    /// Overlays are merged in the order in which they are added: a later one may complete what an earlier one added.
    pub fn extend(mut self, overlay: impl Into<Document>) -> Self {
        self.extensions.push(overlay.into());
        self
    }

    /// Sets the protocol that is extended, or that is emitted where no overlay is given.
    ///
    /// A path stands for a file in place of the bundled documents, RabbitMQ's extensions included. With overlays on
    /// a file, the generated code refers to [`runtime`](Self::runtime) for what the file has, so that either that is
    /// where its methods are, or [`standalone`](Self::standalone) is what you want. Default: [`Document::RabbitMq`].
    pub fn base(mut self, base: impl Into<Document>) -> Self {
        self.base = base.into();
        self
    }

    /// Keeps these classes alone. By default all are there.
    ///
    /// Names may be spelled with hyphens, underscores or spaces, here and below.
    pub fn classes<C: AsRef<str>>(mut self, names: impl IntoIterator<Item = C>) -> Self {
        self.only = Some(select::classes(names));
        self
    }

    /// Leaves these classes out. By default none is.
    pub fn without<C: AsRef<str>>(mut self, names: impl IntoIterator<Item = C>) -> Self {
        self.without.extend(select::classes(names));
        self
    }

    /// Leaves this class out, with a warning, if it uses a domain that no document declares. By default that is an
    /// error.
    ///
    /// The published 0-9 needs it for its class `message`.
    pub fn allow_unresolved(mut self, class: impl AsRef<str>) -> Self {
        self.unresolved.extend(select::classes([class]));
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
        let protocol = self.protocol()?;
        for warning in &protocol.spec.warnings {
            println!("cargo::warning={}", on_one_line(warning));
        }
        write_if_changed(&output, &self.render(&protocol)?)?;
        Ok(output)
    }

    /// Returns the generated code.
    ///
    /// # Errors
    ///
    /// If a document cannot be read or is wrong.
    pub fn source(&self) -> Result<String, Error> {
        self.render(&self.protocol()?)
    }

    /// Returns the resolved protocol: everything that is known, emitted or not.
    ///
    /// # Errors
    ///
    /// If a document cannot be read or is wrong.
    pub fn model(&self) -> Result<Model, Error> {
        Ok(self.protocol()?.model)
    }

    /// Returns what the documents say, merged: of all classes, and whether or not it can be resolved.
    ///
    /// # Errors
    ///
    /// If a document cannot be read, or contradicts another.
    pub fn spec(&self) -> Result<Spec, Error> {
        let mut findings = Findings::default();
        let (base, extensions) = self.documents(&mut findings)?;
        let mut spec = merge_into(base, extensions, &mut findings);
        spec.warnings = findings.finish(mem::take(&mut spec.warnings))?;
        Ok(spec)
    }

    /// Returns what is odd about the documents without being wrong.
    ///
    /// # Errors
    ///
    /// If a document cannot be read or is wrong.
    pub fn warnings(&self) -> Result<Vec<Diagnostic>, Error> {
        Ok(self.protocol()?.spec.warnings)
    }

    /// The base with what it consists of, and the overlays on it. All are read before the first mistake in one is told.
    fn documents(&self, findings: &mut Findings) -> Result<(Spec, Vec<Spec>), Error> {
        let mut value_of = |spec| findings.value_of(spec);
        let base = self.base.read_as_base().into_iter();
        let base: Vec<_> = base.filter_map(&mut value_of).collect();
        let extensions = self.extensions.iter().map(Document::read);
        let extensions: Vec<_> = extensions.filter_map(&mut value_of).collect();
        // Of an overlay in place of a base, everything else looks wrong that it takes from its base.
        if let Some(overlay) = base.first().filter(|first| is_overlay(first)) {
            findings.error(version_missing(overlay));
        }
        let mut base = base.into_iter();
        match base.next() {
            Some(first) if !findings.has_errors() => {
                check_base(&first, findings);
                Ok((merge_into(first, base, findings), extensions))
            }
            first => {
                let specs = first.into_iter().chain(base).chain(extensions);
                let warnings = specs.flat_map(|spec| spec.warnings).collect();
                Err(mem::take(findings).into_error(warnings))
            }
        }
    }

    /// Reads, merges and resolves. All that is wrong with the documents together is told at once.
    pub(crate) fn protocol(&self) -> Result<Protocol, Error> {
        let mut findings = Findings::default();
        let (base, extensions) = self.documents(&mut findings)?;
        let is_extended = !self.standalone && !extensions.is_empty();
        // Of an overlay, what the base lacks or has wrong is not the fault.
        let base_model = is_extended.then(|| {
            let mut unheard = Findings::default();
            let mut base = base.clone();
            self.select(&mut base, &mut unheard);
            resolve_into(&base, &mut unheard)
        });
        let mut spec = merge_into(base, extensions, &mut findings);
        self.select(&mut spec, &mut findings);
        let model = resolve_into(&spec, &mut findings);
        spec.warnings = findings.finish(mem::take(&mut spec.warnings))?;
        Ok(Protocol {
            spec,
            model,
            base: base_model,
        })
    }

    fn select(&self, spec: &mut Spec, findings: &mut Findings) {
        select::select(spec, self.only.as_ref(), &self.without, findings);
        select::leave_out_unresolved(spec, &self.unresolved, findings);
    }

    fn render(&self, protocol: &Protocol) -> Result<String, Error> {
        Ok(format!("{HEADER}{}", self.print(self.emit(protocol)?)?))
    }

    /// The generated code, before it is printed.
    pub(crate) fn emit(&self, protocol: &Protocol) -> Result<TokenStream, Error> {
        let options = emit::Options {
            runtime: self.checked_runtime()?,
            side: self.side,
        };
        Ok(emit::emit(
            &protocol.model,
            protocol.base.as_ref(),
            &options,
        ))
    }

    pub(crate) fn print(&self, tokens: TokenStream) -> Result<String, Error> {
        #[cfg(feature = "format")]
        if self.format {
            return crate::format::format(tokens);
        }
        Ok(crate::plain::print(tokens))
    }

    /// The emitter takes the runtime for granted, so that it is checked here: `crate`, `::a::b`, `a::b`.
    fn checked_runtime(&self) -> Result<String, Error> {
        let path = self.runtime.strip_prefix("::");
        // These stand at the beginning only, and `super` behind others of them.
        let mut may_be_relative = path.is_none();
        let mut segments = path.unwrap_or(&self.runtime).split("::");
        let is_path = segments.all(|segment| {
            let is_first = segment.as_ptr() == self.runtime.as_ptr();
            match segment {
                "crate" => mem::take(&mut may_be_relative) && is_first,
                "self" => may_be_relative && is_first,
                "super" => may_be_relative,
                segment => {
                    may_be_relative = false;
                    is_ident(segment)
                }
            }
        });
        if is_path {
            return Ok(self.runtime.clone());
        }
        let message = format!("{:?} is no path of a crate or module", self.runtime);
        Err(Error::new(ErrorKind::Options, message))
    }

    /// The files whose change makes cargo generate again.
    fn dependencies(&self) -> Vec<String> {
        let inputs = iter::once(&self.base).chain(&self.extensions);
        let inputs = inputs.filter_map(Document::path);
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
        let stem = self.extensions.last().and_then(Document::stem);
        let mut name = stem.unwrap_or_else(|| "protocol".into());
        name.push(".rs");
        name.into()
    }
}

/// What the documents say, and mean.
pub(crate) struct Protocol {
    spec: Spec,
    model: Model,
    /// What is known before the overlays, if only what they add is emitted.
    base: Option<Model>,
}

/// A line for cargo. Its text has no line ends, but the name of a file might.
fn on_one_line(warning: &Diagnostic) -> String {
    let mut line = warning.to_string();
    if let Some(help) = warning.help() {
        line = format!("{line}; {help}");
    }
    line.replace(['\r', '\n'], " ")
}

/// An unchanged file keeps its time stamp, and whatever depends on it is not built again. Returns whether
/// there was something to write.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> Result<bool, Error> {
    if fs::read(path).is_ok_and(|known| known == text.as_bytes()) {
        return Ok(false);
    }
    let failed = |error| Error::io(ErrorKind::Write, path, &error);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)?;
    Ok(true)
}

#[cfg(test)]
mod tests;
