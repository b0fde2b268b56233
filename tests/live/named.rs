//! Requests by their names in the protocol, with and without a runtime.

use leveret::amqp_methods::{access, basic, channel, exchange, queue};

use crate::broker::{broker, open, publish, unique};

#[tokio::test]
async fn requests_are_called_as_in_the_protocol() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let (source, fanout) = (unique("source"), unique("fanout"));
    for (name, kind) in [(&source, "direct"), (&fanout, "fanout")] {
        let declare = exchange::Declare::new(name.as_str(), kind).auto_delete(true);
        channel.exchange_declare(declare).await.unwrap();
    }
    let bind = exchange::Bind::new(fanout.as_str(), source.as_str(), "key");
    channel.exchange_bind(bind).await.unwrap();
    let declare = queue::Declare::new("").exclusive(true);
    let queue = channel
        .queue_declare(declare)
        .await
        .unwrap()
        .queue
        .to_string();
    let bind = queue::Bind::new(queue.as_str(), fanout.as_str(), "");
    channel.queue_bind(bind).await.unwrap();

    for body in ["one", "two"] {
        publish(&channel, &source, "key", body).await;
    }
    let purge = queue::Purge::new(queue.as_str());
    assert_eq!(channel.queue_purge(purge).await.unwrap().message_count, 2);
    let flowing = channel
        .channel_flow(channel::Flow { active: true })
        .await
        .unwrap();
    assert!(flowing.active);
    let recover = basic::Recover::default().requeue(true);
    channel.basic_recover(recover).await.unwrap();
    let request = access::Request::new("/data");
    assert_eq!(channel.access_request(request).await.unwrap().ticket, 1);

    let unbind = exchange::Unbind::new(fanout.as_str(), source.as_str(), "key");
    channel.exchange_unbind(unbind).await.unwrap();
    let unbind = queue::Unbind::new(queue.as_str(), fanout.as_str(), "");
    channel.queue_unbind(unbind).await.unwrap();
    publish(&channel, "", &queue, "three").await;
    let delete = queue::Delete::new(queue.as_str());
    assert_eq!(channel.queue_delete(delete).await.unwrap().message_count, 1);
    // They went with their last bindings, and RabbitMQ does not mind.
    for name in [source, fanout] {
        let delete = exchange::Delete::new(name);
        channel.exchange_delete(delete).await.unwrap();
    }
    connection.close().await.unwrap();
}

#[test]
fn requests_that_block_are_called_so_too() {
    let Some(parameters) = broker() else { return };
    let connection = leveret::blocking::Connection::connect(parameters).unwrap();
    let channel = connection.open_channel().unwrap();
    let name = unique("blocking");
    let declare = exchange::Declare::new(name.as_str(), "topic");
    channel.exchange_declare(declare).unwrap();
    let declare = queue::Declare::new("").exclusive(true);
    let queue = channel.queue_declare(declare).unwrap().queue.to_string();
    let bind = queue::Bind::new(queue.as_str(), name.as_str(), "#");
    channel.queue_bind(bind).unwrap();
    let properties = basic::Properties::default();
    let message = basic::Publish::new(name.as_str(), "any");
    channel.basic_publish(message, properties, "body").unwrap();
    let purge = queue::Purge::new(queue.as_str());
    assert_eq!(channel.queue_purge(purge).unwrap().message_count, 1);
    channel
        .exchange_delete(exchange::Delete::new(name))
        .unwrap();
    channel.queue_delete(queue::Delete::new(queue)).unwrap();
    connection.close().unwrap();
}
