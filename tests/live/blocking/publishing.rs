//! Confirms and returned messages.

use std::time::Duration;

use leveret::amqp_methods::{basic, table};
use leveret::{ErrorKind, Outcome, Outgoing};

use super::{body, code, get, open, own_queue, publish};
use crate::broker::unique;

#[test]
fn what_cannot_be_routed_is_told_by_its_receipt_and_what_can_is_confirmed() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    channel.confirm_select().unwrap();
    let keys = [unique("nowhere"), queue.clone()];
    let receipts = keys.each_ref().map(|key| {
        let publish = basic::Publish::new("", key).mandatory(true);
        let properties = basic::Properties::default().headers(table! { "key" => &**key });
        let published = channel.basic_publish_confirmed(publish, properties, &**key);
        published.unwrap()
    });
    let [unroutable, routable] = receipts.map(leveret::blocking::Receipt::wait);
    let Outcome::Returned(returned) = unroutable else {
        panic!("{unroutable:?}");
    };
    assert_eq!(returned.reply_code().get(), 312);
    assert_eq!(returned.reply_text(), *"NO_ROUTE");
    assert_eq!(returned.body(), Some(keys[0].as_bytes()));
    let headers = returned.properties().headers.unwrap();
    assert_eq!(headers.get_str("key"), Ok(Some(&*keys[0])));
    assert!(matches!(routable, Outcome::Confirmed));
    assert_eq!(body(&get(&channel, &queue).unwrap()), queue);
    connection.close().unwrap();
}

#[test]
fn without_confirms_they_come_back_in_order() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    let nowhere = unique("nowhere");
    for number in 0..2 {
        let mandatory = basic::Publish::new("", &nowhere).mandatory(true);
        let properties = basic::Properties::default();
        let body = number.to_string();
        channel.basic_publish(mandatory, properties, body).unwrap();
        publish(&channel, "", &queue, "delivered");
    }
    assert_eq!(channel.returned().unwrap().body(), Some(&b"0"[..]));
    let second = channel.returned_within(Duration::MAX).unwrap();
    assert_eq!(
        (second.body(), second.routing_key()),
        (Some(&b"1"[..]), (&*nowhere).into())
    );
    // The server handles one channel in order.
    assert_eq!(get(&channel, &queue).unwrap().message_count(), Some(1));
    let none = channel.returned_within(Duration::ZERO).unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Timeout);
    connection.close().unwrap();
}

#[test]
fn a_batch_tells_what_came_back_and_what_did_not() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    channel.confirm_select().unwrap();
    let nowhere = unique("nowhere");
    let messages = [&*queue, &*nowhere, &*queue].map(|key| {
        let publish = basic::Publish::new("", key).mandatory(true);
        Outgoing::new(publish, basic::Properties::default(), key)
    });
    // One at a time, and all of them in the end.
    let publisher = channel.publisher().max_in_flight(1);
    let outcomes = publisher.basic_publish_batch(&messages).unwrap();
    let unconfirmed: Vec<_> = outcomes.unconfirmed().collect();
    let [(1, Outcome::Returned(returned))] = unconfirmed[..] else {
        panic!("{outcomes:?}");
    };
    assert_eq!(returned.body(), Some(nowhere.as_bytes()));
    assert_eq!(publisher.in_flight(), 0);
    assert_eq!(get(&channel, &queue).unwrap().message_count(), Some(1));
    connection.close().unwrap();
}

#[test]
fn a_thread_listens_to_what_comes_back_while_another_publishes() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let nowhere = unique("nowhere");
    let returns = channel.returns();
    let listener = std::thread::spawn(move || {
        let bodies = returns.map(|returned| returned.unwrap().body().unwrap().to_vec());
        bodies.collect::<Vec<_>>()
    });
    for body in ["1", "2"] {
        let mandatory = basic::Publish::new("", &nowhere).mandatory(true);
        let properties = basic::Properties::default();
        channel.basic_publish(mandatory, properties, body).unwrap();
    }
    channel.close().unwrap();
    assert_eq!(listener.join().unwrap(), [b"1", b"2"]);
    connection.close().unwrap();
}

#[test]
fn ten_threads_publish_ten_thousand_messages() {
    const THREADS: u32 = 10;
    const MESSAGES: u32 = 1000;
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    channel.confirm_select().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for number in 0..MESSAGES {
                    publish(&channel, "", &queue, &number.to_string());
                }
            });
        }
    });
    let tally = channel.wait_for_confirms().unwrap();
    assert_eq!(tally.confirmed, u64::from(THREADS * MESSAGES));
    let left = get(&channel, &queue).unwrap().message_count();
    assert_eq!(left, Some(THREADS * MESSAGES - 1));
    connection.close().unwrap();
}

#[test]
fn a_publish_to_no_exchange_is_in_doubt_for_that_reason() {
    let Some((connection, channel)) = open() else {
        return;
    };
    channel.confirm_select().unwrap();
    let nowhere = unique("exchange");
    let publish = basic::Publish::new(&nowhere, "");
    let properties = basic::Properties::default();
    let receipt = channel
        .basic_publish_confirmed(publish, properties, "x")
        .unwrap();
    let Outcome::InDoubt(error) = receipt.wait() else {
        panic!("it was settled");
    };
    assert_eq!(code::<()>(Err(error)), 404);
    assert_eq!(code(channel.wait_for_confirms()), 404);
    connection.close().unwrap();
}
