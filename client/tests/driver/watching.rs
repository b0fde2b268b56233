//! Watching what waits to be written.

use leveret::amqp_methods::queue;
use leveret::{Connection, ErrorKind, PressureRule};

use super::meet::{
    Server, answered, begin_and_drop, connect_with, connect_with_channel, parameters, publish,
    settle,
};

/// Octets on the wire of a publish by `publish` with a body of 60 octets.
const PUBLISH: usize = 4 * 8 + 4 + 2 + 1 + 2 + 1 + 14 + 60 - 8;
const BODY: &str = "000000000000000000000000000000000000000000000000000000000000";

/// A connection whose stream holds `room` octets, and its server, which reads when it is told to.
async fn narrow(room: usize) -> (Connection, leveret::Channel, Server) {
    let (connection, mut server) = connect_with(&parameters(), room).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    (connection, channel, server)
}

/// The server reads all that there is.
async fn read(server: &mut Server) {
    tokio::select! {
        biased;
        () = async { while server.pump().await {} } => {}
        () = settle() => {}
    }
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_seen_in_octets_and_frames() {
    let (connection, channel, mut server) = narrow(256).await;
    assert_eq!(connection.write_pressure().octets(), 0);
    for _ in 0..20 {
        publish(&channel, BODY).await.unwrap();
    }
    let pressure = connection.write_pressure();
    assert_eq!((pressure.buffered(), pressure.writing()), (20 * PUBLISH, 0));
    settle().await;
    // The stream took what it has room for.
    let pressure = connection.write_pressure();
    assert_eq!(pressure.octets(), 20 * PUBLISH - 256);
    assert_eq!(pressure.buffered(), 0);
    publish(&channel, BODY).await.unwrap();
    let pressure = connection.write_pressure();
    assert_eq!(pressure.buffered(), PUBLISH);
    assert_eq!(pressure.octets(), 21 * PUBLISH - 256);
    let (octets, average) = (pressure.octets(), pressure.average_frame());
    let behind = pressure.frames_behind();
    assert!(average > 30.0 && average < 60.0, "{average}");
    assert!((40..60).contains(&behind), "{behind} for {octets}");
    assert_eq!(pressure.high_water(), 1024 * 1024);
    read(&mut server).await;
    assert_eq!(connection.write_pressure().octets(), 0);
}

#[tokio::test(start_paused = true)]
async fn pressure_begins_at_the_high_mark_and_ends_at_the_low_one() {
    let (connection, channel, mut server) = narrow(64).await;
    let (high, low) = (10 * PUBLISH, 2 * PUBLISH);
    let mut watch = connection.watch_pressure(PressureRule::Marks { high, low });
    begin_and_drop(watch.changed()).await;
    for _ in 0..9 {
        publish(&channel, BODY).await.unwrap();
    }
    begin_and_drop(watch.changed()).await;
    let waiting = tokio::spawn(async move { (watch.changed().await, watch) });
    settle().await;
    // 64 of these octets went into the stream: one publish more is not enough, two are.
    publish(&channel, BODY).await.unwrap();
    settle().await;
    assert!(!waiting.is_finished());
    publish(&channel, BODY).await.unwrap();
    let (pressed, mut watch) = waiting.await.unwrap();
    assert!(pressed.unwrap());
    let waiting = tokio::spawn(async move { (watch.changed().await, watch) });
    while connection.write_pressure().octets() > low {
        assert!(!waiting.is_finished());
        assert!(server.pump().await);
        tokio::task::yield_now().await;
    }
    let (pressed, mut watch) = waiting.await.unwrap();
    assert!(!pressed.unwrap());
    begin_and_drop(watch.changed()).await;
}

#[tokio::test(start_paused = true)]
async fn anything_that_is_written_counts_and_every_watch_is_told() {
    let (connection, channel, mut server) = narrow(64).await;
    let rule = PressureRule::Marks { high: 400, low: 0 };
    let mut watches = [
        connection.watch_pressure(rule),
        connection.watch_pressure(PressureRule::FrameRatio(2.0)),
        connection.watch_pressure(PressureRule::FrameRatio(0.0)),
    ];
    let never = PressureRule::FrameRatio(f64::NAN);
    let mut deaf = connection.watch_pressure(never);
    for _ in 0..40 {
        begin_and_drop(channel.call(queue::Purge::new("q"))).await;
    }
    for watch in &mut watches {
        assert!(watch.changed().await.unwrap());
    }
    begin_and_drop(deaf.changed()).await;
    read(&mut server).await;
    for watch in &mut watches {
        assert!(!watch.changed().await.unwrap());
    }
}

#[tokio::test(start_paused = true)]
async fn a_watch_learns_of_the_end_and_keeps_nothing_open() {
    let (connection, channel, server) = connect_with_channel().await;
    let mut watch = connection.watch_pressure(PressureRule::FrameRatio(10.0));
    let waiting = tokio::spawn(async move { watch.changed().await });
    settle().await;
    drop(server);
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    drop(channel);

    let (connection, channel, mut server) = connect_with_channel().await;
    let mut watch = connection.watch_pressure(PressureRule::FrameRatio(10.0));
    drop((connection, channel));
    server.serve_auto().await;
    let error = watch.changed().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
}
