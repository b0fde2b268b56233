//! Acknowledgements that wait for others, and deliveries that are settled when they are dropped.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use leveret::amqp_methods::{basic, channel};
use leveret::{Channel, Connection, Consumer, Delivery, Disposition, ErrorKind};

use super::meet::{
    Server, answered, begin_and_drop, connect_with_channel, consume, deliver, settle,
};

const SECOND: Duration = Duration::from_secs(1);

async fn coalescing(count: usize) -> (Connection, Channel, Consumer, Server) {
    let (connection, channel, mut server) = connect_with_channel().await;
    channel.coalesce_acks(count, SECOND).unwrap();
    let consumer = consume(&mut server, &channel, "tag").await;
    for number in 3..=8 {
        deliver(&mut server, "tag", number).await;
    }
    settle().await;
    (connection, channel, consumer, server)
}

async fn take(consumer: &mut Consumer, count: usize) -> Vec<Delivery> {
    let mut deliveries = Vec::new();
    for _ in 0..count {
        deliveries.push(consumer.next().await.unwrap().unwrap());
    }
    deliveries
}

#[tokio::test(start_paused = true)]
async fn a_run_of_acks_is_one_frame() {
    let (_connection, _channel, mut consumer, mut server) = coalescing(4).await;
    for delivery in take(&mut consumer, 8).await {
        delivery.ack().unwrap();
    }
    for last in [4, 8] {
        let ack = basic::Ack::new(last).multiple(true);
        server.expect_method(1, &ack).await;
    }
    settle().await;
    server.peer().expects_nothing();
}

#[tokio::test(start_paused = true)]
async fn acks_in_any_order_wait_for_a_second_at_most() {
    let (_connection, _channel, mut consumer, mut server) = coalescing(100).await;
    let mut deliveries = take(&mut consumer, 5).await;
    let held = deliveries.remove(1);
    let begun = tokio::time::Instant::now();
    for delivery in deliveries.into_iter().rev() {
        delivery.ack().unwrap();
    }
    settle().await;
    server.peer().expects_nothing();
    server.expect_method(1, &basic::Ack::new(1)).await;
    assert_eq!(begun.elapsed().as_millis(), 1000);
    for beyond in [5, 4, 3] {
        server.expect_method(1, &basic::Ack::new(beyond)).await;
    }
    held.ack().unwrap();
    server.expect_method(1, &basic::Ack::new(2)).await;
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_waits_lets_acks_go() {
    let (_connection, _channel, mut consumer, mut server) = coalescing(100).await;
    for delivery in take(&mut consumer, 8).await {
        delivery.ack().unwrap();
    }
    let begun = tokio::time::Instant::now();
    begin_and_drop(consumer.next()).await;
    server
        .expect_method(1, &basic::Ack::new(8).multiple(true))
        .await;
    assert!(begun.elapsed() < SECOND);
}

#[tokio::test(start_paused = true)]
async fn closing_flushes_and_so_does_dropping() {
    let (_connection, channel, mut consumer, mut server) = coalescing(100).await;
    let mut deliveries = take(&mut consumer, 3).await.into_iter();
    deliveries.next().unwrap().ack().unwrap();
    channel.flush_acks();
    server.expect_method(1, &basic::Ack::new(1)).await;
    deliveries.next().unwrap().ack().unwrap();
    deliveries.next().unwrap().ack().unwrap();
    drop((consumer, channel));
    server
        .expect_method(1, &basic::Ack::new(3).multiple(true))
        .await;
    server.expect::<basic::Cancel<'_>>(1).await;
    for _ in 4..=8 {
        server.expect::<basic::Nack>(1).await;
    }
    server.expect::<channel::Close<'_>>(1).await;
}

#[tokio::test(start_paused = true)]
async fn acks_that_cannot_be_put_together_are_refused() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let error = channel.coalesce_acks(0, SECOND).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    let mut consumer = consume(&mut server, &channel, "tag").await;
    settle().await;
    let error = channel.coalesce_acks(10, SECOND).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::State);
    take(&mut consumer, 1).await.remove(0).ack().unwrap();
    server.expect_method(1, &basic::Ack::new(1)).await;
}

/// What the server is told of a delivery.
async fn settled(server: &mut Server, number: u64) -> Disposition {
    use leveret::amqp_methods::AnyMethod;

    let frame = server.next_frame().await.unwrap();
    let (tag, disposition) = match frame.method().unwrap() {
        AnyMethod::BasicAck(ack) => (ack.delivery_tag, Disposition::Ack),
        AnyMethod::BasicNack(nack) if nack.requeue => (nack.delivery_tag, Disposition::GiveBack),
        AnyMethod::BasicReject(reject) => match reject.requeue {
            true => (reject.delivery_tag, Disposition::Requeue),
            false => (reject.delivery_tag, Disposition::Discard),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(tag, number);
    disposition
}

#[tokio::test(start_paused = true)]
async fn a_guard_settles_whatever_happens() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    for number in 3..=8 {
        deliver(&mut server, "tag", number).await;
    }
    let mut guards = take(&mut consumer, 8)
        .await
        .into_iter()
        .map(Delivery::settle_on_drop);
    let mut next = || guards.next().unwrap();
    // Said to be done.
    next().ack().unwrap();
    assert_eq!(settled(&mut server, 1).await, Disposition::Ack);
    // Left.
    drop(next());
    assert_eq!(settled(&mut server, 2).await, Disposition::GiveBack);
    // Left, where that is success.
    drop(next().on_drop(Disposition::Ack));
    assert_eq!(settled(&mut server, 3).await, Disposition::Ack);
    // Left by a panic, whatever it is to be left.
    let guard = next().on_drop(Disposition::Ack);
    let caught = catch_unwind(AssertUnwindSafe(move || {
        assert!(guard.body().is_empty(), "the handler panics");
    }));
    assert!(caught.is_err());
    assert_eq!(settled(&mut server, 4).await, Disposition::Requeue);
    let guard = next().on_panic(Disposition::Discard);
    let caught = catch_unwind(AssertUnwindSafe(move || {
        assert!(guard.body().is_empty(), "the handler panics");
    }));
    assert!(caught.is_err());
    assert_eq!(settled(&mut server, 5).await, Disposition::Discard);
    // With a future that is dropped.
    let guard = next();
    begin_and_drop(async move {
        std::future::pending::<()>().await;
        drop(guard);
    })
    .await;
    assert_eq!(settled(&mut server, 6).await, Disposition::GiveBack);
    // Taken back: settled no more, unless somebody does.
    let delivery = next().into_delivery().unwrap();
    settle().await;
    server.peer().expects_nothing();
    delivery.settle_as(Disposition::Discard).unwrap();
    assert_eq!(settled(&mut server, 7).await, Disposition::Discard);
}

#[tokio::test(start_paused = true)]
async fn a_guard_that_is_made_in_a_panic_is_not_dropped_by_it() {
    struct Rescue(Option<Delivery>);
    impl Drop for Rescue {
        fn drop(&mut self) {
            let guard = self.0.take().map(Delivery::settle_on_drop);
            drop(guard.map(|guard| guard.on_drop(Disposition::Ack)));
        }
    }

    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    let rescue = Rescue(Some(take(&mut consumer, 1).await.remove(0)));
    let caught = catch_unwind(AssertUnwindSafe(move || {
        assert!(rescue.0.is_none(), "something panics");
    }));
    assert!(caught.is_err());
    assert_eq!(settled(&mut server, 1).await, Disposition::Ack);
}

#[tokio::test(start_paused = true)]
async fn a_queue_is_fetched_until_it_is_empty() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut fetch = channel.fetch(basic::Get::new("q"));
    for number in 1..=2 {
        let script = async {
            assert_eq!(server.expect::<basic::Get<'_>>(1).await.queue, "q");
            let get_ok = basic::GetOk::new(number, "", "q", 2 - number as u32);
            let properties = basic::Properties::default();
            server.send_content(1, get_ok, &properties, b"body").await;
        };
        let (fetched, ()) = tokio::join!(fetch.next(), script);
        let fetched = fetched.unwrap().unwrap();
        assert_eq!(fetched.delivery_tag(), number);
        fetched.ack().unwrap();
        server.expect_method(1, &basic::Ack::new(number)).await;
    }
    let script = async {
        server.expect::<basic::Get<'_>>(1).await;
        server.send(1, basic::GetEmpty).await;
    };
    let (nothing, ()) = tokio::join!(fetch.next(), script);
    assert!(nothing.is_none());
    answered(&mut server, channel.close()).await.unwrap();
    let error = fetch.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChannelClosed);
}
