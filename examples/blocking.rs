//! The blocking client: one thread publishes, one consumes, and a third acknowledges. No runtime in sight.
//!
//! `cargo run --example blocking`, with a RabbitMQ at `AMQP_URL` or on this machine.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::sync::mpsc;
use std::time::Duration;

use leveret::amqp_methods::{basic, queue};
use leveret::blocking::{Channel, Connection};
use leveret::{Delivery, Error};

const MESSAGES: u64 = 1000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let connection = Connection::connect(url)?;
    let channel = connection.open_channel()?;
    let declare = queue::Declare::new("").exclusive(true);
    let queue = channel.call(declare)?.queue.to_string();

    let (hand, handed) = mpsc::channel::<Delivery>();
    let published = std::thread::spawn({
        let (channel, queue) = (connection.open_channel()?, queue.clone());
        move || publish(&channel, &queue)
    });
    // A delivery is settled wherever it is, while the consumer waits for the next one.
    let settled = std::thread::spawn(move || handed.into_iter().try_for_each(Delivery::ack));

    channel.basic_qos(100)?;
    let mut consumer = channel.basic_consume(basic::Consume::new(&*queue, ""))?;
    let mut consumed = 0;
    for delivery in consumer.inactivity_timeout(Duration::from_secs(10)) {
        let delivery = delivery?.ok_or("nothing came for ten seconds")?;
        hand.send(delivery)?;
        consumed += 1;
        if consumed == MESSAGES {
            break;
        }
    }
    consumer.cancel()?;
    drop(hand);
    settled.join().map_err(|_| "acknowledging panicked")??;
    let confirmed = published.join().map_err(|_| "publishing panicked")??;
    let left = channel.call(queue::Purge::new(&*queue))?.message_count;
    connection.close()?;

    println!("published and confirmed {confirmed}, consumed {consumed}, left {left}");
    match (confirmed, consumed, left) {
        (MESSAGES, MESSAGES, 0) => Ok(()),
        _ => Err("that is not what was to be".into()),
    }
}

fn publish(channel: &Channel, queue: &str) -> Result<u64, Error> {
    channel.confirm_select()?;
    for number in 0..MESSAGES {
        let publish = basic::Publish::new("", queue);
        let properties = basic::Properties::default().delivery_mode(2);
        channel.basic_publish(publish, properties, format!("message {number}"))?;
    }
    Ok(channel.wait_for_confirms()?.confirmed)
}
