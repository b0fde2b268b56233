//! The unmodified client and a server that speaks the extension: over TCP and in memory.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what tests share is test code too"
)]

use std::process::Command;

use amqp_methods::{ReplyCode, Timestamp};
use amqp_test_broker::StreamPeer;
use leveret::{Connection, ConnectionParameters, ErrorKind, Methods, OwnedMethod};
use leveret_example_extension::Scheduler;
use leveret_example_extension::ext::connection::{Quota, QuotaOk};
use leveret_example_extension::ext::schedule::{
    Due, Expired, Peek, PeekOk, Properties, Submit, SubmitOk, Withdraw,
};
use leveret_example_extension::ext::{self, AnyMethod};
use tokio::io::duplex;
use tokio::task::JoinHandle;

const LATER: Timestamp = Timestamp::from_secs(u64::MAX);

fn parameters() -> ConnectionParameters {
    ConnectionParameters::new("127.0.0.1").extension(&ext::PROTOCOL)
}

/// A connection in memory, and its server in the background.
async fn in_memory(parameters: &ConnectionParameters) -> (Connection, JoinHandle<()>) {
    let (client, server) = duplex(4096);
    let serving = tokio::spawn(Scheduler::default().serve(StreamPeer::new(server)));
    let connection = Connection::connect_over(client, parameters).await;
    (connection.unwrap(), serving)
}

#[tokio::test]
async fn every_way_works_over_tcp() {
    let (port, serving) = Scheduler::listen().await.unwrap();
    let connection = Connection::connect(parameters().port(port)).await.unwrap();
    every_way_works(&connection).await;
    connection.close().await.unwrap();
    serving.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn every_way_works_in_memory() {
    let (connection, serving) = in_memory(&parameters()).await;
    every_way_works(&connection).await;
    connection.close().await.unwrap();
    serving.await.unwrap();
}

async fn every_way_works(connection: &Connection) {
    assert_eq!(connection.call(Quota).await.unwrap(), QuotaOk::new(100));
    let channel = connection.open_channel().await.unwrap();
    let mut methods = channel.methods();

    // More than one frame, each way.
    let body = vec![7; 300_000];
    let submit = Submit::new("events", "jobs");
    let properties = Properties::default()
        .content_type("application/octet-stream")
        .not_before(LATER);
    let submitting = channel.call_content(submit, properties.clone(), body.clone());
    let (SubmitOk { schedule_id }, none) = submitting.await.unwrap();
    assert!(none.is_none());
    assert_eq!(connection.call(Quota).await.unwrap(), QuotaOk::new(99));

    let peeking = channel.call_for_content(Peek::new(schedule_id));
    let (peeked, content) = peeking.await.unwrap();
    let content = content.unwrap();
    assert_eq!(peeked, PeekOk::new("jobs"));
    assert_eq!(content.header().properties(), Ok(properties));
    assert!(content.body() == body);

    channel.send(Withdraw::new(schedule_id)).unwrap();
    // The next answer on the channel comes behind it.
    let properties = Properties::default().content_type("text/plain");
    for (key, body) in [("jobs", "now"), ("nowhere", "lost")] {
        let submit = Submit::new("", key);
        let submitting = channel.call_content(submit, properties.clone(), body);
        submitting.await.unwrap();
    }
    assert_eq!(connection.call(Quota).await.unwrap(), QuotaOk::new(100));

    let due = next(&mut methods).await;
    assert_eq!(due.decode(), Ok(Due::new(schedule_id + 1)));
    assert!(due.content().is_none());
    let expired = next(&mut methods).await;
    let expected = Expired::new(schedule_id + 2, "NO_ROUTE");
    let any = AnyMethod::from_args(expired.id(), expired.arguments()).unwrap();
    assert_eq!(any.into_owned(), AnyMethod::ScheduleExpired(expected));
    assert_eq!(expired.properties(), Ok(properties));
    assert_eq!(expired.body(), b"lost");
}

async fn next(methods: &mut Methods) -> OwnedMethod {
    methods.next().await.unwrap().unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_does_not_exist_closes_the_channel_alone() {
    let (connection, _serving) = in_memory(&parameters()).await;
    let channel = connection.open_channel().await.unwrap();
    let mut methods = channel.methods();
    let error = channel.call_for_content(Peek::new(5)).await.unwrap_err();
    assert!(error.is_channel());
    assert_eq!(error.reply_code(), Some(ReplyCode::new(404)));
    assert!(methods.next().await.is_none());
    let end = methods.close_error().unwrap();
    assert_eq!(end.to_string(), error.to_string());
    assert_eq!(connection.call(Quota).await.unwrap(), QuotaOk::new(100));
}

#[tokio::test(start_paused = true)]
async fn without_the_description_content_of_the_server_is_not_understood() {
    let undescribed = ConnectionParameters::new("127.0.0.1");
    let (connection, _serving) = in_memory(&undescribed).await;
    let channel = connection.open_channel().await.unwrap();
    // What has none works all the same, content that is sent included.
    let submit = Submit::new("", "jobs");
    let submitting = channel.call_content(submit, Properties::default(), "now");
    submitting.await.unwrap();
    let submit = Submit::new("", "nowhere");
    let submitting = channel.call_content(submit, Properties::default(), "lost");
    submitting.await.unwrap();
    let error = connection.closed().await;
    assert_eq!(error.kind(), ErrorKind::Protocol);
    assert!(error.to_string().contains("has to be described"), "{error}");
}

#[test]
fn the_program_says_what_happened() {
    let program = env!("CARGO_BIN_EXE_leveret-example-extension");
    let output = Command::new(program).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "100 messages may be scheduled\n\
         message 1 is kept\n\
         for jobs: b\"water the plants\"\n\
         message 2 was published\n\
         message 3 came back, NO_ROUTE: \"nowhere\"\n"
    );
}
