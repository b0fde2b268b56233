//! Spans of messages.

use std::future::Future;

use amqp_methods::{ShortStr, basic};
use tracing::level_filters::LevelFilter;
use tracing::{Instrument as _, Span};

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
