//! Tutorial 5, receiving: messages whose keys fit one of the patterns that are the arguments.
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
    let mut patterns: Vec<String> = std::env::args().skip(1).collect();
    if patterns.is_empty() {
        patterns = vec!["fox.*.near".into(), "hawk.#".into()];
    }
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    let declare = exchange::Declare::new("burrow.sightings", "topic").durable(true);
    channel.call(declare).await?;
    let declare = queue::Declare::new("").exclusive(true);
    let queue = channel.call(declare).await?.queue;
    // One binding for each pattern. A message that fits several of them comes once.
    for pattern in &patterns {
        let bind = queue::Bind::new(&queue, "burrow.sightings", pattern);
        channel.call(bind).await?;
    }

    let consume = basic::Consume::new(&queue, "");
    let mut sightings = channel.consumer(consume).no_ack().start().await?;
    println!("waiting for {}", patterns.join(", "));
    for _ in 0..limit {
        let Some(message) = sightings.next().await else {
            break;
        };
        let message = message?;
        let text = String::from_utf8_lossy(message.body());
        println!("{}: {text:?}", message.routing_key());
    }
    connection.close().await?;
    Ok(())
}
