//! The keys about TLS: RabbitMQ's one by one, pika's in a dictionary.

use super::keys::{Key, TlsKey};
use super::literal::Literal;
use super::values::{number, word};
use crate::parameters::{
    ParameterError, ParameterErrorKind as Kind, Secret, ServerName, TlsParameters,
};

/// Applies one key; without TLS there is none but `ssl_options=None`.
pub(super) fn apply(
    key: TlsKey,
    tls: &mut Option<TlsParameters>,
    value: &str,
) -> Result<(), ParameterError> {
    let (name, expected) = (Key::Tls(key).name(), Key::Tls(key).expected());
    if key == TlsKey::SslOptions && value == "None" && tls.is_none() {
        return Ok(());
    }
    let Some(tls) = tls else {
        let expected = "the scheme amqps beside it";
        return Err(ParameterError::new(Kind::Contradiction, name, expected));
    };
    match key {
        TlsKey::CaCertFile => tls.ca_file = Some(value.into()),
        TlsKey::CertFile => tls.certificate = Some(value.into()),
        TlsKey::KeyFile => tls.key = Some(value.into()),
        TlsKey::Password => tls.key_password = Some(Secret::new(value)),
        TlsKey::Verify => {
            let words = [("verify_peer", true), ("verify_none", false)];
            tls.verify_peer = word(name, value, &words, expected)?;
        }
        TlsKey::FailIfNoPeerCert => {
            word(name, value, &[("true", ()), ("false", ())], expected)?;
        }
        TlsKey::Depth => tls.depth = Some(number(name, value, expected)?),
        TlsKey::ServerNameIndication => {
            tls.server_name = match value {
                "disable" => ServerName::Untold,
                name => ServerName::Name(name.to_owned()),
            };
        }
        TlsKey::CustomizeHostnameCheck => word(name, value, &[("https", ())], expected)?,
        TlsKey::SslOptions => *tls = ssl_options(value)?,
    }
    Ok(())
}

/// What is half said cannot be meant.
pub(super) fn check(tls: &TlsParameters) -> Result<(), ParameterError> {
    let missing = match (&tls.certificate, &tls.key, &tls.key_password) {
        (Some(_), None, _) | (None, None, Some(_)) => TlsKey::KeyFile,
        (None, Some(_), _) => TlsKey::CertFile,
        _ => return Ok(()),
    };
    Err(Key::Tls(missing).error(Kind::Missing))
}

fn ssl_options(value: &str) -> Result<TlsParameters, ParameterError> {
    let error = |kind| Key::Tls(TlsKey::SslOptions).error(kind);
    let mut tls = TlsParameters::default();
    let entries = match Literal::read(value) {
        Ok(Literal::Dict(entries)) => entries,
        // With pika too: no options are no TLS, which is what amqps asks for.
        Ok(Literal::None) => return Err(error(Kind::Contradiction)),
        _ => return Err(error(Kind::Syntax)),
    };
    for (name, value) in entries {
        match (name.as_str(), value) {
            (_, Literal::None) => {}
            ("cafile" | "ca_certs", Literal::Text(path)) => tls.ca_file = Some(path.into()),
            ("capath" | "ca_path", Literal::Text(path)) => tls.ca_path = Some(path.into()),
            ("cadata" | "ca_data", Literal::Text(pem)) => tls.ca_data = Some(pem),
            ("certfile", Literal::Text(path)) => tls.certificate = Some(path.into()),
            ("keyfile", Literal::Text(path)) => tls.key = Some(path.into()),
            ("password" | "key_password", Literal::Text(password)) => {
                tls.key_password = Some(Secret::new(password));
            }
            ("server_hostname", Literal::Text(name)) => tls.server_name = ServerName::Name(name),
            // ssl.CERT_NONE and ssl.CERT_REQUIRED
            ("verify_mode", Literal::Int(mode @ (0 | 2))) => tls.verify_peer = mode == 2,
            // Left to whoever does the encryption: a list that is never renewed is a risk of its own.
            ("ciphers" | "protocol" | "ssl_version", _) => return Err(error(Kind::Unsupported)),
            _ => return Err(error(Kind::Unknown)),
        }
    }
    Ok(tls)
}
