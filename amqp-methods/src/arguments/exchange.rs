use core::fmt;

use crate::{FieldTable, ShortStr, Value};

use super::entries::{Entries, builder};
use super::words::words;

/// Arguments of `exchange.declare`.
///
/// ```
/// use amqp_methods::arguments::{ExchangeArguments, ExchangeType};
/// use amqp_methods::exchange;
///
/// let arguments = ExchangeArguments::new().alternate_exchange("events.unrouted");
/// let declare = exchange::Declare::new("events", ExchangeType::Topic).durable(true).arguments(arguments);
/// ```
///
/// Spec: exchange.declare
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExchangeArguments {
    entries: Entries,
}

words! {
    /// What an exchange routes by. Others are named by their text.
    pub enum ExchangeType {
        /// By equal routing keys.
        Direct = "direct",
        /// To every queue.
        Fanout = "fanout",
        /// By patterns: `*` is one word of the routing key, `#` any number of them.
        Topic = "topic",
        /// By headers: [`BindingArguments`](super::BindingArguments).
        Headers = "headers",
        /// To a random queue of this node. RabbitMQ: since 4.0
        LocalRandom = "x-local-random",
        /// By a hash of the routing key. RabbitMQ: since 4.3, with the plugin for sharding before
        ModulusHash = "x-modulus-hash",
        /// By a hash, with weights. RabbitMQ: with its plugin
        ConsistentHash = "x-consistent-hash",
        /// To a random queue. RabbitMQ: with its plugin
        Random = "x-random",
        /// After the delay in the header `x-delay`: [`delayed_type`](ExchangeArguments::delayed_type). RabbitMQ: with its
        /// plugin
        DelayedMessage = "x-delayed-message",
    }
}

impl ExchangeArguments {
    /// No arguments.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// `alternate-exchange`: where messages go that this exchange cannot route.
    #[inline]
    #[must_use]
    pub fn alternate_exchange(mut self, exchange: &str) -> Self {
        self.entries.name("alternate-exchange", exchange);
        self
    }

    /// `x-delayed-type`: how an [`ExchangeType::DelayedMessage`] routes once the delay is over.
    #[inline]
    #[must_use]
    pub fn delayed_type(mut self, r#type: ExchangeType) -> Self {
        self.entries.set("x-delayed-type", r#type);
        self
    }
}

builder!([] ExchangeArguments);

/// An argument that is out of range is reported when the table is encoded.
impl From<ExchangeArguments> for FieldTable<'_> {
    #[inline]
    fn from(arguments: ExchangeArguments) -> Self {
        arguments.entries.to_builder().into()
    }
}
