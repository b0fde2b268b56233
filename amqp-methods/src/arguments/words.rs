//! Arguments that are one of a few words.

use core::fmt;

use crate::{ShortStr, Value};

/// An enum whose variants are words on the wire.
macro_rules! words {
    ($(
        $(#[$doc:meta])*
        pub enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }
    )*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
        }

        impl $name {
            /// The word on the wire.
            #[inline]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl fmt::Display for $name {
            #[inline]
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl From<$name> for Value<'_> {
            #[inline]
            fn from(word: $name) -> Self {
                word.as_str().into()
            }
        }

        impl From<$name> for ShortStr<'_> {
            #[inline]
            fn from(word: $name) -> Self {
                word.as_str().into()
            }
        }
    )*};
}

pub(super) use words;

words! {
    /// `x-queue-type`: what kind of queue to declare.
    ///
    /// [`QueueArguments`](super::QueueArguments) sets it; this is for tables written by hand.
    pub enum QueueType {
        /// One replica; the only type that may be exclusive, not durable, or named by the server.
        Classic = "classic",
        /// Replicated, durable. RabbitMQ: since 3.8
        Quorum = "quorum",
        /// A log that consuming leaves as it is. RabbitMQ: since 3.9
        Stream = "stream",
    }

    /// `x-overflow`: what a queue does beyond its length.
    pub enum Overflow {
        /// Drops the oldest message, or dead-letters it. The default.
        DropHead = "drop-head",
        /// Refuses the new message: with a nack, where confirms are on.
        RejectPublish = "reject-publish",
        /// Refuses the new message, and dead-letters it. Classic queues only.
        RejectPublishDlx = "reject-publish-dlx",
    }

    /// `x-dead-letter-strategy`: how safely a quorum queue dead-letters.
    pub enum DeadLetterStrategy {
        /// May lose messages on the way. The default.
        AtMostOnce = "at-most-once",
        /// Keeps messages until their new queues have confirmed them. Needs [`Overflow::RejectPublish`], without which
        /// RabbitMQ falls back to at-most-once.
        AtLeastOnce = "at-least-once",
    }

    /// `x-queue-leader-locator`: where the first leader of a replicated queue is placed.
    pub enum LeaderLocator {
        /// On the node that the client is connected to. The default.
        ClientLocal = "client-local",
        /// Where few leaders are.
        Balanced = "balanced",
    }

    /// `x-delayed-retry-type`: which messages that come back to a quorum queue are held for a while.
    pub enum DelayedRetry {
        /// None. The default.
        Disabled = "disabled",
        /// All.
        All = "all",
        /// Those whose delivery counts as failed: `basic.reject`, lost channels.
        Failed = "failed",
        /// Those whose delivery does not count as failed: `basic.nack`.
        Returned = "returned",
    }
}
