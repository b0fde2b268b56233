//! Exchanges, queues and bindings.

use leveret::amqp_methods::{FieldTable, basic, confirm, exchange, queue, tx};

use crate::broker::{get, open, own_queue, publish, unique};

#[tokio::test]
async fn queues_are_declared_purged_and_deleted() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let name = unique("queue");
    let declare = queue::Declare::new(&*name)
        .exclusive(true)
        .auto_delete(true);
    let ok = channel.call(declare.clone()).await.unwrap();
    assert_eq!((ok.queue, ok.message_count), (name.as_str().into(), 0));
    channel.confirm_select().await.unwrap();
    for body in ["a", "b", "c"] {
        publish(&channel, "", &name, body).await;
    }
    // A queue may count what is published behind what is asked, unless it is confirmed.
    channel.wait_for_confirms().await.unwrap();
    assert_eq!(
        channel
            .call(declare.passive(true))
            .await
            .unwrap()
            .message_count,
        3
    );
    let purged = channel.call(queue::Purge::new(&*name)).await.unwrap();
    assert_eq!(purged.message_count, 3);
    publish(&channel, "", &name, "d").await;
    channel.wait_for_confirms().await.unwrap();
    let deleted = channel.call(queue::Delete::new(&*name)).await.unwrap();
    assert_eq!(deleted.message_count, 1);
    // Deleting what is not there is no error.
    let deleted = channel.call(queue::Delete::new(&*name)).await.unwrap();
    assert_eq!(deleted.message_count, 0);
}

#[tokio::test]
async fn every_type_of_exchange_routes() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let x_match = FieldTable::builder()
        .entry("x-match", "any")
        .entry("kind", "order")
        .build()
        .unwrap();
    for (kind, bound, hit, miss) in [
        ("direct", "a.b", "a.b", Some("a.c")),
        ("fanout", "", "whatever", None),
        ("topic", "a.*.#", "a.b.c.d", Some("b.a")),
        ("headers", "", "", None),
    ] {
        let name = unique(kind);
        let declare = exchange::Declare::new(&*name, kind).auto_delete(true);
        channel.call(declare).await.unwrap();
        let queue = own_queue(&channel).await;
        let mut bind = queue::Bind::new(&*queue, &*name, bound);
        if kind == "headers" {
            bind = bind.arguments(x_match.reborrow());
        }
        channel.call(bind).await.unwrap();
        let headers = FieldTable::builder()
            .entry("kind", "order")
            .build()
            .unwrap();
        let properties = basic::Properties::default().headers(headers);
        channel
            .basic_publish(basic::Publish::new(&*name, hit), properties, kind)
            .await
            .unwrap();
        if let Some(miss) = miss {
            publish(&channel, &name, miss, "miss").await;
        }
        if kind == "headers" {
            publish(&channel, &name, hit, "miss").await;
        }
        let got = get(&channel, &queue).await.unwrap();
        assert_eq!(
            (got.body(), got.exchange()),
            (kind.as_bytes(), name.as_str().into())
        );
        assert!(get(&channel, &queue).await.is_none(), "{kind}");
    }
}

#[tokio::test]
async fn exchanges_are_bound_to_exchanges_and_unbound() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let (source, destination) = (unique("source"), unique("destination"));
    for name in [&source, &destination] {
        let declare = exchange::Declare::new(&**name, "fanout");
        channel.call(declare).await.unwrap();
    }
    let queue = own_queue(&channel).await;
    let bind = queue::Bind::new(&*queue, &*destination, "");
    channel.call(bind).await.unwrap();
    let bind = exchange::Bind::new(&*destination, &*source, "");
    channel.call(bind).await.unwrap();
    publish(&channel, &source, "", "through").await;
    assert_eq!(get(&channel, &queue).await.unwrap().body(), b"through");

    let unbind = exchange::Unbind::new(&*destination, &*source, "");
    channel.call(unbind).await.unwrap();
    publish(&channel, &source, "", "lost").await;
    assert!(get(&channel, &queue).await.is_none());

    publish(&channel, &destination, "", "near").await;
    assert!(get(&channel, &queue).await.is_some());
    let unbind = queue::Unbind::new(&*queue, &*destination, "");
    channel.call(unbind).await.unwrap();
    publish(&channel, &destination, "", "lost").await;
    assert!(get(&channel, &queue).await.is_none());
    for name in [&source, &destination] {
        channel.call(exchange::Delete::new(&**name)).await.unwrap();
    }
}

#[tokio::test]
async fn transactions_commit_and_roll_back() {
    let Some((_connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    channel.call(tx::Select).await.unwrap();
    publish(&channel, "", &queue, "undone").await;
    channel.call(tx::Rollback).await.unwrap();
    publish(&channel, "", &queue, "done").await;
    assert!(get(&channel, &queue).await.is_none());
    channel.call(tx::Commit).await.unwrap();
    assert_eq!(get(&channel, &queue).await.unwrap().body(), b"done");
    channel.call(tx::Commit).await.unwrap();
    // One mode excludes the other.
    let error = channel.call(confirm::Select::default()).await.unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 406);
}
