//! What the server says about itself while a connection opens.

use amqp_methods::{FieldTable, Value, connection};

/// The limits that the server proposes with `connection.tune`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tuning {
    /// Highest channel number; zero proposes no limit. Default: 2047.
    pub channel_max: u16,
    /// Largest frame in octets, envelope included; zero proposes no limit. Default: 131072.
    pub frame_max: u32,
    /// Longest silence in seconds; zero proposes none. Default: 60.
    pub heartbeat: u16,
}

/// What RabbitMQ proposes when nobody has configured it.
impl Default for Tuning {
    fn default() -> Self {
        Self {
            channel_max: 2047,
            frame_max: 131_072,
            heartbeat: 60,
        }
    }
}

impl From<Tuning> for connection::Tune {
    fn from(tuning: Tuning) -> Self {
        Self::new(tuning.channel_max, tuning.frame_max, tuning.heartbeat)
    }
}

/// What a peer says in `connection.start` unless told otherwise: the entries of RabbitMQ, with every
/// capability that it announces.
pub fn server_properties() -> FieldTable<'static> {
    const CAPABILITIES: &[(&str, Value<'static>)] = &[
        ("publisher_confirms", Value::Boolean(true)),
        ("exchange_exchange_bindings", Value::Boolean(true)),
        ("basic.nack", Value::Boolean(true)),
        ("consumer_cancel_notify", Value::Boolean(true)),
        ("connection.blocked", Value::Boolean(true)),
        ("consumer_priorities", Value::Boolean(true)),
        ("authentication_failure_close", Value::Boolean(true)),
        ("per_consumer_qos", Value::Boolean(true)),
        ("direct_reply_to", Value::Boolean(true)),
    ];
    let entries = [
        ("capabilities", Value::Table(FieldTable::from(CAPABILITIES))),
        ("product", Value::from("amqp-test-broker")),
        ("version", Value::from(env!("CARGO_PKG_VERSION"))),
        ("platform", Value::from("Rust")),
        ("copyright", Value::from("")),
        ("information", Value::from("a scripted peer for tests")),
    ];
    FieldTable::from(&entries).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capabilities_are_a_table_of_truths() {
        let properties = server_properties();
        let capabilities = properties.get("capabilities").unwrap().unwrap();
        let capabilities = capabilities.as_table().unwrap();
        assert_eq!(capabilities.iter().count(), 9);
        let nack = capabilities.get("basic.nack").unwrap().unwrap();
        assert_eq!(nack.as_bool(), Some(true));
    }
}
