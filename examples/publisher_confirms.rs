//! Publishing within limits, and what becomes of each message: one by one, and in a batch.
//!
//! `cargo run --example publisher_confirms`, with a RabbitMQ at `AMQP_URL` or on this machine.

#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::time::Duration;

use leveret::amqp_methods::{basic, queue};
use leveret::{Connection, Error, Outcome, Outgoing, WhenHeld};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    let declare = queue::Declare::new("").exclusive(true);
    let queue = channel.call(declare).await?.queue;

    channel.confirm_select().await?;
    let publisher = channel
        .publisher()
        .max_in_flight(100)
        .when_held(WhenHeld::WaitAtMost(Duration::from_secs(10)))
        .confirm_timeout(Duration::from_secs(30));
    let properties = basic::Properties::default().delivery_mode(2);

    // One by one. Nothing keeps the next from being published before the receipt is awaited.
    let publish = basic::Publish::new("", queue.reborrow()).mandatory(true);
    let receipt = publisher
        .basic_publish_confirmed(publish.clone(), properties.clone(), "by itself")
        .await?;
    println!("number {}: {:?}", receipt.number(), receipt.await);

    // Many at once, one of which goes nowhere.
    let mut messages: Vec<Outgoing<'_>> = (1..=1000)
        .map(|number| Outgoing::new(publish.clone(), properties.clone(), format!("job {number}")))
        .collect();
    messages[500].publish.routing_key = "nowhere".into();
    let outcomes = publisher.basic_publish_batch(&messages).await?;
    for (index, outcome) in outcomes.unconfirmed() {
        let what = match outcome {
            Outcome::Nacked => "the server could not take it".to_owned(),
            Outcome::Returned(back) => format!("it came back: {:?}", back.reply_text()),
            Outcome::InDoubt(error) => format!("it may have arrived or not: {error}"),
            other => format!("{other:?}"),
        };
        let body = String::from_utf8_lossy(messages[index].body.as_bytes());
        println!("{body}: {what}");
    }
    let failed = outcomes.unconfirmed().count();
    println!(
        "{} of {} confirmed",
        messages.len() - failed,
        messages.len()
    );
    connection.close().await
}
