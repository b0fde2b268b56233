//! How consumers begin, wait, are cancelled, and end.

use std::time::Duration;

use leveret::amqp_methods::basic;
use leveret::{ConsumerEnd, Disposition, ErrorKind, Message, Next};

use super::meet::{
    answered, begin_and_drop, close_channel, connect_with_channel, consume, deliver, settle,
};

#[tokio::test(start_paused = true)]
async fn what_nobody_has_seen_goes_back_when_the_server_has_agreed() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    deliver(&mut server, "tag", 3).await;
    settle().await;
    let seen = consumer.next().await.unwrap().unwrap();
    assert_eq!(consumer.waiting(), 2);
    let script = async {
        server.expect::<basic::Cancel<'_>>(1).await;
        // On its way when the server hears of it.
        deliver(&mut server, "tag", 4).await;
        settle().await;
        server.peer().expects_nothing();
        server.send(1, basic::CancelOk::new("tag")).await;
    };
    let (requeued, ()) = tokio::join!(consumer.cancel(), script);
    assert_eq!(requeued.unwrap(), 3);
    for number in 2..=4 {
        let nack = basic::Nack::new(number).requeue(true);
        server.expect_method(1, &nack).await;
    }
    assert_eq!(consumer.waiting(), 0);
    assert!(consumer.next().await.is_none());
    assert!(matches!(consumer.end(), Some(ConsumerEnd::Cancelled)));
    assert_eq!(consumer.cancel().await.unwrap(), 0);
    seen.settle_as(Disposition::Ack).unwrap();
    server.expect_method(1, &basic::Ack::new(1)).await;
    drop(consumer);
    settle().await;
    server.peer().expects_nothing();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_cancels_first_leaves_what_is_to_be_given_back() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    let script = async {
        server.expect::<basic::Cancel<'_>>(1).await;
        server
            .send(1, basic::Cancel::new("tag").no_wait(true))
            .await;
        // RabbitMQ: cancelling what is not there is no error.
        server.send(1, basic::CancelOk::new("tag")).await;
    };
    let (requeued, ()) = tokio::join!(consumer.cancel(), script);
    assert_eq!(requeued.unwrap(), 2);
    for number in 1..=2 {
        let nack = basic::Nack::new(number).requeue(true);
        server.expect_method(1, &nack).await;
    }
    let error = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConsumerCancelled);
    let end = consumer.end().unwrap();
    assert!(matches!(end, ConsumerEnd::CancelledByServer));
    assert_eq!(end.to_string(), "the server cancelled the consumer");
    assert!(consumer.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_is_dropped_loses_nothing() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    settle().await;
    begin_and_drop(consumer.cancel()).await;
    server.expect::<basic::Cancel<'_>>(1).await;
    deliver(&mut server, "tag", 3).await;
    server.send(1, basic::CancelOk::new("tag")).await;
    settle().await;
    server.peer().expects_nothing();
    let first = consumer.next().await.unwrap().unwrap();
    first.ack().unwrap();
    server.expect_method(1, &basic::Ack::new(1)).await;
    // Once more: it has ended, and what is left goes back.
    assert_eq!(consumer.cancel().await.unwrap(), 2);
    for number in 2..=3 {
        let nack = basic::Nack::new(number).requeue(true);
        server.expect_method(1, &nack).await;
    }
}

#[tokio::test(start_paused = true)]
async fn without_acknowledgement_cancelling_gives_what_nobody_has_seen() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let start = channel.consumer(basic::Consume::new("q", "tag")).no_ack();
    let mut consumer = answered(&mut server, start.start()).await.unwrap();
    for number in 1..=2 {
        deliver(&mut server, "tag", number).await;
    }
    let unseen: Vec<Message> = answered(&mut server, consumer.cancel()).await.unwrap();
    let bodies: Vec<_> = unseen.iter().map(Message::body).collect();
    assert_eq!(bodies, [b"delivery 1", b"delivery 2"]);
    drop(consumer);
    settle().await;
    server.peer().expects_nothing();
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_ended_gives_back_by_itself() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    close_channel(&mut server, 406, "PRECONDITION_FAILED - no").await;
    settle().await;
    let error = consumer.cancel().await.unwrap_err();
    assert_eq!(error.reply_code().unwrap().get(), 406);
    // Unseen deliveries can still be read; the reason is the last item.
    for _ in 1..=2 {
        consumer.next().await.unwrap().unwrap();
    }
    assert!(consumer.next().await.unwrap().is_err());
    let Some(ConsumerEnd::ChannelClosed(error)) = consumer.end() else {
        panic!("{:?}", consumer.end());
    };
    assert_eq!(error.reply_code().unwrap().get(), 406);
    assert!(consumer.next().await.is_none());
    settle().await;
    server.peer().expects_nothing();
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_lost_is_another_end() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    settle().await;
    drop(server);
    for _ in 1..=2 {
        consumer.next().await.unwrap().unwrap();
    }
    let error = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    let end = consumer.end().unwrap();
    assert!(matches!(end, ConsumerEnd::ConnectionLost(_)));
    assert_eq!(end.error().unwrap().kind(), ErrorKind::ConnectionLost);
    assert!(consumer.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_is_idle_goes_on() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    settle().await;
    let second = Duration::from_secs(1);
    for time in [Duration::ZERO, second] {
        // What is there is given, however short the time.
        let next = consumer.next_within(time).await.unwrap();
        assert!(matches!(next, Next::Delivery(_)));
    }
    for _ in 0..2 {
        let begun = tokio::time::Instant::now();
        let next = consumer.next_within(second).await.unwrap();
        assert!(matches!(next, Next::Idle));
        assert_eq!(begun.elapsed(), second);
    }
    deliver(&mut server, "tag", 3).await;
    let next = consumer.next_within(second).await.unwrap();
    assert!(matches!(next, Next::Delivery(delivery) if delivery.delivery_tag() == 3));
    answered(&mut server, consumer.stop()).await.unwrap();
    let next = consumer.next_within(second).await.unwrap();
    assert!(matches!(next, Next::Ended));
}

#[tokio::test(start_paused = true)]
async fn prefetch_is_said_right_before_the_consumer() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let first = channel.consumer(basic::Consume::new("q", "a")).prefetch(7);
    let second = channel.consumer(basic::Consume::new("q", "b")).prefetch(9);
    let script = async {
        for (tag, count) in [("a", 7), ("b", 9)] {
            let qos = basic::Qos::default().prefetch_count(count);
            server.expect_method(1, &qos).await;
            let consume: basic::Consume<'_> = server.expect(1).await;
            assert_eq!(consume.consumer_tag, *tag);
        }
        for tag in ["a", "b"] {
            server.send(1, basic::QosOk).await;
            server.send(1, basic::ConsumeOk::new(tag)).await;
        }
    };
    let (first, second, ()) = tokio::join!(first.start(), second.start(), script);
    assert_eq!(*first.unwrap().consumer_tag(), *"a");
    assert_eq!(*second.unwrap().consumer_tag(), *"b");
}

/// Nothing is left behind wherever the start of a consumer is given up.
#[tokio::test(start_paused = true)]
async fn a_consumer_that_nobody_waits_for_is_cancelled() {
    for answers in 0..=2 {
        let (_connection, channel, mut server) = connect_with_channel().await;
        let start = channel
            .consumer(basic::Consume::new("q", "tag"))
            .prefetch(1);
        let mut start = Box::pin(start.start());
        begin(&mut start).await;
        server.expect::<basic::Qos>(1).await;
        server.expect::<basic::Consume<'_>>(1).await;
        if answers >= 1 {
            server.send(1, basic::QosOk).await;
            settle().await;
            begin(&mut start).await;
        }
        if answers >= 2 {
            server.send(1, basic::ConsumeOk::new("tag")).await;
            settle().await;
        }
        drop(start);
        if answers < 1 {
            server.send(1, basic::QosOk).await;
        }
        if answers < 2 {
            server.send(1, basic::ConsumeOk::new("tag")).await;
        }
        deliver(&mut server, "tag", 1).await;
        server.expect::<basic::Cancel<'_>>(1).await;
        let nack = basic::Nack::new(1).requeue(true);
        server.expect_method(1, &nack).await;
        server.send(1, basic::CancelOk::new("tag")).await;
        settle().await;
        assert!(channel.close_error().is_none());
    }
}

/// Polls a future once, which must not be ready.
async fn begin<F: Future + Unpin>(future: &mut F) {
    std::future::poll_fn(|cx| {
        assert!(std::pin::Pin::new(&mut *future).poll(cx).is_pending());
        std::task::Poll::Ready(())
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_started_says_what_can() {
    let (_connection, channel, server) = connect_with_channel().await;
    let no_ack = basic::Consume::new("q", "").no_ack(true);
    let error = channel.basic_consume(no_ack.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    assert!(error.to_string().contains("no_ack()"), "{error}");
    let streamed = channel.consumer(no_ack).stream_bodies(1);
    assert_eq!(streamed.start().await.unwrap_err().kind(), ErrorKind::State);
    let no_wait = basic::Consume::new("q", "tag").no_wait(true);
    let error = channel
        .consumer(no_wait)
        .no_ack()
        .start()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    // With a prefetch count, too, nothing is left waiting when the request is refused.
    let long = "x".repeat(256);
    let consume = channel.consumer(basic::Consume::new(&long, "")).prefetch(3);
    assert_eq!(consume.start().await.unwrap_err().kind(), ErrorKind::Encode);
    drop(server);
}

#[tokio::test(start_paused = true)]
async fn a_consumer_is_cancelled_however_much_it_has_not_taken() {
    // More than is read before it is taken: the answer to basic.cancel lies behind that.
    const MESSAGES: u64 = 80;
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    let body = vec![7; 1024 * 1024];
    let serving = async {
        for number in 1..=MESSAGES {
            let deliver = basic::Deliver::new("tag", number, "", "q");
            let properties = basic::Properties::default();
            server.send_content(1, deliver, &properties, &body).await;
        }
        server.expect::<basic::Cancel<'_>>(1).await;
        server.send(1, basic::CancelOk::new("tag")).await;
    };
    let cancelling = async {
        // Long enough for all to come that will.
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!((consumer.waiting() as u64) < MESSAGES);
        assert_eq!(consumer.cancel().await.unwrap() as u64, MESSAGES);
    };
    tokio::join!(serving, cancelling);
}
