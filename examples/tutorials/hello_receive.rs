//! Tutorial 1, receiving: what comes into a queue is printed, and acknowledged.
//!
//! Ends after `MESSAGES` messages, if that is set.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::error::Error;

use leveret::Connection;
use leveret::amqp_methods::{basic, queue};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let limit = std::env::var("MESSAGES").map_or(Ok(usize::MAX), |count| count.parse())?;
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    let declare = queue::Declare::new("hello").durable(true);
    channel.call(declare).await?;

    let consume = basic::Consume::new("hello", "");
    let mut consumer = channel.basic_consume(consume).await?;
    println!("waiting for messages");
    for _ in 0..limit {
        // None is the end that we asked for. Any other end is an error, with its reason.
        let Some(delivery) = consumer.next().await else {
            break;
        };
        let delivery = delivery?;
        println!("received {:?}", String::from_utf8_lossy(delivery.body()));
        delivery.ack()?;
    }
    connection.close().await?;
    Ok(())
}
