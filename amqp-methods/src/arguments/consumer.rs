use core::time::Duration;

use crate::{FieldArray, FieldTable, Timestamp};

use super::entries::{ANY, Entries, builder};

/// Arguments of `basic.consume`.
///
/// ```
/// use amqp_methods::arguments::{ConsumerArguments, StreamOffset};
/// use amqp_methods::basic;
///
/// let arguments = ConsumerArguments::new().stream_offset(StreamOffset::First);
/// let consume = basic::Consume::new("events", "").arguments(arguments);
/// ```
///
/// Spec: basic.consume
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerArguments {
    entries: Entries,
}

/// `x-stream-offset`: where in a stream to begin.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum StreamOffset {
    /// With the oldest message that is kept.
    First,
    /// With the last chunk that was written.
    Last,
    /// With what is published from now on. The default.
    Next,
    /// With the message of that number, as the header `x-stream-offset` of deliveries states it; up to 2^63 - 1.
    Offset(u64),
    /// With the chunk that was written at that time; older messages of the same chunk may come first.
    Timestamp(Timestamp),
    /// So long ago, in whole seconds.
    Ago(Duration),
}

impl ConsumerArguments {
    /// No arguments.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// `x-priority`: consumers of a higher priority are served first. Default: 0.
    ///
    /// RabbitMQ: not on streams
    #[inline]
    #[must_use]
    pub fn priority(mut self, priority: i32) -> Self {
        self.entries.set("x-priority", priority);
        self
    }

    /// `x-consumer-timeout`: how long this consumer may take to settle a delivery, in whole milliseconds.
    ///
    /// RabbitMQ: since 4.3, on quorum queues
    #[inline]
    #[must_use]
    pub fn consumer_timeout(mut self, timeout: Duration) -> Self {
        self.entries.millis("x-consumer-timeout", timeout, ANY);
        self
    }

    /// `x-stream-offset`: where in a stream to begin.
    ///
    /// RabbitMQ: streams need a prefetch count and acknowledgements
    #[inline]
    #[must_use]
    pub fn stream_offset(mut self, offset: StreamOffset) -> Self {
        const NAME: &str = "x-stream-offset";
        match offset {
            StreamOffset::First => self.entries.set(NAME, "first"),
            StreamOffset::Last => self.entries.set(NAME, "last"),
            StreamOffset::Next => self.entries.set(NAME, "next"),
            StreamOffset::Offset(offset) => self.entries.number(NAME, offset, ANY),
            StreamOffset::Timestamp(time) => self.entries.set(NAME, time),
            StreamOffset::Ago(time) => self.entries.age(NAME, time),
        }
        self
    }

    /// `x-stream-filter`: deliver the chunks that may hold messages whose `x-stream-filter-value` is one of these.
    ///
    /// Others come along: the filter is a rough one, and the consumer has to look itself. RabbitMQ: since 3.13
    #[must_use]
    pub fn stream_filter<'v>(mut self, values: impl IntoIterator<Item = &'v str>) -> Self {
        let values: FieldArray<'static> = values.into_iter().collect();
        self.entries.set("x-stream-filter", values);
        self
    }

    /// `x-stream-match-unfiltered`: deliver messages without a filter value, too. RabbitMQ: since 3.13
    #[inline]
    #[must_use]
    pub fn stream_match_unfiltered(mut self, unfiltered: bool) -> Self {
        self.entries.set("x-stream-match-unfiltered", unfiltered);
        self
    }
}

builder!([] ConsumerArguments);

/// An argument that is out of range is reported when the table is encoded.
impl From<ConsumerArguments> for FieldTable<'_> {
    #[inline]
    fn from(arguments: ConsumerArguments) -> Self {
        arguments.entries.to_builder().into()
    }
}
