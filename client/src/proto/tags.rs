//! Consumer tags of a channel.

use std::collections::HashMap;

use amqp_methods::ShortStr;

use super::ConsumerId;

/// Consumer tags, and the consumers behind them.
#[derive(Debug, Default)]
pub(super) struct Tags {
    consumers: HashMap<Box<[u8]>, ConsumerId>,
    /// The tag that was looked for last: deliveries come in runs for the same consumer.
    last: Vec<u8>,
    last_consumer: Option<ConsumerId>,
}

impl Tags {
    /// Gives the consumer that had the tag before.
    pub(super) fn insert(
        &mut self,
        tag: &ShortStr<'_>,
        consumer: ConsumerId,
    ) -> Option<ConsumerId> {
        self.last_consumer = None;
        self.consumers.insert(tag.as_bytes().into(), consumer)
    }

    pub(super) fn remove(&mut self, tag: &ShortStr<'_>) -> Option<ConsumerId> {
        self.last_consumer = None;
        self.consumers.remove(tag.as_bytes())
    }

    #[inline]
    pub(super) fn find(&mut self, tag: &ShortStr<'_>) -> Option<ConsumerId> {
        let tag = tag.as_bytes();
        if self.last_consumer.is_none() || self.last != tag {
            self.last_consumer = Some(*self.consumers.get(tag)?);
            self.last.clear();
            self.last.extend_from_slice(tag);
        }
        self.last_consumer
    }

    /// All of them, the oldest first.
    pub(super) fn all(&self) -> Vec<ConsumerId> {
        let mut all: Vec<_> = self.consumers.values().copied().collect();
        all.sort_unstable();
        all
    }
}
