//! Opening, closing, and what is left.

use leveret::ErrorKind;
use leveret::amqp_methods::{connection, queue};
use leveret::blocking::Connection;

use super::{consume, open, own_queue, publish};
use crate::broker::{broker, ctl, unique};

#[test]
fn a_connection_opens_and_closes_and_is_closed_from_then_on() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let properties = connection.server_properties();
    let capabilities = properties.get("capabilities").unwrap();
    assert!(capabilities.is_some());
    assert!(connection.tuning().frame_max >= 4096);
    let queue = own_queue(&channel);
    let _consumer = consume(&channel, &queue);
    connection.close().unwrap();
    connection.close().unwrap();
    let kind = ErrorKind::ConnectionClosed;
    assert_eq!(connection.open_channel().unwrap_err().kind(), kind);
    let declare = queue::Declare::new("q");
    assert_eq!(channel.call(declare).unwrap_err().kind(), kind);
    assert_eq!(channel.close().unwrap_err().kind(), kind);
}

#[test]
fn a_wrong_password_and_a_host_that_is_not_there_are_told_apart() {
    let Some(parameters) = broker() else {
        return;
    };
    let wrong = leveret::Credentials::plain("guest", "wrong");
    let refused = Connection::connect(parameters.clone().credentials(wrong)).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AuthenticationRefused);
    let nowhere = Connection::connect(parameters.virtual_host("nowhere")).unwrap_err();
    assert_eq!(nowhere.reply_code().unwrap().get(), 530);
}

#[test]
fn a_secret_is_renewed() {
    let Some((connection, _)) = open() else {
        return;
    };
    let renew = connection::UpdateSecret::new("guest", "it is time");
    connection.call(renew).unwrap();
    connection.close().unwrap();
}

#[test]
fn ninety_nine_calls_that_fail_do_not_keep_it_from_closing() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let missing = unique("missing");
    let failed = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..99)
            .map(|_| {
                scope.spawn(|| {
                    let passive = queue::Declare::new(&missing).passive(true);
                    channel
                        .call(passive)
                        .unwrap_err()
                        .reply_code()
                        .unwrap()
                        .get()
                })
            })
            .collect();
        let codes = calls.into_iter().map(|call| call.join().unwrap());
        codes.collect::<Vec<_>>()
    });
    assert_eq!(failed, [404; 99]);
    connection.close().unwrap();
}

#[test]
fn what_was_published_before_the_last_handle_went_arrives() {
    let (Some((connection, channel)), Some((other, keeper))) = (open(), open()) else {
        return;
    };
    let queue = unique("dropped");
    let declare = queue::Declare::new(&*queue).auto_delete(true);
    keeper.call(declare).unwrap();
    let mut consumer = consume(&keeper, &queue);
    for number in 0..100 {
        publish(&channel, "", &queue, &number.to_string());
    }
    drop((connection, channel));
    for number in 0..100 {
        let delivery = consumer.next().unwrap().unwrap();
        assert_eq!(delivery.body(), number.to_string().as_bytes());
    }
    drop(consumer);
    other.close().unwrap();
}

#[test]
fn an_operator_who_closes_the_connection_is_heard_by_whoever_waits() {
    let Some((connection, channel)) = open() else {
        return;
    };
    let queue = own_queue(&channel);
    let mut consumer = consume(&channel, &queue);
    let name = unique("victim");
    let parameters = broker().unwrap().connection_name(&*name);
    let victim = Connection::connect(parameters).unwrap();
    let waiting = std::thread::spawn(move || victim.closed());
    let Some(list) = ctl(&["list_connections", "--quiet", "pid", "client_properties"]) else {
        return;
    };
    let line = list.lines().find(|line| line.contains(&name)).unwrap();
    let pid = line.split_whitespace().next().unwrap();
    ctl(&["close_connection", pid, "by an operator"]);
    let error = waiting.join().unwrap();
    assert_eq!(error.reply_code().unwrap().get(), 320, "{error}");
    // Others do not notice.
    publish(&channel, "", &queue, "still here");
    consumer.next().unwrap().unwrap().ack().unwrap();
    connection.close().unwrap();
}
