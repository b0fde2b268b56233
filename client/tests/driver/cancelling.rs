//! Futures may be dropped at any await, and the channel stays usable.

use std::future::Future;
use std::pin::pin;

use amqp_test_broker::Stage;
use leveret::amqp_methods::{basic, channel, connection, queue};

use super::meet::{
    answered, begin_and_drop, connect, connect_with_channel, connect_with_confirms, consume,
    deliver, publish, publish_confirmed, settle,
};

#[tokio::test(start_paused = true)]
async fn a_call_leaves_a_tombstone() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    begin_and_drop(channel.call(queue::Declare::new("a"))).await;
    begin_and_drop(channel.call(queue::Purge::new("a"))).await;
    let ok = answered(&mut server, channel.call(queue::Declare::new("b"))).await;
    assert_eq!(ok.unwrap().queue, *"b");
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_consumer_is_cancelled() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    begin_and_drop(channel.basic_consume(basic::Consume::new("q", "tag"))).await;
    server.expect::<basic::Consume<'_>>(1).await;
    server.send(1, basic::ConsumeOk::new("tag")).await;
    deliver(&mut server, "tag", 1).await;
    let cancel = server.expect::<basic::Cancel<'_>>(1).await;
    assert_eq!(cancel.consumer_tag, *"tag");
    let nack = server.expect::<basic::Nack>(1).await;
    assert!(nack.requeue && nack.delivery_tag == 1);
    server.send(1, basic::CancelOk::new("tag")).await;
    let ok = answered(&mut server, channel.call(queue::Declare::new("b"))).await;
    assert_eq!(ok.unwrap().queue, *"b");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_has_come_but_was_not_looked_at_is_undone() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    {
        let mut consume = pin!(channel.basic_consume(basic::Consume::new("q", "tag")));
        let mut get = pin!(channel.basic_get(basic::Get::new("q")));
        begin(consume.as_mut()).await;
        begin(get.as_mut()).await;
        server.expect::<basic::Consume<'_>>(1).await;
        server.send(1, basic::ConsumeOk::new("tag")).await;
        server.expect::<basic::Get<'_>>(1).await;
        let properties = basic::Properties::default();
        let get_ok = basic::GetOk::new(9, "", "q", 0);
        server.send_content(1, get_ok, &properties, b"").await;
        settle().await;
    }
    let nack = server.expect::<basic::Nack>(1).await;
    assert!(nack.requeue && nack.delivery_tag == 9);
    server.expect::<basic::Cancel<'_>>(1).await;
}

async fn begin(mut future: std::pin::Pin<&mut impl Future>) {
    std::future::poll_fn(|cx| {
        assert!(future.as_mut().poll(cx).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_message_nobody_waits_for_goes_back() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    begin_and_drop(channel.basic_get(basic::Get::new("q"))).await;
    server.expect::<basic::Get<'_>>(1).await;
    let properties = basic::Properties::default();
    let get_ok = basic::GetOk::new(1, "", "q", 0);
    server.send_content(1, get_ok, &properties, b"x").await;
    let nack = server.expect::<basic::Nack>(1).await;
    assert!(nack.requeue && nack.delivery_tag == 1);

    let get = channel.basic_get(basic::Get::new("q"));
    let script = async {
        server.expect::<basic::Get<'_>>(1).await;
        server.send(1, basic::GetEmpty).await;
    };
    let (got, ()) = tokio::join!(get, script);
    assert!(got.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_channel_is_closed_and_its_number_used_again() {
    let (connection, mut server) = connect().await;
    begin_and_drop(connection.open_channel()).await;
    server.expect::<channel::Open>(1).await;
    server.send(1, channel::OpenOk).await;
    server.expect::<channel::Close<'_>>(1).await;
    server.send(1, channel::CloseOk).await;
    settle().await;
    let channel = answered(&mut server, connection.open_channel()).await;
    assert_eq!(channel.unwrap().number(), 1);
}

#[tokio::test(start_paused = true)]
async fn next_loses_no_delivery() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let consume_ = channel.basic_consume(basic::Consume::new("q", "tag"));
    let mut consumer = answered(&mut server, consume_).await.unwrap();
    begin_and_drop(consumer.next()).await;
    for number in 1..=2 {
        deliver(&mut server, "tag", number).await;
    }
    for number in 1..=2 {
        let delivery = consumer.next().await.unwrap().unwrap();
        assert_eq!(delivery.delivery_tag(), number);
        begin_and_drop_unless_ready(&mut consumer, number).await;
    }
}

/// Behind the last delivery there is nothing.
async fn begin_and_drop_unless_ready(consumer: &mut leveret::Consumer, number: u64) {
    if number == 2 {
        begin_and_drop(consumer.next()).await;
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_for_confirms_or_returns_changes_nothing() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    publish(&channel, "one").await.unwrap();
    begin_and_drop(channel.wait_for_confirms()).await;
    begin_and_drop(channel.returned()).await;
    server.expect_content(1).await;
    server.send(1, basic::Ack::new(1)).await;
    let tally = channel.wait_for_confirms().await.unwrap();
    assert_eq!((tally.confirmed, tally.nacked, tally.returned), (1, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_receipt_changes_nothing_about_its_publish() {
    let (_connection, channel, mut server) = connect_with_confirms().await;
    let receipt = publish_confirmed(&channel, "one").await;
    begin_and_drop(receipt).await;
    server.expect_content(1).await;
    server.send(1, basic::Ack::new(1)).await;
    assert_eq!(channel.wait_for_confirms().await.unwrap().confirmed, 1);
}

#[tokio::test(start_paused = true)]
async fn a_publish_that_waits_was_not_published() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    server
        .send(0, connection::Blocked::new("low on memory"))
        .await;
    settle().await;
    assert!(connection.is_blocked());
    begin_and_drop(publish(&channel, "never")).await;
    server.send(0, connection::Unblocked).await;
    settle().await;
    publish(&channel, "first").await.unwrap();
    let (_, _, body) = server.expect_content(1).await;
    assert_eq!(body, "first");
    server.send(1, basic::Ack::new(1)).await;
    assert_eq!(channel.wait_for_confirms().await.unwrap().confirmed, 1);
}

#[tokio::test(start_paused = true)]
async fn cancelling_and_closing_go_on_by_themselves() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    begin_and_drop(consumer.cancel()).await;
    server.expect::<basic::Cancel<'_>>(1).await;
    server.send(1, basic::CancelOk::new("tag")).await;
    for _ in 1..=2 {
        consumer.next().await.unwrap().unwrap().ack().unwrap();
        server.expect::<basic::Ack>(1).await;
    }
    assert!(consumer.next().await.is_none());

    begin_and_drop(channel.close()).await;
    server.expect::<channel::Close<'_>>(1).await;
    server.send(1, channel::CloseOk).await;
    settle().await;
    let error = channel.close_error().unwrap();
    assert_eq!(
        error.to_string(),
        "channel 1 closed by client: 200 closed by the application"
    );

    begin_and_drop(connection.close()).await;
    server.serve_auto().await;
    assert_eq!(server.peer().stage(), Stage::Closed);
    server.expect_end().await;
}
