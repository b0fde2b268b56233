//! What is written for `tracing`, and what never is. A binary of its own: its subscriber sees everything in it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "helpers of tests"
)]

#[path = "tracing/batches.rs"]
mod batches;
#[path = "tracing/log.rs"]
mod log;
#[path = "driver/meet.rs"]
mod meet;

use std::time::Duration;

use amqp_test_broker::{Peer, Stage, StreamPeer};
use leveret::amqp_methods::{basic, channel, connection};
use leveret::{
    Connection, ConnectionParameters, Credentials, Exchange, Mechanism, MechanismError, Token,
};
use tracing::Level;

use log::{Log, Written};
use meet::{
    answered, close_channel, connect, connect_with, connect_with_channel, connect_with_confirms,
    consume, parameters, publish, settle,
};

/// What must not be found in any log, however it is written.
const SECRETS: [&str; 5] = ["s3cr3t", "t0ken", "ch4llenge", "r3sponse", "n3w-secret"];

fn tells_no_secret(log: &Log) {
    let text = log.text();
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in:\n{text}");
        // Nor as octets.
        let octets: Vec<_> = secret.bytes().map(|octet| octet.to_string()).collect();
        assert!(!text.contains(&octets.join(", ")), "{secret} in:\n{text}");
    }
}

async fn log_in_with(parameters: &ConnectionParameters) -> (Connection, meet::Server) {
    connect_with(parameters, 4096).await
}

#[tokio::test(start_paused = true)]
async fn passwords_and_tokens_are_in_no_event_and_no_span() {
    let log = Log::of(Level::TRACE);
    let plain = parameters().credentials(Credentials::plain("app", "s3cr3t"));
    let (first, mut server) = log_in_with(&plain).await;
    let start_ok = server.peer().start_ok().unwrap();
    assert_eq!(start_ok.response.as_bytes(), b"\0app\0s3cr3t");
    let amqplain = parameters().credentials(Credentials::amqplain("app", "s3cr3t"));
    let (second, _server) = log_in_with(&amqplain).await;
    let tokens = parameters()
        .token_provider(|| async { Ok(Token::new("t0ken").expires_in(Duration::from_secs(100))) });
    let (third, mut renewing) = log_in_with(&tokens).await;
    let update: connection::UpdateSecret<'_> = renewing.expect(0).await;
    assert_eq!(update.new_secret.as_bytes(), b"t0ken");
    renewing.send(0, connection::UpdateSecretOk).await;
    let renewed = connection::UpdateSecret::new("n3w-secret", "it is time");
    answered(&mut server, first.call(renewed)).await.unwrap();
    settle().await;
    tracing::debug!(
        ?first,
        ?second,
        ?third,
        ?plain,
        ?amqplain,
        ?tokens,
        "all of it"
    );

    let text = log.text();
    for expected in [
        "connection.start-ok",
        "connection.update-secret",
        "connected",
    ] {
        assert!(text.contains(expected), "{text}");
    }
    tells_no_secret(&log);
}

/// A mechanism with a challenge.
struct Challenged;

impl Mechanism for Challenged {
    fn name(&self) -> &str {
        "CHALLENGED"
    }

    fn begin(&self) -> Box<dyn Exchange> {
        Box::new(Challenged)
    }
}

impl Exchange for Challenged {
    fn start(&mut self) -> Result<Vec<u8>, MechanismError> {
        Ok(b"r3sponse".to_vec())
    }

    fn challenge(&mut self, challenge: &[u8]) -> Result<Vec<u8>, MechanismError> {
        assert_eq!(challenge, b"ch4llenge");
        Ok(b"s3cr3t".to_vec())
    }
}

#[tokio::test(start_paused = true)]
async fn challenges_and_what_answers_them_are_in_no_event_and_no_span() {
    let log = Log::of(Level::TRACE);
    let parameters = parameters().credentials(Credentials::mechanism(Challenged));
    let (client, stream) = tokio::io::duplex(4096);
    let peer = Peer::new().mechanisms("CHALLENGED");
    let mut server = StreamPeer::with_peer(stream, peer);
    let script = async {
        server.handshake_until(Stage::StartOk).await;
        server.send(0, connection::Secure::new("ch4llenge")).await;
        let ok: connection::SecureOk<'_> = server.expect(0).await;
        assert_eq!(ok.response.as_bytes(), b"s3cr3t");
        server.handshake().await;
    };
    let (connected, ()) = tokio::join!(Connection::connect_over(client, &parameters), script);
    tracing::debug!(connection = ?connected.unwrap(), "all of it");
    settle().await;
    assert!(log.text().contains("connection.secure-ok"));
    tells_no_secret(&log);
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_is_told_without_what_was_refused() {
    let log = Log::of(Level::TRACE);
    let parameters = parameters().credentials(Credentials::plain("app", "s3cr3t"));
    let (client, stream) = tokio::io::duplex(4096);
    let mut server = StreamPeer::new(stream);
    let script = async {
        server.handshake_until(Stage::StartOk).await;
        let refusal = connection::Close::new(403, "ACCESS_REFUSED - login", 0, 0);
        server.send(0, refusal).await;
        server.expect::<connection::CloseOk>(0).await;
    };
    let (refused, ()) = tokio::join!(Connection::connect_over(client, &parameters), script);
    let error = refused.unwrap_err();
    tracing::error!(%error, ?error, "refused");
    settle().await;
    tells_no_secret(&log);
    // It is told to the application, which says whether that is worth a warning.
    assert!(log.written().iter().all(|event| event.level != Level::WARN));
}

#[tokio::test(start_paused = true)]
async fn events_stand_in_the_span_of_their_connection_and_their_channel() {
    let log = Log::of(Level::INFO);
    let parameters = parameters()
        .connection_name("billing")
        .virtual_host("orders");
    let (connection, mut server) = connect_with(&parameters, 4096).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    let consumer = consume(&mut server, &channel, "c\u{1b}[2J").await;
    server
        .send(0, connection::Blocked::new("low\nERROR forged"))
        .await;
    let cancel = basic::Cancel::new("c\u{1b}[2J").no_wait(true);
    server.send(1, cancel).await;
    settle().await;

    let written = log.written();
    let blocked = find(&written, "the server holds back publishers");
    assert_eq!(blocked.level, Level::WARN);
    assert!(blocked.spans.contains("amqp_connection"), "{blocked:?}");
    assert!(blocked.spans.contains("billing"), "{blocked:?}");
    assert!(blocked.spans.contains("orders"), "{blocked:?}");
    assert!(!blocked.fields.contains('\n'), "{blocked:?}");
    let cancelled = find(&written, "the server cancelled a consumer");
    assert!(
        cancelled.spans.contains("amqp_channel channel=1"),
        "{cancelled:?}"
    );
    assert!(cancelled.spans.contains("amqp_connection"), "{cancelled:?}");
    assert!(!cancelled.fields.contains('\u{1b}'), "{cancelled:?}");
    drop(consumer);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_connection_is_worth_a_warning_unless_it_was_wanted() {
    let log = Log::of(Level::INFO);
    let (wanted, mut server) = connect().await;
    answered(&mut server, wanted.close()).await.unwrap();
    let (lost, server) = connect().await;
    drop(server);
    lost.closed().await;
    settle().await;
    let levels: Vec<_> = log
        .written()
        .into_iter()
        .filter(|event| event.fields.contains("disconnected"))
        .map(|event| event.level)
        .collect();
    assert_eq!(levels, [Level::INFO, Level::WARN]);
}

#[tokio::test(start_paused = true)]
async fn the_wire_is_written_by_name_and_size_at_trace_only() {
    let log = Log::of(Level::TRACE);
    let (_connection, channel, mut server) = connect_with_channel().await;
    publish(&channel, "a body that is nobody's business")
        .await
        .unwrap();
    server.expect_content(1).await;
    close_channel(&mut server, 404, "no queue").await;
    settle().await;
    let written = log.written();
    let wire: Vec<_> = written
        .iter()
        .filter(|event| event.fields.contains("way="))
        .collect();
    assert!(wire.iter().all(|event| event.level == Level::TRACE));
    for (way, expected) in [
        ("sent", "protocol header"),
        ("received", "connection.start"),
        ("sent", "connection.start-ok"),
        ("sent", "channel.open"),
        ("received", "channel.open-ok"),
        ("sent", "basic.publish"),
        ("sent", "header"),
        ("sent", "body"),
        ("received", "channel.close"),
        ("sent", "channel.close-ok"),
    ] {
        let way = format!("way=\"{way}\"");
        let expected = format!("\"{expected}\"");
        let found = wire
            .iter()
            .any(|event| event.fields.contains(&way) && event.fields.contains(&expected));
        assert!(found, "{way} {expected} in\n{wire:#?}");
    }
    assert!(!log.text().contains("nobody's business"));
}

#[tokio::test(start_paused = true)]
async fn messages_have_spans_with_the_attributes_of_opentelemetry() {
    let log = Log::of(Level::DEBUG);
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let properties = basic::Properties::default()
        .message_id("m-1")
        .correlation_id("c-1");
    let outer = tracing::info_span!("application");
    let publish = basic::Publish::new("events", "order.new");
    let publishing = channel.basic_publish(publish, properties, "hello");
    tracing::Instrument::instrument(publishing, outer)
        .await
        .unwrap();
    let span = log.span("publish");
    for expected in [
        "otel.name=\"publish events:order.new\"",
        "otel.kind=\"client\"",
        "messaging.system=\"rabbitmq\"",
        "messaging.operation.name=\"publish\"",
        "messaging.operation.type=\"send\"",
        "messaging.destination.name=\"events:order.new\"",
        "messaging.rabbitmq.destination.routing_key=\"order.new\"",
        "messaging.message.id=m-1",
        "messaging.message.conversation_id=c-1",
        "messaging.message.body.size=5",
    ] {
        assert!(span.contains(expected), "{expected} in {span}");
    }
    assert!(span.starts_with("application > "), "{span}");

    let mut consumer = consume(&mut server, &channel, "c").await;
    let delivery = consumer.next().await.unwrap().unwrap();
    drop(delivery.span());
    let span = log.span("process");
    for expected in [
        "otel.name=\"process q\"",
        "otel.kind=\"consumer\"",
        "messaging.operation.type=\"process\"",
        "messaging.destination.name=\"q\"",
        "messaging.rabbitmq.message.delivery_tag=1",
        "messaging.message.body.size=10",
        "amqp.consumer_tag=c",
    ] {
        assert!(span.contains(expected), "{expected} in {span}");
    }
}

#[tokio::test(start_paused = true)]
async fn publishers_and_handlers_have_spans_as_well() {
    let log = Log::of(Level::DEBUG);
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let publish = basic::Publish::new("", "from-a-publisher");
    let properties = basic::Properties::default();
    let publisher = channel.publisher();
    publisher
        .basic_publish(publish, properties, "x")
        .await
        .unwrap();
    let span = log.span("publish");
    assert!(
        span.contains("messaging.destination.name=\"from-a-publisher\""),
        "{span}"
    );

    let consumer = consume(&mut server, &channel, "c").await;
    server.send(1, basic::Cancel::new("c").no_wait(true)).await;
    let handled = consumer
        .for_each(|message: leveret::Message| async move {
            let tag = message.delivery_tag();
            tracing::info!(tag, "handled");
            Ok::<_, std::convert::Infallible>(())
        })
        .run()
        .await;
    assert_eq!(handled.acked, 2);
    let written = log.written();
    for tag in 1..=2 {
        let event = find(&written, &format!("handled tag={tag}"));
        let delivered = format!("messaging.rabbitmq.message.delivery_tag={tag}");
        assert!(event.spans.contains(&delivered), "{event:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_somebody_who_wants_to_see_them_messages_have_no_spans() {
    let log = Log::of(Level::INFO);
    let (_connection, channel, mut server) = connect_with_channel().await;
    publish(&channel, "hello").await.unwrap();
    let mut consumer = consume(&mut server, &channel, "c").await;
    let delivery = consumer.next().await.unwrap().unwrap();
    assert!(delivery.span().is_none());
    assert!(!log.text().contains("messaging."), "{}", log.text());
    server.send(1, channel::Flow { active: false }).await;
    settle().await;
    find(&log.written(), "the server changes the flow");
}

/// One that sends logs to the server, for instance. It would wait for ever if anything were written under the lock.
#[tokio::test(start_paused = true)]
async fn a_subscriber_may_use_the_connection_that_it_hears_of() {
    let log = Log::of(Level::TRACE);
    let (connection, channel, mut server) = connect_with_confirms().await;
    log.uses(&connection);
    let second = answered(&mut server, connection.open_channel()).await;
    publish(&channel, "hello").await.unwrap();
    // A batch of none has its span, and waits for nothing.
    let publisher = channel.publisher();
    let none = publisher.basic_publish_batch(&[]).await.unwrap();
    assert!(none.all_confirmed());
    let mut consumer = consume(&mut server, &channel, "c").await;
    let delivery = consumer.next().await.unwrap().unwrap();
    drop(delivery.span());
    server.send(0, connection::Blocked::new("low")).await;
    server.send(0, connection::Unblocked).await;
    server.send(1, channel::Flow { active: true }).await;
    server.send(1, basic::Cancel::new("c").no_wait(true)).await;
    settle().await;
    server.expect_content(1).await;
    drop(second);
    delivery.ack().unwrap();
    settle().await;
    server.send(1, channel::Close::new(406, "no", 0, 0)).await;
    settle().await;
    // Its span is told that it failed.
    publish(&channel, "too late").await.unwrap_err();
    drop((channel, consumer));
    answered(&mut server, connection.close()).await.unwrap();
    settle().await;
    log.lets_go();
    for message in [
        "the server holds back publishers",
        "the server takes publishes again",
        "the server changes the flow",
        "the server cancelled a consumer",
        "channel closed",
        "disconnected",
    ] {
        find(&log.written(), message);
    }
}

#[track_caller]
fn find<'w>(written: &'w [Written], message: &str) -> &'w Written {
    let found = written.iter().find(|event| event.fields.contains(message));
    found.unwrap_or_else(|| panic!("{message} in {written:#?}"))
}

/// Otherwise nobody would notice a password that is wrong for as long as another set will do.
#[tokio::test]
async fn a_set_that_is_ruled_out_is_warned_of() {
    let log = Log::of(Level::WARN);
    let listener = amqp_test_broker::listen().await.unwrap();
    let port = listener.address().port();
    let set = |password| {
        ConnectionParameters::new("127.0.0.1")
            .port(port)
            .credentials(Credentials::plain("app", password))
    };
    let script = async {
        let mut refuses = listener.accept().await.unwrap();
        refuses.handshake_until(Stage::StartOk).await;
        let close = connection::Close::new(403, "ACCESS_REFUSED", 0, 0);
        refuses.send(0, close).await;
        refuses.serve_auto().await;
        let mut accepts = listener.accept().await.unwrap();
        accepts.handshake().await;
        accepts
    };
    let sets = [set("s3cr3t"), set("t0ken")];
    let (connected, _server) = tokio::join!(Connection::connect_any(sets), script);
    connected.unwrap();
    let warned: Vec<_> = log
        .written()
        .into_iter()
        .map(|event| event.fields)
        .collect();
    let [warning] = &*warned else {
        panic!("{warned:?}");
    };
    for part in [
        "not tried again",
        "403 ACCESS_REFUSED",
        "127.0.0.1 port",
        "set=1",
    ] {
        assert!(warning.contains(part), "{part} in {warning}");
    }
    tells_no_secret(&log);
}
