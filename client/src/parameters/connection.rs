//! Where to connect, as whom, and within which limits.

use std::time::Duration;

use amqp_methods::ProtocolInfo;

use super::{Credentials, Extensions, Heartbeat, ParameterError};

mod checks;

/// Everything a connection needs to know before it exists.
///
/// The defaults suit a RabbitMQ on the same machine. `Debug` hides secrets.
///
/// ```
/// use std::time::Duration;
/// use leveret::{ConnectionParameters, Credentials};
///
/// let parameters = ConnectionParameters::new("broker.internal")
///     .virtual_host("orders")
///     .credentials(Credentials::plain("app", "s3cr3t"))
///     .heartbeat(Duration::from_secs(30));
/// assert!(parameters.validate().is_ok());
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConnectionParameters {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) virtual_host: String,
    pub(crate) credentials: Credentials,
    pub(crate) heartbeat: Heartbeat,
    pub(crate) frame_max: u32,
    pub(crate) channel_max: u16,
    pub(crate) connection_timeout: Duration,
    pub(crate) call_timeout: Duration,
    pub(crate) close_timeout: Duration,
    pub(crate) locale: String,
    pub(crate) connection_name: Option<String>,
    pub(crate) max_message_size: u64,
    pub(crate) max_header_size: u32,
    pub(crate) write_buffer_high_water: usize,
    pub(crate) extensions: Extensions,
}

impl ConnectionParameters {
    /// Makes parameters for a host, with the default for everything else.
    ///
    /// The host is a name or an address. IPv6 addresses stand without brackets.
    #[must_use]
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: 5672,
            virtual_host: "/".to_owned(),
            credentials: Credentials::default(),
            heartbeat: Heartbeat::default(),
            frame_max: 131_072,
            channel_max: 2047,
            connection_timeout: Duration::from_secs(10),
            call_timeout: Duration::from_secs(30),
            close_timeout: Duration::from_secs(5),
            locale: "en_US".to_owned(),
            connection_name: None,
            max_message_size: 128 * 1024 * 1024,
            max_header_size: 1024 * 1024,
            write_buffer_high_water: 1024 * 1024,
            extensions: Extensions::default(),
        }
    }

    /// Sets the host: a name or an address, an IPv6 address without brackets.
    ///
    /// At most 255 octets. Default: `localhost`.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = host.into();
        self
    }

    /// Sets the TCP port, from 1 to 65535.
    ///
    /// Default: 5672.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the virtual host to open: at most 255 octets, without NUL, possibly empty.
    ///
    /// Default: `/`.
    ///
    /// Spec: connection.open
    #[must_use]
    pub fn virtual_host(mut self, virtual_host: impl Into<String>) -> Self {
        self.virtual_host = virtual_host.into();
        self
    }

    /// Sets who the client is.
    ///
    /// Default: user `guest`, password `guest`. RabbitMQ: lets `guest` in from the same machine only.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// Sets the longest silence tolerated from the server, in whole seconds up to 65535.
    ///
    /// Zero turns heartbeats off. The smaller of this and the server's proposal is used. Default: 60 s.
    ///
    /// Spec: connection.tune, 4.2.7
    #[must_use]
    pub fn heartbeat(mut self, heartbeat: impl Into<Heartbeat>) -> Self {
        self.heartbeat = heartbeat.into();
        self
    }

    /// Sets the largest frame to ask for, in octets with the eight that surround the payload.
    ///
    /// Zero asks for no limit, anything else is at least 4096. The smaller of this and the server's limit is
    /// used. Default: 131072. RabbitMQ: refuses less than 8192 from version 4.1 on.
    ///
    /// Spec: connection.tune-ok, 4.2.3
    #[must_use]
    pub fn frame_max(mut self, frame_max: u32) -> Self {
        self.frame_max = frame_max;
        self
    }

    /// Sets the number of channels to ask for.
    ///
    /// Zero asks for no limit. The smaller of this and the server's limit is used. Default: 2047.
    ///
    /// Spec: connection.tune-ok
    #[must_use]
    pub fn channel_max(mut self, channel_max: u16) -> Self {
        self.channel_max = channel_max;
        self
    }

    /// Sets how long connecting may take from first to last: name, socket and handshake.
    ///
    /// More than zero and at most 365 days. Default: 10 s.
    #[must_use]
    pub fn connection_timeout(mut self, timeout: Duration) -> Self {
        self.connection_timeout = timeout;
        self
    }

    /// Sets how long to wait for the reply to a method.
    ///
    /// More than zero and at most 365 days. Default: 30 s.
    #[must_use]
    pub fn call_timeout(mut self, timeout: Duration) -> Self {
        self.call_timeout = timeout;
        self
    }

    /// Sets how long closing waits for the server to agree before it drops the socket.
    ///
    /// At most 365 days; zero does not wait. Default: 5 s.
    ///
    /// Spec: connection.close
    #[must_use]
    pub fn close_timeout(mut self, timeout: Duration) -> Self {
        self.close_timeout = timeout;
        self
    }

    /// Sets the locale of the server's texts: 1 to 255 octets without NUL.
    ///
    /// Default: `en_US`, which every server has. RabbitMQ: has no other.
    ///
    /// Spec: connection.start-ok
    #[must_use]
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = locale.into();
        self
    }

    /// Sets the name by which people find the connection on the server.
    ///
    /// Default: none. RabbitMQ: shows it in its management pages and its logs.
    #[must_use]
    pub fn connection_name(mut self, name: impl Into<String>) -> Self {
        self.connection_name = Some(name.into());
        self
    }

    /// Sets the largest message body accepted from the server, in octets, at least 1.
    ///
    /// Default: 128 MiB, which is what RabbitMQ allowed before version 4.0; since then it allows 16 MiB.
    ///
    /// A larger one is passed over, told and settled as its consumer has chosen: [`OverLimit`](crate::OverLimit).
    /// Bodies that a consumer reads piece by piece may be larger.
    #[must_use]
    pub fn max_message_size(mut self, octets: u64) -> Self {
        self.max_message_size = octets;
        self
    }

    /// Sets the largest content header accepted from the server, in octets, at least 4096.
    ///
    /// It stands apart from `frame_max`, which RabbitMQ does not apply to the header frames it sends.
    /// Default: 1 MiB.
    #[must_use]
    pub fn max_header_size(mut self, octets: u32) -> Self {
        self.max_header_size = octets;
        self
    }

    /// Sets how many octets may wait to be written before publishing waits too, at least 1.
    ///
    /// Default: 1 MiB.
    #[must_use]
    pub fn write_buffer_high_water(mut self, octets: usize) -> Self {
        self.write_buffer_high_water = octets;
        self
    }

    /// Adds the description of an extension: the `PROTOCOL` that `amqp-codegen` generates beside its methods.
    ///
    /// It says which methods of the server are followed by content. A method that nothing describes is taken to
    /// have none. Sending needs no description, nor do replies and methods without content. May be called
    /// for several extensions, which must not contradict each other.
    #[must_use]
    pub fn extension(mut self, description: &'static ProtocolInfo) -> Self {
        self.extensions.add(description);
        self
    }

    /// Checks every parameter against its documented bounds. Connecting does this first.
    ///
    /// # Errors
    ///
    /// Names the first parameter that is out of bounds.
    ///
    /// ```
    /// use leveret::{ConnectionParameters, ParameterErrorKind};
    ///
    /// let error = ConnectionParameters::new("broker").frame_max(512).validate().unwrap_err();
    /// assert_eq!(error.kind(), ParameterErrorKind::OutOfRange);
    /// assert_eq!(error.parameter(), "frame_max");
    /// ```
    pub fn validate(&self) -> Result<(), ParameterError> {
        checks::host(&self.host)?;
        checks::range("port", self.port != 0, "1 to 65535")?;
        checks::short_str("virtual_host", &self.virtual_host)?;
        self.credentials.validate()?;
        self.heartbeat.validate()?;
        checks::frame_max(self.frame_max)?;
        checks::timeout("connection_timeout", self.connection_timeout)?;
        checks::timeout("call_timeout", self.call_timeout)?;
        checks::timeout_or_zero("close_timeout", self.close_timeout)?;
        checks::locale(&self.locale)?;
        checks::at_least_one("max_message_size", self.max_message_size != 0)?;
        checks::max_header_size(self.max_header_size)?;
        checks::at_least_one("write_buffer_high_water", self.write_buffer_high_water != 0)?;
        checks::extensions(&self.extensions)
    }
}

impl Default for ConnectionParameters {
    /// Parameters for a server on this machine: `new("localhost")`.
    fn default() -> Self {
        Self::new("localhost")
    }
}

#[cfg(test)]
mod tests;

/// Reads a URL; see [`UrlParameters`](crate::UrlParameters).
impl TryFrom<&str> for ConnectionParameters {
    type Error = ParameterError;

    fn try_from(url: &str) -> Result<Self, ParameterError> {
        super::UrlParameters::try_from(url).map(Self::from)
    }
}

/// Reads a URL; see [`UrlParameters`](crate::UrlParameters).
impl TryFrom<String> for ConnectionParameters {
    type Error = ParameterError;

    fn try_from(url: String) -> Result<Self, ParameterError> {
        Self::try_from(url.as_str())
    }
}
