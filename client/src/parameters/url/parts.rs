//! A URL cut into its parts, before any of them is decoded.

use std::net::Ipv6Addr;

use iri_string::types::UriStr;
use zeroize::Zeroizing;

use super::decode;
use super::values::number;
use crate::parameters::endpoints::MOST;
use crate::parameters::{ParameterError, ParameterErrorKind as Kind, Secret};

/// The parts of RFC 3986, section 3, and what stands between the commas of the authority.
pub(super) struct Parts<'u> {
    pub(super) scheme: &'u str,
    userinfo: Option<&'u str>,
    hosts: &'u str,
    path: &'u str,
    pub(super) query: Option<&'u str>,
    has_fragment: bool,
}

impl<'u> Parts<'u> {
    /// Cuts as RFC 3986, appendix B, does. What is between the cuts is checked by [`check`](Self::check).
    pub(super) fn split(url: &'u str) -> Result<Self, ParameterError> {
        let no_url = || {
            let expected = "amqp://user:password@host:port/virtual_host?key=value";
            ParameterError::new(Kind::Syntax, "url", expected)
        };
        // What is read from a file ends in a line break, and is then far from where one looks for it.
        if url.starts_with(char::is_whitespace) || url.ends_with(char::is_whitespace) {
            let expected = "no blank or line break before or after it";
            return Err(ParameterError::new(Kind::Syntax, "url", expected));
        }
        let (scheme, rest) = url.split_once(':').ok_or_else(no_url)?;
        if UriStr::new(&format!("{scheme}:")).is_err() {
            return Err(no_url());
        }
        let Some(rest) = rest.strip_prefix("//") else {
            super::Scheme::read(scheme)?;
            let expected = "two slashes after the scheme";
            return Err(ParameterError::new(Kind::Missing, "host", expected));
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        // What is left of a password that an unescaped character has cut in two.
        if rest.contains('@') {
            return Err(ParameterError::new(
                Kind::ForbiddenCharacter,
                "url",
                ESCAPE_RESERVED,
            ));
        }
        let (userinfo, hosts) = match authority.rsplit_once('@') {
            Some((userinfo, hosts)) => (Some(userinfo), hosts),
            None => (None, authority),
        };
        let (rest, has_fragment) = match rest.split_once('#') {
            Some((rest, _)) => (rest, true),
            None => (rest, false),
        };
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        Ok(Self {
            scheme,
            userinfo,
            hosts,
            path,
            query,
            has_fragment,
        })
    }

    /// Checks what RFC 3986 says of each part, but for the hosts.
    pub(super) fn check(&self) -> Result<(), ParameterError> {
        let userinfo = self.userinfo.unwrap_or_default();
        let query = self.query.unwrap_or_default();
        for (part, before, text, after, reserved) in [
            ("userinfo", "amqp://", userinfo, "@h", ESCAPE_RESERVED),
            ("virtual_host", "amqp://h", self.path, "", ESCAPE_RESERVED),
            ("query", "amqp://h?", query, "", ESCAPE_VALUE),
        ] {
            // In one piece of memory, which is wiped: it may be a password.
            let url = Zeroizing::new([before, text, after].concat());
            if UriStr::new(&url).is_err() {
                return Err(ParameterError::new(
                    Kind::Syntax,
                    part,
                    remedy(text, reserved),
                ));
            }
        }
        if self.has_fragment {
            let expected = "none: a '#' in user, password or virtual host is written %23";
            return Err(ParameterError::new(Kind::Unsupported, "fragment", expected));
        }
        Ok(())
    }

    /// The user and the password, if the URL has any.
    pub(super) fn user(&self) -> Result<Option<(String, Secret)>, ParameterError> {
        let Some(userinfo) = self.userinfo else {
            return Ok(None);
        };
        let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
        let user = decode("user", user)?;
        Ok(Some((user, Secret::new(decode("password", password)?))))
    }

    /// Hosts with their ports. Alone, a host may be empty.
    pub(super) fn endpoints(&self) -> Result<Vec<(String, Option<u16>)>, ParameterError> {
        let count = self.hosts.split(',').count();
        if count > MOST {
            let expected = "at most 64 of them";
            return Err(ParameterError::new(Kind::TooLong, "host", expected));
        }
        let read = |text: &str| {
            let (host, port) = endpoint(text)?;
            if host.is_empty() && count > 1 {
                let expected = "a host before and after each comma";
                return Err(ParameterError::new(Kind::Missing, "host", expected));
            }
            let host = match host.is_empty() {
                true => "localhost".to_owned(),
                false => host,
            };
            Ok((host, port))
        };
        self.hosts.split(',').map(read).collect()
    }

    /// The virtual host, if there is a slash before it.
    pub(super) fn virtual_host(&self) -> Result<Option<String>, ParameterError> {
        let Some(segment) = self.path.strip_prefix('/') else {
            return Ok(None);
        };
        if segment.contains('/') {
            let expected = "a single segment: a '/' in the name is written %2F";
            return Err(ParameterError::new(
                Kind::Unsupported,
                "virtual_host",
                expected,
            ));
        }
        decode("virtual_host", segment).map(Some)
    }
}

/// Reads `host`, `host:port`, `[address]` or `[address]:port`.
fn endpoint(text: &str) -> Result<(String, Option<u16>), ParameterError> {
    let error = |kind, expected| Err(ParameterError::new(kind, "host", expected));
    if text.parse::<Ipv6Addr>().is_ok() {
        return error(Kind::Syntax, "brackets around an IPv6 address");
    }
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else {
                return error(Kind::Syntax, "a ']' after an IPv6 address");
            };
            if let Some((address, _zone)) = address.split_once('%')
                && address.parse::<Ipv6Addr>().is_ok()
            {
                let expected = "an IPv6 address without a zone, which has no place in a URL";
                return error(Kind::Unsupported, expected);
            }
            if address.parse::<Ipv6Addr>().is_err() {
                return error(Kind::Syntax, "an IPv6 address in the brackets");
            }
            let port = match port.strip_prefix(':') {
                Some(port) => Some(port),
                None if port.is_empty() => None,
                None => return error(Kind::Syntax, "nothing but a port after the ']'"),
            };
            (address.to_owned(), port)
        }
        None => {
            let (host, port) = match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            };
            if UriStr::new(&format!("amqp://{host}")).is_err() {
                return error(Kind::Syntax, remedy(host, ESCAPE_HOST));
            }
            (decode("host", host)?, port)
        }
    };
    let port = port.filter(|port| !port.is_empty());
    let port = port.map(|port| number("port", port, "1 to 65535"));
    Ok((host, port.transpose()?))
}

/// What to do about a part that is not as RFC 3986 wants it: `reserved`, unless it is an escape that is wrong.
fn remedy(text: &str, reserved: &'static str) -> &'static str {
    let is_escape = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if text.split('%').skip(1).all(is_escape) {
        reserved
    } else {
        ESCAPE_PERCENT
    }
}

const ESCAPE_RESERVED: &str = "percent-encoding of special characters in user, password and \
    virtual host, such as %40 for '@', %2F for '/', %3A for ':', %3F for '?' and %23 for '#'";
const ESCAPE_VALUE: &str = "percent-encoding of special characters in values, such as %20 for ' ', %7B for '{', %7D for \
    '}' and %22 for '\"'";
const ESCAPE_HOST: &str =
    "a name or an address without blanks, in ASCII as DNS has it (xn--... for other letters)";
const ESCAPE_PERCENT: &str = "two hexadecimal digits after each '%', and %25 for a '%' itself";
