//! The part of an AMQP URL after the question mark.

use zeroize::Zeroizing;

use super::keys::{Key, TlsKey};
use super::{Scheme, decode, tls_keys};
use crate::parameters::{
    ConnectionParameters, Credentials, ParameterError, ParameterErrorKind as Kind, Secret,
    TlsParameters,
};

/// Reads `key=value&key=value`.
pub(super) fn read(query: &str) -> Result<Vec<(Key, Zeroizing<String>)>, ParameterError> {
    let mut keys: Vec<(Key, Zeroizing<String>)> = Vec::new();
    for pair in query.split('&').filter(|_| !query.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key = Key::read(&decode("query key", name)?)?;
        if let Some((other, _)) = keys.iter().find(|(other, _)| key.excludes(*other)) {
            let expected = match *other == key {
                true => "each key once",
                false => "one of two keys that say the same",
            };
            return Err(ParameterError::new(Kind::Repeated, key.name(), expected));
        }
        if value.is_empty() {
            return Err(key.error(Kind::Missing));
        }
        keys.push((key, Zeroizing::new(decode(key.name(), value)?)));
    }
    Ok(keys)
}

/// Applies keys to the parameters, with the user and the scheme of the same URL.
pub(super) fn apply(
    mut parameters: ConnectionParameters,
    keys: &[(Key, Zeroizing<String>)],
    user: Option<&(String, Secret)>,
    scheme: Scheme,
) -> Result<ConnectionParameters, ParameterError> {
    let mut tls = (scheme == Scheme::Amqps).then(TlsParameters::default);
    for (key, value) in keys {
        parameters = key.apply(parameters, &mut tls, value)?;
    }
    if let Some(tls) = tls {
        tls_keys::check(&tls)?;
        parameters = parameters.tls(tls);
    }
    Ok(parameters.credentials(credentials(keys, user)?))
}

/// The same error, with the name that the URL has for the parameter: who wrote that knows no other.
pub(super) fn as_written(
    error: ParameterError,
    keys: &[(Key, Zeroizing<String>)],
) -> ParameterError {
    let is_dictionary = |(key, _): &(Key, _)| *key == Key::Tls(TlsKey::SslOptions);
    let name = match error.parameter() {
        "keepalive_idle" => "TCP_KEEPIDLE",
        "keepalive_interval" => "TCP_KEEPINTVL",
        "keepalive_count" => "TCP_KEEPCNT",
        "user_timeout" => "TCP_USER_TIMEOUT",
        "server_name" if keys.iter().any(is_dictionary) => "server_hostname",
        "server_name" => Key::Tls(TlsKey::ServerNameIndication).name(),
        "key_password" => Key::Tls(TlsKey::Password).name(),
        _ => return error,
    };
    error.called(name)
}

/// The mechanisms that are named, or `PLAIN`.
fn credentials(
    keys: &[(Key, Zeroizing<String>)],
    user: Option<&(String, Secret)>,
) -> Result<Credentials, ParameterError> {
    let of = |mechanism: &str| {
        let mechanism = mechanism.to_ascii_lowercase();
        let (user, password) = match user {
            Some((user, password)) => (user.clone(), password.clone()),
            None => ("guest".to_owned(), Secret::new("guest")),
        };
        match mechanism.as_str() {
            "plain" => Some(Credentials::plain_with(user, password)),
            "amqplain" => Some(Credentials::amqplain_with(user, password)),
            "external" => Some(Credentials::external()),
            "anonymous" => Some(Credentials::anonymous()),
            _ => None,
        }
    };
    let mut all: Option<Credentials> = None;
    for (key, value) in keys.iter().filter(|(key, _)| *key == Key::AuthMechanism) {
        let one = of(value).ok_or_else(|| key.error(Kind::Unsupported))?;
        all = Some(match all {
            None => one,
            Some(all) => {
                if all
                    .mechanisms()
                    .any(|name| name.eq_ignore_ascii_case(value))
                {
                    let expected = "each mechanism once";
                    return Err(ParameterError::new(Kind::Repeated, key.name(), expected));
                }
                all.or(one)
            }
        });
    }
    match all {
        Some(all) => Ok(all),
        None => of("plain").ok_or_else(|| Key::AuthMechanism.error(Kind::Missing)),
    }
}
