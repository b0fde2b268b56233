//! Exchanges, queues, bindings.

use leveret::amqp_methods::arguments::ExchangeType;
use leveret::amqp_methods::{channel, exchange, queue};

use super::{body, code, get, open, own_queue, publish};
use crate::broker::unique;

#[test]
fn an_exchange_is_declared_found_and_deleted() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let name = unique("exchange");
    let declare = exchange::Declare::new(&name, ExchangeType::Direct);
    channel.call(declare.clone()).unwrap();
    channel.call(declare.clone().passive(true)).unwrap();
    channel.call(exchange::Delete::new(&name)).unwrap();
    assert_eq!(code(channel.call(declare.passive(true))), 404);
    connection.close().unwrap();
}

#[test]
fn an_exchange_routes_to_another_while_bound() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let (source, target) = (unique("source"), unique("target"));
    for name in [&source, &target] {
        let declare = exchange::Declare::new(name, ExchangeType::Fanout).auto_delete(true);
        channel.call(declare).unwrap();
    }
    let queue = own_queue(&channel);
    channel.call(queue::Bind::new(&queue, &target, "")).unwrap();
    let keep = own_queue(&channel);
    channel.call(queue::Bind::new(&keep, &source, "")).unwrap();

    publish(&channel, &source, "", "before");
    channel
        .call(exchange::Bind::new(&target, &source, ""))
        .unwrap();
    publish(&channel, &source, "", "bound");
    channel
        .call(exchange::Unbind::new(&target, &source, ""))
        .unwrap();
    publish(&channel, &source, "", "after");
    let delivery = get(&channel, &queue).unwrap();
    assert_eq!(body(&delivery), "bound");
    assert_eq!(delivery.message_count(), Some(0));
    connection.close().unwrap();
}

#[test]
fn purging_and_deleting_say_how_many_messages_were_lost() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    channel
        .call(queue::Bind::new(&queue, "amq.direct", &queue))
        .unwrap();
    publish(&channel, "amq.direct", &queue, "one");
    channel
        .call(queue::Unbind::new(&queue, "amq.direct", &queue))
        .unwrap();
    publish(&channel, "amq.direct", &queue, "nowhere");
    let purged = channel.call(queue::Purge::new(&queue)).unwrap();
    assert_eq!(purged.message_count, 1);
    publish(&channel, "", &queue, "two");
    publish(&channel, "", &queue, "three");
    let deleted = channel.call(queue::Delete::new(&queue)).unwrap();
    assert_eq!(deleted.message_count, 2);
    // One that does not exist is deleted all the same.
    let deleted = channel.call(queue::Delete::new(&queue)).unwrap();
    assert_eq!(deleted.message_count, 0);
    connection.close().unwrap();
}

#[test]
fn what_the_server_refuses_costs_the_channel_and_no_more() {
    let Some((connection, _)) = open() else {
        return;
    };
    let missing = unique("missing");
    let channel = connection.open_channel().unwrap();
    let passive = queue::Declare::new(&missing).passive(true);
    assert_eq!(code(channel.call(passive)), 404);
    let channel = connection.open_channel().unwrap();
    let queue = unique("queue");
    let declare = queue::Declare::new(&*queue).exclusive(true);
    channel.call(declare.clone()).unwrap();
    assert_eq!(code(channel.call(declare.auto_delete(true))), 406);
    // Every use of it gives the reason again.
    assert_eq!(code(channel.call(queue::Purge::new(&queue))), 406);
    assert_eq!(code(channel.close()), 406);
    assert!(connection.close_error().is_none());
    connection.close().unwrap();
}

#[test]
fn a_queue_of_another_connection_is_locked() {
    let (Some((owner, channel)), Some((other, stranger))) = (open(), open()) else {
        return;
    };
    let queue = own_queue(&channel);
    let passive = queue::Declare::new(&*queue).passive(true);
    assert_eq!(code(stranger.call(passive)), 405);
    owner.close().unwrap();
    other.close().unwrap();
}

#[test]
fn flow_may_be_asked_for() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let ok = channel.call(channel::Flow { active: true }).unwrap();
    assert!(ok.active);
    connection.close().unwrap();
}
