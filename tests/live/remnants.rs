//! Methods that are left over from earlier versions of the protocol, and are answered all the same.

use leveret::amqp_methods::{access, basic};

use crate::broker::{open, own_queue, publish};

#[tokio::test]
async fn access_to_a_realm_is_granted_by_the_ticket_1() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let request = access::Request::new("/data").active(true).read(true);
    let ok = channel.call(request).await.unwrap();
    assert_eq!(ok.ticket, 1);
    connection.close().await.unwrap();
}

/// RabbitMQ: redelivers what is not settled, and says nothing, as the method wants it.
#[tokio::test]
async fn recover_async_is_not_answered_and_redelivers() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    publish(&channel, "", &queue, "again").await;
    let consume = basic::Consume::new(queue.as_str(), "");
    let mut consumer = channel.basic_consume(consume).await.unwrap();
    let first = consumer.next().await.unwrap().unwrap();
    assert!(!first.redelivered());

    channel.send(basic::RecoverAsync { requeue: true }).unwrap();
    let second = consumer.next().await.unwrap().unwrap();
    assert!(second.redelivered());
    assert_eq!(second.body(), &b"again"[..]);
    second.ack().unwrap();
    connection.close().await.unwrap();
}
