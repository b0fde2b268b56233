//! Test vectors: octets with their meaning, and octets without one.
//!
//! A file names its format. [`run`] knows two: `amqp-0-9-1-golden`, valid input with its values, and
//! `amqp-0-9-1-malformed`, input with the outcome that a careful peer reaches. `tests/vectors/README.md`
//! describes both.

mod compare;
mod content;
mod encode;
mod golden;
mod malformed;
mod notation;
mod outcome;

use core::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::report::{Failure, Report};

const GOLDEN: &str = "amqp-0-9-1-golden";
const MALFORMED: &str = "amqp-0-9-1-malformed";

/// A file of vectors that cannot be used at all.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FileError {
    /// It is no JSON, for a reason that says line and column.
    Syntax(String),
    /// It is nested so deeply that reading it could exhaust the stack.
    TooDeep {
        /// Line of the bracket that is one too many, counted from 1.
        line: usize,
    },
    /// It does not name a format that is known.
    Format(Option<String>),
    /// It has no list of vectors.
    NoVectors,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(reason) => write!(f, "no JSON: {reason}"),
            Self::TooDeep { line } => {
                write!(
                    f,
                    "line {line}: brackets are nested more than {MAX_NESTING} deep"
                )
            }
            Self::Format(Some(found)) => {
                write!(
                    f,
                    "member `format`: {found} is neither {GOLDEN:?} nor {MALFORMED:?}"
                )
            }
            Self::Format(None) => f.write_str("member `format`: there is none"),
            Self::NoVectors => f.write_str("member `vectors`: there is no such list"),
        }
    }
}

impl core::error::Error for FileError {}

/// Checks every vector of a file.
///
/// # Errors
/// A file that is not in one of the formats. A single vector that cannot be understood is a failure in
/// the report.
pub fn run(text: &str) -> Result<Report, FileError> {
    check_nesting(text)?;
    // Vectors nest deeply on purpose, and reading JSON recurses.
    thread::scope(|scope| {
        let spawned = thread::Builder::new()
            .name("vectors".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, || run_here(text));
        match spawned.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(FileError::Syntax("reading it panicked".to_owned())),
            Err(error) => Err(FileError::Syntax(format!("no thread to read it: {error}"))),
        }
    })
}

fn run_here(text: &str) -> Result<Report, FileError> {
    let mut parser = serde_json::Deserializer::from_str(text);
    parser.disable_recursion_limit();
    let file: Json = serde::Deserialize::deserialize(&mut parser)
        .and_then(|file| parser.end().map(|()| file))
        .map_err(|error| FileError::Syntax(error.to_string()))?;
    let check = match file.get("format") {
        Some(Json::String(format)) if format == GOLDEN => golden::check,
        Some(Json::String(format)) if format == MALFORMED => malformed::check,
        other => return Err(FileError::Format(other.map(Json::to_string))),
    };
    let vectors = file.get("vectors").and_then(Json::as_array);
    let mut report = Report::default();
    for (index, vector) in vectors.ok_or(FileError::NoVectors)?.iter().enumerate() {
        let name = match vector.get("id").and_then(Json::as_str) {
            Some(id) => id.to_owned(),
            None => format!("vector {}", index + 1),
        };
        report.count(&name, guarded(|| check(vector)));
    }
    Ok(report)
}

/// A panic is the worst that can become of a vector, and no reason to leave out the rest.
fn guarded(check: impl FnOnce() -> Result<(), Failure>) -> Result<(), Failure> {
    catch_unwind(AssertUnwindSafe(check)).unwrap_or_else(|_| Err(Failure::new("panicked")))
}

/// Reads a vector, or a part of it, into the members that a check needs.
fn typed<T: DeserializeOwned>(vector: &Json) -> Result<T, Failure> {
    T::deserialize(vector).map_err(|error| Failure::new(format!("not in the format: {error}")))
}

/// Refuses what could exhaust the stack, before anything recurses.
fn check_nesting(text: &str) -> Result<(), FileError> {
    let (mut depth, mut line) = (0_usize, 1);
    let (mut quoted, mut escaped) = (false, false);
    for octet in text.bytes() {
        match octet {
            b'\n' => line += 1,
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => depth += 1,
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(FileError::TooDeep { line });
        }
    }
    Ok(())
}

/// How deeply the brackets of a file may be nested: three levels for each level of a table.
const MAX_NESTING: usize = 10_000;

/// Enough for a debug build to read and drop that.
const STACK: usize = 256 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_known_format_is_refused() {
        assert!(matches!(run("{"), Err(FileError::Syntax(_))));
        assert!(matches!(run("{} x"), Err(FileError::Syntax(_))));
        assert_eq!(run("7"), Err(FileError::Format(None)));
        assert_eq!(
            run(r#"{"format": 7}"#),
            Err(FileError::Format(Some("7".into())))
        );
        let without = format!(r#"{{"format": {GOLDEN:?}}}"#);
        assert_eq!(run(&without), Err(FileError::NoVectors));
        let deep = "[".repeat(20_000);
        assert_eq!(run(&deep), Err(FileError::TooDeep { line: 1 }));
        let legal = format!(
            r#"{{"format": {}{}}}"#,
            "[".repeat(9_000),
            "]".repeat(9_000)
        );
        assert!(matches!(run(&legal), Err(FileError::Format(_))));
    }

    #[test]
    fn a_vector_that_makes_no_sense_fails_and_the_others_go_on() {
        for format in [GOLDEN, MALFORMED] {
            let text = format!(
                r#"{{"format": {format:?}, "vectors": [
                    7, null, {{}}, {{"id": 3}}, {{"id": "a", "kind": "method"}},
                    {{"id": "b", "kind": "table", "level": "frame"}},
                    {{"id": "c", "kind": "field-table", "value": [[]], "hex": "00000000"}},
                    {{"id": "d", "kind": "field-table", "value": [], "hex": "0"}},
                    {{"id": "e", "level": "encode", "state": "", "expect": {{"class": "error"}}}}
                ]}}"#
            );
            let report = run(&text).unwrap();
            assert_eq!(
                (report.passed(), report.failures().len()),
                (0, 9),
                "{report}"
            );
        }
    }
}
