//! Watching what waits to be written.

use std::time::Duration;

use amqp_test_broker::StreamPeer;
use leveret::amqp_methods::channel;
use leveret::blocking::Connection;
use leveret::{ConnectionParameters, ErrorKind, PressureRule};
use tokio::io::duplex;
use tokio::sync::oneshot;

use super::meet::publish;

#[test]
fn pressure_begins_ends_and_ends_with_the_connection() {
    // So little fits into the stream, that what the server does not read waits here.
    let (client, stream) = duplex(64);
    let (go, going) = oneshot::channel();
    let server = std::thread::spawn(move || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_time().build().unwrap().block_on(async {
            let mut server = StreamPeer::new(stream).patience(None);
            server.handshake().await;
            server.expect::<channel::Open>(1).await;
            server.send(1, channel::OpenOk).await;
            going.await.unwrap();
            let (_, _, body) = server.expect_content(1).await;
            assert_eq!(body.len(), 2000);
            server.serve_auto().await;
        });
    });
    let parameters = ConnectionParameters::default().heartbeat(Duration::ZERO);
    let connection = Connection::connect_over(client, &parameters).unwrap();
    let channel = connection.open_channel().unwrap();
    let marks = PressureRule::Marks { high: 1000, low: 0 };
    let mut watch = connection.watch_pressure(marks);
    let none = watch.changed_within(Duration::ZERO).unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Timeout);
    publish(&channel, &"x".repeat(2000)).unwrap();
    assert!(watch.changed().unwrap());
    let none = watch.changed_within(Duration::from_millis(1)).unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Timeout);
    assert!(connection.write_pressure().octets() >= 1000);
    go.send(()).unwrap();
    assert!(!watch.changed_within(Duration::MAX).unwrap());
    connection.close().unwrap();
    let ended = watch.changed().unwrap_err();
    assert_eq!(ended.kind(), ErrorKind::ConnectionClosed);
    server.join().unwrap();
}
