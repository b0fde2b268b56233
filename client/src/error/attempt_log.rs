//! The log of every attempt, where the causes of an error are told.

use std::error::Error as _;
use std::fmt;

use super::Error;

/// All attempts in one text, and the last of them as the cause.
pub(super) struct AttemptLog {
    attempts: Vec<Error>,
    count: u64,
}

impl AttemptLog {
    pub(super) fn new(attempts: Vec<Error>, count: u64) -> Self {
        Self { attempts, count }
    }
}

/// `all attempts: (1) rabbit-1 (10.0.0.1) port 5672, TCP, 0.102 s: cannot connect to ...: connection refused; (2) ...`
impl fmt::Display for AttemptLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.attempts.len() as u64;
        match shown == self.count {
            true => write!(f, "all attempts:")?,
            false => write!(f, "the last {shown} of {} attempts:", self.count)?,
        }
        let first = self.count.saturating_sub(shown) + 1;
        for (number, attempt) in (first..).zip(&self.attempts) {
            let separator = if number == first { "" } else { ";" };
            write!(f, "{separator} ({number})")?;
            if let Some(address) = attempt.address() {
                write!(f, " {address},")?;
            }
            if let Some(stage) = attempt.stage() {
                write!(f, " {stage},")?;
            }
            if let Some(elapsed) = attempt.elapsed() {
                write!(f, " {:.3} s", elapsed.as_secs_f64())?;
            }
            write!(f, ": {attempt}")?;
            let mut cause = attempt.source();
            while let Some(error) = cause {
                // What servers and resolvers say is quoted, so that no terminal obeys it.
                write!(f, ": {}", error.to_string().escape_debug())?;
                cause = error.source();
            }
        }
        Ok(())
    }
}

/// Whose attempts they are shows them.
impl fmt::Debug for AttemptLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AttemptLog({})", self.count)
    }
}

impl std::error::Error for AttemptLog {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.attempts.last().map(|error| error as _)
    }
}
