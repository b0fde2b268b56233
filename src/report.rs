//! What came out of a run: counts, and a line for everything that failed.

use core::fmt;

use amqp_methods::{DecodeError, EncodeError, FrameError};

/// Why a vector or a session failed, in words for people.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure(String);

impl Failure {
    /// A failure for that reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// The same failure, saying first what was being looked at.
    #[must_use]
    pub fn at(self, place: impl fmt::Display) -> Self {
        Self(format!("{place}: {}", self.0))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<DecodeError> for Failure {
    fn from(error: DecodeError) -> Self {
        Self(error.to_string())
    }
}

impl From<EncodeError> for Failure {
    fn from(error: EncodeError) -> Self {
        Self(error.to_string())
    }
}

impl From<FrameError> for Failure {
    fn from(error: FrameError) -> Self {
        Self(error.to_string())
    }
}

/// Fails with `reason` unless `condition` holds.
pub(crate) fn ensure(condition: bool, reason: impl FnOnce() -> String) -> Result<(), Failure> {
    if condition {
        Ok(())
    } else {
        Err(Failure(reason()))
    }
}

/// Fails unless both are the same octets, showing where they part.
pub(crate) fn same_octets(what: &str, found: &[u8], expected: &[u8]) -> Result<(), Failure> {
    if found == expected {
        return Ok(());
    }
    let parted = found
        .iter()
        .zip(expected)
        .take_while(|(a, b)| a == b)
        .count();
    let show = |octets: &[u8]| {
        let tail = octets.iter().skip(parted).take(16).copied();
        hex::encode(tail.collect::<Vec<_>>())
    };
    Err(Failure(format!(
        "{what}: {} octets where {} are expected, different from octet {parted} on: {} for {}",
        found.len(),
        expected.len(),
        show(found),
        show(expected),
    )))
}

/// Counts, and the reasons of failures.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Report {
    passed: usize,
    failures: Vec<String>,
}

impl Report {
    /// Counts what became of `name`.
    pub fn count(&mut self, name: &str, result: Result<(), Failure>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(reason) => self.failures.push(format!("{name}: {reason}")),
        }
    }

    /// Adds the counts and failures of another run.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failures.extend(other.failures);
    }

    /// How many passed.
    pub fn passed(&self) -> usize {
        self.passed
    }

    /// A line for each that failed.
    pub fn failures(&self) -> &[String] {
        &self.failures
    }
}

/// The closing line: `12 passed, 0 failed`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failures.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_counted_and_named() {
        let mut report = Report::default();
        report.count("a", Ok(()));
        report.count("b", Err(Failure::new("wrong").at("field c")));
        assert_eq!(report.to_string(), "1 passed, 1 failed");
        assert_eq!(report.failures(), ["b: field c: wrong"]);
    }

    #[test]
    fn a_difference_says_where_it_begins() {
        let failure = same_octets("frame", &[1, 2, 3], &[1, 2]).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "frame: 3 octets where 2 are expected, different from octet 2 on: 03 for "
        );
    }
}
