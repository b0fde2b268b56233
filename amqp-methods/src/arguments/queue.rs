use core::marker::PhantomData;
use core::time::Duration;

use crate::FieldTable;

use super::entries::{ANY, Entries, TEN_YEARS, builder};
use super::{AnyType, Classic, DestructiveKind, QueueKind, QueueType, Quorum, Stream};

/// Arguments of `queue.declare`, for one type of queue.
///
/// ```
/// use amqp_methods::arguments::QueueArguments;
/// use amqp_methods::queue;
///
/// let declare = queue::Declare::new("jobs").arguments(QueueArguments::classic().max_priority(10));
/// ```
///
/// Spec: queue.declare
#[derive(Clone, Debug, PartialEq)]
pub struct QueueArguments<K = AnyType> {
    pub(super) entries: Entries,
    kind: PhantomData<K>,
}

impl QueueArguments<AnyType> {
    /// Arguments without a type: the virtual host's default decides, which is classic unless it was configured.
    ///
    /// RabbitMQ: 3.10 takes a queue that was declared without a type, and the classic type, for the same
    #[inline]
    pub fn new() -> Self {
        Self {
            entries: Entries::default(),
            kind: PhantomData,
        }
    }
}

impl Default for QueueArguments<AnyType> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl QueueArguments<Classic> {
    /// Arguments of a classic queue.
    #[inline]
    pub fn classic() -> Self {
        Self::of_type(QueueType::Classic)
    }
}

impl QueueArguments<Quorum> {
    /// Arguments of a quorum queue, which has to be durable. RabbitMQ: since 3.8
    #[inline]
    pub fn quorum() -> Self {
        Self::of_type(QueueType::Quorum)
    }
}

impl QueueArguments<Stream> {
    /// Arguments of a stream, which has to be durable. RabbitMQ: since 3.9
    #[inline]
    pub fn stream() -> Self {
        Self::of_type(QueueType::Stream)
    }
}

impl<K: QueueKind> QueueArguments<K> {
    #[inline]
    fn of_type(kind: QueueType) -> Self {
        let mut entries = Entries::default();
        entries.set("x-queue-type", kind);
        Self {
            entries,
            kind: PhantomData,
        }
    }

    /// `x-max-length-bytes`: how many octets of message bodies may wait; on streams, how many are kept.
    ///
    /// Streams drop whole segments, so that they keep somewhat more. Limit: 2^63 - 1.
    #[must_use]
    pub fn max_length_bytes(mut self, octets: u64) -> Self {
        self.entries.number("x-max-length-bytes", octets, ANY);
        self
    }
}

/// For all types but streams.
impl<K: DestructiveKind> QueueArguments<K> {
    /// `x-expires`: the queue is deleted after so long without consumers, fetches and declarations.
    ///
    /// In whole milliseconds, from 1 to ten years.
    #[must_use]
    pub fn expires(mut self, after: Duration) -> Self {
        self.entries.millis("x-expires", after, 1..=TEN_YEARS);
        self
    }

    /// `x-message-ttl`: messages are dropped or dead-lettered once they have waited so long.
    ///
    /// In whole milliseconds, up to ten years; zero drops what cannot be delivered at once. RabbitMQ: on quorum queues
    /// since 3.10
    #[must_use]
    pub fn message_ttl(mut self, ttl: Duration) -> Self {
        self.entries.millis("x-message-ttl", ttl, 0..=TEN_YEARS);
        self
    }

    /// `x-dead-letter-exchange`: where messages go that expired, were rejected, or had no room; empty names the
    /// default exchange.
    ///
    /// It need not exist yet; what is dead-lettered before it does is lost.
    #[must_use]
    pub fn dead_letter_exchange(mut self, exchange: &str) -> Self {
        self.entries.name("x-dead-letter-exchange", exchange);
        self
    }

    /// `x-dead-letter-routing-key`: the key for the dead-letter exchange, instead of each message's own.
    ///
    /// RabbitMQ: refuses it, with 406, without [`dead_letter_exchange`](Self::dead_letter_exchange)
    #[must_use]
    pub fn dead_letter_routing_key(mut self, routing_key: &str) -> Self {
        self.entries.name("x-dead-letter-routing-key", routing_key);
        self
    }

    /// `x-max-length`: how many messages may wait. Limit: 2^63 - 1.
    #[must_use]
    pub fn max_length(mut self, messages: u64) -> Self {
        self.entries.number("x-max-length", messages, ANY);
        self
    }

    /// `x-single-active-consumer`: one consumer at a time gets messages, and the next takes over. RabbitMQ: since 3.8
    #[must_use]
    pub fn single_active_consumer(mut self, single: bool) -> Self {
        self.entries.set("x-single-active-consumer", single);
        self
    }

    /// `x-consumer-timeout`: how long a consumer may take to settle a delivery, in whole milliseconds.
    ///
    /// RabbitMQ: since 3.12, by default 30 minutes; since 4.3 on quorum queues alone
    #[must_use]
    pub fn consumer_timeout(mut self, timeout: Duration) -> Self {
        self.entries.millis("x-consumer-timeout", timeout, ANY);
        self
    }
}

builder!([<K: QueueKind>] QueueArguments<K>);

/// An argument that is out of range is reported when the table is encoded.
impl<K: QueueKind> From<QueueArguments<K>> for FieldTable<'_> {
    fn from(arguments: QueueArguments<K>) -> Self {
        arguments.entries.to_builder().into()
    }
}
