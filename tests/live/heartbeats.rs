//! Signs of life, in real time: the only tests that let it pass.

use std::time::Duration;

use leveret::amqp_methods::basic;
use leveret::{Connection, ErrorKind, Message};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::broker::{broker, own_queue, publish};

const INTERVAL: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_handler_may_sleep_for_three_intervals() {
    let Some(parameters) = broker() else {
        return;
    };
    let connection = Connection::connect(parameters.heartbeat(INTERVAL))
        .await
        .unwrap();
    assert_eq!(connection.tuning().heartbeat, 2);
    let channel = connection.open_channel().await.unwrap();
    let queue = own_queue(&channel).await;
    publish(&channel, "", &queue, "work").await;
    let consumer = channel.basic_consume(basic::Consume::new(&*queue, ""));
    let (done, is_done) = oneshot::channel::<()>();
    let done = std::sync::Mutex::new(Some(done));
    let handler = move |_: Message| {
        let done = done.lock().unwrap().take();
        async move {
            tokio::time::sleep(3 * INTERVAL).await;
            drop(done);
            Ok::<_, ()>(())
        }
    };
    let handled = consumer
        .await
        .unwrap()
        .for_each(handler)
        .stop_when(async {
            let _ = is_done.await;
        })
        .run()
        .await;
    assert_eq!((handled.acked, handled.unsettled), (1, 0));
    assert!(connection.close_error().is_none());
    channel.close().await.unwrap();
    connection.close().await.unwrap();
}

/// A relay in front of the broker stops relaying, and keeps the connection open.
#[tokio::test]
async fn a_peer_that_falls_silent_is_noticed() {
    let Some(parameters) = broker() else {
        return;
    };
    let url = std::env::var("AMQP_URL").unwrap();
    let address = url.split(['@', '/']).nth(3).unwrap().to_owned();
    let relay = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = relay.local_addr().unwrap().port();
    let (silence, is_silent) = oneshot::channel::<()>();
    let relaying = tokio::spawn(async move {
        let (mut client, _) = relay.accept().await.unwrap();
        let mut server = TcpStream::connect(address).await.unwrap();
        tokio::select! {
            _ = copy_bidirectional(&mut client, &mut server) => panic!("one side hung up"),
            _ = is_silent => {}
        }
        (client, server)
    });
    let parameters = parameters.host("127.0.0.1").port(port).heartbeat(INTERVAL);
    let connection = Connection::connect(parameters).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    let queue = own_queue(&channel).await;
    let consume = channel.basic_consume(basic::Consume::new(&*queue, ""));
    let mut consumer = consume.await.unwrap();
    let begun = std::time::Instant::now();
    silence.send(()).unwrap();
    let _held = relaying.await.unwrap();
    let error = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HeartbeatMissed);
    // How late it may be is for the virtual clock to show; here only that it is not too early.
    assert!(begun.elapsed() > INTERVAL, "{:?}", begun.elapsed());
    assert_eq!(connection.closed().await.kind(), ErrorKind::HeartbeatMissed);
}
