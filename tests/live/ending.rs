//! How connections live on, and how they end.

use std::time::Duration;

use leveret::amqp_methods::basic;
use leveret::{Connection, ErrorKind, Initiator};
use tokio::net::TcpStream;

use crate::broker::{broker, ctl, open, own_queue, publish};

#[tokio::test]
async fn idle_connections_and_slow_handlers_live_on() {
    let Some(parameters) = broker() else { return };
    let parameters = parameters.heartbeat(Duration::from_secs(1));
    let idle = Connection::connect(parameters.clone()).await.unwrap();
    let busy = Connection::connect(parameters).await.unwrap();
    assert_eq!(busy.tuning().heartbeat, 1);
    let channel = busy.open_channel().await.unwrap();
    let queue = own_queue(&channel).await;
    publish(&channel, "", &queue, "hard work").await;
    let mut consumer = channel
        .basic_consume(basic::Consume::new(&*queue, ""))
        .await
        .unwrap();
    let delivery = consumer.next().await.unwrap().unwrap();
    // The handler thinks for longer than the server tolerates silence.
    tokio::time::sleep(Duration::from_millis(4500)).await;
    delivery.ack().unwrap();
    let channel = idle.open_channel().await.unwrap();
    own_queue(&channel).await;
    channel.close().await.unwrap();
    idle.close().await.unwrap();
    busy.close().await.unwrap();
}

#[tokio::test]
async fn closing_ends_everything_once() {
    let Some((connection, channel)) = open().await else {
        return;
    };
    let queue = own_queue(&channel).await;
    let mut consumer = channel
        .basic_consume(basic::Consume::new(&*queue, ""))
        .await
        .unwrap();
    connection.close().await.unwrap();
    let error = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    assert_eq!(error.close_reason().unwrap().initiator, Initiator::Client);
    assert!(consumer.next().await.is_none());
    assert!(channel.call(basic::Qos::default()).await.is_err());
    connection.close().await.unwrap();
}

#[tokio::test]
async fn an_operator_s_reason_reaches_everybody() {
    let Some(parameters) = broker() else { return };
    let Some(url) = std::env::var("AMQP_URL").ok() else {
        return;
    };
    let (_, address) = url.rsplit_once('@').unwrap_or(("", "127.0.0.1:5672"));
    let address = address.split('/').next().unwrap();
    let stream = TcpStream::connect(address).await.unwrap();
    let port = stream.local_addr().unwrap().port().to_string();
    let connection = Connection::connect_over(stream, &parameters).await.unwrap();
    let channel = connection.open_channel().await.unwrap();
    let waiting = tokio::spawn({
        let channel = channel.clone();
        async move { channel.returned().await }
    });
    let closed = tokio::task::spawn_blocking(move || {
        let listed = ctl(&["-q", "list_connections", "pid", "peer_port"])?;
        let line = listed
            .lines()
            .find(|line| line.split_whitespace().last() == Some(&*port));
        let pid = line.unwrap().split_whitespace().next().unwrap();
        ctl(&["close_connection", pid, "maintenance"])
    });
    if closed.await.unwrap().is_none() {
        // Somebody else's broker: its connections are not closed by us.
        return;
    }
    let error = connection.closed().await;
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    let reason = error.close_reason().unwrap();
    assert_eq!(
        (reason.initiator, reason.reply_code.get()),
        (Initiator::Server, 320)
    );
    assert!(reason.reply_text.contains("maintenance"));
    let told = waiting.await.unwrap().unwrap_err();
    assert_eq!(told.to_string(), error.to_string());
    let error = connection.close().await.unwrap_err();
    assert_eq!(told.to_string(), error.to_string());
}
