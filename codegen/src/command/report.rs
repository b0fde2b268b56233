//! Errors and warnings, for people and for tools.

use amqp_codegen::{Diagnostic, Error, Severity, spec::Position};
use serde_json::{Value, json};

use super::{
    Failure,
    console::{Colour, Console, harmless},
};

/// Prints what stopped a command.
pub(super) fn failure(failure: &Failure, console: &Console) {
    match failure {
        Failure::Protocol(error) => print(error.diagnostics(), console),
        Failure::Output(place, error) => {
            let label = console.paint_error(Colour::Red, "error");
            let text = format!("cannot write to {place}: {error}");
            console.complain(&format!("{label}: {}", harmless(&text)));
        }
    }
}

/// Prints diagnostics for people, with an empty line behind those that show lines of documents.
pub(super) fn print(diagnostics: &[Diagnostic], console: &Console) {
    for diagnostic in diagnostics {
        let text = diagnostic.render(console.colours_stderr());
        console.complain(&text);
        if text.contains('\n') {
            console.complain("");
        }
    }
}

/// What can be said of a protocol: what is odd about it, or what is wrong.
pub(super) fn found(warnings: Result<Vec<Diagnostic>, Error>) -> Vec<Diagnostic> {
    warnings.unwrap_or_else(|error| error.diagnostics().to_vec())
}

/// How many errors and warnings there are.
pub(super) fn count(diagnostics: &[Diagnostic]) -> (usize, usize) {
    let is_error = |diagnostic: &&Diagnostic| diagnostic.severity() == Severity::Error;
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
    let position = diagnostic.position();
    let end = position.map(|position| {
        let (line, column) = position.end();
        json!({ "line": line, "column": column })
    });
    let related: Vec<_> = diagnostic
        .related()
        .iter()
        .map(|(position, what)| {
            let mut place = place(position);
            place["message"] = json!(format!("{what} here"));
            place
        })
        .collect();
    json!({
        "severity": diagnostic.severity().to_string(),
        "kind": diagnostic.kind().name(),
        "file": position.map(Position::file),
        "line": position.map(Position::line),
        "column": position.map(Position::column),
        "end": end,
        "message": diagnostic.message(),
        "related": related,
        "help": diagnostic.help(),
    })
}

/// A place for tools.
pub(super) fn place(position: &Position) -> Value {
    json!({
        "file": position.file(),
        "line": position.line(),
        "column": position.column(),
    })
}
