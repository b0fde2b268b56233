//! AMQP URLs: generic syntax from RFC 3986, meaning from RabbitMQ's URI specification and from pika.

use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use self::keys::Key;
use self::parts::Parts;
use super::{ConnectionParameters, ParameterError, ParameterErrorKind as Kind, Secret};

mod keys;
mod literal;
mod options;
mod parts;
mod query;
mod tls_keys;
mod values;
mod write;

/// Connection parameters read from an AMQP URL.
///
/// ```
/// use leveret::{ConnectionParameters, Credentials, UrlParameters};
///
/// let url: UrlParameters = "amqp://app:s3cr3t@broker.internal/orders?channel_max=8".parse()?;
/// assert_eq!(url.to_string(), "amqp://app:***@broker.internal:5672/orders?channel_max=8");
/// assert_eq!(
///     ConnectionParameters::from(url),
///     ConnectionParameters::new("broker.internal")
///         .credentials(Credentials::plain("app", "s3cr3t"))
///         .virtual_host("orders")
///         .channel_max(8),
/// );
/// # Ok::<(), leveret::ParameterError>(())
/// ```
///
/// # Parts
///
/// `amqp://user:password@host:port,host:port/virtual_host?key=value&key=value`, of at most 8192 octets, also once everything special in it
/// is percent-encoded. Each part is
/// percent-decoded on its own, as UTF-8; `+` is a plus sign.
///
/// | part | absent | empty | otherwise |
/// |---|---|---|---|
/// | scheme | refused | refused | `amqp`, or `amqps` for TLS, in any case of letters; a build without the feature `tls` refuses `amqps` |
/// | user and password | `guest`, `guest` | empty | split at the first `:`; without one the password is empty |
/// | host | `localhost` | `localhost` | a name, an IPv4 address, or an IPv6 address in brackets, without a zone |
/// | port | 5672 | 5672 | 1 to 65535; with `amqps` the default is 5671 |
/// | virtual host | `/` | empty | one segment, so that a `/` within it is written `%2F` |
/// | fragment | – | refused | refused |
///
/// Up to 64 hosts, each with its port, are separated by commas; none of them may be empty then. They are tried in
/// that order.
///
/// `amqp://host` is the virtual host `/` and `amqp://host/` the one with the empty name, as RabbitMQ's
/// specification has it. pika: both are `/`; segments after the first are dropped, here they are refused.
///
/// A `@` after the host is written `%40`: bare, it is far more often the end of a password with an unescaped
/// `/` or `?` than part of a virtual host, and the rest of the password would be taken for something public.
///
/// # Keys
///
/// The keys of RabbitMQ's URI query parameters (R), of pika 1 (P) and of pika 0.13 (p), each in the unit that it has at home.
/// A key does what the setter of [`ConnectionParameters`] does that the last column names.
///
/// | key | from | value | sets |
/// |---|---|---|---|
/// | `heartbeat` | R P | seconds, 0 to 65535; 0 turns heartbeats off | `heartbeat` |
/// | `heartbeat_interval` | p | the same; not together with it | `heartbeat` |
/// | `frame_max` | R P | octets, 0 for no limit or 4096 to 4294967295 | `frame_max` |
/// | `channel_max` | R P | 0 for no limit, to 65535 | `channel_max` |
/// | `connection_timeout` | R | **milliseconds**, 1 to 31536000000 | `connection_timeout` |
/// | `socket_timeout` | P | **seconds**, also as `1.5`, more than 0 to 31536000; not together with the one before | `connection_timeout` |
/// | `stack_timeout` | P | seconds, also as `1.5`, more than 0 to 31536000 | `stack_timeout` |
/// | `connection_attempts` | P | 1 to 4294967295 | `connection_attempts` |
/// | `retry_delay` | P | seconds, also as `1.5`, 0 to 31536000 | `retry_delay` |
/// | `blocked_connection_timeout` | P | seconds, also as `1.5`, more than 0 to 31536000 | `blocked_connection_timeout` |
/// | `backpressure_detection` | p | `t` or `f` | `backpressure_detection` |
/// | `locale` | P | a locale | `locale` |
/// | `client_properties` | P | a dictionary as Python writes it: `{'team': 'billing', 'x': 1}` | `client_properties` |
/// | `tcp_options` | P | a dictionary with `TCP_KEEPIDLE`, `TCP_KEEPINTVL` (seconds), `TCP_KEEPCNT`, `TCP_USER_TIMEOUT` (milliseconds) | `tcp_options` |
/// | `auth_mechanism` | R | `plain`, `amqplain`, `external` or `anonymous`, in any case of letters; repeated, in the order of preference | `credentials` |
/// | `cacertfile` | R | path to certificates of authorities, which are trusted instead of the system's | `tls` |
/// | `certfile`, `keyfile` | R | paths to the client's certificate and its key; both or none | `tls` |
/// | `password` | R | password of the key, which is refused: encrypted keys are not read | `tls` |
/// | `verify` | R | `verify_peer` (default) or `verify_none`, which lets anybody in | `tls` |
/// | `depth` | R | authorities between the server and a trusted one, 0 to 255 | `tls` |
/// | `server_name_indication` | R | the name to tell the server and to look for, or `disable`, to tell none and look for the host | `tls` |
/// | `customize_hostname_check` | R | `https`, which is how names are checked anyway | – |
/// | `fail_if_no_peer_cert` | R | `true` or `false`, which has a meaning for servers only | – |
/// | `ssl_options` | P p | `None`, or a dictionary with `cafile` (`ca_certs`), `capath` (`ca_path`), `cadata` (`ca_data`), `certfile`, `keyfile`, `password` (`key_password`), `server_hostname`, `verify_mode` (0 or 2) | `tls` |
///
/// The last nine need `amqps`, and `ssl_options` goes with none of the others. All of them are in effect, or refused:
/// [`TlsParameters`](crate::TlsParameters) has the details.
///
/// Numbers are decimal digits and nothing else. A key that is unknown, given twice, or without a value is
/// refused rather than ignored. pika: drops keys without a value, and reads `+` in values as a blank; its numbers may have
/// blanks, signs and underscores.
///
/// # Secrets
///
/// `Display` and `Debug` show the URL in a normal form with `***` for the password, and for what may hold that of a key:
/// `password`, `ssl_options`. Client properties are shown, as servers show them.
/// [`to_string_with_secrets`](Self::to_string_with_secrets) shows everything.
#[doc(alias = "URLParameters")]
#[derive(Clone)]
pub struct UrlParameters {
    scheme: Scheme,
    user: Option<(String, Secret)>,
    parameters: ConnectionParameters,
    /// Keys as they were given, decoded.
    keys: Vec<(Key, Zeroizing<String>)>,
}

impl UrlParameters {
    /// Returns the URL **with passwords in clear text**, in a normal form that reads back as what was read.
    ///
    /// It is wiped from memory when it is dropped; where it is copied to is up to the caller.
    ///
    /// ```
    /// use leveret::UrlParameters;
    ///
    /// let url: UrlParameters = "AMQP://app:s3%63r3t@broker/orders".parse()?;
    /// assert_eq!(&**url.to_string_with_secrets(), "amqp://app:s3cr3t@broker:5672/orders");
    /// # Ok::<(), leveret::ParameterError>(())
    /// ```
    #[must_use]
    pub fn to_string_with_secrets(&self) -> Zeroizing<String> {
        write::with_secrets(self)
    }

    /// Reads a URL as far as its own text goes. Whether what it asks for can be had is checked later.
    fn read(url: &str) -> Result<Self, ParameterError> {
        if url.len() > MAX_URL_LEN {
            return Err(too_long());
        }
        let parts = Parts::split(url)?;
        let scheme = Scheme::read(parts.scheme)?;
        parts.check()?;
        let mut parameters = ConnectionParameters::default();
        let user = parts.user()?;
        let mut endpoints = parts.endpoints()?.into_iter();
        if let Some((host, port)) = endpoints.next() {
            parameters.endpoints.replace_with(host, port);
        }
        for (host, port) in endpoints {
            parameters = parameters.endpoint(host, port);
        }
        if let Some(virtual_host) = parts.virtual_host()? {
            parameters = parameters.virtual_host(virtual_host);
        }
        let keys = query::read(parts.query.unwrap_or_default())?;
        let parameters = query::apply(parameters, &keys, user.as_ref(), scheme)?;
        let url = Self {
            scheme,
            user,
            parameters,
            keys,
        };
        // What is read has to read back.
        match write::length(&url) > MAX_URL_LEN {
            true => Err(too_long()),
            false => Ok(url),
        }
    }
}

impl FromStr for UrlParameters {
    type Err = ParameterError;

    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// Names the part or the key that is wrong, and never repeats its text.
    fn from_str(url: &str) -> Result<Self, ParameterError> {
        let url = Self::read(url)?;
        match url.parameters.validate() {
            Ok(()) => Ok(url),
            Err(error) => Err(query::as_written(error, &url.keys)),
        }
    }
}

impl TryFrom<&str> for UrlParameters {
    type Error = ParameterError;

    fn try_from(url: &str) -> Result<Self, ParameterError> {
        url.parse()
    }
}

impl TryFrom<String> for UrlParameters {
    type Error = ParameterError;

    fn try_from(url: String) -> Result<Self, ParameterError> {
        url.parse()
    }
}

impl TryFrom<&String> for UrlParameters {
    type Error = ParameterError;

    fn try_from(url: &String) -> Result<Self, ParameterError> {
        url.parse()
    }
}

/// A copy, for who connects more than once.
impl From<&UrlParameters> for ConnectionParameters {
    fn from(url: &UrlParameters) -> Self {
        url.parameters.clone()
    }
}

impl From<UrlParameters> for ConnectionParameters {
    fn from(url: UrlParameters) -> Self {
        url.parameters
    }
}

impl AsRef<ConnectionParameters> for UrlParameters {
    fn as_ref(&self) -> &ConnectionParameters {
        &self.parameters
    }
}

/// URLs that mean the same.
impl PartialEq for UrlParameters {
    fn eq(&self, other: &Self) -> bool {
        self.parameters == other.parameters
    }
}

impl Eq for UrlParameters {}

impl fmt::Display for UrlParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write::without_secrets(self, f)
    }
}

impl fmt::Debug for UrlParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UrlParameters({self})")
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Scheme {
    Amqp,
    Amqps,
}

impl Scheme {
    fn read(scheme: &str) -> Result<Self, ParameterError> {
        let known = [Self::Amqp, Self::Amqps].into_iter();
        let mut known = known.filter(|known| scheme.eq_ignore_ascii_case(known.name()));
        known.next().ok_or_else(|| {
            let expected = "amqp, which is not encrypted, or amqps";
            ParameterError::new(Kind::Unsupported, "scheme", expected)
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Amqp => "amqp",
            Self::Amqps => "amqps",
        }
    }
}

/// Decodes a part whose escapes have been found to be well formed. It may be a password: nothing of it stays
/// behind in memory.
fn decode(part: &'static str, text: &str) -> Result<String, ParameterError> {
    let mut octets = Zeroizing::new(Vec::with_capacity(text.len()));
    octets.extend(percent_decode_str(text));
    match std::str::from_utf8(&octets) {
        Ok(decoded) => Ok(decoded.to_owned()),
        Err(_) => Err(ParameterError::new(
            Kind::NotUtf8,
            part,
            "percent-encoded UTF-8",
        )),
    }
}

fn too_long() -> ParameterError {
    let expected = "at most 8192 octets, also in its normal form";
    ParameterError::new(Kind::TooLong, "url", expected)
}

const MAX_URL_LEN: usize = 8 * 1024;

#[cfg(test)]
mod tests;
