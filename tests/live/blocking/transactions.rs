//! Transactions: what takes effect, and when.

use leveret::ErrorKind;
use leveret::amqp_methods::basic;

use super::{body, code, consume, fill, get, open, own_queue, publish};
use crate::broker::unique;

#[test]
fn what_is_committed_is_there_and_what_is_rolled_back_is_not() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    let other = connection.open_channel().unwrap();
    channel.tx_select().unwrap();
    publish(&channel, "", &queue, "committed");
    // The server has dealt with the publish when it has dealt with this.
    channel.basic_qos(0).unwrap();
    assert!(get(&other, &queue).is_none());
    channel.tx_commit().unwrap();
    publish(&channel, "", &queue, "rolled back");
    channel.tx_rollback().unwrap();
    let there = get(&other, &queue).unwrap();
    assert_eq!(
        (body(&there), there.message_count()),
        ("committed", Some(0))
    );
    connection.close().unwrap();
}

#[test]
fn an_acknowledgement_that_is_rolled_back_leaves_the_message() {
    let Some((connection, filler)) = open() else {
        return;
    };
    let queue = own_queue(&filler);
    fill(&filler, &queue, &["x"]);
    for is_committed in [false, true] {
        let channel = connection.open_channel().unwrap();
        channel.tx_select().unwrap();
        // What the end of the channel before has restored may still be on its way back to the queue.
        let mut consumer = consume(&channel, &queue);
        let delivery = consumer.next().unwrap().unwrap();
        assert_eq!(
            (body(&delivery), delivery.redelivered()),
            ("x", is_committed)
        );
        delivery.ack().unwrap();
        if is_committed {
            channel.tx_commit().unwrap();
        } else {
            channel.tx_rollback().unwrap();
        }
        channel.close().unwrap();
    }
    assert!(get(&filler, &queue).is_none());
    connection.close().unwrap();
}

#[test]
fn what_reaches_no_queue_comes_back_before_the_commit_is_answered() {
    let Some((connection, channel)) = open() else {
        return;
    };
    channel.tx_select().unwrap();
    let nowhere = unique("nowhere");
    let mandatory = basic::Publish::new("", &nowhere).mandatory(true);
    let properties = basic::Properties::default();
    channel.basic_publish(mandatory, properties, "x").unwrap();
    channel.tx_commit().unwrap();
    let mut returns = channel.returns();
    assert_eq!(returns.next().unwrap().unwrap().body(), Some(&b"x"[..]));
    connection.close().unwrap();
}

#[test]
fn without_transactions_there_is_nothing_to_commit() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let refused = channel.tx_commit().unwrap_err();
    assert_eq!(refused.error().kind(), ErrorKind::ChannelClosed);
    assert_eq!(refused.error().reply_code().unwrap().get(), 406);
    let channel = connection.open_channel().unwrap();
    assert_eq!(code(channel.tx_rollback()), 406);
    let channel = connection.open_channel().unwrap();
    channel.confirm_select().unwrap();
    assert_eq!(code(channel.tx_select()), 406);
    connection.close().unwrap();
}
