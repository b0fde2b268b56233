//! Tutorial 2, working: one task at a time, acknowledged when it is done. Run several.
//!
//! A worker that dies in the middle of a task leaves it to another one. Ends after `MESSAGES` tasks, if that is set.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::error::Error;
use std::time::Duration;

use leveret::Connection;
use leveret::amqp_methods::arguments::QueueArguments;
use leveret::amqp_methods::{basic, queue};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let limit = std::env::var("MESSAGES").map_or(Ok(usize::MAX), |count| count.parse())?;
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    let arguments = QueueArguments::quorum().delivery_limit(5);
    let declare = queue::Declare::new("tasks").durable(true);
    channel.call(declare.arguments(arguments)).await?;

    // Without it, the first worker would be given everything that waits.
    let consume = basic::Consume::new("tasks", "");
    let mut tasks = channel.consumer(consume).prefetch(1).start().await?;
    println!("waiting for tasks");
    for _ in 0..limit {
        let Some(delivery) = tasks.next().await else {
            break;
        };
        // Given back if we fail or panic before it is done.
        let task = delivery?.settle_on_drop();
        work(&String::from_utf8_lossy(task.body())).await;
        task.ack()?;
    }
    connection.close().await?;
    Ok(())
}

async fn work(task: &str) {
    println!("begun {task:?}");
    let dots = task.matches('.').count();
    for _ in 0..dots {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    println!("done {task:?}");
}
