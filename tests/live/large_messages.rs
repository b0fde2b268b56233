//! Large messages, handlers, and acknowledgements that are put together, with a real server.

use std::time::Duration;

use leveret::amqp_methods::{basic, queue};
use leveret::proto::Outcome;
use leveret::{Channel, Connection, ConsumerEnd, Disposition, Message, OverLimit};
use tokio::sync::oneshot;

use crate::broker::{broker, get, open, own_queue, publish, unique};

async fn publish_large(channel: &Channel, queue: &str, octets: usize) {
    let body: Vec<u8> = (0..octets).map(|at| (at % 251) as u8).collect();
    let properties = basic::Properties::default().message_id("large");
    let publish = basic::Publish::new("", queue);
    channel
        .basic_publish(publish, properties, body)
        .await
        .unwrap();
}

#[tokio::test]
async fn fifteen_megabytes_arrive_whole_or_piece_by_piece() {
    const SIZE: usize = 15 * 1024 * 1024;
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    for _ in 0..2 {
        publish_large(&channel, &queue, SIZE).await;
    }
    publish(&channel, "", &queue, "small").await;

    let consume = basic::Consume::new(&*queue, "");
    let start = channel.consumer(consume.clone()).prefetch(1).start();
    let mut whole = start.await.unwrap();
    let delivery = whole.next().await.unwrap().unwrap();
    let is_right = |at: usize, octets: &[u8]| {
        octets
            .iter()
            .zip(at..)
            .all(|(is, at)| *is == (at % 251) as u8)
    };
    assert_eq!(delivery.body().len(), SIZE);
    assert!(is_right(0, delivery.body()));
    // Cancelled before the acknowledgement, which would bring it the second one.
    whole.cancel().await.unwrap();
    delivery.ack().unwrap();

    let channel = connection.open_channel().await.unwrap();
    let start = channel.consumer(consume).prefetch(1).stream_bodies(1 << 20);
    let mut streamed = start.start().await.unwrap();
    let mut delivery = streamed.next().await.unwrap().unwrap();
    assert_eq!(delivery.body_size(), SIZE as u64);
    assert_eq!(delivery.properties().message_id, Some("large".into()));
    let mut read = 0;
    while let Some(piece) = delivery.body().next().await {
        let piece = piece.unwrap();
        assert!(is_right(read, &piece));
        read += piece.len();
    }
    assert_eq!(read, SIZE);
    delivery.ack().unwrap();
    let mut small = streamed.next().await.unwrap().unwrap();
    assert_eq!(small.body().next().await.unwrap().unwrap(), "small");
    small.ack().unwrap();
}

#[tokio::test]
async fn one_that_is_too_large_costs_neither_channel_nor_connection() {
    let Some(parameters) = broker() else {
        return;
    };
    let connection = Connection::connect(parameters.max_message_size(1000))
        .await
        .unwrap();
    for policy in [OverLimit::Discard, OverLimit::Ack, OverLimit::Requeue] {
        let channel = connection.open_channel().await.unwrap();
        let queue = own_queue(&channel).await;
        publish_large(&channel, &queue, 300_000).await;
        publish(&channel, "", &queue, "small").await;
        let start = channel
            .consumer(basic::Consume::new(&*queue, ""))
            .prefetch(1)
            .over_limit(policy);
        let mut consumer = start.start().await.unwrap();
        let error = consumer.next().await.unwrap().unwrap_err();
        let message = error.too_large().unwrap();
        assert_eq!((message.size(), message.redelivered()), (300_000, false));
        assert_eq!(message.properties().message_id, Some("large".into()));
        if policy == OverLimit::Requeue {
            // It comes again, and nothing else until it does not.
            let error = consumer.next().await.unwrap().unwrap_err();
            assert!(error.too_large().unwrap().redelivered());
        } else {
            consumer.next().await.unwrap().unwrap().ack().unwrap();
            consumer.cancel().await.unwrap();
            let ok = channel.call(queue::Declare::new(&*queue).passive(true));
            assert_eq!(ok.await.unwrap().message_count, 0);
        }
        channel.close().await.unwrap();
    }
    // One that is fetched stays where it is.
    let channel = connection.open_channel().await.unwrap();
    let queue = own_queue(&channel).await;
    publish_large(&channel, &queue, 2000).await;
    for redelivered in [false, true] {
        let fetched = channel.basic_get(basic::Get::new(&*queue)).await;
        let error = fetched.unwrap_err();
        assert_eq!(error.too_large().unwrap().redelivered(), redelivered);
    }
}

#[tokio::test]
async fn one_that_is_too_large_comes_back_to_its_own_receipt() {
    const SIZE: usize = 300_000;
    let Some(parameters) = broker() else {
        return;
    };
    let connection = Connection::connect(parameters.max_message_size(1000))
        .await
        .unwrap();
    let channel = connection.open_channel().await.unwrap();
    let queue = own_queue(&channel).await;
    channel.confirm_select().await.unwrap();
    // They differ in their last octet alone. What is routed is more than this client takes, too.
    let nowhere = unique("nowhere");
    let mut receipts = Vec::new();
    for number in 0..10u8 {
        let mut body = vec![7; SIZE];
        body[SIZE - 1] = number;
        for key in [&*queue, &*nowhere] {
            let publish = basic::Publish::new("", key).mandatory(true);
            let properties = basic::Properties::default().message_id(key);
            let receipt = channel.basic_publish_confirmed(publish, properties, body.clone());
            receipts.push(receipt.await.unwrap());
        }
    }
    for (index, receipt) in receipts.into_iter().enumerate() {
        match (index % 2, receipt.await) {
            (0, Outcome::Confirmed) => {}
            (1, Outcome::Returned(returned)) => {
                assert_eq!(returned.reply_code().get(), 312);
                assert_eq!(returned.reply_text(), *"NO_ROUTE");
                assert_eq!(returned.routing_key(), *nowhere);
                assert_eq!(returned.properties().message_id, Some((&*nowhere).into()));
                assert_eq!((returned.size(), returned.body()), (SIZE as u64, None));
            }
            (_, other) => panic!("{index}: {other:?}"),
        }
    }
    // Without a receipt it is among the returns; and the channel goes on.
    let publish = basic::Publish::new("", &*nowhere).mandatory(true);
    let sent = channel.basic_publish(publish, basic::Properties::default(), vec![7; SIZE]);
    sent.await.unwrap();
    let returned = channel.returned().await.unwrap();
    assert_eq!((returned.size(), returned.body()), (SIZE as u64, None));
    let tally = channel.wait_for_confirms().await.unwrap();
    assert_eq!((tally.confirmed, tally.returned), (0, 1));
    let ok = channel.call(queue::Declare::new(&*queue).passive(true));
    assert_eq!(ok.await.unwrap().message_count, 10);
}

#[tokio::test]
async fn acks_that_are_put_together_acknowledge_nothing_else() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    for number in 0..1000 {
        publish(&channel, "", &queue, &number.to_string()).await;
    }
    channel
        .coalesce_acks(64, Duration::from_secs(3600))
        .unwrap();
    let start = channel.consumer(basic::Consume::new(&*queue, ""));
    let mut consumer = start.prefetch(200).start().await.unwrap();
    let mut held = Vec::new();
    for number in 0..1000 {
        let delivery = consumer.next().await.unwrap().unwrap();
        match number % 100 {
            50 => held.push(delivery),
            70 => delivery.reject(false).unwrap(),
            _ => delivery.ack().unwrap(),
        }
    }
    consumer.stop().await.unwrap();
    channel.close().await.unwrap();
    drop((held, consumer));
    let channel = connection.open_channel().await.unwrap();
    // RabbitMQ: of a channel without consumers, a queue takes back what was held when it notices that the channel is
    // gone, which may be behind the answer to the close. A consumer waits for it.
    let mut consumer = channel
        .basic_consume(basic::Consume::new(&*queue, ""))
        .await
        .unwrap();
    for number in 0..10 {
        let left = consumer.next().await.unwrap().unwrap();
        assert_eq!(left.body(), (number * 100 + 50).to_string().as_bytes());
        assert!(left.redelivered());
        left.ack().unwrap();
    }
    assert_eq!(consumer.cancel().await.unwrap(), 0);
    assert!(get(&channel, &queue).await.is_none());
}

#[tokio::test]
async fn handlers_settle_by_their_result_and_stop_in_order() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    for number in 0..100 {
        publish(&channel, "", &queue, &number.to_string()).await;
    }
    let start = channel.consumer(basic::Consume::new(&*queue, ""));
    let consumer = start.prefetch(20).start().await.unwrap();
    let (last, was_last) = oneshot::channel::<()>();
    let last = std::sync::Mutex::new(Some(last));
    let handler = move |message: Message| {
        let number: u32 = std::str::from_utf8(message.body())
            .unwrap()
            .parse()
            .unwrap();
        if number == 50
            && let Some(last) = last.lock().unwrap().take()
        {
            let _ = last.send(());
        }
        async move {
            tokio::task::yield_now().await;
            assert!(number != 13, "a handler may panic");
            match number % 10 {
                7 => Err("discarded"),
                _ => Ok(()),
            }
        }
    };
    let handled = consumer
        .for_each(handler)
        .concurrency(4)
        .on_error(Disposition::Discard)
        .on_panic(Disposition::Discard)
        .stop_when(async {
            let _ = was_last.await;
        })
        .run()
        .await;
    assert!(matches!(handled.end, ConsumerEnd::Cancelled));
    assert_eq!((handled.panicked, handled.unsettled), (1, 0));
    assert!(handled.failed >= 5, "{handled:?}");
    let seen = handled.acked + handled.failed + handled.panicked;
    assert!(seen >= 51, "{handled:?}");
    // What nobody has seen, and nothing else, is there still.
    channel.close().await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    for number in seen..100 {
        let left = get(&channel, &queue).await.unwrap();
        assert_eq!(left.body(), number.to_string().as_bytes());
    }
    assert!(get(&channel, &queue).await.is_none());
}
