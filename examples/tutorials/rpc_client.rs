//! Tutorial 6, asking: each argument is a number to ask for. The requests go out together; the answers may come in any
//! order.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use leveret::amqp_methods::basic;
use leveret::{Connection, Next};

/// What RabbitMQ gives every client for answers: no queue to declare, none to forget.
const REPLY_TO: &str = "amq.rabbitmq.reply-to";
const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let mut numbers: Vec<String> = std::env::args().skip(1).collect();
    if numbers.is_empty() {
        numbers = ["1", "10", "90"].map(str::to_owned).into();
    }
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    // Before the first request, and on the same channel: the server wants it so.
    let consume = basic::Consume::new(REPLY_TO, "");
    let mut answers = channel.consumer(consume).no_ack().start().await?;

    let mut waiting = HashMap::new();
    for (id, number) in numbers.iter().enumerate() {
        let publish = basic::Publish::new("", "fibonacci");
        let properties = basic::Properties::default()
            .reply_to(REPLY_TO)
            .correlation_id(id.to_string());
        channel
            .basic_publish(publish, properties, number.as_str())
            .await?;
        waiting.insert(id.to_string(), number);
    }
    while !waiting.is_empty() {
        let Next::Delivery(answer) = answers.next_within(PATIENCE).await? else {
            return Err(format!("nobody has answered {waiting:?}").into());
        };
        let id = answer.properties().correlation_id;
        let id = id.as_ref().and_then(|id| id.as_str().ok());
        // What belongs to nothing that we have asked is not for us.
        if let Some(number) = id.and_then(|id| waiting.remove(id)) {
            let text = String::from_utf8_lossy(answer.body());
            println!("fibonacci({number}) = {text}");
        }
    }
    connection.close().await?;
    Ok(())
}
