//! Generates Rust from AMQP 0-x specification documents.
//!
//! A build script adds an extension of its own to what `amqp-methods` already has:
//!
//! ```no_run
//! fn main() -> Result<(), amqp_codegen::Error> {
//!     amqp_codegen::Config::new()     // knows AMQP 0-9-1 and RabbitMQ; emits neither
//!         .extend("spec/credit.xml")  // emitted
//!         .generate()?;               // OUT_DIR/credit.rs, prints rerun-if-changed
//!     Ok(())
//! }
//! ```
//!
//! and the crate includes the result:
//!
//! ```ignore
//! pub mod credit {
//!     include!(concat!(env!("OUT_DIR"), "/credit.rs"));
//! }
//! ```
//!
//! A module that is not public, as in a program, wants `#[allow(dead_code, unused_imports)]` before it: nobody uses all
//! that there is.
//!
//! # Documents
//!
//! Base documents are in the vocabulary of the published 0-8, 0-9 and 0-9-1 specifications. An overlay is
//! in the same vocabulary and says only what it adds; items match by name:
//!
//! ```xml
//! <amqp>
//!   <class name="exchange">
//!     <method name="declare">
//!       <!-- a reserved argument gets its meaning, in its place -->
//!       <field name="internal" domain="bit" replaces="reserved-3"/>
//!     </method>
//!   </class>
//!   <class name="basic">
//!     <!-- a method is added -->
//!     <method name="credit-ok" index="201">
//!       <chassis name="client" implement="MUST"/>
//!       <field name="available" domain="long"/>
//!     </method>
//!   </class>
//! </amqp>
//! ```
//!
//! Constants, domains, classes, methods and trailing arguments can be new; a chassis, a response, a check or
//! prose can be added to what exists. A field with `secret="1"`, new or not, is one that nobody may see: `Debug` of
//! generated code hides its value. Whatever disagrees is an [`Error`] that names both places.
//!
//! # Steps
//!
//! [`Config`] runs four steps, of which the first three are here for tools: [`parse()`] reads what a document
//! says, [`merge()`] puts documents together, [`resolve()`] finds out what they mean. The fourth
//! writes it down, which cannot fail. Beside them stand [`write()`], which makes XML of a document again,
//! and [`diff()`], which compares two protocols.
//!
//! # Features
//!
//! - `format` (default): the output is formatted. Without it the crate needs neither `syn` nor `prettyplease`
//!   and builds faster; the output is the same code on long lines.
//! - `diagnostics` (default): [`Diagnostic::render`] shows the lines of the documents with markers, as do errors that a
//!   build script returns from `main`, and help is given for names that are misspelt.
//! - `tools` (default): [`diff`](diff()), [`write()`], and generated code as a [folder of files](Config::write_files).
//! - `command` (default): the command `amqp-codegen`. Nothing in the library depends on it.

mod config;
mod diagnostic;
#[cfg(feature = "tools")]
pub mod diff;
mod document;
mod emit;
mod error;
#[cfg(feature = "tools")]
mod folder;
#[cfg(feature = "format")]
mod format;
mod index;
mod merge;
pub mod model;
mod parse;
mod plain;
#[cfg(feature = "diagnostics")]
mod render;
mod resolve;
mod select;
mod side;
mod source;
pub mod spec;
mod suggest;
#[cfg(feature = "tools")]
mod write;

pub use config::Config;
pub use diagnostic::{Diagnostic, Severity};
#[cfg(feature = "tools")]
#[doc(inline)]
pub use diff::diff;
pub use document::Document;
pub use error::{Error, ErrorKind};
#[cfg(feature = "tools")]
pub use folder::WrittenFiles;
pub use merge::merge;
pub use parse::parse;
pub use resolve::resolve;
pub use side::Side;
#[cfg(feature = "tools")]
pub use write::write;
