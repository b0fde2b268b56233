//! What happens to connections and channels, as streams of events.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream as _;
use leveret::amqp_methods::{basic, channel, connection};
use leveret::{ChannelEvent, ConnectionEvent, ErrorKind, Initiator};

use super::meet::{
    answered, begin_and_drop, close_channel, connect, connect_with_channel, consume, outside,
    publish, settle,
};

#[tokio::test(start_paused = true)]
async fn every_listener_hears_all_that_happens_to_the_connection() {
    let (connection, _channel, mut server) = connect_with_channel().await;
    let mut all = [connection.events(), connection.events()];
    server
        .send(0, connection::Blocked::new("low on memory"))
        .await;
    server.send(0, connection::Unblocked).await;
    close_channel(&mut server, 404, "no queue 'q'").await;
    server
        .send(0, connection::Close::new(320, "going down", 0, 0))
        .await;
    connection.closed().await;
    for events in &mut all {
        let event = events.next().await.unwrap().unwrap();
        assert!(
            matches!(&event, ConnectionEvent::Blocked { reason } if reason == "low on memory"),
            "{event:?}"
        );
        let event = events.next().await.unwrap().unwrap();
        assert!(matches!(event, ConnectionEvent::Unblocked), "{event:?}");
        let event = events.next().await.unwrap().unwrap();
        let ConnectionEvent::ChannelClosed { channel: 1, error } = event else {
            panic!("{event:?}");
        };
        assert_eq!(error.reply_code().unwrap().get(), 404);
        let event = events.next().await.unwrap().unwrap();
        let ConnectionEvent::Closed(error) = event else {
            panic!("{event:?}");
        };
        assert_eq!(error.reply_code().unwrap().get(), 320);
        assert!(events.next().await.is_none());
        assert!(events.next().await.is_none());
        assert_eq!(events.close_error().unwrap().to_string(), error.to_string());
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_tells_what_happens_to_it_and_to_no_other() {
    let (connection, one, mut server) = connect_with_channel().await;
    let two = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    let mut of_one = one.events();
    let mut of_two = two.events();
    let consumer = consume(&mut server, &one, "c").await;
    server.send(1, channel::Flow { active: false }).await;
    server.send(1, channel::Flow { active: true }).await;
    server.send(1, basic::Cancel::new("c").no_wait(true)).await;
    close_channel(&mut server, 406, "no").await;
    for expected in [false, true] {
        let event = of_one.next().await.unwrap().unwrap();
        assert!(
            matches!(event, ChannelEvent::Flow { active } if active == expected),
            "{event:?}"
        );
    }
    let event = of_one.next().await.unwrap().unwrap();
    assert!(
        matches!(&event, ChannelEvent::ConsumerCancelled { consumer_tag } if *consumer_tag == *"c"),
        "{event:?}"
    );
    let event = of_one.next().await.unwrap().unwrap();
    let ChannelEvent::Closed(error) = event else {
        panic!("{event:?}");
    };
    assert_eq!(error.reply_code().unwrap().get(), 406);
    assert!(error.is_channel());
    assert!(of_one.next().await.is_none());
    begin_and_drop(of_two.next()).await;
    drop(consumer);
}

#[tokio::test(start_paused = true)]
async fn what_this_client_closes_is_told_twice_and_says_who_began() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let mut of_channel = channel.events();
    let mut of_connection = connection.events();
    answered(&mut server, channel.close()).await.unwrap();
    let event = of_channel.next().await.unwrap().unwrap();
    assert!(matches!(event, ChannelEvent::Closing(_)), "{event:?}");
    let event = of_channel.next().await.unwrap().unwrap();
    assert!(matches!(event, ChannelEvent::Closed(_)), "{event:?}");
    assert!(of_channel.next().await.is_none());

    answered(&mut server, connection.close()).await.unwrap();
    let event = of_connection.next().await.unwrap().unwrap();
    assert!(
        matches!(event, ConnectionEvent::ChannelClosed { channel: 1, .. }),
        "{event:?}"
    );
    let event = of_connection.next().await.unwrap().unwrap();
    let ConnectionEvent::Closing(closing) = event else {
        panic!("{event:?}");
    };
    let event = of_connection.next().await.unwrap().unwrap();
    let ConnectionEvent::Closed(closed) = event else {
        panic!("{event:?}");
    };
    for error in [closing, closed] {
        let reason = error.close_reason().unwrap();
        assert_eq!(reason.initiator, Initiator::Client);
        assert!(!error.is_retryable());
    }
    // What is closed is closed once.
    connection.close().await.unwrap();
    assert!(of_connection.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn who_does_not_look_loses_the_oldest_and_is_told_while_the_connection_goes_on() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let mut slow = connection.events();
    let mut events = 0;
    for _ in 0..1500 {
        server.send(0, connection::Blocked::new("low")).await;
        server.send(0, connection::Unblocked).await;
        events += 2;
    }
    settle().await;
    // Nothing was held up by it.
    publish(&channel, "still here").await.unwrap();
    let lagged = slow.next().await.unwrap().unwrap_err();
    assert_eq!(lagged.missed(), events - 1024);
    let error = leveret::Error::from(lagged);
    assert_eq!(error.kind(), ErrorKind::Lagged);
    assert_eq!(
        error.to_string(),
        "something was missed: 1976 events of the connection"
    );
    assert!(matches!(
        slow.next().await,
        Some(Ok(ConnectionEvent::Blocked { .. }))
    ));
}

#[tokio::test(start_paused = true)]
async fn a_stream_of_events_keeps_nothing_open_and_wakes_at_the_end() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let mut of_channel = channel.events();
    let mut of_connection = connection.events();
    drop(channel);
    server.expect::<channel::Close<'_>>(1).await;
    server.send(1, channel::CloseOk).await;
    let event = of_channel.next().await.unwrap().unwrap();
    assert!(matches!(event, ChannelEvent::Closed(_)), "{event:?}");
    drop(connection);
    server.expect::<connection::Close<'_>>(0).await;
    server.send(0, connection::CloseOk).await;
    let event = of_connection.next().await.unwrap().unwrap();
    assert!(matches!(event, ConnectionEvent::ChannelClosed { .. }));
    let event = of_connection.next().await.unwrap().unwrap();
    assert!(matches!(event, ConnectionEvent::Closing(_)), "{event:?}");
    let event = of_connection.next().await.unwrap().unwrap();
    assert!(matches!(event, ConnectionEvent::Closed(_)), "{event:?}");
}

#[tokio::test(start_paused = true)]
async fn who_listens_too_late_is_told_why_there_is_nothing() {
    let (connection, channel, mut server) = connect_with_channel().await;
    close_channel(&mut server, 404, "no queue").await;
    answered(&mut server, connection.close()).await.unwrap();
    let mut of_channel = channel.events();
    assert!(of_channel.next().await.is_none());
    let error = of_channel.close_error().unwrap();
    assert_eq!(error.reply_code().unwrap().get(), 404);
    let mut of_connection = connection.events();
    assert!(of_connection.next().await.is_none());
    assert!(of_connection.close_error().is_some());
}

#[tokio::test(start_paused = true)]
async fn events_are_streams_that_need_no_runtime() {
    let (connection, mut server) = connect().await;
    let mut events = connection.events();
    server.send(0, connection::Blocked::new("low")).await;
    settle().await;
    let event = outside(|| {
        let mut cx = Context::from_waker(Waker::noop());
        match pin!(&mut events).poll_next(&mut cx) {
            Poll::Ready(Some(Ok(event))) => event,
            other => panic!("{other:?}"),
        }
    });
    assert!(matches!(event, ConnectionEvent::Blocked { .. }));
    assert_eq!(format!("{events:?}"), "ConnectionEvents { .. }");
}
