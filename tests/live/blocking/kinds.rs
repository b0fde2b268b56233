//! Consumers of other kinds: without acknowledgements, with bodies that are read while they come.

use std::io::Read as _;

use leveret::Message;
use leveret::amqp_methods::{basic, queue};
use leveret::blocking::{Consumer, Received};

use super::{body, fill, get, open, own_queue, publish};

/// Waits until so many deliveries have come. RabbitMQ: an answer of the queue's may come before what it has delivered,
/// because the channel waits for the one and looks at the other behind that.
fn until_waiting<T: Received>(consumer: &Consumer<T>, count: usize) {
    while consumer.waiting() < count {
        std::thread::yield_now();
    }
}

/// Pika gives these back from `basic_cancel`, because nobody else has them any more.
#[test]
fn without_acknowledgements_a_cancel_gives_what_is_pending() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    fill(&channel, &queue, &["1", "2", "3"]);
    let consume = basic::Consume::new(&queue, "");
    let mut consumer = channel.consumer(consume).no_ack().start().unwrap();
    until_waiting(&consumer, 3);
    let declare = queue::Declare::new(&queue).passive(true);
    assert_eq!(channel.call(declare).unwrap().message_count, 0);
    assert_eq!(consumer.waiting(), 3);
    let first = consumer.next().unwrap().unwrap();
    assert_eq!(first.body(), b"1");
    let pending = consumer.cancel().unwrap();
    let bodies: Vec<_> = pending.iter().map(Message::body).collect();
    assert_eq!(bodies, [b"2", b"3"]);
    assert!(consumer.next().is_none());

    publish(&channel, "", &queue, "4");
    channel.wait_for_confirms().unwrap();
    // Of all that was consumed nothing comes again, not even by the end of the channel.
    channel.close().unwrap();
    let channel = connection.open_channel().unwrap();
    let left = get(&channel, &queue).unwrap();
    assert_eq!((body(&left), left.message_count()), ("4", Some(0)));
    connection.close().unwrap();
}

#[test]
fn a_prefetch_count_is_that_of_the_consumer() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    fill(&channel, &queue, &["1", "2", "3"]);
    let consume = basic::Consume::new(&queue, "");
    let mut consumer = channel.consumer(consume).prefetch(2).start().unwrap();
    until_waiting(&consumer, 2);
    let declare = queue::Declare::new(&queue).passive(true);
    assert_eq!(channel.call(declare).unwrap().message_count, 1);
    assert_eq!(consumer.waiting(), 2);
    for expected in ["1", "2", "3"] {
        let delivery = consumer.next().unwrap().unwrap();
        assert_eq!(body(&delivery), expected);
        delivery.ack().unwrap();
    }
    connection.close().unwrap();
}

#[test]
fn a_large_body_is_read_like_a_file() {
    const SIZE: usize = 3_000_000;
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    let large: Vec<_> = (0..SIZE).map(|index| (index % 251) as u8).collect();
    let properties = basic::Properties::default();
    channel
        .basic_publish(basic::Publish::new("", &queue), properties, &large)
        .unwrap();
    fill(&channel, &queue, &["small"]);
    let consume = basic::Consume::new(&queue, "");
    let consumer = channel.consumer(consume).prefetch(1);
    let mut consumer = consumer.stream_bodies(100_000).start().unwrap();
    let mut delivery = consumer.next().unwrap().unwrap();
    assert_eq!(delivery.body_size(), SIZE as u64);
    let mut octets = vec![0; 1000];
    delivery.body().read_exact(&mut octets).unwrap();
    delivery.body().read_to_end(&mut octets).unwrap();
    assert!(octets == large);
    delivery.ack().unwrap();
    let mut small = consumer.next().unwrap().unwrap();
    let pieces: Vec<_> = small.body().pieces().map(Result::unwrap).collect();
    assert_eq!(pieces, ["small"]);
    small.ack().unwrap();
    connection.close().unwrap();
}

#[test]
fn a_queue_is_fetched_empty_and_acknowledged_at_once() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    channel.coalesce_acks(10, std::time::Duration::MAX).unwrap();
    fill(&channel, &queue, &["1", "2", "3"]);
    let mut fetch = channel.fetch(basic::Get::new(&queue));
    let kept: Vec<_> = fetch.by_ref().map(Result::unwrap).collect();
    assert_eq!(kept.iter().map(body).collect::<Vec<_>>(), ["1", "2", "3"]);
    for delivery in kept {
        delivery.ack().unwrap();
    }
    channel.flush_acks();
    // The server has seen them when it has answered this; nothing comes again.
    channel
        .call(basic::Recover::default().requeue(true))
        .unwrap();
    assert!(fetch.next().is_none());
    connection.close().unwrap();
}
