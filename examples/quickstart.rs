//! From nothing to acknowledged messages: declare a queue, publish with confirms, consume, acknowledge.
//!
//! `cargo run --example quickstart`, with a RabbitMQ at `AMQP_URL` or on this machine.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it talks to whoever runs it"
)]

use std::error::Error;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use leveret::amqp_methods::{basic, queue};
use leveret::{Channel, Connection, ErrorKind, UrlParameters};

const MESSAGES: u64 = 10_000;

#[tokio::main]
async fn main() {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    if let Err(error) = run(&url).await {
        eprintln!("quickstart failed: {error}");
        let mut cause = error.source();
        while let Some(error) = cause {
            eprintln!("    because: {error}");
            cause = error.source();
        }
        if let Some(ErrorKind::Io | ErrorKind::Timeout) =
            error.downcast_ref().map(leveret::Error::kind)
        {
            eprintln!("There is no broker. To start a private RabbitMQ and to use it:");
            eprintln!("    export AMQP_URL=$(scripts/rabbitmq start)");
            eprintln!("    cargo run --example quickstart");
        }
        std::process::exit(1);
    }
}

async fn run(url: &str) -> Result<(), Box<dyn Error>> {
    let parameters: UrlParameters = url.parse()?;
    println!("connecting to {parameters}");
    let connection = Connection::connect(parameters).await?;
    let channel = connection.open_channel().await?;

    let declare = queue::Declare::new("").exclusive(true);
    let queue = channel.call(declare).await?.queue.as_str()?.to_owned();
    channel.confirm_select().await?;

    let publishing = publish(&channel, &queue).await?;
    let consuming = consume(&channel, &queue).await?;
    let left = channel
        .call(queue::Purge::new(&*queue))
        .await?
        .message_count;
    connection.close().await?;

    println!("published and confirmed {MESSAGES} messages in {publishing:.2?}");
    println!("consumed and acknowledged {MESSAGES} messages in {consuming:.2?}");
    println!("left in the queue: {left}");
    Ok(())
}

async fn publish(channel: &Channel, queue: &str) -> Result<Duration, Box<dyn Error>> {
    let progress = progress("publishing");
    let begun = Instant::now();
    for number in 0..MESSAGES {
        let properties = basic::Properties::default()
            .content_type("text/plain")
            .delivery_mode(2);
        let body = format!("message {number}");
        channel
            .basic_publish(
                basic::Publish::new("", queue).mandatory(true),
                properties,
                body,
            )
            .await?;
        progress.inc(1);
    }
    let tally = channel.wait_for_confirms().await?;
    progress.finish_and_clear();
    if tally.confirmed != MESSAGES {
        return Err(format!("not every message was confirmed: {tally:?}").into());
    }
    Ok(begun.elapsed())
}

async fn consume(channel: &Channel, queue: &str) -> Result<Duration, Box<dyn Error>> {
    let progress = progress("consuming");
    let begun = Instant::now();
    channel.basic_qos(500).await?;
    let mut consumer = channel
        .basic_consume(basic::Consume::new(queue, "quickstart"))
        .await?;
    for number in 0..MESSAGES {
        let delivery = consumer.next().await.ok_or("the consumer ended early")??;
        if delivery.body() != format!("message {number}").as_bytes() {
            return Err(format!("message {number} is not the next one").into());
        }
        delivery.ack()?;
        progress.inc(1);
    }
    consumer.cancel().await?;
    progress.finish_and_clear();
    Ok(begun.elapsed())
}

fn progress(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg:>12} [{bar:40}] {pos}/{len} messages");
    let progress = ProgressBar::new(MESSAGES).with_message(what);
    style.map_or(progress.clone(), |style| progress.with_style(style))
}
