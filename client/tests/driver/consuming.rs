//! Consumers, and how their streams end.

use leveret::ErrorKind;
use leveret::amqp_methods::{basic, queue};
use leveret::proto::ConsumerEnd;

use super::meet::{
    answered, close_channel, connect_with_channel, consume, deliver, publish_confirmed, settle,
};

#[tokio::test(start_paused = true)]
async fn a_cancelled_stream_gives_what_it_has_and_ends() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    answered(&mut server, consumer.stop()).await.unwrap();
    assert!(consumer.end().is_none());
    for number in 1..=2 {
        let delivery = consumer.next().await.unwrap().unwrap();
        assert_eq!(delivery.delivery_tag(), number);
    }
    assert!(consumer.next().await.is_none());
    assert!(matches!(consumer.end(), Some(ConsumerEnd::Cancelled)));
    assert!(consumer.next().await.is_none());
    // Once more is no error, and says nothing to the server.
    consumer.stop().await.unwrap();
    assert_eq!(consumer.cancel().await.unwrap(), 0);
    drop(consumer);
    settle().await;
    server.peer().expects_nothing();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_cancels_is_the_last_item() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    let cancel = basic::Cancel::new("tag").no_wait(true);
    server.send(1, cancel).await;
    for _ in 1..=2 {
        consumer.next().await.unwrap().unwrap();
    }
    let error = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConsumerCancelled);
    assert!(consumer.next().await.is_none());
    // The channel lives.
    let ok = answered(&mut server, channel.call(queue::Declare::new("b"))).await;
    assert_eq!(ok.unwrap().queue, *"b");
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_ends_is_the_last_item() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    close_channel(&mut server, 406, "PRECONDITION_FAILED - no").await;
    let stale = consumer.next().await.unwrap().unwrap();
    consumer.next().await.unwrap().unwrap();
    let error = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "channel 1 closed by server: 406 PRECONDITION_FAILED - no"
    );
    assert!(consumer.next().await.is_none());
    // A late ack is an error here, and nothing on the wire.
    assert_eq!(stale.ack().unwrap_err().reply_code().unwrap().get(), 406);
    settle().await;
    server.peer().expects_nothing();
}

#[tokio::test(start_paused = true)]
async fn an_end_right_behind_consume_ok_loses_nothing() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let script = async {
        server.expect::<basic::Consume<'_>>(1).await;
        let properties = basic::Properties::default();
        let peer = server.peer_mut();
        peer.on(1)
            .sends(basic::ConsumeOk::new("tag"))
            .sends_content(
                basic::Deliver::new("tag", 1, "", "q"),
                &properties,
                b"early",
            )
            .sends(basic::Cancel::new("tag").no_wait(true));
        server.flush().await;
    };
    let consume = channel.basic_consume(basic::Consume::new("q", "tag"));
    let (consumer, ()) = tokio::join!(consume, script);
    let mut consumer = consumer.unwrap();
    let delivery = consumer.next().await.unwrap().unwrap();
    assert_eq!(delivery.body(), b"early");
    let error = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConsumerCancelled);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_consumer_is_cancelled_and_gives_back() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    settle().await;
    let first = consumer.next().await.unwrap().unwrap();
    // One taken from the core but not looked at, one still in the core.
    deliver(&mut server, "tag", 3).await;
    settle().await;
    drop(consumer);
    // The cancel goes first: otherwise the server would deliver to this consumer what it gets back.
    server.expect::<basic::Cancel<'_>>(1).await;
    for number in [3, 2] {
        let nack = server.expect::<basic::Nack>(1).await;
        assert_eq!((nack.delivery_tag, nack.requeue), (number, true));
    }
    // What comes before the server knows goes back as well.
    deliver(&mut server, "tag", 4).await;
    let nack = server.expect::<basic::Nack>(1).await;
    assert_eq!((nack.delivery_tag, nack.requeue), (4, true));
    server.send(1, basic::CancelOk::new("tag")).await;
    first.ack().unwrap();
    server.expect_method(1, &basic::Ack::new(1)).await;
}

#[tokio::test(start_paused = true)]
async fn without_acknowledgement_nothing_is_settled() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let consume = basic::Consume::new("q", "tag");
    let consumer = answered(&mut server, channel.consumer(consume).no_ack().start()).await;
    let mut consumer = consumer.unwrap();
    for number in 1..=2 {
        deliver(&mut server, "tag", number).await;
    }
    settle().await;
    let message: leveret::Message = consumer.next().await.unwrap().unwrap();
    assert_eq!(message.body(), b"delivery 1");
    drop(consumer);
    server.expect::<basic::Cancel<'_>>(1).await;
    server.peer().expects_nothing();
}

#[tokio::test(start_paused = true)]
async fn every_way_to_settle_reaches_the_wire() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    for number in 3..=6 {
        deliver(&mut server, "tag", number).await;
    }
    for number in 1..=6 {
        let delivery = consumer.next().await.unwrap().unwrap();
        assert_eq!(delivery.body(), format!("delivery {number}").as_bytes());
        assert_eq!(delivery.consumer_tag().unwrap(), *"tag");
        match number {
            1 => delivery.ack(),
            2 => delivery.ack_multiple(),
            3 => delivery.nack(true),
            4 => delivery.nack(false),
            5 => delivery.reject(true),
            _ => delivery.reject(false),
        }
        .unwrap();
    }
    server.expect_method(1, &basic::Ack::new(1)).await;
    server
        .expect_method(1, &basic::Ack::new(2).multiple(true))
        .await;
    for (number, requeue) in [(3, true), (4, false)] {
        let nack = basic::Nack::new(number).requeue(requeue);
        server.expect_method(1, &nack).await;
    }
    for (number, requeue) in [(5, true), (6, false)] {
        let reject = basic::Reject::new(number).requeue(requeue);
        server.expect_method(1, &reject).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_fetched_message_knows_where_it_came_from() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let script = async {
        server.expect::<basic::Get<'_>>(1).await;
        let get_ok = basic::GetOk::new(1, "events", "key", 41).redelivered(true);
        let properties = basic::Properties::default().priority(3);
        server.send_content(1, get_ok, &properties, b"body").await;
    };
    let (got, ()) = tokio::join!(channel.basic_get(basic::Get::new("q")), script);
    let got = got.unwrap().unwrap();
    assert_eq!(
        (got.exchange(), got.routing_key()),
        ("events".into(), "key".into())
    );
    assert_eq!(
        (got.message_count(), got.redelivered(), got.body()),
        (Some(41), true, &b"body"[..])
    );
    assert_eq!(got.properties().priority, Some(3));
    got.ack().unwrap();
    server.expect_method(1, &basic::Ack::new(1)).await;
}

/// Waking and forgetting happen outside the lock: a waker may own the last handle of a channel.
#[tokio::test(start_paused = true)]
async fn a_waker_may_own_handles() {
    use std::future::Future;
    use std::sync::Arc;
    use std::task::{Context, Wake, Waker};

    struct Owner(#[expect(dead_code, reason = "it is dropped")] leveret::Channel);
    impl Wake for Owner {
        fn wake(self: Arc<Self>) {}
    }

    let (connection, channel, mut server) = connect_with_channel().await;
    answered(&mut server, channel.confirm_select())
        .await
        .unwrap();
    let mut consumer = consume(&mut server, &channel, "tag").await;
    for _ in 1..=2 {
        consumer.next().await.unwrap().unwrap();
    }
    for _ in 0..2 {
        let mut receipt = Box::pin(publish_confirmed(&channel, "x").await);
        for polled_again in [true, false] {
            let other = answered(&mut server, connection.open_channel())
                .await
                .unwrap();
            let waker = Waker::from(Arc::new(Owner(other.clone())));
            let third = answered(&mut server, connection.open_channel())
                .await
                .unwrap();
            let waker_too = Waker::from(Arc::new(Owner(third)));
            drop(other);
            let mut cx = Context::from_waker(&waker);
            let mut cx_too = Context::from_waker(&waker_too);
            assert!(receipt.as_mut().poll(&mut cx).is_pending());
            assert!(
                Box::pin(consumer.next())
                    .as_mut()
                    .poll(&mut cx_too)
                    .is_pending()
            );
            drop(waker);
            drop(waker_too);
            if polled_again {
                let mut cx = Context::from_waker(Waker::noop());
                assert!(receipt.as_mut().poll(&mut cx).is_pending());
                assert!(
                    Box::pin(consumer.next())
                        .as_mut()
                        .poll(&mut cx)
                        .is_pending()
                );
            }
        }
    }
    drop(consumer);
}
