//! Errors and warnings, for people and for tools.

use std::error::Error as _;

use amqp_codegen::{
    Error,
    spec::{Position, Warning},
};
use serde_json::{Value, json};

use super::{
    Failure,
    console::{Colour, Console, harmless},
};

/// Something to report about documents.
pub(super) struct Diagnostic {
    severity: Severity,
    message: String,
    position: Option<Position>,
    related: Option<Position>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Severity {
    Error,
    Warning,
}

impl From<&Warning> for Diagnostic {
    fn from(warning: &Warning) -> Self {
        Self {
            severity: Severity::Warning,
            message: warning.message.clone(),
            position: Some(warning.position.clone()),
            related: None,
        }
    }
}

impl From<&Error> for Diagnostic {
    fn from(error: &Error) -> Self {
        let mut message = error.to_string();
        // `Display` names the places, which are told apart here.
        if let Some(position) = error.position() {
            let prefix = format!("{position}: ");
            message = message.trim_start_matches(&prefix).to_owned();
        }
        if let Some(related) = error.related() {
            let suffix = format!(" (first defined at {related})");
            message = message.trim_end_matches(&suffix).to_owned();
        }
        let mut cause = error.source();
        while let Some(error) = cause {
            message.push_str(&format!(": {error}"));
            cause = error.source();
        }
        Self {
            severity: Severity::Error,
            message,
            position: error.position().cloned(),
            related: error.related().cloned(),
        }
    }
}

/// Prints what stopped a command.
pub(super) fn failure(failure: &Failure, console: &Console) {
    match failure {
        Failure::Protocol(error) => print(&[error.into()], console),
        Failure::Output(place, error) => {
            let label = console.paint_error(Colour::Red, "error");
            let text = format!("cannot write to {place}: {error}");
            console.complain(&format!("{label}: {}", harmless(&text)));
        }
    }
}

/// Prints warnings.
pub(super) fn warnings(warnings: &[Warning], console: &Console) {
    let diagnostics: Vec<_> = warnings.iter().map(Diagnostic::from).collect();
    print(&diagnostics, console);
}

/// Prints diagnostics for people.
pub(super) fn print(diagnostics: &[Diagnostic], console: &Console) {
    for diagnostic in diagnostics {
        let (colour, label) = match diagnostic.severity {
            Severity::Error => (Colour::Red, "error"),
            Severity::Warning => (Colour::Yellow, "warning"),
        };
        let mut text = String::new();
        if let Some(position) = &diagnostic.position {
            text.push_str(&format!("{position}: "));
        }
        text.push_str(&diagnostic.message);
        if let Some(related) = &diagnostic.related {
            text.push_str(&format!(" (first defined at {related})"));
        }
        let label = console.paint_error(colour, label);
        console.complain(&format!("{label}: {}", harmless(&text)));
    }
}

/// How many errors and warnings there are.
pub(super) fn count(diagnostics: &[Diagnostic]) -> (usize, usize) {
    let is_error = |diagnostic: &&Diagnostic| diagnostic.severity == Severity::Error;
    let errors = diagnostics.iter().filter(is_error).count();
    (errors, diagnostics.len() - errors)
}

/// Diagnostics for tools.
pub(super) fn to_json(diagnostics: &[Diagnostic]) -> Value {
    let (errors, warnings) = count(diagnostics);
    let list: Vec<_> = diagnostics.iter().map(one_to_json).collect();
    json!({
        "diagnostics": list,
        "summary": { "errors": errors, "warnings": warnings },
    })
}

fn one_to_json(diagnostic: &Diagnostic) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let position = diagnostic.position.as_ref();
    let related: Vec<_> = diagnostic
        .related
        .iter()
        .map(|position| {
            let mut place = place(position);
            place["message"] = json!("first defined here");
            place
        })
        .collect();
    json!({
        "severity": severity,
        "file": position.map(|position| &*position.file),
        "line": position.map(|position| position.line),
        "column": position.map(|position| position.column),
        "end": null,
        "message": diagnostic.message,
        "related": related,
        "help": null,
    })
}

/// A place for tools.
pub(super) fn place(position: &Position) -> Value {
    json!({
        "file": &*position.file,
        "line": position.line,
        "column": position.column,
    })
}
