//! What can be seen of a connection, and ending it in order.

use std::sync::mpsc;
use std::time::Duration;

use leveret::amqp_methods::{basic, queue};
use leveret::{ChannelEvent, ChannelState, ConnectionEvent, Outcome};

use crate::broker::{open, own_queue, publish, unique};

#[tokio::test]
async fn a_shutdown_loses_nothing() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let name = unique("shutdown");
    channel.call(queue::Declare::new(&*name)).await.unwrap();
    channel.confirm_select().await.unwrap();
    for number in 0..100 {
        publish(&channel, "", &name, &number.to_string()).await;
    }
    channel.wait_for_confirms().await.unwrap();
    let working = connection.open_channel().await.unwrap();
    working.confirm_select().await.unwrap();
    working.basic_qos(10).await.unwrap();
    let consume = basic::Consume::new(&*name, "");
    let mut consumer = working.basic_consume(consume).await.unwrap();
    let first = consumer.next().await.unwrap().unwrap();
    let publish = basic::Publish::new("", &*name);
    let properties = basic::Properties::default();
    let receipt = working
        .basic_publish_confirmed(publish, properties, "100")
        .await
        .unwrap();
    let handler = tokio::spawn(async move {
        first.ack().unwrap();
        let mut handled = 1;
        while let Some(delivery) = consumer.next().await {
            delivery.unwrap().ack().unwrap();
            handled += 1;
        }
        handled
    });
    let left = connection.shutdown(Duration::from_secs(30)).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
    assert!(matches!(receipt.await, Outcome::Confirmed));
    let handled: u32 = handler.await.unwrap();

    let Some((connection, channel)) = open().await else {
        return;
    };
    // RabbitMQ: a queue may count before it has dealt with what others gave back; it purges behind that.
    let purged = channel.call(queue::Purge::new(&*name)).await.unwrap();
    assert_eq!(handled + purged.message_count, 101);
    channel.call(queue::Delete::new(&*name)).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn events_states_and_callbacks_tell_of_a_queue_that_goes() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let (tell, told) = mpsc::channel();
    let returned = tell.clone();
    let callbacks = channel
        .callbacks()
        .on_return(move |message| {
            returned
                .send(message.reply_code().get().to_string())
                .unwrap();
        })
        .on_cancel(move |tag| tell.send(tag.to_string()).unwrap())
        .start();
    let mut events = channel.events();
    let mut of_connection = connection.events();
    let mut watch = channel.watch_state();
    let queue = own_queue(&channel).await;
    let consume = basic::Consume::new(&*queue, "watched");
    let _consumer = channel.basic_consume(consume).await.unwrap();
    let nowhere = basic::Publish::new("", "leveret.no.such.queue").mandatory(true);
    let properties = basic::Properties::default();
    channel
        .basic_publish(nowhere, properties, "back")
        .await
        .unwrap();
    channel.call(queue::Delete::new(&*queue)).await.unwrap();
    let event = events.next().await.unwrap().unwrap();
    assert!(
        matches!(&event, ChannelEvent::ConsumerCancelled { consumer_tag } if *consumer_tag == *"watched"),
        "{event:?}"
    );
    channel.send(basic::Ack::new(77)).unwrap();
    let Some(ChannelState::Closed(error)) = watch.changed().await else {
        panic!("it has ended");
    };
    assert_eq!(error.reply_code().unwrap().get(), 406);
    callbacks.ended().await;
    assert_eq!(told.try_iter().collect::<Vec<_>>(), ["312", "watched"]);
    let event = of_connection.next().await.unwrap().unwrap();
    assert!(
        matches!(event, ConnectionEvent::ChannelClosed { channel: 1, .. }),
        "{event:?}"
    );
    connection.close().await.unwrap();
}

#[tokio::test]
async fn metrics_are_what_was_done() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    channel.confirm_select().await.unwrap();
    let queue = own_queue(&channel).await;
    for _ in 0..10 {
        publish(&channel, "", &queue, "counted").await;
    }
    channel.wait_for_confirms().await.unwrap();
    let consume = basic::Consume::new(&*queue, "");
    let mut consumer = channel.basic_consume(consume).await.unwrap();
    let mut kept = Vec::new();
    for _ in 0..10 {
        kept.push(consumer.next().await.unwrap().unwrap());
    }
    let metrics = connection.metrics();
    assert_eq!(metrics.messages_published, 10);
    assert_eq!((metrics.confirmed, metrics.unconfirmed), (10, 0));
    assert_eq!((metrics.messages_delivered, metrics.unsettled), (10, 10));
    assert_eq!((metrics.channels, metrics.consumers), (1, 1));
    assert_eq!(metrics.blocked_time, Duration::ZERO);
    assert!(metrics.octets_received > 10 * 7 && metrics.octets_sent > 10 * 7);
    kept.pop().unwrap().ack_multiple().unwrap();
    assert_eq!(connection.metrics().unsettled, 0);
    connection.close().await.unwrap();
}
