//! Consumers that are dropped in the middle of what they do, while the queue delivers.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use leveret::Channel;
use leveret::amqp_methods::{basic, queue};

use crate::broker::{open, own_queue, publish};

const ROUNDS: usize = 50;

/// A queue that always has more to deliver.
async fn busy_queue(channel: &Channel) -> String {
    let queue = own_queue(channel).await;
    for number in 0..200 {
        publish(channel, "", &queue, &number.to_string()).await;
    }
    queue
}

/// Begins something, and drops it.
fn begin(future: impl Future) {
    let _ = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
}

/// RabbitMQ: answers the second `basic.cancel` at once, in front of what the queue had sent.
#[tokio::test]
async fn a_cancel_that_is_dropped_with_its_consumer_costs_nothing_else() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = busy_queue(&channel).await;
    for _ in 0..ROUNDS {
        let consume = basic::Consume::new(&*queue, "");
        let consumer = channel.consumer(consume).prefetch(1).start();
        let mut consumer = consumer.await.unwrap();
        // The queue delivers for it, before it hears of the cancel.
        consumer.next().await.unwrap().unwrap().ack().unwrap();
        begin(consumer.cancel());
    }
    channel.call(queue::Purge::new(&*queue)).await.unwrap();
    connection.close().await.unwrap();
}

/// RabbitMQ: keeps back `consume-ok` once it has read `channel.close`, and goes on to deliver.
#[tokio::test]
async fn a_channel_that_is_dropped_while_a_consumer_starts_costs_nothing_else() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = busy_queue(&channel).await;
    for _ in 0..ROUNDS {
        let other = connection.open_channel().await.unwrap();
        begin(other.basic_consume(basic::Consume::new(&*queue, "")));
    }
    channel.call(queue::Purge::new(&*queue)).await.unwrap();
    connection.close().await.unwrap();
}
