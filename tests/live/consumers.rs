//! Consumers as users of pika know them: what its acceptance tests ask for, by names close to theirs.

use std::time::Duration;

use leveret::amqp_methods::{basic, channel, queue};
use leveret::{Channel, Connection, Consumer, ConsumerEnd, ErrorKind, Next};

use crate::broker::{get, open, own_queue, publish, unique};

async fn consume(channel: &Channel, queue: &str) -> Consumer {
    let consume = basic::Consume::new(queue, "");
    channel.basic_consume(consume).await.unwrap()
}

/// A queue with so many messages, confirmed.
async fn filled(channel: &Channel, count: u32) -> String {
    let queue = own_queue(channel).await;
    channel.confirm_select().await.unwrap();
    for number in 0..count {
        publish(channel, "", &queue, &number.to_string()).await;
    }
    channel.wait_for_confirms().await.unwrap();
    queue
}

async fn waiting(channel: &Channel, queue: &str) -> u32 {
    let declare = queue::Declare::new(queue).passive(true);
    channel.call(declare).await.unwrap().message_count
}

#[tokio::test]
async fn cancel_on_the_first_delivery_requeues_the_rest() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = filled(&channel, 100).await;
    let mut consumer = consume(&channel, &queue).await;
    consumer.next().await.unwrap().unwrap().ack().unwrap();
    let requeued = consumer.cancel().await.unwrap();
    assert!(consumer.next().await.is_none());
    assert!(matches!(consumer.end(), Some(ConsumerEnd::Cancelled)));
    // What was not delivered and what went back are together what is left.
    let mut fetch = channel.fetch(basic::Get::new(&*queue));
    let mut redelivered = 0;
    for number in 1..100 {
        let delivery = fetch.next().await.unwrap().unwrap();
        assert_eq!(delivery.body(), number.to_string().as_bytes());
        redelivered += usize::from(delivery.redelivered());
        delivery.ack().unwrap();
    }
    assert!(fetch.next().await.is_none());
    assert_eq!(redelivered, requeued);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn cancel_without_acknowledgement_returns_what_is_pending() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = filled(&channel, 2).await;
    let start = channel.consumer(basic::Consume::new(&*queue, "")).no_ack();
    let mut consumer = start.start().await.unwrap();
    while consumer.waiting() < 2 {
        tokio::task::yield_now().await;
    }
    let pending = consumer.cancel().await.unwrap();
    let bodies: Vec<_> = pending.iter().map(leveret::Message::body).collect();
    assert_eq!(bodies, [b"0", b"1"]);
    drop(consumer);
    assert_eq!(waiting(&channel, &queue).await, 0);
}

#[tokio::test]
async fn cancel_with_acknowledgement_puts_everything_back() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = filled(&channel, 2).await;
    let mut consumer = consume(&channel, &queue).await;
    while consumer.waiting() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(consumer.cancel().await.unwrap(), 2);
    for number in [b"0", b"1"] {
        assert_eq!(get(&channel, &queue).await.unwrap().body(), number);
    }
}

#[tokio::test]
async fn inactivity_is_told_and_ends_nothing() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    let mut consumer = consume(&channel, &queue).await;
    let moment = Duration::from_millis(20);
    for _ in 0..3 {
        assert!(matches!(
            consumer.next_within(moment).await.unwrap(),
            Next::Idle
        ));
    }
    publish(&channel, "", &queue, "now").await;
    let Next::Delivery(delivery) = consumer.next_within(Duration::MAX).await.unwrap() else {
        panic!("a message was published");
    };
    delivery.ack().unwrap();
    // The stream goes on where it was left.
    publish(&channel, "", &queue, "again").await;
    assert_eq!(consumer.next().await.unwrap().unwrap().body(), b"again");
    consumer.stop().await.unwrap();
    assert!(matches!(
        consumer.next_within(moment).await.unwrap(),
        Next::Ended
    ));
}

#[tokio::test]
async fn a_deleted_queue_interrupts_and_leaves_the_channel() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = filled(&channel, 1).await;
    let mut consumer = consume(&channel, &queue).await;
    let last = consumer.next().await.unwrap().unwrap();
    channel.call(queue::Delete::new(&*queue)).await.unwrap();
    let error = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConsumerCancelled);
    assert!(matches!(
        consumer.end(),
        Some(ConsumerEnd::CancelledByServer)
    ));
    // To cancel what the server has cancelled is no error; nor is to settle what was delivered before.
    assert_eq!(consumer.cancel().await.unwrap(), 0);
    last.ack().unwrap();
    own_queue(&channel).await;
}

#[tokio::test]
async fn cancels_of_both_sides_may_cross() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let other = connection.open_channel().await.unwrap();
    for _ in 0..20 {
        let queue = own_queue(&channel).await;
        let mut consumer = consume(&channel, &queue).await;
        let delete = queue::Delete::new(&*queue);
        let (deleted, cancelled) = tokio::join!(other.call(delete), consumer.cancel());
        deleted.unwrap();
        assert_eq!(cancelled.unwrap(), 0);
        // Whoever was first, it has ended, and says by whom.
        let item = consumer.next().await;
        match consumer.end().unwrap() {
            ConsumerEnd::Cancelled => assert!(item.is_none()),
            ConsumerEnd::CancelledByServer => assert!(item.unwrap().is_err()),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_channel_failure_reaches_the_consumer() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    let mut consumer = consume(&channel, &queue).await;
    let missing = unique("missing");
    let failing = queue::Declare::new(&*missing).passive(true);
    let (failed, item) = tokio::join!(channel.call(failing), consumer.next());
    assert_eq!(failed.unwrap_err().reply_code().unwrap().get(), 404);
    assert_eq!(item.unwrap().unwrap_err().reply_code().unwrap().get(), 404);
    let Some(ConsumerEnd::ChannelClosed(error)) = consumer.end() else {
        panic!("{:?}", consumer.end());
    };
    assert_eq!(error.reply_code().unwrap().get(), 404);
    assert!(consumer.next().await.is_none());
}

#[tokio::test]
async fn an_unknown_queue_cannot_be_consumed() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let missing = unique("missing");
    let consume = channel
        .consumer(basic::Consume::new(&*missing, ""))
        .prefetch(5);
    let error = consume.start().await.unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 404);
}

#[tokio::test]
async fn a_prefetch_of_one_delivers_the_next_behind_the_ack() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = filled(&channel, 2).await;
    let start = channel
        .consumer(basic::Consume::new(&*queue, ""))
        .prefetch(1);
    let mut consumer = start.start().await.unwrap();
    let first = consumer.next().await.unwrap().unwrap();
    // Behind the answer to a call, what was to come has come.
    assert_eq!(waiting(&channel, &queue).await, 1);
    assert_eq!(consumer.waiting(), 0);
    first.ack().unwrap();
    let second = consumer.next().await.unwrap().unwrap();
    assert_eq!(second.body(), b"1");
    channel.call(queue::Delete::new(&*queue)).await.unwrap();
    assert!(consumer.next().await.unwrap().is_err());
}

#[tokio::test]
async fn two_consumers_share_a_channel() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queues = [own_queue(&channel).await, own_queue(&channel).await];
    let mut first = consume(&channel, &queues[0]).await;
    let mut second = consume(&channel, &queues[1]).await;
    for (queue, body) in queues.iter().zip(["one", "two"]) {
        publish(&channel, "", queue, body).await;
    }
    let (one, two) = tokio::join!(first.next(), second.next());
    let (one, two) = (one.unwrap().unwrap(), two.unwrap().unwrap());
    assert_eq!((one.body(), two.body()), (&b"one"[..], &b"two"[..]));
    two.ack().unwrap();
    one.ack().unwrap();
    assert_eq!(first.cancel().await.unwrap(), 0);
    publish(&channel, "", &queues[1], "three").await;
    assert_eq!(second.next().await.unwrap().unwrap().body(), b"three");
}

#[tokio::test]
async fn acks_come_from_any_thread() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = filled(&channel, 10).await;
    let mut consumer = consume(&channel, &queue).await;
    let mut threads = Vec::new();
    for _ in 0..10 {
        let delivery = consumer.next().await.unwrap().unwrap();
        threads.push(std::thread::spawn(move || delivery.ack()));
    }
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
    consumer.cancel().await.unwrap();
    channel.close().await.unwrap();
    let channel = _connection.open_channel().await.unwrap();
    assert_eq!(waiting(&channel, &queue).await, 0);
}

#[tokio::test]
async fn a_handler_may_publish_stop_and_close() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = filled(&channel, 1).await;
    let answers = own_queue(&channel).await;
    let mut consumer = consume(&channel, &queue).await;
    let delivery = consumer.next().await.unwrap().unwrap();
    publish(delivery.channel(), "", &answers, "answer").await;
    delivery.ack().unwrap();
    consumer.stop().await.unwrap();
    assert_eq!(get(&channel, &answers).await.unwrap().body(), b"answer");

    let mut consumer = consume(&channel, &answers).await;
    channel.close().await.unwrap();
    let error = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChannelClosed);

    let channel = connection.open_channel().await.unwrap();
    let mut consumer = consume(&channel, &answers).await;
    connection.close().await.unwrap();
    assert!(consumer.next().await.unwrap().is_err());
    assert!(matches!(
        consumer.end(),
        Some(ConsumerEnd::ConnectionLost(_))
    ));
}

#[tokio::test]
async fn what_is_not_acknowledged_comes_again_and_what_needs_none_does_not() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = filled(&channel, 3).await;
    let mut consumer = consume(&channel, &queue).await;
    for _ in 0..3 {
        drop(consumer.next().await.unwrap().unwrap());
    }
    channel.close().await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    let start = channel.consumer(basic::Consume::new(&*queue, "")).no_ack();
    let mut again = start.start().await.unwrap();
    for number in 0..3 {
        let message = again.next().await.unwrap().unwrap();
        assert!(message.redelivered());
        assert_eq!(message.body(), number.to_string().as_bytes());
    }
    channel.close().await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    assert_eq!(waiting(&channel, &queue).await, 0);
}

#[tokio::test]
async fn refused_together_they_come_again_in_order() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = filled(&channel, 3).await;
    let mut consumer = consume(&channel, &queue).await;
    let mut deliveries = Vec::new();
    for _ in 0..3 {
        deliveries.push(consumer.next().await.unwrap().unwrap());
    }
    deliveries.pop().unwrap().nack_multiple(true).unwrap();
    for number in 0..3 {
        let delivery = consumer.next().await.unwrap().unwrap();
        assert!(delivery.redelivered());
        assert_eq!(delivery.body(), number.to_string().as_bytes());
        deliveries.push(delivery);
    }
    // Tag zero means all that are outstanding.
    channel.send(basic::Ack::new(0).multiple(true)).unwrap();
    consumer.cancel().await.unwrap();
    assert_eq!(waiting(&channel, &queue).await, 0);
}

#[tokio::test]
async fn flow_keeps_consumers() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    let mut consumer = consume(&channel, &queue).await;
    let ok = channel
        .call(channel::Flow::default().active(true))
        .await
        .unwrap();
    assert!(ok.active);
    publish(&channel, "", &queue, "x").await;
    consumer.next().await.unwrap().unwrap().ack().unwrap();
}

#[tokio::test]
async fn consumers_of_a_higher_priority_are_served_first() {
    use leveret::amqp_methods::arguments::ConsumerArguments;

    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    let with = |priority| {
        let arguments = ConsumerArguments::new().priority(priority);
        let consume = basic::Consume::new(&*queue, "").arguments(arguments);
        channel.basic_consume(consume)
    };
    let low = with(1).await.unwrap();
    let mut high = with(10).await.unwrap();
    for _ in 0..10 {
        publish(&channel, "", &queue, "x").await;
        high.next().await.unwrap().unwrap().ack().unwrap();
    }
    assert_eq!(low.waiting(), 0);
}

/// The connection lives until the last of its handles goes, a consumer among them.
#[tokio::test]
async fn many_messages_pass_through_a_consumer_that_is_all_that_is_left() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = filled(&channel, 1000).await;
    let mut consumer = consume(&channel, &queue).await;
    drop::<(Connection, Channel)>((connection, channel));
    for number in 0..1000 {
        let delivery = consumer.next().await.unwrap().unwrap();
        assert_eq!(delivery.body(), number.to_string().as_bytes());
        delivery.ack().unwrap();
    }
}
