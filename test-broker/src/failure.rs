//! How a script fails: with a panic that says what was expected and what came.

use std::fmt;

/// Why an expectation does not hold, ready to be read.
#[derive(Debug)]
pub(crate) struct Mismatch(String);

impl Mismatch {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What was checked, or a panic at the line of the script that asked for it.
#[track_caller]
pub(crate) fn hold<T>(checked: Result<T, Mismatch>) -> T {
    match checked {
        Ok(value) => value,
        Err(mismatch) => fail(mismatch),
    }
}

/// Fails the test.
#[track_caller]
#[expect(clippy::panic, reason = "a script that does not hold is a failed test")]
pub(crate) fn fail(message: impl fmt::Display) -> ! {
    panic!("{message}")
}
