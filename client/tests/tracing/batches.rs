//! Spans of batches, of their messages, and how they say that something failed.

use leveret::amqp_methods::basic;
use leveret::{Channel, Error, Outcomes, Outgoing};
use tracing::{Instrument as _, Level};

use crate::log::Log;
use crate::meet::{
    Server, close_channel, connect_with_channel, connect_with_confirms, publish, settle,
};

fn message(exchange: &'static str, key: &'static str) -> Outgoing<'static> {
    let properties = basic::Properties::default().correlation_id("c-1");
    Outgoing::new(basic::Publish::new(exchange, key), properties, "hello")
}

/// Publishes a batch whose messages are confirmed.
async fn confirmed(channel: &Channel, server: &mut Server, messages: &[Outgoing<'_>]) -> Outcomes {
    let publisher = channel.publisher();
    let publishing = publisher.basic_publish_batch(messages);
    let settling = async {
        for _ in messages {
            server.expect_content(1).await;
        }
        server.send(1, basic::Ack::new(0).multiple(true)).await;
    };
    let (outcomes, ()) = tokio::join!(publishing, settling);
    outcomes.unwrap()
}

#[track_caller]
fn has(span: &str, expected: &[&str], absent: &[&str]) {
    for expected in expected {
        assert!(span.contains(expected), "{expected} in {span}");
    }
    for absent in absent {
        assert!(!span.contains(absent), "{absent} in {span}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_has_one_span_with_what_holds_of_all_its_messages() {
    let log = Log::of(Level::DEBUG);
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let mut messages = [message("events", "new"), message("events", "new")];
    messages[0].properties.message_id = Some("m-1".into());
    let outer = tracing::info_span!("application");
    let publishing = confirmed(&channel, &mut server, &messages).instrument(outer);
    assert!(publishing.await.all_confirmed());
    let span = log.span("publish_batch");
    has(
        &span,
        &[
            "otel.name=\"publish events:new\"",
            "otel.kind=\"client\"",
            "messaging.system=\"rabbitmq\"",
            "messaging.operation.name=\"publish\"",
            "messaging.operation.type=\"send\"",
            "messaging.batch.message_count=2",
            "messaging.destination.name=\"events:new\"",
            "messaging.rabbitmq.destination.routing_key=\"new\"",
            "messaging.message.conversation_id=c-1",
        ],
        &["messaging.message.id", "error.type", "otel.status_code"],
    );
    assert!(span.starts_with("application > publish_batch"), "{span}");
    // Messages that nobody has made in a span have none, and a batch is no publish of each.
    has(&log.text(), &[], &["m-1", "> publish ", "create"]);
}

#[tokio::test(start_paused = true)]
async fn what_differs_between_messages_is_not_said_of_the_batch() {
    let log = Log::of(Level::DEBUG);
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let routing_key = "messaging.rabbitmq.destination.routing_key";
    let destination = "messaging.destination.name";
    for (messages, name, expected, absent) in [
        (
            vec![message("events", "new"), message("events", "old")],
            "otel.name=\"publish events\"",
            "messaging.destination.name=\"events\"",
            [routing_key, "none"],
        ),
        (
            vec![message("", "new"), message("", "old")],
            "otel.name=\"publish amq.default\"",
            "messaging.destination.name=\"amq.default\"",
            [routing_key, "none"],
        ),
        (
            vec![message("events", "new"), message("others", "new")],
            "otel.name=\"publish\"",
            "messaging.rabbitmq.destination.routing_key=\"new\"",
            [destination, "none"],
        ),
        (
            vec![message("events", "new"), message("others", "old")],
            "otel.name=\"publish\"",
            "messaging.batch.message_count=2",
            [destination, routing_key],
        ),
        (
            vec![],
            "otel.name=\"publish\"",
            "messaging.batch.message_count=0",
            [destination, routing_key],
        ),
    ] {
        log.forget();
        let _ = confirmed(&channel, &mut server, &messages).await;
        has(&log.span("publish_batch"), &[name, expected], &absent);
    }
    let mut messages = [message("events", "new"), message("events", "new")];
    messages[1].properties.correlation_id = None;
    log.forget();
    let _ = confirmed(&channel, &mut server, &messages).await;
    has(&log.span("publish_batch"), &[], &["conversation_id"]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_failed_in_part_says_how() {
    let log = Log::of(Level::DEBUG);
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let messages = [message("", "q"), message("", "q")];
    let publisher = channel.publisher();
    let publishing = publisher.basic_publish_batch(&messages);
    let settling = async {
        for _ in 0..2 {
            server.expect_content(1).await;
        }
        server.send(1, basic::Ack::new(1)).await;
        server.send(1, basic::Nack::new(2)).await;
    };
    let (outcomes, ()) = tokio::join!(publishing, settling);
    assert!(!outcomes.unwrap().all_confirmed());
    has(
        &log.span("publish_batch"),
        &["error.type=\"Nacked\"", "otel.status_code=\"ERROR\""],
        &[],
    );
}

#[tokio::test(start_paused = true)]
async fn publishes_that_fail_say_of_what_kind_that_was() {
    let log = Log::of(Level::DEBUG);
    let (_connection, channel, mut server) = connect_with_channel().await;
    publish(&channel, "well").await.unwrap();
    has(&log.span("publish"), &[], &["error.type", "status_code"]);
    let refused: Result<Outcomes, Error> = channel.publisher().basic_publish_batch(&[]).await;
    assert!(refused.is_err());
    let failed = ["error.type=\"State\"", "otel.status_code=\"ERROR\""];
    has(&log.span("publish_batch"), &failed, &[]);
    close_channel(&mut server, 404, "no exchange").await;
    settle().await;
    let failed = ["error.type=\"ChannelClosed\"", "otel.status_code=\"ERROR\""];
    log.forget();
    publish(&channel, "late").await.unwrap_err();
    has(&log.span("publish"), &failed, &[]);
    log.forget();
    let properties = basic::Properties::default();
    let late = basic::Publish::new("", "q");
    let publisher = channel.publisher();
    let late = publisher.basic_publish(late, properties, "late");
    assert!(late.await.is_err());
    has(&log.span("publish"), &failed, &[]);
}

#[tokio::test(start_paused = true)]
async fn a_message_of_a_batch_may_be_made_in_a_span_of_its_own() {
    let log = Log::of(Level::DEBUG);
    let mut made = message("events", "new");
    made.properties.message_id = Some("m-1".into());
    let outer = tracing::info_span!("application");
    let span = outer.in_scope(|| made.span());
    assert!(!span.is_none());
    let span = log.span("create");
    has(
        &span,
        &[
            "otel.name=\"create events:new\"",
            "otel.kind=\"producer\"",
            "messaging.system=\"rabbitmq\"",
            "messaging.operation.name=\"create\"",
            "messaging.operation.type=\"create\"",
            "messaging.destination.name=\"events:new\"",
            "messaging.rabbitmq.destination.routing_key=\"new\"",
            "messaging.message.id=m-1",
            "messaging.message.conversation_id=c-1",
            "messaging.message.body.size=5",
        ],
        &["messaging.batch.message_count"],
    );
    assert!(span.starts_with("application > "), "{span}");
}

#[tokio::test(start_paused = true)]
async fn a_batch_follows_from_the_spans_in_which_its_messages_were_made() {
    let log = Log::of(Level::DEBUG);
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let made = |key| {
        let message = message("events", key);
        let span = message.span();
        message.made_in(span)
    };
    let messages = [made("one"), message("events", "two"), made("three")];
    let _ = confirmed(&channel, &mut server, &messages).await;
    let follows = log.follows();
    let made: Vec<_> = follows
        .iter()
        .map(|(batch, made)| {
            assert!(batch.contains("publish_batch "), "{batch}");
            made
        })
        .collect();
    assert_eq!(made.len(), 2);
    has(
        made[0],
        &["create ", "otel.name=\"create events:one\""],
        &[],
    );
    has(
        made[1],
        &["create ", "otel.name=\"create events:three\""],
        &[],
    );
}

#[tokio::test(start_paused = true)]
async fn without_somebody_who_wants_to_see_them_batches_have_no_spans() {
    let log = Log::of(Level::INFO);
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let messages = [message("events", "new"), message("events", "new")];
    assert!(messages[0].span().is_none());
    let messages = messages.map(|message| {
        let span = message.span();
        message.made_in(span)
    });
    assert!(
        confirmed(&channel, &mut server, &messages)
            .await
            .all_confirmed()
    );
    has(&log.text(), &["amqp_channel"], &["messaging."]);
}
