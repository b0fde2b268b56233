use core::time::Duration;

use super::entries::ANY;
use super::{
    DeadLetterStrategy, DelayedRetry, LeaderLocator, Overflow, QueueArguments, Quorum,
    ReplicatedKind,
};

/// For quorum queues and streams.
impl<K: ReplicatedKind> QueueArguments<K> {
    /// `x-queue-leader-locator`: where the first leader is placed. RabbitMQ: since 3.9, on quorum queues since 3.10
    #[must_use]
    pub fn leader_locator(mut self, locator: LeaderLocator) -> Self {
        self.entries.set("x-queue-leader-locator", locator);
        self
    }
}

/// For quorum queues.
impl QueueArguments<Quorum> {
    /// `x-delivery-limit`: how often a message may come back before it is dropped or dead-lettered.
    ///
    /// RabbitMQ: without limit by default before 4.0, 20 since
    #[inline]
    #[must_use]
    pub fn delivery_limit(mut self, deliveries: u32) -> Self {
        self.entries
            .number("x-delivery-limit", deliveries.into(), ANY);
        self
    }

    /// `x-delivery-limit` of -1: messages may come back for ever. RabbitMQ: since 4.0
    #[inline]
    #[must_use]
    pub fn no_delivery_limit(mut self) -> Self {
        self.entries.set("x-delivery-limit", -1_i64);
        self
    }

    /// `x-overflow`: what happens beyond the maximal length.
    ///
    /// [`Overflow::RejectPublishDlx`] is reported as out of range: RabbitMQ accepts it for quorum queues, and then does
    /// not do it.
    #[inline]
    #[must_use]
    pub fn overflow(mut self, overflow: Overflow) -> Self {
        match overflow {
            Overflow::RejectPublishDlx => self.entries.refuse("x-overflow"),
            overflow => self.entries.set("x-overflow", overflow),
        }
        self
    }

    /// `x-dead-letter-strategy`: how safely messages are dead-lettered. RabbitMQ: since 3.10
    #[inline]
    #[must_use]
    pub fn dead_letter_strategy(mut self, strategy: DeadLetterStrategy) -> Self {
        self.entries.set("x-dead-letter-strategy", strategy);
        self
    }

    /// `x-quorum-initial-group-size`: how many replicas to begin with, at least one.
    #[inline]
    #[must_use]
    pub fn initial_group_size(mut self, replicas: u32) -> Self {
        let range = 1..=u64::from(u32::MAX);
        self.entries
            .number("x-quorum-initial-group-size", replicas.into(), range);
        self
    }

    /// `x-quorum-target-group-size`: how many replicas to grow to, at least one. RabbitMQ: since 3.13
    #[inline]
    #[must_use]
    pub fn target_group_size(mut self, replicas: u32) -> Self {
        let range = 1..=u64::from(u32::MAX);
        self.entries
            .number("x-quorum-target-group-size", replicas.into(), range);
        self
    }

    /// `x-consumer-disconnected-timeout`: how long the deliveries of a consumer are kept for it whose node cannot be
    /// reached, in whole milliseconds. RabbitMQ: since 4.3, by default one minute
    #[inline]
    #[must_use]
    pub fn consumer_disconnected_timeout(mut self, timeout: Duration) -> Self {
        self.entries
            .millis("x-consumer-disconnected-timeout", timeout, ANY);
        self
    }

    /// `x-delayed-retry-type`: which messages that come back are held for a while. RabbitMQ: since 4.3
    #[inline]
    #[must_use]
    pub fn delayed_retry(mut self, retry: DelayedRetry) -> Self {
        self.entries.set("x-delayed-retry-type", retry);
        self
    }

    /// `x-delayed-retry-min`: how long they are held the first time; each further time adds as much.
    ///
    /// In whole milliseconds; needed for any [`DelayedRetry`] but `Disabled`. RabbitMQ: since 4.3
    #[inline]
    #[must_use]
    pub fn delayed_retry_min(mut self, delay: Duration) -> Self {
        self.entries.millis("x-delayed-retry-min", delay, ANY);
        self
    }

    /// `x-delayed-retry-max`: how long they are held at most, in whole milliseconds. RabbitMQ: since 4.3
    #[inline]
    #[must_use]
    pub fn delayed_retry_max(mut self, delay: Duration) -> Self {
        self.entries.millis("x-delayed-retry-max", delay, ANY);
        self
    }

    /// `x-member-placement-tag`: on which nodes replicas may be placed. RabbitMQ: since 4.4
    #[inline]
    #[must_use]
    pub fn member_placement_tag(mut self, tag: &str) -> Self {
        self.entries.name("x-member-placement-tag", tag);
        self
    }
}
