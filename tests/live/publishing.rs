//! Publishers, batches, and what the server refuses.

use std::time::Duration;

use leveret::amqp_methods::{FieldTable, basic, queue, table};
use leveret::{Channel, ErrorKind, Outcome, Outgoing};

use crate::broker::{get, open, own_queue};

/// A queue that goes with its connection, and takes so many messages and no more.
async fn small_queue(channel: &Channel, length: i32) -> String {
    let arguments = FieldTable::builder()
        .entry("x-max-length", length)
        .entry("x-overflow", "reject-publish")
        .build()
        .unwrap();
    let declare = queue::Declare::new("").exclusive(true).arguments(arguments);
    channel.call(declare).await.unwrap().queue.to_string()
}

fn message<'a>(key: &'a str, body: &'a str) -> Outgoing<'a> {
    let publish = basic::Publish::new("", key).mandatory(true);
    Outgoing::new(publish, basic::Properties::default(), body)
}

#[tokio::test]
async fn a_batch_tells_which_of_its_messages_failed_and_how() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let large = own_queue(&channel).await;
    let small = small_queue(&channel, 1).await;
    channel.confirm_select().await.unwrap();
    let publisher = channel.publisher().max_in_flight(50);
    // The small queue takes the first of its messages.
    let fill = [message(&small, "full")];
    assert!(
        publisher
            .basic_publish_batch(&fill)
            .await
            .unwrap()
            .all_confirmed()
    );
    let bodies: Vec<String> = (0..600).map(|number| number.to_string()).collect();
    let key = |index: usize| match index % 3 {
        0 => &*large,
        1 => "nowhere",
        _ => &*small,
    };
    let messages = bodies.iter().enumerate();
    let messages: Vec<_> = messages.map(|(n, body)| message(key(n), body)).collect();
    let outcomes = publisher.basic_publish_batch(&messages).await.unwrap();
    for (index, outcome) in outcomes.as_slice().iter().enumerate() {
        match (outcome, index % 3) {
            (Outcome::Confirmed, 0) | (Outcome::Nacked, 2) => {}
            (Outcome::Returned(back), 1) => assert_eq!(back.body(), Some(bodies[index].as_bytes())),
            _ => panic!("{index}: {outcome:?}"),
        }
    }
    assert_eq!(outcomes.unconfirmed().count(), 400);
    assert_eq!(publisher.in_flight(), 0);
}

#[tokio::test]
async fn thousands_go_out_and_never_more_than_the_limit_at_once() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    channel.confirm_select().await.unwrap();
    let publisher = channel.publisher().max_in_flight(16);
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let (publisher, queue) = (publisher.clone(), queue.clone());
        tasks.push(tokio::spawn(async move {
            let mut receipts = Vec::new();
            for _ in 0..500 {
                let publish = basic::Publish::new("", &*queue);
                let properties = basic::Properties::default().delivery_mode(2);
                let receipt = publisher.basic_publish_confirmed(publish, properties, "x");
                receipts.push(receipt.await.unwrap());
                assert!(publisher.in_flight() <= 16);
            }
            for receipt in receipts {
                assert!(receipt.await.is_confirmed());
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let purged = channel.call(queue::Purge::new(&*queue)).await.unwrap();
    assert_eq!(purged.message_count, 4000);
}

#[tokio::test]
async fn an_unroutable_message_comes_back_whole_and_keeps_no_other_back() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    // Without confirms, and then with them: what comes back late is no matter.
    let mut returns = channel.returns();
    let publish = |key: &str| basic::Publish::new("", key).into_owned().mandatory(true);
    let headers = table! { "attempt" => 3, "tenant" => "acme" };
    let properties = basic::Properties::default()
        .headers(headers)
        .content_type("text/plain")
        .delivery_mode(2);
    let sent = properties.clone();
    channel
        .basic_publish(publish("nowhere"), sent, "first")
        .await
        .unwrap();
    channel.confirm_select().await.unwrap();
    let sent = properties.clone();
    let receipt = channel
        .basic_publish_confirmed(publish("nowhere"), sent, "second")
        .await
        .unwrap();
    let sent = properties.clone();
    channel
        .basic_publish(publish("nowhere"), sent, "third")
        .await
        .unwrap();
    channel
        .basic_publish(publish(&queue), properties, "routed")
        .await
        .unwrap();
    let tally = channel.wait_for_confirms().await.unwrap();
    assert_eq!((tally.confirmed, tally.returned), (1, 1));
    let Outcome::Returned(second) = receipt.await else {
        panic!("not returned");
    };
    let first = returns.next().await.unwrap().unwrap();
    let third = returns.next().await.unwrap().unwrap();
    for (back, body) in [(&first, "first"), (&*second, "second"), (&third, "third")] {
        assert_eq!(back.body(), Some(body.as_bytes()));
        assert_eq!(back.reply_code().get(), 312);
        assert_eq!(back.reply_text(), *"NO_ROUTE");
        assert_eq!(back.routing_key(), *"nowhere");
        let properties = back.properties();
        assert_eq!(properties.content_type.unwrap(), *"text/plain");
        let headers = properties.headers.unwrap();
        assert_eq!(headers.get_u64("attempt").unwrap(), Some(3));
    }
    assert_eq!(get(&channel, &queue).await.unwrap().body(), b"routed");
}

#[tokio::test]
async fn messages_are_published_from_within_a_consumer() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let (from, to) = (own_queue(&channel).await, own_queue(&channel).await);
    channel.confirm_select().await.unwrap();
    let publisher = channel.publisher().max_in_flight(3);
    let messages: Vec<_> = ["a", "b", "c", "d", "e"]
        .iter()
        .map(|body| message(&from, body))
        .collect();
    let outcomes = publisher.basic_publish_batch(&messages).await.unwrap();
    assert!(outcomes.all_confirmed());
    let mut consumer = channel
        .basic_consume(basic::Consume::new(&*from, ""))
        .await
        .unwrap();
    for body in ["a", "b", "c", "d", "e"] {
        let delivery = consumer.next().await.unwrap().unwrap();
        let publish = basic::Publish::new("", &*to);
        let properties = delivery.properties().into_owned();
        let receipt = publisher
            .basic_publish_confirmed(publish, properties, delivery.body())
            .await
            .unwrap();
        assert!(receipt.await.is_confirmed());
        delivery.ack().unwrap();
        assert_eq!(get(&channel, &to).await.unwrap().body(), body.as_bytes());
    }
}

#[tokio::test]
async fn without_confirms_a_missing_exchange_is_told_by_the_next_call() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let publish = basic::Publish::new("nowhere", "");
    channel
        .basic_publish(publish, basic::Properties::default(), "x")
        .await
        .unwrap();
    let error = channel.call(basic::Qos::default()).await.unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 404);
    let publish = basic::Publish::new("", "q");
    let again = channel.basic_publish(publish, basic::Properties::default(), "x");
    assert_eq!(again.await.unwrap_err().to_string(), error.to_string());
    assert!(error.is_channel() && connection.close_error().is_none());
}

#[tokio::test]
async fn another_user_s_name_is_refused() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    channel.confirm_select().await.unwrap();
    let publish = basic::Publish::new("", "q");
    let properties = basic::Properties::default().user_id("somebody");
    let receipt = channel
        .basic_publish_confirmed(publish, properties, "x")
        .await
        .unwrap();
    let Outcome::InDoubt(error) = receipt.await else {
        panic!("not in doubt");
    };
    assert_eq!(error.kind(), ErrorKind::ChannelClosed);
    assert_eq!(error.reply_code().unwrap().get(), 406);
}

#[tokio::test]
async fn immediate_ends_the_connection() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    channel.confirm_select().await.unwrap();
    let publish = basic::Publish::new("", "q").immediate(true);
    let receipt = channel
        .basic_publish_confirmed(publish, basic::Properties::default(), "x")
        .await
        .unwrap();
    let Outcome::InDoubt(error) = receipt.await else {
        panic!("not in doubt");
    };
    assert_eq!(error.reply_code().unwrap().get(), 540);
    assert!(!error.is_channel());
    assert_eq!(connection.closed().await.to_string(), error.to_string());
}

#[tokio::test]
async fn a_receipt_is_told_long_before_its_time_is_up() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    channel.confirm_select().await.unwrap();
    let publisher = channel
        .publisher()
        .confirm_timeout(Duration::from_secs(600));
    let publish = basic::Publish::new("", &*queue);
    let receipt = publisher.basic_publish_confirmed(publish, basic::Properties::default(), "x");
    assert!(receipt.await.unwrap().await.is_confirmed());
}
