//! What became of publishes.

use leveret::amqp_methods::{basic, queue};
use leveret::proto::Outcome;
use leveret::{ErrorKind, Receipt, Tally};

use super::meet::{
    Server, answered, close_channel, connect_with_channel, connect_with_confirms, publish,
    publish_confirmed, settle,
};

pub(crate) async fn give_back(server: &mut Server, body: &str) {
    let returned = basic::Return::new(312, "NO_ROUTE", "", "q");
    let properties = basic::Properties::default();
    server
        .send_content(1, returned, &properties, body.as_bytes())
        .await;
}

#[tokio::test(start_paused = true)]
async fn each_receipt_tells_its_own_end() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let mut receipts = Vec::new();
    for body in ["a", "b", "c", "c", "e"] {
        receipts.push(publish_confirmed(&channel, body).await);
        server.expect_content(1).await;
    }
    let numbers: Vec<u64> = receipts.iter().map(Receipt::number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    give_back(&mut server, "c").await;
    server.send(1, basic::Nack::new(2)).await;
    server.send(1, basic::Ack::new(3).multiple(true)).await;
    server.send(1, basic::Ack::new(4)).await;
    let mut receipts = receipts.into_iter();
    assert!(matches!(receipts.next().unwrap().await, Outcome::Confirmed));
    assert!(matches!(receipts.next().unwrap().await, Outcome::Nacked));
    match receipts.next().unwrap().await {
        Outcome::Returned(returned) => {
            assert_eq!(returned.reply_code().get(), 312);
            assert_eq!(returned.reply_text(), *"NO_ROUTE");
            assert_eq!(returned.body(), Some(&b"c"[..]));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(receipts.next().unwrap().await, Outcome::Confirmed));

    close_channel(&mut server, 404, "NOT_FOUND - no exchange 'x'").await;
    match receipts.next().unwrap().await {
        Outcome::InDoubt(error) => assert_eq!(
            error.to_string(),
            "channel 1 closed by server: 404 NOT_FOUND - no exchange 'x'"
        ),
        other => panic!("{other:?}"),
    }
    let error = channel.wait_for_confirms().await.unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 404);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_channel_leaves_its_tally() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    for body in ["a", "b", "c", "d"] {
        publish(&channel, body).await.unwrap();
        server.expect_content(1).await;
    }
    server.send(1, basic::Ack::new(1)).await;
    server.send(1, basic::Nack::new(2)).await;
    close_channel(&mut server, 404, "NOT_FOUND - no exchange 'x'").await;
    channel.wait_for_confirms().await.unwrap_err();
    let tally = channel.take_tally();
    assert_eq!((tally.confirmed, tally.nacked, tally.in_doubt), (1, 1, 2));
    assert_eq!(channel.take_tally(), Tally::default(), "it is told once");
}

#[tokio::test(start_paused = true)]
async fn a_waiting_receipt_is_woken_by_a_loss() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let receipt = publish_confirmed(&channel, "x").await;
    server.expect_content(1).await;
    let waiting = tokio::spawn(receipt);
    settle().await;
    drop(server);
    match waiting.await.unwrap() {
        Outcome::InDoubt(error) => assert_eq!(error.kind(), ErrorKind::ConnectionLost),
        other => panic!("{other:?}"),
    }
    let error = publish(&channel, "y").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
}

#[tokio::test(start_paused = true)]
async fn the_tally_counts_what_has_no_receipt() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    for body in ["a", "b", "c", "d"] {
        let method = basic::Publish::new("", "q").mandatory(true);
        channel
            .basic_publish(method, basic::Properties::default(), body)
            .await
            .unwrap();
        server.expect_content(1).await;
    }
    let waiting = tokio::spawn({
        let channel = channel.clone();
        async move { channel.wait_for_confirms().await }
    });
    settle().await;
    // What is published later is not waited for.
    let later = publish_confirmed(&channel, "later").await;
    give_back(&mut server, "b").await;
    server.send(1, basic::Nack::new(3)).await;
    server.send(1, basic::Ack::new(4).multiple(true)).await;
    let tally = waiting.await.unwrap().unwrap();
    assert_eq!((tally.confirmed, tally.nacked, tally.returned), (2, 1, 1));
    let returned = channel.returned().await.unwrap();
    assert_eq!(returned.body(), Some(&b"b"[..]));
    server.send(1, basic::Ack::new(5)).await;
    assert!(matches!(later.await, Outcome::Confirmed));
    let tally = channel.wait_for_confirms().await.unwrap();
    assert_eq!((tally.confirmed, tally.nacked, tally.returned), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn returns_outside_confirm_mode_wait_for_whoever_asks() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let waiting = tokio::spawn({
        let channel = channel.clone();
        async move { channel.returned().await }
    });
    settle().await;
    give_back(&mut server, "one").await;
    assert_eq!(waiting.await.unwrap().unwrap().body(), Some(&b"one"[..]));
    give_back(&mut server, "two").await;
    close_channel(&mut server, 406, "PRECONDITION_FAILED").await;
    // Also behind the channel's end; then comes the reason.
    assert_eq!(channel.returned().await.unwrap().body(), Some(&b"two"[..]));
    let error = channel.returned().await.unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 406);
}

#[tokio::test(start_paused = true)]
async fn receipts_need_confirm_mode() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let error = channel
        .basic_publish_confirmed(
            basic::Publish::new("", "q"),
            basic::Properties::default(),
            "x",
        )
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    let ok = answered(&mut server, channel.call(queue::Declare::new("q"))).await;
    ok.unwrap();
    server.peer().expects_nothing();
}

#[tokio::test(start_paused = true)]
async fn an_ack_for_what_was_never_published_ends_the_connection() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let receipt = publish_confirmed(&channel, "x").await;
    server.expect_content(1).await;
    server.send(1, basic::Ack::new(2)).await;
    assert!(matches!(receipt.await, Outcome::InDoubt(_)));
    assert_eq!(connection.closed().await.kind(), ErrorKind::Protocol);
}
