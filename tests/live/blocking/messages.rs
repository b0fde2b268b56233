//! Fetching and settling.

use leveret::amqp_methods::{basic, table};

use super::{body, consume, fill, get, open, own_queue};

#[test]
fn a_message_is_fetched_whole() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    assert!(get(&channel, &queue).is_none());
    let properties = basic::Properties::default()
        .content_type("text/plain")
        .headers(table! { "attempt" => 3 });
    let huge = vec![b'x'; 1024 * 1024];
    channel.confirm_select().unwrap();
    let publish = basic::Publish::new("", &queue);
    let receipt = channel
        .basic_publish_confirmed(publish, properties, &huge)
        .unwrap();
    assert!(matches!(receipt.wait(), leveret::Outcome::Confirmed));
    let delivery = get(&channel, &queue).unwrap();
    assert!(delivery.body() == huge);
    assert!(!delivery.redelivered());
    let properties = delivery.properties();
    assert_eq!(properties.content_type.unwrap(), *"text/plain");
    assert_eq!(properties.headers.unwrap().get_u64("attempt"), Ok(Some(3)));
    delivery.ack().unwrap();
    assert!(get(&channel, &queue).is_none());
    connection.close().unwrap();
}

#[test]
fn what_is_given_back_comes_again_and_what_is_dropped_does_not() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    fill(&channel, &queue, &["one"]);
    get(&channel, &queue).unwrap().reject(true).unwrap();
    let again = get(&channel, &queue).unwrap();
    assert!(again.redelivered());
    again.nack(true).unwrap();
    get(&channel, &queue).unwrap().nack(false).unwrap();
    assert!(get(&channel, &queue).is_none());
    fill(&channel, &queue, &["two"]);
    get(&channel, &queue).unwrap().reject(false).unwrap();
    assert!(get(&channel, &queue).is_none());
    connection.close().unwrap();
}

#[test]
fn several_are_settled_at_once() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    fill(&channel, &queue, &["1", "2", "3"]);
    let first = get(&channel, &queue).unwrap();
    let second = get(&channel, &queue).unwrap();
    second.ack_multiple().unwrap();
    // The server settled both; the first one is not to be settled again.
    drop(first);
    let third = get(&channel, &queue).unwrap();
    assert_eq!((body(&third), third.message_count()), ("3", Some(0)));
    connection.close().unwrap();
}

#[test]
fn recovered_messages_come_again_in_order() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    fill(&channel, &queue, &["1", "2"]);
    let _held = [get(&channel, &queue), get(&channel, &queue)];
    assert!(get(&channel, &queue).is_none());
    channel
        .call(basic::Recover::default().requeue(true))
        .unwrap();
    for expected in ["1", "2"] {
        let delivery = get(&channel, &queue).unwrap();
        assert_eq!((body(&delivery), delivery.redelivered()), (expected, true));
    }
    connection.close().unwrap();
}

#[test]
fn what_is_unsettled_when_the_channel_closes_is_restored() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    fill(&channel, &queue, &["kept", "taken"]);
    let other = connection.open_channel().unwrap();
    let held = get(&other, &queue).unwrap();
    let taken = other
        .basic_get(basic::Get::new(&queue).no_ack(true))
        .unwrap();
    assert_eq!(body(&taken.unwrap()), "taken");
    other.close().unwrap();
    assert!(held.ack().is_err());
    // It may still be on its way back to the queue: a consumer waits for it.
    let restored = consume(&channel, &queue).next().unwrap().unwrap();
    assert_eq!((body(&restored), restored.redelivered()), ("kept", true));
    restored.ack().unwrap();
    assert!(get(&channel, &queue).is_none());
    connection.close().unwrap();
}
