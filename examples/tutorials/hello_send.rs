//! Tutorial 1, sending: one message into a queue, and the word of the server that it has it.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::error::Error;

use leveret::amqp_methods::{basic, queue};
use leveret::{Connection, Outcome};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    // Both sides declare the queue, because either may be the first. If it is there already, nothing happens.
    let declare = queue::Declare::new("hello").durable(true);
    channel.call(declare).await?;

    channel.confirm_select().await?;
    // The exchange with the empty name routes to the queue that is called like the key.
    let publish = basic::Publish::new("", "hello").mandatory(true);
    let properties = basic::Properties::default().delivery_mode(2);
    let receipt = channel
        .basic_publish_confirmed(publish, properties, "hello, burrow")
        .await?;
    match receipt.await {
        Outcome::Confirmed => println!("sent"),
        other => return Err(format!("not sent: {other:?}").into()),
    }
    connection.close().await?;
    Ok(())
}
