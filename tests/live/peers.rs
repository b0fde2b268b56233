//! Other people's clients on the other side: pika, and rabbitmq-c by its command-line tools.

use std::process::Command;

use leveret::Outcome;
use leveret::amqp_methods::{Decimal, FieldArray, FieldTable, Timestamp, Value, basic, queue};

use crate::broker::{get, open, unique};

/// Runs a program of a peer; none where it is not installed, which only `scripts/test` insists on.
async fn run(program: &'static str, arguments: Vec<String>) -> Option<String> {
    let output = tokio::task::spawn_blocking(move || {
        Command::new(program)
            .args(arguments)
            .env_remove("PYTHONPATH")
            .output()
    });
    let output = match output.await.unwrap() {
        Ok(output) => output,
        Err(error) => {
            assert!(
                std::env::var("LEVERET_REQUIRE_BROKER").as_deref() != Ok("1"),
                "{program}: {error}"
            );
            return None;
        }
    };
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {complaint}");
    Some(String::from_utf8(output.stdout).unwrap())
}

fn url() -> String {
    std::env::var("AMQP_URL").unwrap()
}

#[tokio::test]
async fn pika_reads_what_we_write_and_we_read_what_it_writes() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let (there, back) = (unique("to-pika"), unique("from-pika"));
    for queue in [&there, &back] {
        channel.call(queue::Declare::new(queue)).await.unwrap();
    }
    let inner = [("k", Value::from("v")), ("n", Value::Void)];
    let elements = [Value::from(1), Value::from(true), Value::from("x")];
    // Of the integers only those types that pika itself writes.
    let headers = [
        ("text", Value::from("text")),
        ("int", Value::from(-5)),
        ("long", Value::from(1_i64 << 40)),
        ("flag", Value::from(true)),
        ("price", Value::Decimal(Decimal::new(2, 1999))),
        ("time", Value::from(Timestamp::from_secs(1_700_000_000))),
        ("table", Value::from(FieldTable::from(&inner))),
        ("array", Value::from(FieldArray::from(&elements))),
        ("octets", Value::from(&[0, 255][..])),
        ("nothing", Value::Void),
    ];
    let sent = basic::Properties::default()
        .content_type("text/plain")
        .content_encoding("utf-8")
        .headers(&headers)
        .delivery_mode(2)
        .priority(3)
        .correlation_id("correlation")
        .reply_to("reply")
        .expiration("60000")
        .message_id("message")
        .timestamp(Timestamp::from_secs(1))
        .r#type("type")
        .user_id("guest")
        .app_id("app");
    channel.confirm_select().await.unwrap();
    let publish = basic::Publish::new("", &*there);
    let receipt = channel.basic_publish_confirmed(publish, sent.clone(), "around the world");
    assert!(matches!(receipt.await.unwrap().await, Outcome::Confirmed));

    let script = format!("{}/tests/live/echo.py", env!("CARGO_MANIFEST_DIR"));
    let arguments = vec![script, url(), there.clone(), back.clone()];
    if run("/usr/bin/python3", arguments).await.is_some() {
        let delivery = get(&channel, &back).await.unwrap();
        assert_eq!(delivery.body(), b"around the world");
        assert_eq!(delivery.properties(), sent);
    }
    for queue in [&there, &back] {
        channel.call(queue::Delete::new(queue)).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[tokio::test]
async fn rabbitmq_c_reads_what_we_write_and_we_read_what_it_writes() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = unique("rabbitmq-c");
    channel.call(queue::Declare::new(&queue)).await.unwrap();
    let with = |more: &[&str]| {
        let own = [format!("--url={}", url())];
        own.into_iter()
            .chain(more.iter().map(|&text| text.to_owned()))
            .collect::<Vec<_>>()
    };
    let theirs = with(&[
        "--routing-key",
        &queue,
        "--body",
        "from C",
        "--content-type",
        "text/c",
    ]);
    if run("amqp-publish", theirs).await.is_some() {
        let delivery = get(&channel, &queue).await.unwrap();
        assert_eq!(delivery.body(), b"from C");
        assert_eq!(delivery.properties().content_type, Some("text/c".into()));

        channel.confirm_select().await.unwrap();
        let publish = basic::Publish::new("", &*queue);
        let properties = basic::Properties::default();
        channel
            .basic_publish(publish, properties, "to C")
            .await
            .unwrap();
        channel.wait_for_confirms().await.unwrap();
        let ours = run("amqp-get", with(&["--queue", &queue])).await;
        assert_eq!(ours.as_deref(), Some("to C"));
    }
    channel.call(queue::Delete::new(&queue)).await.unwrap();
    connection.close().await.unwrap();
}
