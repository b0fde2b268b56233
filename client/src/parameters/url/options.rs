//! The dictionaries of pika that have nothing to do with TLS.

use std::time::Duration;

use amqp_methods::FieldTable;

use super::keys::Key;
use super::literal::{Literal, table};
use crate::parameters::{ParameterError, ParameterErrorKind as Kind, TcpOptions};

pub(super) fn client_properties(value: &str) -> Result<FieldTable<'static>, ParameterError> {
    match Literal::read(value) {
        Ok(Literal::Dict(entries)) => {
            table(&entries).map_err(|_| Key::ClientProperties.error(Kind::TooLong))
        }
        Ok(Literal::None) => Ok(FieldTable::new()),
        _ => Err(Key::ClientProperties.error(Kind::Syntax)),
    }
}

pub(super) fn tcp_options(value: &str) -> Result<TcpOptions, ParameterError> {
    let error = |kind| Err(Key::TcpOptions.error(kind));
    let mut options = TcpOptions::default();
    let entries = match Literal::read(value) {
        Ok(Literal::Dict(entries)) => entries,
        Ok(Literal::None) => return Ok(options),
        _ => return error(Kind::Syntax),
    };
    for (name, value) in entries {
        let Literal::Int(value) = value else {
            return error(Kind::NotANumber);
        };
        let Ok(value) = u32::try_from(value) else {
            return error(Kind::OutOfRange);
        };
        let seconds = Duration::from_secs(value.into());
        options = match name.as_str() {
            "TCP_KEEPIDLE" => options.keepalive_idle(seconds),
            "TCP_KEEPINTVL" => options.keepalive_interval(seconds),
            "TCP_KEEPCNT" => options.keepalive_count(value),
            "TCP_USER_TIMEOUT" => options.user_timeout(Duration::from_millis(value.into())),
            _ => return error(Kind::Unknown),
        };
    }
    Ok(options)
}
