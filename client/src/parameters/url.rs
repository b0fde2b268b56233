//! AMQP URLs: generic syntax from RFC 3986, meaning from RabbitMQ's URI specification.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use iri_string::types::UriStr;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::{ConnectionParameters, Credentials, ParameterError, ParameterErrorKind as Kind};

mod query;

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
/// `amqp://user:password@host:port/virtual_host?key=value&key=value`, of at most 8192 octets. Each part is
/// percent-decoded on its own, as UTF-8; `+` is a plus sign.
///
/// | part | absent | empty | otherwise |
/// |---|---|---|---|
/// | scheme | refused | refused | `amqp` in any case of letters; `amqps` is refused until this build has TLS |
/// | user and password | `guest`, `guest` | empty | split at the first `:`; without one the password is empty |
/// | host | `localhost` | `localhost` | a name, an IPv4 address, or an IPv6 address in brackets, without a zone |
/// | port | 5672 | 5672 | 1 to 65535 |
/// | virtual host | `/` | empty | one segment, so that a `/` within it is written `%2F` |
/// | fragment | – | refused | refused |
///
/// A `@` after the host is written `%40`: bare, it is far more often the end of a password with an unescaped
/// `/` or `?` than part of a virtual host, and the rest of the password would be taken for something public.
///
/// # Keys
///
/// | key | value |
/// |---|---|
/// | `heartbeat` | seconds, 0 to 65535; 0 turns heartbeats off |
/// | `frame_max` | octets, 0 for no limit or 4096 to 4294967295 |
/// | `channel_max` | 0 for no limit, to 65535 |
/// | `connection_timeout` | **milliseconds**, as RabbitMQ's URI specification has it, 1 to 31536000000 |
///
/// Values are decimal digits and nothing else. A key that is unknown, given twice, or without a value is
/// refused rather than ignored.
///
/// # Secrets
///
/// `Display` and `Debug` show the URL in a normal form with `***` for the password.
#[doc(alias = "URLParameters")]
#[derive(Clone, Eq, PartialEq)]
pub struct UrlParameters {
    scheme: Scheme,
    parameters: ConnectionParameters,
}

impl FromStr for UrlParameters {
    type Err = ParameterError;

    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// Names the part or the key that is wrong, and never repeats its text.
    fn from_str(url: &str) -> Result<Self, ParameterError> {
        if url.len() > MAX_URL_LEN {
            let expected = "at most 8192 octets";
            return Err(ParameterError::new(Kind::TooLong, "url", expected));
        }
        let uri = UriStr::new(url).map_err(|_| diagnose(url))?;
        let scheme = Scheme::read(uri.scheme_str())?;
        let authority = uri.authority_components().ok_or_else(|| {
            let expected = "two slashes after the scheme";
            ParameterError::new(Kind::Missing, "host", expected)
        })?;
        if uri.fragment_str().is_some() {
            let expected = "none: a '#' in user, password or virtual host is written %23";
            return Err(ParameterError::new(Kind::Unsupported, "fragment", expected));
        }
        refuse_at_sign(uri.path_str())?;
        refuse_at_sign(uri.query_str().unwrap_or_default())?;

        let mut parameters = ConnectionParameters::default().port(scheme.default_port());
        if let Some(userinfo) = authority.userinfo() {
            parameters = parameters.credentials(read_userinfo(userinfo)?);
        }
        if !authority.host().is_empty() {
            parameters = parameters.host(read_host(authority.host())?);
        }
        if let Some(port) = authority.port().filter(|port| !port.is_empty()) {
            parameters = parameters.port(query::number("port", port, "1 to 65535")?);
        }
        if let Some(segment) = uri.path_str().strip_prefix('/') {
            parameters = parameters.virtual_host(read_virtual_host(segment)?);
        }
        if let Some(query) = uri.query_str().filter(|query| !query.is_empty()) {
            parameters = query::read(parameters, query)?;
        }
        parameters.validate()?;
        Ok(Self { scheme, parameters })
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

impl fmt::Display for UrlParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, parameters } = self;
        write!(f, "{}://", scheme.name())?;
        if let Some(user) = parameters.credentials.user() {
            write!(f, "{}:***@", encode(user))?;
        }
        if parameters.host.contains(':') {
            write!(f, "[{}]", parameters.host)?;
        } else {
            write!(f, "{}", encode(&parameters.host))?;
        }
        let virtual_host = encode(&parameters.virtual_host);
        write!(f, ":{}/{virtual_host}", parameters.port)?;
        query::write(parameters, f)
    }
}

impl fmt::Debug for UrlParameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UrlParameters({self})")
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Scheme {
    Amqp,
    Amqps,
}

impl Scheme {
    fn read(scheme: &str) -> Result<Self, ParameterError> {
        let is = |known: Self| scheme.eq_ignore_ascii_case(known.name());
        if is(Self::Amqp) {
            return Ok(Self::Amqp);
        }
        let kind = if is(Self::Amqps) {
            Kind::TlsUnavailable
        } else {
            Kind::Unsupported
        };
        Err(ParameterError::new(
            kind,
            "scheme",
            "amqp, which is not encrypted",
        ))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Amqp => "amqp",
            Self::Amqps => "amqps",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Amqp => 5672,
            Self::Amqps => 5671,
        }
    }
}

/// Says why the text is no URL, as far as that can be told without taking it apart.
fn diagnose(url: &str) -> ParameterError {
    let mut brackets = url
        .split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once('%'));
    if brackets.any(|(address, _)| address.parse::<Ipv6Addr>().is_ok()) {
        let expected = "an IPv6 address without a zone, which has no place in a URL";
        return ParameterError::new(Kind::Unsupported, "host", expected);
    }
    let is_escape = |rest: &str| {
        rest.as_bytes()
            .get(..2)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if url.split('%').skip(1).all(is_escape) {
        return ParameterError::new(Kind::Syntax, "url", ESCAPE_RESERVED);
    }
    ParameterError::new(Kind::Syntax, "url", ESCAPE_PERCENT)
}

/// Refuses what is left of a password that an unescaped `/` or `?` has cut in two.
fn refuse_at_sign(part: &str) -> Result<(), ParameterError> {
    if part.contains('@') {
        return Err(ParameterError::new(
            Kind::ForbiddenCharacter,
            "url",
            ESCAPE_RESERVED,
        ));
    }
    Ok(())
}

fn read_userinfo(userinfo: &str) -> Result<Credentials, ParameterError> {
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    Ok(Credentials::plain(
        decode("user", user)?,
        decode("password", password)?,
    ))
}

fn read_host(host: &str) -> Result<String, ParameterError> {
    let Some(literal) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    else {
        return decode("host", host);
    };
    if literal.parse::<Ipv6Addr>().is_err() {
        let expected = "an IPv6 address in the brackets";
        return Err(ParameterError::new(Kind::Unsupported, "host", expected));
    }
    Ok(literal.to_owned())
}

fn read_virtual_host(segment: &str) -> Result<String, ParameterError> {
    if segment.contains('/') {
        let expected = "a single segment: a '/' in the name is written %2F";
        return Err(ParameterError::new(
            Kind::Unsupported,
            "virtual_host",
            expected,
        ));
    }
    decode("virtual_host", segment)
}

/// Decodes a part whose escapes the parser has found to be well formed.
fn decode(part: &'static str, text: &str) -> Result<String, ParameterError> {
    let decoded = percent_decode_str(text).decode_utf8();
    let decoded =
        decoded.map_err(|_| ParameterError::new(Kind::NotUtf8, part, "percent-encoded UTF-8"))?;
    Ok(decoded.into_owned())
}

fn encode(text: &str) -> impl fmt::Display + '_ {
    utf8_percent_encode(text, RESERVED)
}

/// Everything but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const MAX_URL_LEN: usize = 8 * 1024;
const ESCAPE_RESERVED: &str = "percent-encoding of special characters in user, password and \
    virtual host, such as %40 for '@', %2F for '/', %3A for ':', %3F for '?' and %23 for '#'";
const ESCAPE_PERCENT: &str = "two hexadecimal digits after each '%', and %25 for a '%' itself";

#[cfg(test)]
mod tests;
