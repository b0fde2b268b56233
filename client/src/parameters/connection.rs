//! Where to connect, as whom, and within which limits.

use std::time::Duration;

use amqp_methods::{FieldTable, ProtocolInfo};

use super::{
    Credentials, Endpoints, Extensions, Heartbeat, ParameterError, TcpOptions, TlsParameters,
};

mod checks;
mod limits;
mod timeouts;

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
    pub(crate) endpoints: Endpoints,
    pub(crate) tcp_options: TcpOptions,
    pub(crate) tls: Option<TlsParameters>,
    pub(crate) virtual_host: String,
    pub(crate) credentials: Credentials,
    #[cfg(feature = "tokio")]
    pub(crate) token_provider: Option<super::Provider>,
    pub(crate) heartbeat: Heartbeat,
    pub(crate) frame_max: u32,
    pub(crate) initial_frame_max: u32,
    pub(crate) channel_max: u16,
    pub(crate) connection_attempts: u32,
    pub(crate) retry_delay: Duration,
    pub(crate) retry_refusals: bool,
    pub(crate) shuffle_endpoints: bool,
    pub(crate) happy_eyeballs_delay: Duration,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) connection_timeout: Duration,
    pub(crate) tls_handshake_timeout: Duration,
    pub(crate) handshake_timeout: Duration,
    pub(crate) stack_timeout: Duration,
    pub(crate) call_timeout: Duration,
    pub(crate) close_timeout: Duration,
    pub(crate) blocked_connection_timeout: Option<Duration>,
    pub(crate) locale: String,
    pub(crate) client_properties: FieldTable<'static>,
    pub(crate) connection_name: Option<String>,
    pub(crate) max_message_size: u64,
    pub(crate) max_header_size: u32,
    pub(crate) write_buffer_high_water: usize,
    pub(crate) write_buffer_low_water: Option<usize>,
    pub(crate) backpressure_detection: bool,
    pub(crate) backpressure_multiplier: u32,
    pub(crate) extensions: Extensions,
}

impl ConnectionParameters {
    /// Makes parameters for a host, with the default for everything else.
    ///
    /// The host is a name or an address. IPv6 addresses stand without brackets.
    #[must_use]
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            endpoints: Endpoints::new(host.into()),
            tcp_options: TcpOptions::default(),
            tls: None,
            virtual_host: "/".to_owned(),
            credentials: Credentials::default(),
            #[cfg(feature = "tokio")]
            token_provider: None,
            heartbeat: Heartbeat::default(),
            frame_max: 131_072,
            initial_frame_max: 4096,
            channel_max: 2047,
            connection_attempts: 1,
            retry_delay: Duration::from_secs(2),
            retry_refusals: false,
            shuffle_endpoints: false,
            happy_eyeballs_delay: Duration::from_millis(250),
            total_timeout: None,
            connection_timeout: Duration::from_secs(10),
            tls_handshake_timeout: Duration::from_secs(10),
            handshake_timeout: Duration::from_secs(10),
            stack_timeout: Duration::from_secs(15),
            call_timeout: Duration::from_secs(30),
            close_timeout: Duration::from_secs(5),
            blocked_connection_timeout: None,
            locale: "en_US".to_owned(),
            client_properties: FieldTable::new(),
            connection_name: None,
            max_message_size: 128 * 1024 * 1024,
            max_header_size: 1024 * 1024,
            write_buffer_high_water: 1024 * 1024,
            write_buffer_low_water: None,
            backpressure_detection: false,
            backpressure_multiplier: 10,
            extensions: Extensions::default(),
        }
    }

    /// Sets the host, instead of all that were set before: a name or an address, an IPv6 address without brackets.
    ///
    /// At most 255 octets. Default: `localhost`.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.endpoints.replace(host.into());
        self
    }

    /// Sets the TCP port, from 1 to 65535, of all hosts that have none of their own.
    ///
    /// Default: 5672, or 5671 with TLS.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.endpoints.set_port(port);
        self
    }

    /// Adds a host, with a port of its own or the common one, to be tried after those before it.
    ///
    /// ```
    /// use leveret::ConnectionParameters;
    ///
    /// let cluster = ConnectionParameters::new("rabbit-1").endpoint("rabbit-2", None).endpoint("rabbit-3", 5673);
    /// assert_eq!(
    ///     cluster.endpoints().collect::<Vec<_>>(),
    ///     [("rabbit-1", 5672), ("rabbit-2", 5672), ("rabbit-3", 5673)],
    /// );
    /// ```
    #[must_use]
    pub fn endpoint(mut self, host: impl Into<String>, port: impl Into<Option<u16>>) -> Self {
        self.endpoints.add(host.into(), port.into());
        self
    }

    /// Sets whether hosts are tried in an order of chance, anew each time all of them are tried.
    ///
    /// So that the clients of a cluster do not all go to its first node. Default: false, in the order in which they were
    /// set.
    #[must_use]
    pub fn shuffle_endpoints(mut self, shuffle: bool) -> Self {
        self.shuffle_endpoints = shuffle;
        self
    }

    /// Returns hosts and ports, in the order in which they are tried unless they are shuffled.
    pub fn endpoints(&self) -> impl Iterator<Item = (&str, u16)> {
        self.endpoints.iter()
    }

    /// Sets what the operating system is asked to do with the socket.
    ///
    /// Default: `TCP_NODELAY` alone.
    #[must_use]
    pub fn tcp_options(mut self, options: TcpOptions) -> Self {
        self.tcp_options = options;
        self
    }

    /// Asks for TLS, and moves the default port to 5671. There is no way back to a connection without.
    ///
    /// A build without the feature `tls` refuses it, with
    /// [`TlsUnavailable`](crate::ParameterErrorKind::TlsUnavailable). Default: none.
    #[must_use]
    pub fn tls(mut self, tls: TlsParameters) -> Self {
        self.endpoints.set_tls();
        self.tls = Some(tls);
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

    /// Sets what the client says of itself beyond its own name and version, which an entry of the same name replaces.
    ///
    /// Entries of a table `capabilities` are added to the client's own, which stay as they are: they say what the
    /// client does. (pika: such a table replaces them.) Together with the credentials it has to fit into a
    /// frame of [`initial_frame_max`](Self::initial_frame_max) octets. Default: empty.
    ///
    /// Spec: connection.start-ok
    #[must_use]
    pub fn client_properties(mut self, properties: FieldTable<'static>) -> Self {
        self.client_properties = properties;
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
        self.endpoints.validate(checks::host)?;
        self.tcp_options.validate()?;
        checks::tls(self)?;
        checks::short_str("virtual_host", &self.virtual_host)?;
        self.credentials.validate()?;
        self.heartbeat.validate()?;
        checks::frame_max(self.frame_max)?;
        checks::initial_frame_max(self.initial_frame_max)?;
        checks::at_least_one("connection_attempts", self.connection_attempts != 0)?;
        checks::timeout_or_zero("retry_delay", self.retry_delay)?;
        checks::happy_eyeballs_delay(self.happy_eyeballs_delay)?;
        if let Some(timeout) = self.total_timeout {
            checks::timeout("total_timeout", timeout)?;
        }
        checks::timeout("connection_timeout", self.connection_timeout)?;
        checks::timeout("tls_handshake_timeout", self.tls_handshake_timeout)?;
        checks::timeout("handshake_timeout", self.handshake_timeout)?;
        checks::timeout("stack_timeout", self.stack_timeout)?;
        checks::timeout("call_timeout", self.call_timeout)?;
        checks::timeout_or_zero("close_timeout", self.close_timeout)?;
        if let Some(timeout) = self.blocked_connection_timeout {
            checks::timeout("blocked_connection_timeout", timeout)?;
        }
        checks::locale(&self.locale)?;
        checks::client_properties(&self.client_properties)?;
        checks::at_least_one("max_message_size", self.max_message_size != 0)?;
        checks::max_header_size(self.max_header_size)?;
        checks::at_least_one("write_buffer_high_water", self.write_buffer_high_water != 0)?;
        if let Some(low) = self.write_buffer_low_water {
            let fits = low < self.write_buffer_high_water;
            checks::range("write_buffer_low_water", fits, "less than the high mark")?;
        }
        checks::at_least_one("backpressure_multiplier", self.backpressure_multiplier != 0)?;
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

/// Reads a URL; see [`UrlParameters`](crate::UrlParameters).
impl TryFrom<&String> for ConnectionParameters {
    type Error = ParameterError;

    fn try_from(url: &String) -> Result<Self, ParameterError> {
        Self::try_from(url.as_str())
    }
}

/// A copy, for who connects more than once.
impl From<&Self> for ConnectionParameters {
    fn from(parameters: &Self) -> Self {
        parameters.clone()
    }
}
