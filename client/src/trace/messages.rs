//! Spans of messages, with the attributes that OpenTelemetry has for messaging.

use std::future::Future;

use amqp_methods::{ShortStr, basic};
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::{Instrument as _, Span};

use crate::error::Error;
use crate::proto::Outcome;
use crate::{Outcomes, Outgoing};

/// A future in a span that tells of a publish.
///
/// Its kind is that of a client: the message is there before the span, so that nobody who processes it can be told of
/// this one. Whom it names as its producer, if anybody, is the application's to say.
#[cold]
pub(crate) fn publishing<T, F>(
    publish: &basic::Publish<'_>,
    properties: &basic::Properties<'_>,
    octets: usize,
    future: F,
) -> impl Future<Output = F::Output> + use<T, F>
where
    F: Future<Output = Result<T, Error>>,
{
    let (exchange, routing_key) = (&publish.exchange, &publish.routing_key);
    let destination = destination(exchange, routing_key);
    let span = tracing::debug_span!(
        target: "leveret::publish",
        "publish",
        otel.name = format!("publish {destination}"),
        otel.kind = "client",
        otel.status_code = Empty,
        error.type = Empty,
        messaging.system = "rabbitmq",
        messaging.operation.name = "publish",
        messaging.operation.type = "send",
        messaging.destination.name = destination,
        messaging.rabbitmq.destination.routing_key = not_empty(routing_key),
        messaging.message.id = properties.message_id.as_ref().map(tracing::field::display),
        messaging.message.conversation_id = properties.correlation_id.as_ref().map(tracing::field::display),
        messaging.message.body.size = signed(octets),
    );
    until_end(span, future, |published| {
        published.as_ref().err().map(kind_of)
    })
}

/// A future in a span that tells of a batch, from its first message to its last outcome. What is said of messages is
/// what holds of all of them.
#[cold]
pub(crate) fn publishing_batch<F>(
    messages: &[Outgoing<'_>],
    future: F,
) -> impl Future<Output = F::Output> + use<F>
where
    F: Future<Output = Result<Outcomes, Error>>,
{
    let exchange = common(messages, |message| Some(&message.publish.exchange));
    let routing_key = common(messages, |message| Some(&message.publish.routing_key));
    let conversation = common(messages, |message| {
        message.properties.correlation_id.as_ref()
    });
    let empty = ShortStr::default();
    let destination = exchange.map(|exchange| destination(exchange, routing_key.unwrap_or(&empty)));
    let name = match &destination {
        Some(destination) => format!("publish {destination}"),
        None => "publish".to_owned(),
    };
    let span = tracing::debug_span!(
        target: "leveret::publish",
        "publish_batch",
        otel.name = name,
        otel.kind = "client",
        otel.status_code = Empty,
        error.type = Empty,
        messaging.system = "rabbitmq",
        messaging.operation.name = "publish",
        messaging.operation.type = "send",
        messaging.batch.message_count = signed(messages.len()),
        messaging.destination.name = destination,
        messaging.rabbitmq.destination.routing_key = routing_key.and_then(not_empty),
        messaging.message.conversation_id = conversation.map(tracing::field::display),
    );
    for message in messages {
        span.follows_from(&message.made_in);
    }
    until_end(span, future, |published| match published {
        Ok(outcomes) => {
            let mut unconfirmed = outcomes.unconfirmed();
            unconfirmed.next().map(|(_, outcome)| ending_of(outcome))
        }
        Err(error) => Some(kind_of(error)),
    })
}

/// A span for whoever makes a message of a batch.
pub(crate) fn creating(message: &Outgoing<'_>) -> Span {
    if LevelFilter::current() < LevelFilter::DEBUG {
        return Span::none();
    }
    let (exchange, routing_key) = (&message.publish.exchange, &message.publish.routing_key);
    let destination = destination(exchange, routing_key);
    let properties = &message.properties;
    tracing::debug_span!(
        target: "leveret::publish",
        "create",
        otel.name = format!("create {destination}"),
        otel.kind = "producer",
        messaging.system = "rabbitmq",
        messaging.operation.name = "create",
        messaging.operation.type = "create",
        messaging.destination.name = destination,
        messaging.rabbitmq.destination.routing_key = not_empty(routing_key),
        messaging.message.id = properties.message_id.as_ref().map(tracing::field::display),
        messaging.message.conversation_id = properties.correlation_id.as_ref().map(tracing::field::display),
        messaging.message.body.size = signed(message.body.as_bytes().len()),
    )
}

/// A span for whoever processes a message. What the server sent is escaped.
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
        messaging.rabbitmq.message.delivery_tag = signed(delivery_tag),
        messaging.message.id = properties.message_id.as_ref().map(tracing::field::display),
        messaging.message.conversation_id = properties.correlation_id.as_ref().map(tracing::field::display),
        messaging.message.body.size = signed(octets),
        amqp.consumer_tag = consumer_tag.map(tracing::field::display),
    )
}

/// Runs a future in a span, which is told if that failed, and how.
async fn until_end<F: Future>(
    span: Span,
    future: F,
    failure: impl FnOnce(&F::Output) -> Option<String>,
) -> F::Output {
    let output = future.instrument(span.clone()).await;
    if let Some(failure) = failure(&output) {
        span.record("error.type", failure);
        span.record("otel.status_code", "ERROR");
    }
    output
}

/// What an error is called: no more than there are kinds.
fn kind_of(error: &Error) -> String {
    format!("{:?}", error.kind())
}

/// What an outcome is called that is no confirm.
fn ending_of(outcome: &Outcome) -> String {
    let name = match outcome {
        Outcome::Confirmed => "Confirmed",
        Outcome::Nacked => "Nacked",
        Outcome::Returned(_) => "Returned",
        Outcome::InDoubt(_) => "InDoubt",
        Outcome::NotSent(_) => "NotSent",
    };
    name.to_owned()
}

/// A number as OpenTelemetry has them: one without a sign would reach it as text.
fn signed(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// What all messages have, if they have the same.
fn common<'m, 'b, T: PartialEq + ?Sized>(
    messages: &'m [Outgoing<'b>],
    of: impl Fn(&'m Outgoing<'b>) -> Option<&'m T>,
) -> Option<&'m T> {
    let (first, others) = messages.split_first()?;
    let first = of(first);
    first.filter(|_| others.iter().all(|other| of(other) == first))
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

fn not_empty(text: &ShortStr<'_>) -> Option<String> {
    (!text.is_empty()).then(|| text.to_string())
}
