//! Channels: many of them, and how one ends without the others.

use leveret::amqp_methods::{MethodId, Reader, UnknownMethod, basic, queue};
use leveret::{Channel, ConnectionEvent, Error, ErrorKind};

use crate::broker::{open, own_queue, unique};

#[tokio::test]
async fn two_hundred_open_work_close_and_are_used_again() {
    let Some((connection, first)) = open().await else {
        return;
    };
    let queue = own_queue(&first).await;
    for _ in 0..2 {
        let mut tasks = Vec::new();
        for _ in 0..200 {
            let connection = connection.clone();
            let queue = queue.clone();
            tasks.push(tokio::spawn(async move {
                let channel = connection.open_channel().await.unwrap();
                channel.confirm_select().await.unwrap();
                crate::broker::publish(&channel, "", &queue, "x").await;
                let tally = channel.wait_for_confirms().await.unwrap();
                assert_eq!(tally.confirmed, 1);
                channel
            }));
        }
        let mut channels: Vec<Channel> = Vec::new();
        for task in tasks {
            channels.push(task.await.unwrap());
        }
        let mut numbers: Vec<_> = channels.iter().map(Channel::number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (2..=201).collect::<Vec<u16>>());
        for channel in channels {
            channel.close().await.unwrap();
        }
    }
    let purged = first.call(queue::Purge::new(&*queue)).await.unwrap();
    assert_eq!(purged.message_count, 400);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_dropped_channel_s_number_is_used_again() {
    let Some((connection, _first)) = open().await else {
        return;
    };
    let mut events = connection.events();
    for _ in 0..100 {
        let channel = connection.open_channel().await.unwrap();
        own_queue(&channel).await;
        assert_eq!(channel.number(), 2);
        drop(channel);
        // The server agrees in its own time.
        let event = events.next().await.unwrap().unwrap();
        assert!(
            matches!(event, ConnectionEvent::ChannelClosed { channel: 2, .. }),
            "{event:?}"
        );
    }
}

#[tokio::test]
async fn an_error_ends_its_channel_only() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let name = unique("missing");
    let passive = queue::Declare::new(&*name).passive(true);
    let error = channel.call(passive).await.unwrap_err();
    not_found(&error, &name);
    // Whoever comes later hears the same.
    let later = channel.call(basic::Qos::default()).await.unwrap_err();
    not_found(&later, &name);

    let again = connection.open_channel().await.unwrap();
    let name = unique("other");
    let declare = queue::Declare::new(&*name).exclusive(true);
    again.call(declare.clone()).await.unwrap();
    let other = declare.auto_delete(true);
    let error = again.call(other).await.unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 406);
    assert!(connection.close_error().is_none());
}

fn not_found(error: &Error, name: &str) {
    assert_eq!(error.kind(), ErrorKind::ChannelClosed);
    assert!(error.is_channel());
    let reason = error.close_reason().unwrap();
    assert_eq!(reason.reply_code.get(), 404);
    assert!(reason.reply_text.contains(name), "{}", reason.reply_text);
    assert_eq!(reason.method, Some(MethodId::new(50, 10)));
}

#[tokio::test]
async fn an_unknown_delivery_ends_the_channel() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    // By the types of deliveries this cannot happen; by hand it can.
    channel.send(basic::Ack::new(77)).unwrap();
    let error = channel.call(queue::Purge::new(&*queue)).await.unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 406);
    assert!(connection.close_error().is_none());
}

/// RabbitMQ before 4.0 takes octets that are no UTF-8 in names and quotes them in its reply text, which then
/// is not UTF-8 either; later ones refuse the method.
#[tokio::test]
async fn a_reply_text_need_not_be_utf8() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let bind = queue::Bind::new(&b"leveret.\xff\xfe"[..], "amq.direct", "");
    let error = channel.call(bind).await.unwrap_err();
    let code = error.reply_code().unwrap().get();
    assert!([404, 501].contains(&code), "{error}");
    if code == 404 {
        assert!(error.to_string().contains("leveret."), "{error}");
        let again = connection.open_channel().await.unwrap();
        own_queue(&again).await;
    }
}

/// RabbitMQ drops the connection without a word.
#[tokio::test]
async fn a_method_of_nobody_s_can_be_sent() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let octets = [1, 2, 3];
    let method = UnknownMethod::new(MethodId::new(99, 1), Reader::new(&octets));
    channel.send(method).unwrap();
    let error = connection.closed().await;
    assert!(
        matches!(
            error.kind(),
            ErrorKind::ConnectionLost | ErrorKind::ConnectionClosed
        ),
        "{error}"
    );
}
