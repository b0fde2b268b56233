//! What can be said on the command line.

use std::{ffi::OsStr, path::PathBuf};

use amqp_codegen::{Config, Document, Side};
use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PathBufValueParser, TypedValueParser},
};

/// Turns AMQP 0-x specification documents into Rust, and helps to write and compare them
///
/// A protocol is a base, and overlays that extend it in the order in which they are given. The base
/// is the first document, or that of --base, behind which all others are overlays; `rabbitmq` if
/// neither is there. So these are the same:
///
///   amqp-codegen check rabbitmq spec/credit.xml
///   amqp-codegen check --base rabbitmq spec/credit.xml
///   amqp-codegen check --extend spec/credit.xml
///
/// Wherever a document is asked for, `0-9-1` means the bundled AMQP 0-9-1, and `rabbitmq` the
/// bundled extensions of RabbitMQ: as a base on top of 0-9-1, as an overlay alone. Anything else
/// is a file; one with such a name is `./rabbitmq`.
#[derive(Parser)]
#[command(name = "amqp-codegen", version, after_help = EXAMPLES, verbatim_doc_comment)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(super) verb: Verb,

    /// When to colour what goes to a terminal; NO_COLOR in the environment means never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(super) color: When,
}

const EXAMPLES: &str = "\
Examples:
  amqp-codegen generate --extend spec/credit.xml -o src/credit.rs
  amqp-codegen check --extend spec/credit.xml
  amqp-codegen diff --base rabbitmq released/credit.xml spec/credit.xml
  amqp-codegen list 0-9-1
  amqp-codegen merge rabbitmq spec/credit.xml -o spec/all.xml

Exit status:
  0  done; for `diff`: peers of the two protocols understand each other
  1  a document is wrong, or a file cannot be read or written; for `diff`: they do not
  2  the command line is wrong; for `diff` also: a document is wrong or cannot be read

`amqp-codegen help COMMAND` says more about each.";

/// When to use colour.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum When {
    /// On terminals
    Auto,
    /// Also in files and pipes
    Always,
    /// Not at all
    Never,
}

#[derive(Subcommand)]
pub(super) enum Verb {
    /// Generate Rust: types with encode and decode
    ///
    /// Prints the code, or writes it to a file, or to a folder as `mod.rs` with a file for each
    /// class. Without overlays it is the whole protocol, with overlays what they add or change.
    ///
    /// A folder is for code that is committed and read. Files of an earlier run that are no longer
    /// generated are removed from it; others are never touched.
    #[command(
        verbatim_doc_comment,
        after_help = "\
Examples:
  amqp-codegen generate | less
  amqp-codegen generate --extend spec/credit.xml -o src/credit.rs
  amqp-codegen generate 0-9-1 -o src/protocol/

Exit status:
  0  done
  1  a document is wrong, or a file cannot be read or written
  2  the command line is wrong"
    )]
    Generate(Generate),
    /// Report what is wrong or odd about documents
    ///
    /// Reads, merges and resolves the documents, and prints nothing but diagnostics.
    ///
    /// With --json they are one document on standard output: `diagnostics`, a list of objects with
    /// `severity` (`error` or `warning`), `kind`, `file`, `line`, `column`, `end` (`line` and `column`
    /// of what follows), `message`, `related` (other places, each with a `message`) and `help`; and
    /// `summary` with the numbers of `errors` and `warnings`. Members that do not apply are null.
    /// Lines and columns count from 1, columns in characters. The bundled documents are no files:
    /// places in them are in `amqp0-9-1.xml` and `rabbitmq.xml`.
    #[command(
        verbatim_doc_comment,
        after_help = "\
Examples:
  amqp-codegen check --extend spec/credit.xml
  amqp-codegen check spec/whole-protocol.xml --json

Exit status:
  0  no errors, perhaps warnings
  1  errors
  2  the command line is wrong"
    )]
    Check(Check),
    /// Compare two protocols, and tell whether peers of both understand each other
    ///
    /// Prints a line for each difference: its effect, `+` for what is new, `-` for what is gone or
    /// `~` for what is otherwise, and what it is. Prose and `secret` are not
    /// compared. The effects:
    ///
    ///   none        the same octets mean the same
    ///   compatible  both read what they could read before; who uses what is new may be disappointed
    ///   breaking    one sends octets that the other cannot read, or takes for something else
    ///
    /// With --json: `changes`, a list of objects with `effect`, `element`, `name`, `aspect`,
    /// `message` and the places `old` and `new`; and `summary` with the number of each effect.
    #[command(
        verbatim_doc_comment,
        after_help = "\
Examples:
  amqp-codegen diff 0-9-1 rabbitmq
  amqp-codegen diff released.xml spec/mine.xml || echo 'needs a new major version'
  amqp-codegen diff --base rabbitmq released/credit.xml spec/credit.xml

Exit status:
  0  nothing is breaking
  1  something is breaking
  2  a document is wrong or cannot be read, or the command line is wrong"
    )]
    Diff(Diff),
    /// List methods with their numbers, directions, replies and arguments
    ///
    /// A line for each method: its name; the numbers of class and method; who sends it; `content`
    /// if content follows, and the marks `sync` and `deprecated`; what answers it; its arguments
    /// with their types, those in brackets being reserved, and `secret` before the type of what
    /// nobody may see. Then a line for each content property.
    ///
    /// The last line counts what the documents say. Lines below it, if any, tell which classes are
    /// not in the list, because they use a domain that is not declared; they are counted all the
    /// same.
    #[command(
        verbatim_doc_comment,
        after_help = "\
Examples:
  amqp-codegen list 0-9-1 | grep '^queue'
  amqp-codegen list --extend spec/credit.xml --json

Exit status:
  0  done
  1  a document is wrong or cannot be read
  2  the command line is wrong"
    )]
    List(List),
    /// Merge a base and overlays into one document
    ///
    /// The result says all that the base and the overlays say, for tools that know no overlays.
    /// Comments are left out, and names need not exist: see `check`.
    #[command(
        verbatim_doc_comment,
        after_help = "\
Examples:
  amqp-codegen merge 0-9-1 rabbitmq > amqp0-9-1.extended.xml
  amqp-codegen merge rabbitmq spec/credit.xml -o spec/all.xml

Exit status:
  0  done
  1  a document is wrong, or a file cannot be read or written
  2  the command line is wrong"
    )]
    Merge(Merge),
}

#[derive(Args)]
pub(super) struct Generate {
    #[command(flatten)]
    documents: Documents,
    #[command(flatten)]
    selection: Selection,
    /// The whole protocol, also with overlays
    #[arg(long)]
    whole: bool,
    /// Crate that the generated code rests on
    #[arg(long, value_name = "PATH", default_value = "::amqp_methods")]
    runtime: String,
    /// Leave out what one side of a connection never does
    #[arg(long, value_name = "SIDE", default_value = "both")]
    side: OneOrBoth,
    /// Code on long lines, for compilers only
    #[arg(long)]
    unformatted: bool,
    /// Write to a file, or to a folder if it ends in a slash or is one
    #[arg(short, long, value_name = "PATH")]
    pub(super) output: Option<PathBuf>,
}

/// The sides of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum OneOrBoth {
    /// What a client sends and receives
    Client,
    /// What a server sends and receives
    Server,
    /// Everything
    Both,
}

impl From<OneOrBoth> for Side {
    fn from(side: OneOrBoth) -> Self {
        match side {
            OneOrBoth::Client => Self::Client,
            OneOrBoth::Server => Self::Server,
            OneOrBoth::Both => Self::Both,
        }
    }
}

#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    documents: Documents,
    #[command(flatten)]
    selection: Selection,
    /// Print one JSON document, for tools
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(super) struct Diff {
    /// The older protocol; with --base, an overlay
    #[arg(value_name = "OLD", value_parser = document())]
    old: Document,
    /// The newer protocol; with --base, an overlay
    #[arg(value_name = "NEW", value_parser = document())]
    new: Document,
    /// Base document, of which OLD and NEW are overlays
    #[arg(long, value_name = "DOCUMENT", value_parser = document())]
    base: Option<Document>,
    /// Leave a class out where it uses a domain that is not declared; may be repeated
    #[arg(long, value_name = "CLASS")]
    allow_unresolved: Vec<String>,
    /// Print one JSON document, for tools
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(super) struct List {
    #[command(flatten)]
    documents: Documents,
    #[command(flatten)]
    selection: Selection,
    /// Print one JSON document, for tools
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Args)]
pub(super) struct Merge {
    #[command(flatten)]
    documents: Documents,
    /// Write to a file
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// A protocol: a base with overlays.
#[derive(Args)]
struct Documents {
    /// Base document; with --base, an overlay [default: rabbitmq]
    #[arg(value_name = "BASE", value_parser = document())]
    first: Option<Document>,
    /// Overlays, merged in this order
    #[arg(value_name = "OVERLAY", value_parser = document())]
    others: Vec<Document>,
    /// Base document, in place of the first one
    #[arg(long, value_name = "DOCUMENT", value_parser = document())]
    base: Option<Document>,
    /// Overlay, merged behind those above; may be repeated
    #[arg(long, value_name = "DOCUMENT", value_parser = document())]
    extend: Vec<Document>,
}

#[derive(Args)]
struct Selection {
    /// Only this class; may be repeated
    #[arg(long, value_name = "CLASS")]
    class: Vec<String>,
    /// All but this class; may be repeated
    #[arg(long, value_name = "CLASS")]
    without: Vec<String>,
    /// Leave a class out if it uses a domain that is not declared; may be repeated
    #[arg(long, value_name = "CLASS")]
    allow_unresolved: Vec<String>,
}

impl Generate {
    pub(super) fn config(&self) -> Config {
        self.selection
            .of(self.documents.config())
            .standalone(self.whole)
            .runtime(&self.runtime)
            .side(self.side.into())
            .format(!self.unformatted)
    }

    /// What is read.
    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.all()
    }
}

impl Check {
    pub(super) fn config(&self) -> Config {
        self.selection.of(self.documents.config())
    }
}

impl Diff {
    pub(super) fn configs(&self) -> (Config, Config) {
        let config = |document: &Document| {
            let config = match &self.base {
                Some(base) => Config::new().base(base.clone()).extend(document.clone()),
                None => Config::new().base(document.clone()),
            };
            let classes = self.allow_unresolved.iter();
            classes.fold(config, Config::allow_unresolved)
        };
        (config(&self.old), config(&self.new))
    }
}

impl List {
    pub(super) fn config(&self) -> Config {
        self.selection.of(self.documents.config())
    }
}

impl Merge {
    pub(super) fn config(&self) -> Config {
        self.documents.config()
    }

    /// What is read.
    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.documents.all()
    }
}

impl Documents {
    fn config(&self) -> Config {
        let mut all = self.all().cloned();
        let base = all.next().unwrap_or(Document::RabbitMq);
        all.fold(Config::new().base(base), Config::extend)
    }

    /// The base, if one is given, and the overlays in their order.
    fn all(&self) -> impl Iterator<Item = &Document> {
        // Overlays alone extend what is there without a word.
        let bundled = self.first.is_none() && self.base.is_none() && !self.extend.is_empty();
        let bundled = bundled.then_some(&Document::RabbitMq);
        let base = bundled.into_iter().chain(&self.base);
        base.chain(&self.first)
            .chain(&self.others)
            .chain(&self.extend)
    }
}

impl Selection {
    fn of(&self, mut config: Config) -> Config {
        if !self.class.is_empty() {
            config = config.classes(&self.class);
        }
        let config = config.without(&self.without);
        let classes = self.allow_unresolved.iter();
        classes.fold(config, Config::allow_unresolved)
    }
}

/// Reads the name of a document: one that is bundled, or a path.
fn document() -> impl TypedValueParser<Value = Document> {
    PathBufValueParser::new().map(|path| {
        let name: &OsStr = path.as_os_str();
        match name.to_str() {
            Some("0-9-1") => Document::Amqp091,
            Some("rabbitmq") => Document::RabbitMq,
            _ => Document::File(path),
        }
    })
}
