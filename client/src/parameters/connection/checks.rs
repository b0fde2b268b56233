//! The bounds of each parameter.

use std::net::Ipv6Addr;
use std::time::Duration;

use amqp_methods::FieldTable;

use crate::parameters::{
    ConnectionParameters, Extensions, ParameterError, ParameterErrorKind as Kind,
};

/// Catches what no resolver could make sense of; whether the host exists is for the resolver to say.
pub(super) fn host(host: &str) -> Result<(), ParameterError> {
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || "[]/?#@,".contains(c);
    let kind = if host.is_empty() {
        Kind::Missing
    } else if host.len() > SHORT_STR_MAX {
        Kind::TooLong
    } else if host.contains(forbidden) || host.contains(':') && !is_ipv6(host) {
        Kind::ForbiddenCharacter
    } else {
        return Ok(());
    };
    let expected = "a name or an address, without brackets and without the port";
    Err(ParameterError::new(kind, "host", expected))
}

fn is_ipv6(host: &str) -> bool {
    let (address, zone) = host.split_once('%').unwrap_or((host, "any"));
    address.parse::<Ipv6Addr>().is_ok() && !zone.is_empty()
}

/// Checks what travels as a short string, whose length has one octet.
///
/// Spec: 4.2.5.3
pub(super) fn short_str(parameter: &'static str, text: &str) -> Result<(), ParameterError> {
    let kind = if text.len() > SHORT_STR_MAX {
        Kind::TooLong
    } else if text.contains('\0') {
        Kind::ForbiddenCharacter
    } else {
        return Ok(());
    };
    let expected = "at most 255 octets without NUL";
    Err(ParameterError::new(kind, parameter, expected))
}

pub(super) fn locale(locale: &str) -> Result<(), ParameterError> {
    if locale.is_empty() {
        let expected = "a locale such as en_US";
        return Err(ParameterError::new(Kind::Missing, "locale", expected));
    }
    short_str("locale", locale)
}

/// Every peer must take frames of the minimum size, so no smaller limit can be agreed on.
///
/// Spec: connection.tune-ok, 4.2.3
pub(super) fn frame_max(octets: u32) -> Result<(), ParameterError> {
    let fits = octets == 0 || octets >= FRAME_MIN_SIZE;
    range("frame_max", fits, "0 or at least 4096 octets")
}

pub(super) fn initial_frame_max(octets: u32) -> Result<(), ParameterError> {
    let fits = octets >= FRAME_MIN_SIZE;
    range("initial_frame_max", fits, "at least 4096 octets")
}

pub(super) fn max_header_size(octets: u32) -> Result<(), ParameterError> {
    let fits = octets >= FRAME_MIN_SIZE;
    range("max_header_size", fits, "at least 4096 octets")
}

pub(super) fn timeout(parameter: &'static str, timeout: Duration) -> Result<(), ParameterError> {
    range(parameter, !timeout.is_zero(), TIMEOUT_EXPECTED)?;
    range(parameter, timeout <= MAX_TIMEOUT, TIMEOUT_EXPECTED)
}

pub(super) fn timeout_or_zero(
    parameter: &'static str,
    timeout: Duration,
) -> Result<(), ParameterError> {
    range(parameter, timeout <= MAX_TIMEOUT, "at most 365 days")
}

pub(super) fn at_least_one(parameter: &'static str, fits: bool) -> Result<(), ParameterError> {
    range(parameter, fits, "at least 1")
}

/// What a program built with [`FieldTable::from_wire`] need not be sound.
pub(super) fn client_properties(table: &FieldTable<'_>) -> Result<(), ParameterError> {
    table.check().map_err(|_| {
        let expected = "a table that can be read";
        ParameterError::new(Kind::Syntax, "client_properties", expected)
    })
}

/// What RFC 8305 allows, 8: less would be an attack.
pub(super) fn happy_eyeballs_delay(delay: Duration) -> Result<(), ParameterError> {
    let fits = (Duration::from_millis(10)..=MAX_TIMEOUT).contains(&delay);
    range("happy_eyeballs_delay", fits, "10 ms to 365 days")
}

/// Nothing that asks for TLS may go on without.
#[cfg(not(feature = "tls"))]
pub(super) fn tls(parameters: &ConnectionParameters) -> Result<(), ParameterError> {
    match &parameters.tls {
        None => Ok(()),
        Some(_) => {
            let expected = "amqp, which is not encrypted";
            Err(ParameterError::new(
                Kind::TlsUnavailable,
                "scheme",
                expected,
            ))
        }
    }
}

/// What nobody can do, or no certificate can be for, is refused before anything is tried.
#[cfg(feature = "tls")]
pub(super) fn tls(parameters: &ConnectionParameters) -> Result<(), ParameterError> {
    use crate::parameters::{ServerName, tls_name};

    let Some(tls) = &parameters.tls else {
        return Ok(());
    };
    tls.validate()?;
    let expected = "a name or an address that a certificate can be for";
    let refused = |parameter| ParameterError::new(Kind::ForbiddenCharacter, parameter, expected);
    match &tls.server_name {
        ServerName::Name(name) => match tls_name(name) {
            Some(_) => Ok(()),
            None => Err(refused("server_name")),
        },
        ServerName::Host | ServerName::Untold => {
            let mut hosts = parameters.endpoints();
            match hosts.all(|(host, _)| tls_name(host).is_some()) {
                true => Ok(()),
                false => Err(refused("host")),
            }
        }
    }
}

/// What follows a method cannot depend on whom one asks: a frame taken for another is fatal.
pub(super) fn extensions(extensions: &Extensions) -> Result<(), ParameterError> {
    if extensions.agree() {
        return Ok(());
    }
    let expected = "descriptions that agree on which methods have content";
    Err(ParameterError::new(
        Kind::Contradiction,
        "extension",
        expected,
    ))
}

pub(super) fn range(
    parameter: &'static str,
    fits: bool,
    expected: &'static str,
) -> Result<(), ParameterError> {
    if fits {
        return Ok(());
    }
    Err(ParameterError::new(Kind::OutOfRange, parameter, expected))
}

/// Keeps a deadline, which is now plus the timeout, within what a clock can say.
pub(super) const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
const SHORT_STR_MAX: usize = 255;
const FRAME_MIN_SIZE: u32 = 4096;
const TIMEOUT_EXPECTED: &str = "more than zero and at most 365 days";
