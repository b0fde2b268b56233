//! How connections and channels are, and watching that.

use leveret::amqp_methods::{channel, connection};
use leveret::{ChannelState, ConnectionState};

use super::meet::{
    answered, begin_and_drop, close_channel, connect, connect_with_channel, outside, settle,
};

#[tokio::test(start_paused = true)]
async fn a_connection_is_open_blocked_closing_and_closed() {
    let (connection, mut server) = connect().await;
    let mut watch = connection.watch_state();
    assert!(matches!(connection.state(), ConnectionState::Open));
    begin_and_drop(watch.changed()).await;

    server
        .send(0, connection::Blocked::new("low on disk"))
        .await;
    let state = watch.changed().await.unwrap();
    assert!(matches!(&state, ConnectionState::Blocked(reason) if reason == "low on disk"));
    assert!(matches!(connection.state(), ConnectionState::Blocked(_)));
    server
        .send(0, connection::Blocked::new("low on memory"))
        .await;
    let state = watch.changed().await.unwrap();
    assert!(matches!(&state, ConnectionState::Blocked(reason) if reason == "low on memory"));
    server.send(0, connection::Unblocked).await;
    assert!(matches!(watch.changed().await, Some(ConnectionState::Open)));

    let closing = tokio::spawn({
        let connection = connection.clone();
        async move { connection.close().await }
    });
    assert!(matches!(
        watch.changed().await,
        Some(ConnectionState::Closing(_))
    ));
    server.expect::<connection::Close<'_>>(0).await;
    server.send(0, connection::CloseOk).await;
    assert!(matches!(
        watch.changed().await,
        Some(ConnectionState::Closed(_))
    ));
    assert!(watch.changed().await.is_none());
    assert!(matches!(watch.state(), ConnectionState::Closed(_)));
    closing.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn who_looks_late_finds_how_things_are_now() {
    let (connection, mut server) = connect().await;
    let mut watch = connection.watch_state();
    for _ in 0..3 {
        server.send(0, connection::Blocked::new("low")).await;
        server.send(0, connection::Unblocked).await;
    }
    settle().await;
    // It is as it was.
    begin_and_drop(watch.changed()).await;
    server.send(0, connection::Blocked::new("low")).await;
    server
        .send(0, connection::Close::new(320, "bye", 0, 0))
        .await;
    connection.closed().await;
    let Some(ConnectionState::Closed(error)) = watch.changed().await else {
        panic!("it has ended");
    };
    assert!(error.is_retryable());
    assert!(watch.changed().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_channel_is_open_stopped_closing_and_closed() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut watch = channel.watch_state();
    assert!(matches!(channel.state(), ChannelState::Open));
    server.send(1, channel::Flow { active: false }).await;
    assert!(matches!(watch.changed().await, Some(ChannelState::Stopped)));
    server.send(1, channel::Flow { active: true }).await;
    assert!(matches!(watch.changed().await, Some(ChannelState::Open)));
    begin_and_drop(channel.close()).await;
    assert!(matches!(
        watch.changed().await,
        Some(ChannelState::Closing(_))
    ));
    assert!(matches!(channel.state(), ChannelState::Closing(_)));
    answered(&mut server, async {
        assert!(matches!(
            watch.changed().await,
            Some(ChannelState::Closed(_))
        ));
    })
    .await;
    assert!(watch.changed().await.is_none());
    assert!(format!("{watch:?}").starts_with("ChannelWatch { channel: Some(1)"));
}

#[tokio::test(start_paused = true)]
async fn a_watch_keeps_nothing_open_and_sees_the_end_of_what_nobody_holds() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let mut of_channel = channel.watch_state();
    let mut of_connection = connection.watch_state();
    outside(|| drop(channel));
    answered(&mut server, async {
        while !matches!(of_channel.changed().await.unwrap(), ChannelState::Closed(_)) {}
    })
    .await;
    drop(connection);
    answered(&mut server, async {
        while !matches!(
            of_connection.changed().await.unwrap(),
            ConnectionState::Closed(_)
        ) {}
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_reason_for_an_end_is_the_same_wherever_one_looks() {
    let (connection, channel, mut server) = connect_with_channel().await;
    close_channel(&mut server, 404, "no queue 'q'").await;
    settle().await;
    let ChannelState::Closed(error) = channel.state() else {
        panic!("it has ended");
    };
    let text = "channel 1 closed by server: 404 no queue 'q'";
    assert_eq!(error.to_string(), text);
    assert_eq!(channel.close_error().unwrap().to_string(), text);
    assert!(matches!(connection.state(), ConnectionState::Open));
}
