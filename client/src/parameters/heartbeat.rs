//! What to ask of the server about heartbeats.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{ParameterError, ParameterErrorKind as Kind};

/// The heartbeat a client asks for.
///
/// A `Duration` becomes one: zero is [`Off`](Self::Off), anything else [`Every`](Self::Every).
///
/// ```
/// use std::time::Duration;
/// use leveret::{ConnectionParameters, Heartbeat};
///
/// let patient = ConnectionParameters::new("broker").heartbeat(Duration::from_secs(300));
/// let obedient = ConnectionParameters::new("broker").heartbeat(Heartbeat::Accept);
/// # assert_ne!(patient, obedient);
/// ```
///
/// Spec: connection.tune, 4.2.7
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Heartbeat {
    /// Take what the server proposes, none included.
    Accept,
    /// No heartbeats: a dead peer is noticed only when the operating system notices.
    Off,
    /// The longest silence tolerated, in whole seconds from 1 to 65535.
    ///
    /// The smaller of this and the server's proposal is used.
    Every(Duration),
    /// The same, whatever the server proposes: pika's rule for a number.
    Exactly(Duration),
    /// What a function makes of the server's proposal.
    Decide(HeartbeatDecision),
}

/// A function from the server's proposal to the heartbeat that is used.
#[derive(Clone)]
pub struct HeartbeatDecision(Arc<dyn Fn(u16) -> u16 + Send + Sync>);

impl Heartbeat {
    /// Makes one that a function decides: it is given the server's proposal and returns what is used, both in seconds, zero
    /// for none.
    ///
    /// It runs in the task that connects, once for every server that comes so far.
    ///
    /// ```
    /// use leveret::Heartbeat;
    ///
    /// let capped = Heartbeat::decide(|proposal| proposal.clamp(5, 30));
    /// assert_eq!(capped.seconds(), None);
    /// ```
    pub fn decide(decide: impl Fn(u16) -> u16 + Send + Sync + 'static) -> Self {
        Self::Decide(HeartbeatDecision(Arc::new(decide)))
    }

    /// Returns what to ask for in seconds, zero for none, or `None` if that depends on the server's proposal alone.
    #[must_use]
    pub fn seconds(&self) -> Option<u16> {
        match self {
            Self::Accept | Self::Decide(_) => None,
            Self::Off => Some(0),
            // Out of bounds only where `validate` was not asked; then a fraction must not become "off".
            Self::Every(timeout) | Self::Exactly(timeout) => {
                let fraction = u64::from(timeout.subsec_nanos() != 0);
                let seconds = timeout.as_secs().saturating_add(fraction);
                Some(u16::try_from(seconds).unwrap_or(u16::MAX))
            }
        }
    }

    /// Checks that the wire can say it: `tune-ok` carries whole seconds in sixteen bits.
    pub(super) fn validate(&self) -> Result<(), ParameterError> {
        let (Self::Every(timeout) | Self::Exactly(timeout)) = self else {
            return Ok(());
        };
        let whole = timeout.subsec_nanos() == 0;
        if whole && (1..=u64::from(u16::MAX)).contains(&timeout.as_secs()) {
            return Ok(());
        }
        Err(ParameterError::new(
            Kind::OutOfRange,
            "heartbeat",
            HEARTBEAT_EXPECTED,
        ))
    }
}

impl HeartbeatDecision {
    /// Asks the function.
    pub(crate) fn ask(&self, proposal: u16) -> u16 {
        (self.0)(proposal)
    }
}

impl fmt::Debug for HeartbeatDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("_")
    }
}

/// Functions are equal if they are the same one.
impl PartialEq for HeartbeatDecision {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for HeartbeatDecision {}

impl Default for Heartbeat {
    /// Every 60 s.
    fn default() -> Self {
        Self::Every(DEFAULT_HEARTBEAT)
    }
}

impl From<Duration> for Heartbeat {
    fn from(timeout: Duration) -> Self {
        if timeout.is_zero() {
            Self::Off
        } else {
            Self::Every(timeout)
        }
    }
}

/// What a heartbeat may be, for errors.
pub(super) const HEARTBEAT_EXPECTED: &str = "whole seconds from 0 to 65535";
const DEFAULT_HEARTBEAT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_turns_heartbeats_off() {
        assert_eq!(Heartbeat::from(Duration::ZERO), Heartbeat::Off);
        assert_eq!(Heartbeat::Off.seconds(), Some(0));
        assert_eq!(Heartbeat::Accept.seconds(), None);
        assert_eq!(Heartbeat::default().seconds(), Some(60));
    }

    #[test]
    fn only_whole_seconds_that_fit_sixteen_bits_are_valid() {
        let every = |millis| Heartbeat::Every(Duration::from_millis(millis));
        for (millis, valid, seconds) in [
            (0, false, 0),
            (1, false, 1),
            (999, false, 1),
            (1_000, true, 1),
            (1_500, false, 2),
            (65_535_000, true, 65_535),
            (65_535_001, false, 65_535),
            (65_536_000, false, 65_535),
            (u64::MAX, false, 65_535),
        ] {
            assert_eq!(every(millis).validate().is_ok(), valid, "{millis} ms");
            assert_eq!(every(millis).seconds(), Some(seconds), "{millis} ms");
        }
        assert!(Heartbeat::Every(Duration::MAX).validate().is_err());
        assert!(Heartbeat::Exactly(Duration::ZERO).validate().is_err());
        assert_eq!(
            Heartbeat::Exactly(Duration::from_secs(7)).validate(),
            Ok(())
        );
        assert_eq!(Heartbeat::Every(Duration::MAX).seconds(), Some(u16::MAX));
    }
}
