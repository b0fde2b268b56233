//! A service that outlives its broker: it connects again whatever has ended its connection, tries jobs that fail several
//! times before they go to the dead letters, and stops in order.
//!
//! `cargo run --example service`, with a RabbitMQ at `AMQP_URL` or on this machine. Publish to the queue `service.jobs`,
//! stop the broker and start it again. Enter stops the service.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::time::{Duration, Instant};

use leveret::amqp_methods::arguments::QueueArguments;
use leveret::amqp_methods::{basic, queue};
use leveret::{Channel, Connection, Disposition, Error, Message};
use tokio::sync::watch::{self, Receiver};

const SHORT: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Error> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let (stop, mut stopped) = watch::channel(false);
    // Where there is no keyboard, `tokio::signal` says so.
    std::thread::spawn(move || {
        let read = std::io::stdin().read_line(&mut String::new());
        let _ = stop.send(read.is_ok_and(|octets| octets > 0));
        std::thread::park(); // if there is no keyboard either, nobody says so
    });

    let mut delay = SHORT;
    loop {
        let begun = Instant::now();
        let Err(error) = session(&url, stopped.clone()).await else {
            return Ok(());
        };
        println!("{error:#}");
        if !error.is_retryable() {
            return Err(error); // a wrong password, or a queue that is there with other arguments
        }
        // Longer each time, until a session has lasted.
        delay = if begun.elapsed() > LONG {
            SHORT
        } else {
            (2 * delay).min(LONG)
        };
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return Ok(()),
        }
    }
}

/// One life of the connection. Everything on it is made anew; what was not acknowledged is delivered again.
async fn session(url: &str, mut stopped: Receiver<bool>) -> Result<(), Error> {
    let connection = Connection::connect(url).await?;
    let channel = connection.open_channel().await?;
    declare(&channel).await?;
    println!("connected to {}", connection.address());

    let consume = basic::Consume::new("service.jobs", "");
    let consumer = channel.consumer(consume).prefetch(16).start().await?;
    let handled = consumer
        .for_each(handle)
        .concurrency(8)
        .stop_when(async move { _ = stopped.wait_for(|stopped| *stopped).await })
        .run()
        .await;
    println!("{handled:?}");
    println!("{:?}", connection.metrics());
    handled.end.result()?;
    connection.shutdown(LONG).await?;
    Ok(())
}

/// RabbitMQ: after so many attempts, a quorum queue sends a message to its dead letters.
async fn declare(channel: &Channel) -> Result<(), Error> {
    let arguments = QueueArguments::quorum()
        .delivery_limit(3)
        .dead_letter_exchange("")
        .dead_letter_routing_key("service.dead");
    let jobs = queue::Declare::new("service.jobs").durable(true);
    channel.call(jobs.arguments(arguments)).await?;
    let dead = queue::Declare::new("service.dead").durable(true);
    channel.call(dead).await?;
    Ok(())
}

/// May take as long as it likes. An error, or a panic, has the job delivered again.
async fn handle(job: Message) -> Result<Disposition, std::io::Error> {
    let Ok(text) = std::str::from_utf8(job.body()) else {
        return Ok(Disposition::Discard); // to the dead letters: no better the next time
    };
    tokio::time::sleep(Duration::from_millis(100)).await;
    println!("done: {text}");
    Ok(Disposition::Ack)
}
