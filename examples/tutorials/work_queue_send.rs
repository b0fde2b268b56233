//! Tutorial 2, handing out work: each argument is a task, and each of its dots makes it take longer.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::error::Error;

use leveret::amqp_methods::arguments::QueueArguments;
use leveret::amqp_methods::{basic, queue};
use leveret::{Connection, Outgoing};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let mut tasks: Vec<String> = std::env::args().skip(1).collect();
    if tasks.is_empty() {
        tasks = ["dig.", "dig..", "line the nest...", "look out"]
            .map(str::to_owned)
            .into();
    }
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    // A task that five workers have given back is not given to a sixth.
    let arguments = QueueArguments::quorum().delivery_limit(5);
    let declare = queue::Declare::new("tasks").durable(true);
    channel.call(declare.arguments(arguments)).await?;

    channel.confirm_select().await?;
    let properties = basic::Properties::default().delivery_mode(2);
    let publish = basic::Publish::new("", "tasks").mandatory(true);
    let messages: Vec<_> = tasks
        .iter()
        .map(|task| Outgoing::new(publish.clone(), properties.clone(), task.as_str()))
        .collect();
    let outcomes = channel.publisher().basic_publish_batch(&messages).await?;
    for (index, outcome) in outcomes.unconfirmed() {
        println!("{}: {outcome:?}", tasks[index]);
    }
    if !outcomes.all_confirmed() {
        return Err("not every task is in the queue".into());
    }
    println!("{} tasks are in the queue", tasks.len());
    connection.close().await?;
    Ok(())
}
