//! Transactions: what takes effect, and when.

use leveret::amqp_methods::{basic, confirm, queue};
use leveret::{Channel, Consumer, ErrorKind};

use crate::broker::{get, open, own_queue, publish};

#[tokio::test]
async fn messages_are_there_after_the_commit_and_not_before() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    let other = connection.open_channel().await.unwrap();
    channel.tx_select().await.unwrap();
    for body in ["a", "b"] {
        publish(&channel, "", &queue, body).await;
    }
    // The server has dealt with the publishes when it has dealt with this.
    channel.basic_qos(1).await.unwrap();
    assert!(get(&other, &queue).await.is_none());
    channel.tx_commit().await.unwrap();
    for body in ["a", "b"] {
        assert_eq!(get(&other, &queue).await.unwrap().body(), body.as_bytes());
    }
    // The next transaction has begun, and is rolled back.
    publish(&channel, "", &queue, "c").await;
    channel.tx_rollback().await.unwrap();
    assert!(get(&other, &queue).await.is_none());
    publish(&channel, "", &queue, "d").await;
    channel.tx_commit().await.unwrap();
    assert_eq!(get(&other, &queue).await.unwrap().body(), b"d");
}

#[tokio::test]
async fn an_acknowledgement_that_is_rolled_back_leaves_the_delivery_unsettled() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    publish(&channel, "", &queue, "x").await;
    channel.tx_select().await.unwrap();
    let mut consumer = channel
        .basic_consume(basic::Consume::new(&*queue, ""))
        .await
        .unwrap();
    consumer.next().await.unwrap().unwrap().ack().unwrap();
    channel.tx_rollback().await.unwrap();
    // It is not delivered again by that; asked for, it is.
    let recover = basic::Recover::default().requeue(true);
    channel.call(recover).await.unwrap();
    let again = consumer.next().await.unwrap().unwrap();
    assert!(again.redelivered());
    again.ack().unwrap();
    channel.tx_commit().await.unwrap();
    nothing_comes_again(&channel, consumer, &queue).await;
}

/// All that was delivered is acknowledged.
async fn nothing_comes_again(channel: &Channel, mut consumer: Consumer, queue: &str) {
    let recover = basic::Recover::default().requeue(true);
    channel.call(recover).await.unwrap();
    consumer.cancel().await.unwrap();
    assert!(consumer.next().await.is_none());
    assert!(get(channel, queue).await.is_none());
}

#[tokio::test]
async fn an_acknowledgement_that_is_rolled_back_is_sent_again() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    for body in ["a", "b", "c"] {
        publish(&channel, "", &queue, body).await;
    }
    channel.tx_select().await.unwrap();
    let consume = basic::Consume::new(&*queue, "");
    let mut consumer = channel.basic_consume(consume).await.unwrap();
    let mut deliveries = Vec::new();
    for _ in 0..3 {
        deliveries.push(consumer.next().await.unwrap().unwrap());
    }
    let last = deliveries.pop().unwrap();
    let tag = last.delivery_tag();
    last.ack_multiple().unwrap();
    channel.tx_rollback().await.unwrap();
    // The handles that are left are good again; what has none is settled by its tag.
    for delivery in deliveries {
        delivery.ack().unwrap();
    }
    channel.send(basic::Ack::new(tag)).unwrap();
    channel.tx_commit().await.unwrap();
    nothing_comes_again(&channel, consumer, &queue).await;
}

#[tokio::test]
async fn what_is_sent_behind_a_commit_does_not_cost_the_connection() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    channel.tx_select().await.unwrap();
    // The queue has not taken all of it when the server reads what is sent next.
    for _ in 0..1000 {
        publish(&channel, "", &queue, "x").await;
    }
    let (committed, limited) = tokio::join!(channel.tx_commit(), channel.basic_qos(1));
    committed.unwrap();
    limited.unwrap();
    for _ in 0..1000 {
        publish(&channel, "", &queue, "x").await;
    }
    tokio::select! {
        biased;
        _ = channel.tx_commit() => unreachable!(),
        () = std::future::ready(()) => {}
    }
    let passive = queue::Declare::new(&*queue).passive(true);
    assert_eq!(channel.call(passive).await.unwrap().message_count, 2000);
    publish(&channel, "", &queue, "x").await;
    drop(channel.tx_commit());
    channel.close().await.unwrap();
}

#[tokio::test]
async fn what_reaches_no_queue_comes_back_before_the_commit_is_answered() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    channel.tx_select().await.unwrap();
    let mut returns = channel.returns();
    let publish = basic::Publish::new("", "nowhere").mandatory(true);
    channel
        .basic_publish(publish, basic::Properties::default(), "x")
        .await
        .unwrap();
    channel.tx_commit().await.unwrap();
    assert_eq!(
        returns.next().await.unwrap().unwrap().body(),
        Some(&b"x"[..])
    );
}

#[tokio::test]
async fn without_select_there_is_nothing_to_commit_or_roll_back() {
    for commits in [true, false] {
        let Some((connection, channel)) = open().await else {
            return;
        };
        let error = match commits {
            true => channel.tx_commit().await.unwrap_err().error().clone(),
            false => channel.tx_rollback().await.unwrap_err(),
        };
        assert_eq!(error.kind(), ErrorKind::ChannelClosed);
        assert_eq!(error.reply_code().unwrap().get(), 406);
        connection.open_channel().await.unwrap();
    }
}

#[tokio::test]
async fn a_channel_has_transactions_or_confirms() {
    for confirms_first in [true, false] {
        let Some((_connection, channel)) = open().await else {
            return;
        };
        let error = if confirms_first {
            channel.call(confirm::Select::default()).await.unwrap();
            channel.tx_select().await.unwrap_err()
        } else {
            channel.tx_select().await.unwrap();
            channel.confirm_select().await.unwrap_err()
        };
        assert_eq!(error.reply_code().unwrap().get(), 406);
        assert!(error.is_channel());
    }
}

#[tokio::test]
async fn a_missing_exchange_ends_the_transaction_and_nothing_takes_effect() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let other = connection.open_channel().await.unwrap();
    let queue = own_queue(&other).await;
    channel.tx_select().await.unwrap();
    publish(&channel, "", &queue, "x").await;
    publish(&channel, "nowhere", "", "y").await;
    let error = channel.basic_qos(1).await.unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 404);
    let error = channel.tx_commit().await.unwrap_err();
    assert!(!error.is_in_doubt());
    assert_eq!(error.error().reply_code().unwrap().get(), 404);
    assert!(get(&other, &queue).await.is_none());
}
