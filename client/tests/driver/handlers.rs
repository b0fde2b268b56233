//! Deliveries that are handed to handlers.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use leveret::amqp_methods::basic;
use leveret::{ConsumerEnd, Disposition, Message};
use tokio::sync::{Notify, oneshot};

use super::meet::{
    Server, answered, begin_and_drop, close_channel, connect_with, connect_with_channel, consume,
    deliver, parameters, settle,
};

const SECOND: Duration = Duration::from_secs(1);

async fn work(message: Message) -> Result<(), String> {
    match message.delivery_tag() % 3 {
        0 => Err("every third fails".to_owned()),
        _ => Ok(()),
    }
}

/// The server cancels the consumer, behind `count` deliveries.
async fn deliver_and_cancel(server: &mut Server, count: u64) {
    for number in 3..=count {
        deliver(server, "tag", number).await;
    }
    let cancel = basic::Cancel::new("tag").no_wait(true);
    server.send(1, cancel).await;
}

#[tokio::test(start_paused = true)]
async fn the_result_settles_the_delivery() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let consumer = consume(&mut server, &channel, "tag").await;
    deliver_and_cancel(&mut server, 4).await;
    let handled = consumer
        .for_each(work)
        .on_error(Disposition::Discard)
        .run()
        .await;
    assert_eq!((handled.acked, handled.failed), (3, 1));
    assert_eq!((handled.panicked, handled.unsettled), (0, 0));
    assert!(matches!(handled.end, ConsumerEnd::CancelledByServer));
    // One after the other, as nothing else was said.
    for number in [1, 2] {
        server.expect_method(1, &basic::Ack::new(number)).await;
    }
    server.expect_method(1, &basic::Reject::new(3)).await;
    server.expect_method(1, &basic::Ack::new(4)).await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_choose_for_each_delivery() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let consumer = consume(&mut server, &channel, "tag").await;
    deliver_and_cancel(&mut server, 4).await;
    let handled = consumer
        .for_each(|message: Message| async move {
            match message.delivery_tag() {
                1 => Ok(Disposition::Requeue),
                2 => Ok(Disposition::Discard),
                3 => Err("as on_error says"),
                _ => Ok(Disposition::Ack),
            }
        })
        .on_error(Disposition::GiveBack)
        .run()
        .await;
    assert_eq!((handled.acked, handled.refused, handled.failed), (1, 2, 1));
    let requeued = basic::Reject::new(1).requeue(true);
    server.expect_method(1, &requeued).await;
    server.expect_method(1, &basic::Reject::new(2)).await;
    let given_back = basic::Nack::new(3).requeue(true);
    server.expect_method(1, &given_back).await;
    server.expect_method(1, &basic::Ack::new(4)).await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_ends_no_other() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let consumer = consume(&mut server, &channel, "tag").await;
    deliver_and_cancel(&mut server, 4).await;
    let handled = consumer
        .for_each(|message: Message| {
            // Both where the future is made and where it runs.
            assert!(message.delivery_tag() != 1, "at once");
            async move {
                tokio::time::sleep(SECOND).await;
                assert!(message.delivery_tag() != 3, "later");
                Ok::<_, ()>(())
            }
        })
        .concurrency(4)
        .run()
        .await;
    assert_eq!((handled.acked, handled.panicked), (2, 2));
    let mut rejected = Vec::new();
    let mut acked = Vec::new();
    for _ in 0..2 {
        let reject: basic::Reject = server.expect(1).await;
        assert!(reject.requeue);
        rejected.push(reject.delivery_tag);
        acked.push(server.expect::<basic::Ack>(1).await.delivery_tag);
    }
    acked.sort_unstable();
    assert_eq!((rejected, acked), (vec![1, 3], vec![2, 4]));
}

#[tokio::test(start_paused = true)]
async fn no_more_run_at_once_than_was_said() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let consumer = consume(&mut server, &channel, "tag").await;
    deliver_and_cancel(&mut server, 12).await;
    let running = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(AtomicUsize::new(0));
    let begun = tokio::time::Instant::now();
    let handler = {
        let (running, most) = (Arc::clone(&running), Arc::clone(&most));
        move |_: Message| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            async move {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                tokio::time::sleep(SECOND).await;
                running.fetch_sub(1, Ordering::SeqCst);
                Ok::<_, ()>(())
            }
        }
    };
    let handled = consumer.for_each(handler).concurrency(3).run().await;
    assert_eq!(handled.acked, 12);
    assert_eq!(most.load(Ordering::SeqCst), 3);
    assert_eq!(begun.elapsed().as_secs(), 4);
}

#[tokio::test(start_paused = true)]
async fn to_stop_lets_handlers_finish_and_gives_back_the_rest() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let consumer = consume(&mut server, &channel, "tag").await;
    for number in 3..=6 {
        deliver(&mut server, "tag", number).await;
    }
    let (stop, stopped) = oneshot::channel::<()>();
    let finish = Arc::new(Notify::new());
    let handler = {
        let finish = Arc::clone(&finish);
        move |_: Message| {
            let finish = Arc::clone(&finish);
            async move {
                finish.notified().await;
                Ok::<_, ()>(())
            }
        }
    };
    let running = tokio::spawn(
        consumer
            .for_each(handler)
            .concurrency(2)
            .stop_when(async {
                let _ = stopped.await;
            })
            .run(),
    );
    settle().await;
    stop.send(()).unwrap();
    server.expect::<basic::Cancel<'_>>(1).await;
    deliver(&mut server, "tag", 7).await;
    server.send(1, basic::CancelOk::new("tag")).await;
    for number in 3..=7 {
        let nack = basic::Nack::new(number).requeue(true);
        server.expect_method(1, &nack).await;
    }
    settle().await;
    assert!(!running.is_finished(), "two handlers run");
    finish.notify_waiters();
    let handled = running.await.unwrap();
    assert_eq!((handled.acked, handled.requeued), (2, 5));
    assert!(matches!(handled.end, ConsumerEnd::Cancelled));
    for _ in 0..2 {
        server.expect::<basic::Ack>(1).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_ends_is_told_when_handlers_are_done() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let consumer = consume(&mut server, &channel, "tag").await;
    let handler = |_: Message| async {
        tokio::time::sleep(SECOND).await;
        Ok::<_, ()>(())
    };
    let running = tokio::spawn(consumer.for_each(handler).concurrency(2).run());
    settle().await;
    close_channel(&mut server, 406, "PRECONDITION_FAILED - no").await;
    let handled = running.await.unwrap();
    assert_eq!((handled.acked, handled.unsettled), (0, 2));
    let error = handled.end.error().unwrap();
    assert_eq!(error.reply_code().unwrap().get(), 406);
    settle().await;
    server.peer().expects_nothing();
}

#[tokio::test(start_paused = true)]
async fn dropped_while_handlers_run_everything_goes_back() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let consumer = consume(&mut server, &channel, "tag").await;
    deliver(&mut server, "tag", 3).await;
    settle().await;
    let handler = |_: Message| std::future::pending::<Result<(), ()>>();
    let mut running = Box::pin(consumer.for_each(handler).concurrency(2).run());
    tokio::select! {
        biased;
        _ = &mut running => panic!("it goes on"),
        () = settle() => {}
    }
    drop(running);
    settle().await;
    server.expect::<basic::Cancel<'_>>(1).await;
    let mut given_back = Vec::new();
    for _ in 0..3 {
        let nack: basic::Nack = server.expect(1).await;
        assert!(nack.requeue);
        given_back.push(nack.delivery_tag);
    }
    given_back.sort_unstable();
    assert_eq!(given_back, [1, 2, 3]);
    server.send(1, basic::CancelOk::new("tag")).await;
    begin_and_drop(channel.basic_qos(1)).await;
    assert!(channel.close_error().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_sleep_longer_than_the_server_waits_for_a_sign_of_life() {
    let parameters = parameters().heartbeat(Duration::from_secs(2));
    let (connection, mut server) = connect_with(&parameters, 64 * 1024).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    let consumer = consume(&mut server, &channel, "tag").await;
    deliver_and_cancel(&mut server, 2).await;
    let handler = |_: Message| async {
        tokio::time::sleep(Duration::from_secs(6)).await;
        Ok::<_, ()>(())
    };
    let running = tokio::spawn(consumer.for_each(handler).run());
    let begun = tokio::time::Instant::now();
    let mut beats = 0;
    let mut acks = 0;
    let mut last = begun;
    while acks < 2 {
        let frame = server.next_frame().await.unwrap();
        // RabbitMQ gives up a client that says nothing for two intervals.
        assert!(last.elapsed() <= Duration::from_secs(2));
        last = tokio::time::Instant::now();
        match frame.channel {
            0 => beats += 1,
            _ => acks += 1,
        }
        server.send_heartbeat().await;
    }
    assert!(beats >= 5, "{beats} heartbeats");
    assert_eq!(begun.elapsed().as_secs(), 12);
    assert_eq!(running.await.unwrap().acked, 2);
    assert!(connection.close_error().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_noticed_while_a_handler_sleeps() {
    let parameters = parameters().heartbeat(Duration::from_secs(2));
    let (connection, mut server) = connect_with(&parameters, 64 * 1024).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    let consumer = consume(&mut server, &channel, "tag").await;
    let begun = tokio::time::Instant::now();
    let handler = |_: Message| std::future::pending::<Result<(), ()>>();
    let running = tokio::spawn(consumer.for_each(handler).concurrency(2).run());
    let error = connection.closed().await;
    assert_eq!(error.kind(), leveret::ErrorKind::HeartbeatMissed);
    assert!(begun.elapsed() <= Duration::from_secs(5));
    running.abort();
}
