//! Signs of life, on the virtual clock.

use std::time::Duration;

use leveret::ErrorKind;
use leveret::amqp_methods::basic;
use leveret::proto::Outcome;
use tokio::time::Instant;

use super::meet::{
    answered, connect_with, connect_with_confirms, parameters, publish, publish_confirmed,
};

#[tokio::test(start_paused = true)]
async fn an_idle_client_sends_heartbeats() {
    let parameters = parameters().heartbeat(Duration::from_secs(10));
    let (connection, mut server) = connect_with(&parameters, 4096).await;
    assert_eq!(connection.tuning().heartbeat, 10);
    let begun = Instant::now();
    for _ in 0..20 {
        server.expect_heartbeat().await;
        server.send_heartbeat().await;
    }
    let took = begun.elapsed().as_secs();
    // One every half interval, or one every interval where another thing was sent in between.
    assert!((95..=205).contains(&took), "{took} s");
    assert!(connection.close_error().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_dead_server_is_noticed_within_two_intervals() {
    let parameters = parameters().heartbeat(Duration::from_secs(10));
    let (connection, _server) = connect_with(&parameters, 4096).await;
    let begun = Instant::now();
    let error = connection.closed().await;
    let took = begun.elapsed().as_millis();
    assert!((19_900..20_100).contains(&took), "{took} ms");
    assert_eq!(error.kind(), ErrorKind::HeartbeatMissed);
    assert_eq!(
        error.to_string(),
        "the server at localhost port 5672 over a stream is silent: nothing came for 20 s"
    );
    assert!(error.is_timeout());
}

#[tokio::test(start_paused = true)]
async fn any_octet_is_a_sign_of_life() {
    let parameters = parameters().heartbeat(Duration::from_secs(10));
    let (connection, mut server) = connect_with(&parameters, 4096).await;
    // A frame that trickles in: eight octets in two minutes.
    for octet in b"\x08\0\0\0\0\0\0\xce" {
        tokio::time::sleep(Duration::from_secs(15)).await;
        server.send_raw(&[*octet]).await;
    }
    assert!(connection.close_error().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_dead_server_that_does_not_read_either_is_left() {
    let parameters = parameters()
        .heartbeat(Duration::from_secs(10))
        .write_buffer_high_water(1000)
        .close_timeout(Duration::from_secs(3));
    let (connection, mut server) = connect_with(&parameters, 1024).await;
    let channel = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    let begun = Instant::now();
    let error = loop {
        if let Err(error) = publish(&channel, &"x".repeat(200)).await {
            break error;
        }
    };
    assert_eq!(error.kind(), ErrorKind::HeartbeatMissed);
    assert!(begun.elapsed() < Duration::from_secs(21));
    // The stream is not kept for what can never be written.
    tokio::time::sleep(Duration::from_secs(4)).await;
    let mut octets = 0;
    while let Some(frame) = server.next_frame().await {
        octets += frame.to_bytes().len();
    }
    assert!(octets <= 1024, "{octets} octets were written");
}

#[tokio::test(start_paused = true)]
async fn without_heartbeats_silence_is_golden() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let receipt = publish_confirmed(&channel, "x").await;
    server.expect_content(1).await;
    tokio::time::sleep(Duration::from_secs(24 * 3600)).await;
    assert!(connection.close_error().is_none());
    server.send(1, basic::Ack::new(1)).await;
    assert!(matches!(receipt.await, Outcome::Confirmed));
}
