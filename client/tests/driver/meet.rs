//! How a client and a scripted server meet.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use amqp_test_broker::StreamPeer;
use leveret::amqp_methods::{basic, channel};
use leveret::{Channel, Connection, ConnectionParameters, Consumer, Error, Receipt};
use tokio::io::{DuplexStream, duplex};

pub(crate) type Server = StreamPeer<DuplexStream>;

/// What a stream is called whose parameters say nothing of a server.
pub(crate) const STREAM: &str = "localhost port 5672 over a stream";

/// Room of the stream in memory, each way.
const ROOM: usize = 64 * 1024;

/// Parameters without heartbeats, so that the virtual clock may leap.
pub(crate) fn parameters() -> ConnectionParameters {
    ConnectionParameters::default().heartbeat(Duration::ZERO)
}

/// An open connection and its server.
pub(crate) async fn connect() -> (Connection, Server) {
    connect_with(&parameters(), ROOM).await
}

pub(crate) async fn connect_with(
    parameters: &ConnectionParameters,
    room: usize,
) -> (Connection, Server) {
    let (client, server) = duplex(room);
    let mut server = StreamPeer::new(server).patience(Duration::from_secs(3600));
    let (connection, ()) = tokio::join!(
        Connection::connect_over(client, parameters),
        server.handshake()
    );
    (connection.unwrap(), server)
}

/// The same with channel 1 open.
pub(crate) async fn connect_with_channel() -> (Connection, Channel, Server) {
    let (connection, mut server) = connect().await;
    let channel = answered(&mut server, connection.open_channel()).await;
    (connection, channel.unwrap(), server)
}

/// The same in confirm mode.
pub(crate) async fn connect_with_confirms() -> (Connection, Channel, Server) {
    let (connection, channel, mut server) = connect_with_channel().await;
    answered(&mut server, channel.confirm_select())
        .await
        .unwrap();
    (connection, channel, server)
}

/// Waits for `future` while the server answers every simple request.
pub(crate) async fn answered<T>(server: &mut Server, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        server.peer_mut().answer();
        server.flush().await;
        tokio::select! {
            biased;
            value = &mut future => return value,
            alive = server.pump() => if !alive {
                return future.await;
            },
        }
    }
}

/// Starts a consumer with that tag, and with two deliveries before anything else happens.
pub(crate) async fn consume(server: &mut Server, channel: &Channel, tag: &str) -> Consumer {
    let consume = channel.basic_consume(basic::Consume::new("q", tag));
    let consumer = answered(server, consume).await.unwrap();
    for number in 1..=2 {
        deliver(server, tag, number).await;
    }
    consumer
}

pub(crate) async fn deliver(server: &mut Server, tag: &str, number: u64) {
    let body = format!("delivery {number}");
    server
        .send_content(
            1,
            basic::Deliver::new(tag, number, "", "q"),
            &basic::Properties::default(),
            body.as_bytes(),
        )
        .await;
}

pub(crate) async fn publish(channel: &Channel, body: &str) -> Result<(), Error> {
    channel
        .basic_publish(
            basic::Publish::new("", "q"),
            basic::Properties::default(),
            body,
        )
        .await
}

pub(crate) async fn publish_confirmed(channel: &Channel, body: &str) -> Receipt {
    let publish = basic::Publish::new("", "q").mandatory(true);
    let receipt = channel.basic_publish_confirmed(publish, basic::Properties::default(), body);
    receipt.await.unwrap()
}

/// Everything that is ready happens; virtual time passes, and not much of it.
pub(crate) async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Polls a future once, which must not be ready, and drops it.
pub(crate) async fn begin_and_drop(future: impl Future) {
    let mut future = pin!(future);
    poll_fn(|cx| {
        assert!(future.as_mut().poll(cx).is_pending());
        Poll::Ready(())
    })
    .await;
}

/// Does something where there is no runtime.
pub(crate) fn outside<T: Send>(act: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(act).join().unwrap())
}

/// The server closes channel 1, and the client agrees.
pub(crate) async fn close_channel(server: &mut Server, code: u16, text: &str) {
    server.send(1, channel::Close::new(code, text, 0, 0)).await;
    server.expect::<channel::CloseOk>(1).await;
}
