//! The keys of the query.

use super::values::{number, seconds, word};
use super::{options, tls_keys};
use crate::parameters::heartbeat::HEARTBEAT_EXPECTED;
use crate::parameters::{
    ConnectionParameters, ParameterError, ParameterErrorKind as Kind, TlsParameters,
};

use std::time::Duration;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Key {
    Heartbeat,
    HeartbeatInterval,
    FrameMax,
    ChannelMax,
    ConnectionTimeout,
    SocketTimeout,
    StackTimeout,
    ConnectionAttempts,
    RetryDelay,
    BlockedConnectionTimeout,
    BackpressureDetection,
    Locale,
    ClientProperties,
    TcpOptions,
    AuthMechanism,
    Tls(TlsKey),
}

/// Keys that make sense with TLS only.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum TlsKey {
    CaCertFile,
    CertFile,
    KeyFile,
    Password,
    Verify,
    FailIfNoPeerCert,
    Depth,
    ServerNameIndication,
    CustomizeHostnameCheck,
    SslOptions,
}

impl Key {
    /// In the order of the documentation.
    const ALL: &[(Self, &str, &str)] = &[
        (Self::Heartbeat, "heartbeat", HEARTBEAT_EXPECTED),
        (
            Self::HeartbeatInterval,
            "heartbeat_interval",
            HEARTBEAT_EXPECTED,
        ),
        (
            Self::FrameMax,
            "frame_max",
            "octets, 0 or 4096 to 4294967295",
        ),
        (Self::ChannelMax, "channel_max", "0 to 65535"),
        (
            Self::ConnectionTimeout,
            "connection_timeout",
            "milliseconds, 1 to 31536000000",
        ),
        (Self::SocketTimeout, "socket_timeout", SECONDS),
        (Self::StackTimeout, "stack_timeout", SECONDS),
        (
            Self::ConnectionAttempts,
            "connection_attempts",
            "1 to 4294967295",
        ),
        (
            Self::RetryDelay,
            "retry_delay",
            "seconds such as 2 or 0.5, at most 31536000",
        ),
        (
            Self::BlockedConnectionTimeout,
            "blocked_connection_timeout",
            SECONDS,
        ),
        (
            Self::BackpressureDetection,
            "backpressure_detection",
            "t or f",
        ),
        (Self::Locale, "locale", "a locale such as en_US"),
        (
            Self::ClientProperties,
            "client_properties",
            "a dictionary as Python writes it",
        ),
        (
            Self::TcpOptions,
            "tcp_options",
            "a dictionary as Python writes it, of whole numbers for TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT \
             and TCP_USER_TIMEOUT",
        ),
        (
            Self::AuthMechanism,
            "auth_mechanism",
            "plain, amqplain, external or anonymous",
        ),
        (Self::Tls(TlsKey::CaCertFile), "cacertfile", "a path"),
        (
            Self::Tls(TlsKey::CertFile),
            "certfile",
            "a path, and keyfile beside it",
        ),
        (
            Self::Tls(TlsKey::KeyFile),
            "keyfile",
            "a path, and certfile beside it",
        ),
        (
            Self::Tls(TlsKey::Password),
            "password",
            "the password of the key, and keyfile beside it",
        ),
        (
            Self::Tls(TlsKey::Verify),
            "verify",
            "verify_peer or verify_none",
        ),
        (
            Self::Tls(TlsKey::FailIfNoPeerCert),
            "fail_if_no_peer_cert",
            "true or false",
        ),
        (Self::Tls(TlsKey::Depth), "depth", "0 to 255"),
        (
            Self::Tls(TlsKey::ServerNameIndication),
            "server_name_indication",
            "a name, or disable",
        ),
        (
            Self::Tls(TlsKey::CustomizeHostnameCheck),
            "customize_hostname_check",
            "https",
        ),
        (
            Self::Tls(TlsKey::SslOptions),
            "ssl_options",
            "None or a dictionary as Python writes it, of cafile, capath, cadata, certfile and keyfile, password, \
             server_hostname and verify_mode",
        ),
    ];

    pub(super) fn read(name: &str) -> Result<Self, ParameterError> {
        let known = Self::ALL.iter().find(|(_, known, _)| *known == name);
        let known = known.map(|(key, ..)| *key);
        known.ok_or_else(|| {
            let expected = "one of the keys that UrlParameters lists";
            ParameterError::of_key(Kind::Unknown, name, expected)
        })
    }

    pub(super) fn name(self) -> &'static str {
        self.entry().map_or("query key", |(_, name, _)| name)
    }

    pub(super) fn expected(self) -> &'static str {
        self.entry().map_or("a value", |(.., expected)| expected)
    }

    pub(super) fn error(self, kind: Kind) -> ParameterError {
        ParameterError::new(kind, self.name(), self.expected())
    }

    fn entry(self) -> Option<&'static (Self, &'static str, &'static str)> {
        Self::ALL.iter().find(|(key, ..)| *key == self)
    }

    /// Whether the value is, or may hold, what nobody is to see.
    pub(super) fn is_secret(self) -> bool {
        matches!(self, Self::Tls(TlsKey::Password | TlsKey::SslOptions))
    }

    /// Whether only one of the two can be given.
    pub(super) fn excludes(self, other: Self) -> bool {
        use Key::{
            AuthMechanism, ConnectionTimeout, Heartbeat, HeartbeatInterval, SocketTimeout, Tls,
        };
        match (self, other) {
            (AuthMechanism, AuthMechanism) => false,
            (Heartbeat | HeartbeatInterval, Heartbeat | HeartbeatInterval)
            | (ConnectionTimeout | SocketTimeout, ConnectionTimeout | SocketTimeout)
            | (Tls(TlsKey::SslOptions), Tls(_))
            | (Tls(_), Tls(TlsKey::SslOptions)) => true,
            (one, other) => one == other,
        }
    }

    /// Sets what the key sets. Mechanisms are for those who know all of them.
    pub(super) fn apply(
        self,
        parameters: ConnectionParameters,
        tls: &mut Option<TlsParameters>,
        value: &str,
    ) -> Result<ConnectionParameters, ParameterError> {
        let (name, expected) = (self.name(), self.expected());
        Ok(match self {
            Self::Heartbeat | Self::HeartbeatInterval => {
                let seconds = number::<u16>(name, value, expected)?;
                parameters.heartbeat(Duration::from_secs(seconds.into()))
            }
            Self::FrameMax => parameters.frame_max(number(name, value, expected)?),
            Self::ChannelMax => parameters.channel_max(number(name, value, expected)?),
            Self::ConnectionTimeout => {
                let millis = number(name, value, expected)?;
                parameters.connection_timeout(in_range(self, Duration::from_millis(millis))?)
            }
            Self::SocketTimeout => {
                parameters.connection_timeout(in_range(self, seconds(name, value, expected)?)?)
            }
            Self::StackTimeout => {
                parameters.stack_timeout(in_range(self, seconds(name, value, expected)?)?)
            }
            Self::ConnectionAttempts => {
                parameters.connection_attempts(number(name, value, expected)?)
            }
            Self::RetryDelay => match seconds(name, value, expected)? {
                Duration::ZERO => parameters.retry_delay(Duration::ZERO),
                delay => parameters.retry_delay(in_range(self, delay)?),
            },
            Self::BlockedConnectionTimeout => parameters
                .blocked_connection_timeout(in_range(self, seconds(name, value, expected)?)?),
            Self::BackpressureDetection => {
                let detect = word(name, value, &[("t", true), ("f", false)], expected)?;
                parameters.backpressure_detection(detect)
            }
            Self::Locale => parameters.locale(value),
            Self::ClientProperties => {
                parameters.client_properties(options::client_properties(value)?)
            }
            Self::TcpOptions => parameters.tcp_options(options::tcp_options(value)?),
            Self::AuthMechanism => parameters,
            Self::Tls(key) => {
                tls_keys::apply(key, tls, value)?;
                parameters
            }
        })
    }
}

/// The parameter of a key may have another name, and then its bounds would be told under that.
fn in_range(key: Key, timeout: Duration) -> Result<Duration, ParameterError> {
    const YEAR: Duration = Duration::from_secs(31_536_000);
    match !timeout.is_zero() && timeout <= YEAR {
        true => Ok(timeout),
        false => Err(key.error(Kind::OutOfRange)),
    }
}

const SECONDS: &str = "seconds such as 2 or 0.5, more than 0 and at most 31536000";
