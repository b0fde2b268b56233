//! Spans: one for each connection and each channel.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing::{Instrument as _, Span};

use super::Detail;
use crate::ConnectionParameters;
use crate::proto::ChannelId;

/// The span of a connection, and those of its channels.
///
/// They have a lock of their own, which is never held while a subscriber runs.
#[derive(Debug)]
pub(crate) struct Spans {
    connection: Span,
    channels: Mutex<HashMap<ChannelId, Span>>,
}

impl Spans {
    /// Begins the span of a connection, within that of whoever connects.
    pub(crate) fn new(parameters: &ConnectionParameters) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let connection = LAST.fetch_add(1, Ordering::Relaxed) + 1;
        Self {
            connection: tracing::info_span!(
                target: "leveret",
                "amqp_connection",
                connection,
                name = parameters.connection_name.as_deref(),
                virtual_host = parameters.virtual_host,
            ),
            channels: Mutex::default(),
        }
    }

    /// A future that runs in the span of the connection.
    pub(crate) fn around<F: Future>(&self, future: F) -> impl Future<Output = F::Output> + use<F> {
        future.instrument(self.connection.clone())
    }

    pub(crate) fn in_connection<T>(&self, act: impl FnOnce() -> T) -> T {
        self.connection.in_scope(act)
    }

    /// Begins the span of a channel.
    pub(crate) fn open_channel(&self, channel: ChannelId) {
        let number = channel.number();
        let span = tracing::info_span!(
            target: "leveret",
            parent: &self.connection,
            "amqp_channel",
            channel = number,
        );
        let before = self.lock().insert(channel, span);
        drop(before);
    }

    /// Does something in the span of a channel; in that of the connection if the channel has ended.
    pub(crate) fn in_channel<T>(&self, channel: ChannelId, act: impl FnOnce() -> T) -> T {
        let span = self.lock().get(&channel).cloned();
        span.as_ref().unwrap_or(&self.connection).in_scope(act)
    }

    /// Ends the span of a channel.
    pub(crate) fn close_channel(&self, channel: ChannelId) {
        let span = self.lock().remove(&channel);
        drop(span);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ChannelId, Span>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether somebody may want to see that much: one load, and nothing else where nobody does.
#[inline]
pub(crate) fn is_written(detail: Detail) -> bool {
    let needed = match detail {
        Detail::Publishes => LevelFilter::DEBUG,
        Detail::Frames => LevelFilter::TRACE,
    };
    needed <= tracing::level_filters::STATIC_MAX_LEVEL && needed <= LevelFilter::current()
}
