//! The blocking client: what pika's acceptance tests ask of its own, as far as both have the same idea.

use leveret::amqp_methods::{basic, queue};
use leveret::blocking::{Channel, Connection, Consumer};
use leveret::{Delivery, Error};

use crate::broker::broker;

mod acceptance;
mod callbacks;
mod consuming;
mod ending;
mod kinds;
mod messages;
mod publishing;
mod topology;
mod transactions;

/// A connection with a channel; none where there is no broker.
fn open() -> Option<(Connection, Channel)> {
    let connection = Connection::connect(broker()?).unwrap();
    let channel = connection.open_channel().unwrap();
    Some((connection, channel))
}

/// A queue that goes with its connection.
fn own_queue(channel: &Channel) -> String {
    let declare = queue::Declare::new("").exclusive(true);
    channel.call(declare).unwrap().queue.to_string()
}

fn publish(channel: &Channel, exchange: &str, key: &str, body: &str) {
    let publish = basic::Publish::new(exchange, key);
    let published = channel.basic_publish(publish, basic::Properties::default(), body);
    published.unwrap();
}

/// Publishes to a queue and waits until the messages are there. The channel is in confirm mode from then on.
fn fill(channel: &Channel, queue: &str, bodies: &[&str]) {
    channel.confirm_select().unwrap();
    for body in bodies {
        publish(channel, "", queue, body);
    }
    let tally = channel.wait_for_confirms().unwrap();
    assert_eq!(tally.confirmed, bodies.len() as u64);
}

/// Fetches one message, not settled.
fn get(channel: &Channel, queue: &str) -> Option<Delivery> {
    channel.basic_get(basic::Get::new(queue)).unwrap()
}

fn consume(channel: &Channel, queue: &str) -> Consumer {
    channel
        .basic_consume(basic::Consume::new(queue, ""))
        .unwrap()
}

fn body(delivery: &Delivery) -> &str {
    str::from_utf8(delivery.body()).unwrap()
}

/// The code with which a channel or connection was closed.
#[track_caller]
fn code<T>(result: Result<T, Error>) -> u16 {
    let error = result.err().unwrap();
    let code = error.reply_code();
    code.unwrap_or_else(|| panic!("{error}")).get()
}
