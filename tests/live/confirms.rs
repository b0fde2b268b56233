//! What becomes of publishes.

use leveret::ErrorKind;
use leveret::amqp_methods::{FieldTable, basic, queue};
use leveret::proto::Outcome;

use crate::broker::{open, own_queue};

#[tokio::test]
async fn ten_thousand_are_confirmed() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    channel.confirm_select().await.unwrap();
    for number in 0..10_000 {
        let properties = basic::Properties::default().delivery_mode(2);
        let publish = basic::Publish::new("", &*queue);
        channel
            .basic_publish(publish, properties, format!("{number}"))
            .await
            .unwrap();
    }
    let tally = channel.wait_for_confirms().await.unwrap();
    assert_eq!(
        (tally.confirmed, tally.nacked, tally.returned),
        (10_000, 0, 0)
    );
    let purged = channel.call(queue::Purge::new(&*queue)).await.unwrap();
    assert_eq!(purged.message_count, 10_000);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_full_queue_nacks() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let arguments = FieldTable::builder()
        .entry("x-max-length", 1i32)
        .entry("x-overflow", "reject-publish")
        .build()
        .unwrap();
    let declare = queue::Declare::new("").exclusive(true).arguments(arguments);
    let queue = channel.call(declare).await.unwrap().queue;
    channel.confirm_select().await.unwrap();
    let mut outcomes = Vec::new();
    for number in 0..4 {
        let publish = basic::Publish::new("", queue.reborrow());
        let receipt = channel
            .basic_publish_confirmed(publish, basic::Properties::default(), "x")
            .await
            .unwrap();
        assert_eq!(receipt.number(), number + 1);
        outcomes.push(receipt.await);
    }
    assert!(matches!(outcomes[0], Outcome::Confirmed));
    assert!(matches!(outcomes[3], Outcome::Nacked), "{outcomes:?}");
}

#[tokio::test]
async fn a_missing_exchange_leaves_publishes_in_doubt() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    channel.confirm_select().await.unwrap();
    let mut receipts = Vec::new();
    for exchange in ["", "nowhere", ""] {
        let publish = basic::Publish::new(exchange, &*queue);
        let receipt = channel
            .basic_publish_confirmed(publish, basic::Properties::default(), "x")
            .await
            .unwrap();
        receipts.push(receipt);
    }
    let mut outcomes = Vec::new();
    for receipt in receipts {
        outcomes.push(receipt.await);
    }
    // The first may have been confirmed before; the others cannot.
    for outcome in &outcomes[1..] {
        match outcome {
            Outcome::InDoubt(error) => {
                assert_eq!(error.kind(), ErrorKind::ChannelClosed);
                assert_eq!(error.reply_code().unwrap().get(), 404);
                assert!(error.is_channel());
            }
            other => panic!("{other:?}"),
        }
    }
    // The connection lives.
    let channel = connection.open_channel().await.unwrap();
    channel.call(queue::Purge::new(&*queue)).await.unwrap();
}
