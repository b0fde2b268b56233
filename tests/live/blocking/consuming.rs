//! Consumers as iterators.

use std::sync::mpsc;
use std::time::Duration;

use leveret::amqp_methods::{basic, queue};
use leveret::{ConsumerEnd, Delivery, ErrorKind, Next};

use super::{body, code, consume, fill, get, open, own_queue, publish};
use crate::broker::unique;

#[test]
fn a_prefetch_of_one_is_one_at_a_time() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    fill(&channel, &queue, &["1", "2"]);
    channel.basic_qos(1).unwrap();
    let mut consumer = consume(&channel, &queue);
    let first = consumer.next().unwrap().unwrap();
    // The server handles one channel in order: the second would be here.
    channel.basic_qos(1).unwrap();
    let none = consumer.next_within(Duration::ZERO).unwrap();
    assert!(matches!(none, Next::Idle));
    first.ack().unwrap();
    let second = consumer.next().unwrap().unwrap();
    assert_eq!(body(&second), "2");
    second.ack().unwrap();
    // The end of the queue is the end of the consumer.
    channel.call(queue::Delete::new(&queue)).unwrap();
    let ended = consumer.next().unwrap().unwrap_err();
    assert_eq!(ended.kind(), ErrorKind::ConsumerCancelled);
    assert!(matches!(
        consumer.end(),
        Some(ConsumerEnd::CancelledByServer)
    ));
    // Too late to cancel it, and no error.
    consumer.stop().unwrap();
    assert!(consumer.next().is_none());
    connection.close().unwrap();
}

#[test]
fn deliveries_are_settled_on_another_thread() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    channel.basic_qos(1).unwrap();
    let mut consumer = consume(&channel, &queue);
    let (hand, handed) = mpsc::channel::<Delivery>();
    let other = std::thread::spawn(move || handed.into_iter().try_for_each(Delivery::ack));
    fill(&channel, &queue, &["1", "2", "3", "4"]);
    for expected in ["1", "2", "3", "4"] {
        let delivery = consumer.next().unwrap().unwrap();
        assert_eq!(body(&delivery), expected);
        hand.send(delivery).unwrap();
    }
    drop(hand);
    other.join().unwrap().unwrap();
    connection.close().unwrap();
}

#[test]
fn two_consumers_of_one_channel_have_their_own_messages() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queues = [own_queue(&channel), own_queue(&channel)];
    let mut consumers = queues.each_ref().map(|queue| consume(&channel, queue));
    for round in 0..10 {
        for queue in &queues {
            publish(&channel, "", queue, &format!("{queue} {round}"));
        }
    }
    for (queue, consumer) in queues.iter().zip(&mut consumers) {
        for round in 0..10 {
            let delivery = consumer.next().unwrap().unwrap();
            assert_eq!(body(&delivery), format!("{queue} {round}"));
        }
    }
    connection.close().unwrap();
}

#[test]
fn what_came_is_published_again_from_within_the_loop() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queues = [own_queue(&channel), own_queue(&channel)];
    fill(&channel, &queues[0], &["1", "2", "3"]);
    let mut consumer = consume(&channel, &queues[0]);
    for delivery in consumer.by_ref().take(3) {
        let delivery = delivery.unwrap();
        publish(&channel, "", &queues[1], body(&delivery));
        channel.wait_for_confirms().unwrap();
        delivery.ack().unwrap();
    }
    drop(consumer);
    assert_eq!(get(&channel, &queues[1]).unwrap().message_count(), Some(2));
    connection.close().unwrap();
}

#[test]
fn quiet_times_are_told_and_the_consumer_goes_on() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    let mut consumer = consume(&channel, &queue);
    let mut quiet = 0;
    for item in consumer.inactivity_timeout(Duration::from_millis(20)) {
        match item.unwrap() {
            None if quiet == 0 => {
                quiet += 1;
                publish(&channel, "", &queue, "at last");
            }
            None => quiet += 1,
            Some(delivery) => {
                assert_eq!(body(&delivery), "at last");
                break;
            }
        }
    }
    assert!(quiet >= 1);
    consumer.stop().unwrap();
    let rest: Vec<_> = consumer.inactivity_timeout(Duration::MAX).collect();
    assert!(rest.is_empty());
    connection.close().unwrap();
}

/// Pika promises a number here that is always zero, and requeues before it cancels.
#[test]
fn what_nobody_saw_can_be_read_after_the_cancel_or_goes_back() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    fill(&channel, &queue, &["1", "2"]);
    let mut consumer = consume(&channel, &queue);
    consumer.stop().unwrap();
    let pending: Vec<_> = consumer.map(Result::unwrap).collect();
    let bodies: Vec<_> = pending.iter().map(body).collect();
    assert_eq!(bodies, ["1", "2"]);
    for delivery in pending {
        delivery.ack().unwrap();
    }

    fill(&channel, &queue, &["3", "4"]);
    let mut consumer = consume(&channel, &queue);
    assert!(consumer.cancel().unwrap() <= 2);
    drop(consumer);
    let restored = get(&channel, &queue).unwrap();
    assert_eq!((body(&restored), restored.message_count()), ("3", Some(1)));
    connection.close().unwrap();
}

#[test]
fn the_channel_and_the_connection_may_be_closed_from_within_the_loop() {
    let Some((connection, first)) = open() else {
        return;
    };
    let second = connection.open_channel().unwrap();
    let queue = own_queue(&first);
    fill(&first, &queue, &["1", "2"]);
    let mut consumer = consume(&second, &queue);
    let mut ends = Vec::new();
    for delivery in consumer.by_ref() {
        match delivery {
            Ok(_) if second.close_error().is_none() => second.close().unwrap(),
            Ok(_) => {}
            Err(error) => ends.push(error.kind()),
        }
    }
    assert_eq!(ends, [ErrorKind::ChannelClosed]);
    let mut consumer = consume(&first, &queue);
    let mut ends = Vec::new();
    for delivery in consumer.by_ref() {
        match delivery {
            Ok(_) if connection.close_error().is_none() => connection.close().unwrap(),
            Ok(_) => {}
            Err(error) => ends.push(error.kind()),
        }
    }
    assert_eq!(ends, [ErrorKind::ConnectionClosed]);
}

#[test]
fn a_failure_of_the_channel_ends_its_consumers_with_the_reason() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let missing = unique("missing");
    let consumed = channel.basic_consume(basic::Consume::new(&missing, ""));
    assert_eq!(code(consumed), 404);
    let channel = connection.open_channel().unwrap();
    let queue = own_queue(&channel);
    let mut consumer = consume(&channel, &queue);
    publish(&channel, &missing, "", "nowhere");
    assert_eq!(code(consumer.next().unwrap()), 404);
    assert!(consumer.next().is_none());
    connection.close().unwrap();
}
