//! Consumers, settling, and how consumers end.

use leveret::amqp_methods::{basic, queue};
use leveret::{Channel, Consumer, ErrorKind};

use crate::broker::{get, open, own_queue, publish};

async fn consume(channel: &Channel, queue: &str) -> Consumer {
    let consume = basic::Consume::new(queue, "");
    channel.basic_consume(consume).await.unwrap()
}

async fn publish_numbers(channel: &Channel, queue: &str, count: u32) {
    channel.confirm_select().await.unwrap();
    for number in 0..count {
        publish(channel, "", queue, &number.to_string()).await;
    }
    channel.wait_for_confirms().await.unwrap();
}

#[tokio::test]
async fn every_way_to_settle() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    publish_numbers(&channel, &queue, 8).await;
    let mut consumer = consume(&channel, &queue).await;
    let mut deliveries = Vec::new();
    for _ in 0..8 {
        deliveries.push(consumer.next().await.unwrap().unwrap());
    }
    let mut deliveries = deliveries.into_iter();
    let mut next = || deliveries.next().unwrap();
    next().ack().unwrap();
    let settled_with_the_next = next();
    next().ack_multiple().unwrap();
    let error = settled_with_the_next.ack().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StaleDelivery);
    next().nack(false).unwrap();
    next().reject(false).unwrap();
    next().nack(true).unwrap();
    next().reject(true).unwrap();
    let kept = next();
    for _ in 0..2 {
        let delivery = consumer.next().await.unwrap().unwrap();
        assert!(delivery.redelivered());
        assert!([b"5", b"6"].contains(&delivery.body().try_into().unwrap()));
        delivery.ack().unwrap();
    }
    assert_eq!(consumer.cancel().await.unwrap(), 0);
    assert!(consumer.next().await.is_none());
    // Only what was not settled comes again.
    kept.nack(true).unwrap();
    assert_eq!(get(&channel, &queue).await.unwrap().body(), b"7");
    assert!(get(&channel, &queue).await.is_none());
}

#[tokio::test]
async fn prefetch_limits_what_is_unsettled() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    publish_numbers(&channel, &queue, 10).await;
    channel.basic_qos(3).await.unwrap();
    let mut consumer = consume(&channel, &queue).await;
    let first = consumer.next().await.unwrap().unwrap();
    // Behind a call on another channel and one on this, all that is to come has come.
    let other = connection.open_channel().await.unwrap();
    let declare = queue::Declare::new(&*queue).passive(true);
    let ok = other.call(declare).await.unwrap();
    assert_eq!(ok.message_count, 7);
    first.ack().unwrap();
    for _ in 1..10 {
        consumer.next().await.unwrap().unwrap().ack().unwrap();
    }
}

#[tokio::test]
async fn a_dropped_consumer_gives_everything_back() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    publish_numbers(&channel, &queue, 20).await;
    let mut consumer = consume(&channel, &queue).await;
    for _ in 0..5 {
        consumer.next().await.unwrap().unwrap().ack().unwrap();
    }
    drop(consumer);
    // Some may still be on their way, there and back: another consumer waits for them.
    let mut other = consume(&channel, &queue).await;
    for _ in 5..20 {
        other.next().await.unwrap().unwrap().ack().unwrap();
    }
    other.cancel().await.unwrap();
    assert!(get(&channel, &queue).await.is_none());
}

#[tokio::test]
async fn a_deleted_queue_cancels_its_consumer() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    let mut consumer = consume(&channel, &queue).await;
    channel.call(queue::Delete::new(&*queue)).await.unwrap();
    let error = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConsumerCancelled);
    assert!(consumer.next().await.is_none());
    own_queue(&channel).await;
}

#[tokio::test]
async fn an_exclusive_consumer_keeps_others_out() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    let exclusive = basic::Consume::new(&*queue, "").exclusive(true);
    let _consumer = channel.basic_consume(exclusive).await.unwrap();
    let other = connection.open_channel().await.unwrap();
    let consume = basic::Consume::new(&*queue, "");
    let error = other.basic_consume(consume).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChannelClosed);
    assert_eq!(error.reply_code().unwrap().get(), 403);
    assert!(channel.close_error().is_none());
}

#[tokio::test]
async fn recover_delivers_again() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    publish_numbers(&channel, &queue, 3).await;
    let mut consumer = consume(&channel, &queue).await;
    for _ in 1..3 {
        drop(consumer.next().await.unwrap().unwrap());
    }
    let held = consumer.next().await.unwrap().unwrap();
    channel
        .call(basic::Recover::default().requeue(true))
        .await
        .unwrap();
    for _ in 0..3 {
        let delivery = consumer.next().await.unwrap().unwrap();
        assert!(delivery.redelivered());
        delivery.ack().unwrap();
    }
    assert_eq!(held.ack().unwrap_err().kind(), ErrorKind::StaleDelivery);
    assert_eq!(connection.metrics().unsettled, 0);
    // The channel lives.
    assert!(get(&channel, &queue).await.is_none());
}
