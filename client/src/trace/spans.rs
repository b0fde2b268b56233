//! Spans: one for each connection and each channel, and those of messages.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use amqp_methods::{ShortStr, basic};
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

/// A future in a span that tells of a publish, with the attributes that OpenTelemetry has for it.
#[cold]
pub(crate) fn publishing<F: Future>(
    publish: &basic::Publish<'_>,
    properties: &basic::Properties<'_>,
    octets: usize,
    future: F,
) -> impl Future<Output = F::Output> + use<F> {
    let (exchange, routing_key) = (&publish.exchange, &publish.routing_key);
    let destination = destination(exchange, routing_key);
    let span = tracing::debug_span!(
        target: "leveret::publish",
        "publish",
        otel.name = format!("publish {destination}"),
        otel.kind = "producer",
        messaging.system = "rabbitmq",
        messaging.operation.name = "publish",
        messaging.operation.type = "send",
        messaging.destination.name = destination,
        messaging.rabbitmq.destination.routing_key = not_empty(routing_key),
        messaging.message.id = properties.message_id.as_ref().map(tracing::field::display),
        messaging.message.conversation_id = properties.correlation_id.as_ref().map(tracing::field::display),
        messaging.message.body.size = octets,
    );
    future.instrument(span)
}

/// A span for whoever processes a message, with the attributes that OpenTelemetry has for it. What the server sent is
/// escaped.
pub(crate) fn processing(
    (exchange, routing_key): (&ShortStr<'_>, &ShortStr<'_>),
    delivery_tag: u64,
    consumer_tag: Option<&ShortStr<'_>>,
    properties: &basic::Properties<'_>,
    octets: u64,
) -> Span {
    if LevelFilter::current() < LevelFilter::DEBUG {
        return Span::none();
    }
    let destination = destination(exchange, routing_key);
    tracing::debug_span!(
        target: "leveret::deliver",
        "process",
        otel.name = format!("process {destination}"),
        otel.kind = "consumer",
        messaging.system = "rabbitmq",
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.destination.name = destination,
        messaging.rabbitmq.destination.routing_key = not_empty(routing_key),
        messaging.rabbitmq.message.delivery_tag = delivery_tag,
        messaging.message.id = properties.message_id.as_ref().map(tracing::field::display),
        messaging.message.conversation_id = properties.correlation_id.as_ref().map(tracing::field::display),
        messaging.message.body.size = octets,
        amqp.consumer_tag = consumer_tag.map(tracing::field::display),
    )
}

/// How OpenTelemetry names where a message goes: exchange and key, or whichever of both is not empty.
fn destination(exchange: &ShortStr<'_>, routing_key: &ShortStr<'_>) -> String {
    match (exchange.is_empty(), routing_key.is_empty()) {
        (false, false) => format!("{exchange}:{routing_key}"),
        (false, true) => exchange.to_string(),
        (true, false) => routing_key.to_string(),
        (true, true) => "amq.default".to_owned(),
    }
}

fn not_empty<'s>(text: &'s ShortStr<'_>) -> Option<impl tracing::Value + use<'s>> {
    (!text.is_empty()).then(|| text.to_string())
}
