//! Tutorial 3, subscribing: a queue of one's own gets a copy of everything. Run several.
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
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    let declare = exchange::Declare::new("burrow.news", "fanout").durable(true);
    channel.call(declare).await?;

    // Without a name, the server finds one; exclusive, the queue goes with this connection.
    let declare = queue::Declare::new("").exclusive(true);
    let queue = channel.call(declare).await?.queue;
    let bind = queue::Bind::new(&queue, "burrow.news", "");
    channel.call(bind).await?;

    // Nobody misses news that were lost, so that they need no acknowledgement: messages have no `ack` then.
    let consume = basic::Consume::new(&queue, "");
    let mut news = channel.consumer(consume).no_ack().start().await?;
    println!("waiting for news");
    for _ in 0..limit {
        let Some(message) = news.next().await else {
            break;
        };
        println!("news: {:?}", String::from_utf8_lossy(message?.body()));
    }
    connection.close().await?;
    Ok(())
}
