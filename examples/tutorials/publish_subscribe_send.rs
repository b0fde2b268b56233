//! Tutorial 3, publishing: a message for whoever listens at this moment.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::error::Error;

use leveret::Connection;
use leveret::amqp_methods::{basic, exchange};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let text = std::env::args().nth(1).unwrap_or("a fox was seen".into());
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    // A fanout exchange gives a copy to every queue that is bound to it, whatever the key.
    let declare = exchange::Declare::new("burrow.news", "fanout").durable(true);
    channel.call(declare).await?;

    channel.confirm_select().await?;
    // Not mandatory: if nobody listens, then nobody needs to know.
    let publish = basic::Publish::new("burrow.news", "");
    channel
        .basic_publish(publish, basic::Properties::default(), text.as_str())
        .await?;
    let tally = channel.wait_for_confirms().await?;
    println!("published {text:?}, confirmed: {}", tally.confirmed);
    connection.close().await?;
    Ok(())
}
