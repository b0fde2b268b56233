//! The part of an AMQP URL after the question mark.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::decode;
use crate::parameters::heartbeat::HEARTBEAT_EXPECTED;
use crate::parameters::{ConnectionParameters, ParameterError, ParameterErrorKind as Kind};

/// Applies `key=value&key=value` to the parameters.
pub(super) fn read(
    mut parameters: ConnectionParameters,
    query: &str,
) -> Result<ConnectionParameters, ParameterError> {
    let mut seen = Vec::with_capacity(Key::ALL.len());
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key = Key::read(&decode("query key", name)?)?;
        if seen.contains(&key) {
            let kind = Kind::Repeated;
            return Err(ParameterError::new(kind, key.name(), "each key once"));
        }
        seen.push(key);
        if value.is_empty() {
            let kind = Kind::Missing;
            return Err(ParameterError::new(kind, key.name(), key.expected()));
        }
        parameters = key.apply(parameters, &decode(key.name(), value)?)?;
    }
    Ok(parameters)
}

/// Writes the keys that differ from their defaults, with the question mark.
pub(super) fn write(parameters: &ConnectionParameters, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let defaults = ConnectionParameters::default();
    let mut separator = '?';
    for key in Key::ALL {
        let value = key.value(parameters);
        if value == key.value(&defaults) {
            continue;
        }
        if let Some(value) = value {
            write!(f, "{separator}{}={value}", key.name())?;
            separator = '&';
        }
    }
    Ok(())
}

/// Reads decimal digits and nothing else: `FromStr` alone would let a plus sign pass.
pub(super) fn number<T: FromStr>(
    parameter: &'static str,
    text: &str,
    expected: &'static str,
) -> Result<T, ParameterError> {
    let error = |kind| ParameterError::new(kind, parameter, expected);
    if text.is_empty() || !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(error(Kind::NotANumber));
    }
    text.parse().map_err(|_| error(Kind::OutOfRange))
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Key {
    Heartbeat,
    FrameMax,
    ChannelMax,
    ConnectionTimeout,
}

impl Key {
    const ALL: [Self; 4] = [
        Self::Heartbeat,
        Self::FrameMax,
        Self::ChannelMax,
        Self::ConnectionTimeout,
    ];

    fn read(name: &str) -> Result<Self, ParameterError> {
        let key = Self::ALL.into_iter().find(|key| key.name() == name);
        key.ok_or_else(|| {
            let expected = "heartbeat, frame_max, channel_max or connection_timeout";
            ParameterError::of_key(Kind::Unknown, name, expected)
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Heartbeat => "heartbeat",
            Self::FrameMax => "frame_max",
            Self::ChannelMax => "channel_max",
            Self::ConnectionTimeout => "connection_timeout",
        }
    }

    fn expected(self) -> &'static str {
        match self {
            Self::Heartbeat => HEARTBEAT_EXPECTED,
            Self::FrameMax => "octets, 0 or 4096 to 4294967295",
            Self::ChannelMax => "0 to 65535",
            Self::ConnectionTimeout => "milliseconds, 1 to 31536000000",
        }
    }

    fn apply(
        self,
        parameters: ConnectionParameters,
        value: &str,
    ) -> Result<ConnectionParameters, ParameterError> {
        let (name, expected) = (self.name(), self.expected());
        Ok(match self {
            Self::Heartbeat => {
                let seconds = number::<u16>(name, value, expected)?;
                parameters.heartbeat(Duration::from_secs(seconds.into()))
            }
            Self::FrameMax => parameters.frame_max(number(name, value, expected)?),
            Self::ChannelMax => parameters.channel_max(number(name, value, expected)?),
            Self::ConnectionTimeout => {
                let millis = number(name, value, expected)?;
                parameters.connection_timeout(Duration::from_millis(millis))
            }
        })
    }

    /// Returns the value in the unit of the URL, or `None` if a URL cannot say it.
    fn value(self, parameters: &ConnectionParameters) -> Option<u128> {
        match self {
            Self::Heartbeat => parameters.heartbeat.seconds().map(u128::from),
            Self::FrameMax => Some(parameters.frame_max.into()),
            Self::ChannelMax => Some(parameters.channel_max.into()),
            Self::ConnectionTimeout => Some(parameters.connection_timeout.as_millis()),
        }
    }
}
