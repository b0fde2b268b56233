//! Tutorial 6, serving: numbers come in, and Fibonacci numbers go back to where each request says.
//!
//! Ends after `MESSAGES` requests, if that is set.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::error::Error;

use leveret::amqp_methods::{basic, queue};
use leveret::{Channel, Connection, Delivery};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let limit = std::env::var("MESSAGES").map_or(Ok(usize::MAX), |count| count.parse())?;
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    let declare = queue::Declare::new("fibonacci").durable(true);
    channel.call(declare).await?;

    let consume = basic::Consume::new("fibonacci", "");
    let mut requests = channel.consumer(consume).prefetch(10).start().await?;
    println!("waiting for requests");
    for _ in 0..limit {
        let Some(request) = requests.next().await else {
            break;
        };
        answer(&channel, request?).await?;
    }
    connection.close().await?;
    Ok(())
}

async fn answer(channel: &Channel, request: Delivery) -> Result<(), leveret::Error> {
    let properties = request.properties();
    let (Some(reply_to), Some(id)) = (properties.reply_to, properties.correlation_id) else {
        // Nobody waits for the answer, and it would be no better the next time.
        return request.reject(false);
    };
    let text = String::from_utf8_lossy(request.body());
    let answer = match text.parse() {
        Ok(number) => fibonacci(number).map_or("too large".to_owned(), |n| n.to_string()),
        Err(_) => "that is no number".to_owned(),
    };
    println!("{text} -> {answer}");
    let publish = basic::Publish::new("", reply_to);
    let properties = basic::Properties::default().correlation_id(id);
    channel.basic_publish(publish, properties, answer).await?;
    // Only now: who dies before has the request answered by another server.
    request.ack()
}

fn fibonacci(number: u32) -> Option<u64> {
    let (mut this, mut next) = (0_u64, 1_u64);
    for _ in 0..number.min(100) {
        (this, next) = (next, this.checked_add(next)?);
    }
    Some(this)
}
