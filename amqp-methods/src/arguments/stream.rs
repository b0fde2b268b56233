use core::time::Duration;

use super::{QueueArguments, Stream};

/// For streams.
impl QueueArguments<Stream> {
    /// `x-max-age`: how long messages are kept, in whole seconds, at least one.
    ///
    /// Written as a number and the largest of day, hour, minute and second that goes into it: `7D`, `90m`. Servers compare
    /// the text when a stream is declared again; for another spelling there is [`with`](Self::with).
    #[inline]
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.entries.age("x-max-age", age);
        self
    }

    /// `x-stream-max-segment-size-bytes`: how large a file of the log grows, up to 3 000 000 000 octets.
    ///
    /// RabbitMQ: by default 500 000 000
    #[inline]
    #[must_use]
    pub fn max_segment_size_bytes(mut self, octets: u32) -> Self {
        self.entries.number(
            "x-stream-max-segment-size-bytes",
            octets.into(),
            0..=3_000_000_000,
        );
        self
    }

    /// `x-stream-filter-size-bytes`: how large the filter of each chunk is, from 16 to 255 octets.
    ///
    /// RabbitMQ: since 3.13, by default 16
    #[inline]
    #[must_use]
    pub fn filter_size_bytes(mut self, octets: u8) -> Self {
        self.entries
            .number("x-stream-filter-size-bytes", octets.into(), 16..=255);
        self
    }

    /// `x-initial-cluster-size`: how many replicas to begin with, at least one.
    #[inline]
    #[must_use]
    pub fn initial_cluster_size(mut self, replicas: u32) -> Self {
        let range = 1..=u64::from(u32::MAX);
        self.entries
            .number("x-initial-cluster-size", replicas.into(), range);
        self
    }
}
