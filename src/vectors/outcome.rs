//! What becomes of octets, and whether that is what a vector asks for.

use core::fmt;

use serde::Deserialize;

use crate::endpoint::Refusal;

/// What became of the octets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    /// At least so many are missing; `pending` were not consumed.
    Incomplete { needed: usize, pending: usize },
    /// They were refused.
    Error(Refusal),
    /// They were taken.
    Accept,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete { needed, .. } => write!(f, "incomplete, {needed} octets needed"),
            Self::Accept => f.write_str("accepted"),
            Self::Error(Refusal {
                reply_code: Some(code),
                reason,
            }) => {
                write!(f, "refused with {code}: {reason}")
            }
            Self::Error(Refusal {
                reply_code: None,
                reason,
            }) => write!(f, "refused: {reason}"),
        }
    }
}

/// An outcome that a vector allows.
#[derive(Debug, Deserialize)]
pub(super) struct Allowed {
    class: Class,
    #[serde(default)]
    reply_code: Option<u16>,
    #[serde(default)]
    needed: Option<usize>,
    /// How many complete frames come first.
    #[serde(default)]
    pub(super) frames_before: Option<usize>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Class {
    Incomplete,
    Error,
    Accept,
    /// The implementer's choice of the two above.
    Either,
}

impl Allowed {
    /// Whether the outcome is this one. `silent` allows to close the socket where a code is given.
    pub(super) fn admits(&self, outcome: &Outcome, silent: bool) -> bool {
        match outcome {
            Outcome::Incomplete { needed, .. } => {
                self.class == Class::Incomplete && self.needed.is_none_or(|least| least == *needed)
            }
            Outcome::Accept => matches!(self.class, Class::Accept | Class::Either),
            Outcome::Error(refusal) => {
                let code = match refusal.reply_code {
                    None => silent || self.reply_code.is_none(),
                    found => self.reply_code.is_none() || self.reply_code == found,
                };
                matches!(self.class, Class::Error | Class::Either) && code
            }
        }
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.class {
            Class::Incomplete => "incomplete",
            Class::Error => "error",
            Class::Accept => "accept",
            Class::Either => "either",
        })?;
        if let Some(code) = self.reply_code {
            write!(f, " {code}")?;
        }
        match self.needed {
            Some(needed) => write!(f, " with {needed} octets needed"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_given_reply_code_has_to_match() {
        let allowed = |json| Allowed::deserialize(json).unwrap();
        let error = |reply_code| {
            let reason = String::new();
            Outcome::Error(Refusal { reply_code, reason })
        };
        let framed = allowed(json!({"class": "error", "reply_code": 501}));
        assert!(framed.admits(&error(Some(501)), false));
        assert!(!framed.admits(&error(Some(502)), false));
        assert!(!framed.admits(&error(None), false) && framed.admits(&error(None), true));
        assert!(!framed.admits(&Outcome::Accept, true));
        let any = allowed(json!({"class": "either", "reply_code": null}));
        assert!(any.admits(&error(Some(502)), false) && any.admits(&Outcome::Accept, false));
        let partial = allowed(json!({"class": "incomplete", "needed": 3}));
        let incomplete = |needed| Outcome::Incomplete { needed, pending: 1 };
        assert!(partial.admits(&incomplete(3), false) && !partial.admits(&incomplete(4), false));
    }
}
