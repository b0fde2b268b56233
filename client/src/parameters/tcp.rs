//! What the operating system is asked to do with the socket.

use std::time::Duration;

use super::{ParameterError, ParameterErrorKind as Kind};

/// Options of the TCP socket, set before it connects.
///
/// Setting any of the three about keepalive turns keepalive on. A socket that refuses an option does not connect:
/// [`Io`](crate::ErrorKind::Io).
///
/// ```
/// use std::time::Duration;
/// use leveret::{ConnectionParameters, TcpOptions};
///
/// let patient = TcpOptions::default()
///     .keepalive_idle(Duration::from_secs(60))
///     .keepalive_interval(Duration::from_secs(10))
///     .keepalive_count(3)
///     .user_timeout(Duration::from_secs(90));
/// let parameters = ConnectionParameters::new("broker").tcp_options(patient);
/// assert!(parameters.validate().is_ok());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TcpOptions {
    pub(crate) nodelay: bool,
    pub(crate) keepalive_idle: Option<Duration>,
    pub(crate) keepalive_interval: Option<Duration>,
    pub(crate) keepalive_count: Option<u32>,
    pub(crate) user_timeout: Option<Duration>,
}

impl TcpOptions {
    /// Sets whether small writes go out at once (`TCP_NODELAY`).
    ///
    /// The client gathers them itself; the system waiting for more would only add delay. Default: true.
    #[must_use]
    pub fn nodelay(mut self, nodelay: bool) -> Self {
        self.nodelay = nodelay;
        self
    }

    /// Sets after how much silence the system asks whether the peer is there (`TCP_KEEPIDLE`): whole seconds, 1 to
    /// 32767.
    ///
    /// Default: none, which leaves keepalive off unless one of its other options is set.
    #[must_use]
    pub fn keepalive_idle(mut self, idle: Duration) -> Self {
        self.keepalive_idle = Some(idle);
        self
    }

    /// Sets how long the system waits before it asks again (`TCP_KEEPINTVL`): whole seconds, 1 to 32767.
    ///
    /// Common systems have it; elsewhere it is refused. Default: the system's.
    #[must_use]
    pub fn keepalive_interval(mut self, interval: Duration) -> Self {
        self.keepalive_interval = Some(interval);
        self
    }

    /// Sets how many unanswered questions mean that the peer is gone (`TCP_KEEPCNT`): 1 to 127.
    ///
    /// Common systems have it; elsewhere it is refused. Default: the system's.
    #[must_use]
    pub fn keepalive_count(mut self, count: u32) -> Self {
        self.keepalive_count = Some(count);
        self
    }

    /// Sets how long written octets may stay unacknowledged before the system gives the connection up
    /// (`TCP_USER_TIMEOUT`): whole milliseconds, 1 to 2147483647.
    ///
    /// Linux and Android have it; elsewhere it is refused. Default: the system's.
    #[must_use]
    pub fn user_timeout(mut self, timeout: Duration) -> Self {
        self.user_timeout = Some(timeout);
        self
    }

    #[cfg(any(test, feature = "tokio"))]
    pub(crate) fn has_keepalive(&self) -> bool {
        self.keepalive_idle.is_some()
            || self.keepalive_interval.is_some()
            || self.keepalive_count.is_some()
    }

    pub(super) fn validate(&self) -> Result<(), ParameterError> {
        for (parameter, value) in [
            ("keepalive_idle", self.keepalive_idle),
            ("keepalive_interval", self.keepalive_interval),
        ] {
            let fits = value.is_none_or(|value| {
                value.subsec_nanos() == 0 && (1..=KEEPALIVE_SECONDS).contains(&value.as_secs())
            });
            range(parameter, fits, "whole seconds from 1 to 32767")?;
        }
        let fits = self
            .keepalive_count
            .is_none_or(|count| (1..=KEEPALIVE_COUNT).contains(&count));
        range("keepalive_count", fits, "1 to 127")?;
        let fits = self.user_timeout.is_none_or(|timeout| {
            let whole = timeout.subsec_nanos() % 1_000_000 == 0;
            whole && (1..=USER_TIMEOUT_MILLIS).contains(&timeout.as_millis())
        });
        range(
            "user_timeout",
            fits,
            "whole milliseconds from 1 to 2147483647",
        )?;
        for (parameter, is_refused) in [
            (
                "keepalive_interval",
                self.keepalive_interval.is_some() && !HAS_KEEPALIVE_DETAILS,
            ),
            (
                "keepalive_count",
                self.keepalive_count.is_some() && !HAS_KEEPALIVE_DETAILS,
            ),
            (
                "user_timeout",
                self.user_timeout.is_some() && !HAS_USER_TIMEOUT,
            ),
        ] {
            if is_refused {
                let expected = "none: this operating system does not have it";
                return Err(ParameterError::new(Kind::Unsupported, parameter, expected));
            }
        }
        Ok(())
    }
}

impl Default for TcpOptions {
    /// `TCP_NODELAY`, and everything else as the system has it.
    fn default() -> Self {
        Self {
            nodelay: true,
            keepalive_idle: None,
            keepalive_interval: None,
            keepalive_count: None,
            user_timeout: None,
        }
    }
}

fn range(
    parameter: &'static str,
    fits: bool,
    expected: &'static str,
) -> Result<(), ParameterError> {
    if fits {
        return Ok(());
    }
    Err(ParameterError::new(Kind::OutOfRange, parameter, expected))
}

/// What Linux takes; the limits of others are no lower.
const KEEPALIVE_SECONDS: u64 = 32_767;
const KEEPALIVE_COUNT: u32 = 127;
const USER_TIMEOUT_MILLIS: u128 = i32::MAX as u128;
/// Whether the system has `TCP_USER_TIMEOUT`. The socket goes by the same list.
const HAS_USER_TIMEOUT: bool = cfg!(any(target_os = "linux", target_os = "android"));
/// Whether the system has `TCP_KEEPINTVL` and `TCP_KEEPCNT`. The socket goes by the same list.
const HAS_KEEPALIVE_DETAILS: bool = cfg!(any(
    target_os = "linux",
    target_os = "android",
    target_os = "windows",
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "netbsd"
));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_the_system() {
        let second = Duration::from_secs(1);
        let base = TcpOptions::default;
        for fits in [
            base(),
            base().nodelay(false),
            base().keepalive_idle(second).keepalive_interval(second),
            base().keepalive_idle(32_767 * second).keepalive_count(127),
            base().keepalive_count(1),
        ] {
            assert_eq!(fits.validate(), Ok(()), "{fits:?}");
        }
        for (parameter, options) in [
            ("keepalive_idle", base().keepalive_idle(Duration::ZERO)),
            ("keepalive_idle", base().keepalive_idle(second / 2)),
            ("keepalive_idle", base().keepalive_idle(32_768 * second)),
            (
                "keepalive_interval",
                base().keepalive_interval(Duration::MAX),
            ),
            ("keepalive_count", base().keepalive_count(0)),
            ("keepalive_count", base().keepalive_count(128)),
            ("user_timeout", base().user_timeout(Duration::ZERO)),
            ("user_timeout", base().user_timeout(Duration::from_nanos(1))),
            ("user_timeout", base().user_timeout(Duration::MAX)),
        ] {
            let error = options.validate().unwrap_err();
            assert_eq!(
                (error.kind(), error.parameter()),
                (Kind::OutOfRange, parameter)
            );
        }
        let options = base().user_timeout(second);
        assert_eq!(options.validate().is_ok(), HAS_USER_TIMEOUT);
    }

    #[test]
    fn any_option_of_keepalive_turns_it_on() {
        let base = TcpOptions::default;
        assert!(!base().has_keepalive());
        assert!(base().keepalive_count(2).has_keepalive());
        assert!(
            base()
                .keepalive_interval(Duration::from_secs(1))
                .has_keepalive()
        );
        assert!(
            base()
                .keepalive_idle(Duration::from_secs(1))
                .has_keepalive()
        );
    }
}
