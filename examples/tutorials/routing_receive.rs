//! Tutorial 4, receiving: only messages with the keys that are the arguments.
//!
//! Ends after `MESSAGES` messages, if that is set.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::error::Error;

use leveret::Connection;
use leveret::amqp_methods::{basic, exchange, queue};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let limit = std::env::var("MESSAGES").map_or(Ok(usize::MAX), |count| count.parse())?;
    let mut keys: Vec<String> = std::env::args().skip(1).collect();
    if keys.is_empty() {
        keys = vec!["warning".into(), "danger".into()];
    }
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    let declare = exchange::Declare::new("burrow.alarms", "direct").durable(true);
    channel.call(declare).await?;
    let declare = queue::Declare::new("").exclusive(true);
    let queue = channel.call(declare).await?.queue;
    // One binding for each key.
    for key in &keys {
        let bind = queue::Bind::new(&queue, "burrow.alarms", key);
        channel.call(bind).await?;
    }

    let consume = basic::Consume::new(&queue, "");
    let mut alarms = channel.consumer(consume).no_ack().start().await?;
    println!("waiting for {}", keys.join(", "));
    for _ in 0..limit {
        let Some(message) = alarms.next().await else {
            break;
        };
        let message = message?;
        let text = String::from_utf8_lossy(message.body());
        println!("{}: {text:?}", message.routing_key());
    }
    connection.close().await?;
    Ok(())
}
