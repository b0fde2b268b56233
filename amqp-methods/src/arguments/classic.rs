use super::{AnyType, Classic, Overflow, QueueArguments};

/// For classic queues.
impl QueueArguments<Classic> {
    /// `x-max-priority`: how many priorities the queue tells apart; each of them costs memory, so that more than ten are
    /// rarely worth it.
    ///
    /// RabbitMQ: quorum queues have priorities without it since 4.0
    #[inline]
    #[must_use]
    pub fn max_priority(mut self, priority: u8) -> Self {
        let priority = u64::from(priority);
        self.entries
            .number("x-max-priority", priority, 0..=u64::from(u8::MAX));
        self
    }

    /// `x-overflow`: what happens beyond the maximal length.
    #[inline]
    #[must_use]
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.entries.set("x-overflow", overflow);
        self
    }

    /// `x-queue-version`: 1 or 2, how messages are stored.
    ///
    /// RabbitMQ: since 3.10; version 1 is refused since 4.3
    #[inline]
    #[must_use]
    pub fn queue_version(mut self, version: u8) -> Self {
        self.entries
            .number("x-queue-version", version.into(), 1..=2);
        self
    }

    /// `x-name-prefix`: what the name begins with that the server chooses for a queue declared without one.
    ///
    /// Up to 64 octets. RabbitMQ: since 4.4
    #[inline]
    #[must_use]
    pub fn name_prefix(mut self, prefix: &str) -> Self {
        if prefix.len() > 64 {
            self.entries.refuse("x-name-prefix");
        } else {
            self.entries.name("x-name-prefix", prefix);
        }
        self
    }
}

/// Where the type is left open.
impl QueueArguments<AnyType> {
    /// `x-overflow`: what happens beyond the maximal length.
    #[inline]
    #[must_use]
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        self.entries.set("x-overflow", overflow);
        self
    }
}
