//! Whatever goes wrong on a connection says which server it was.

use std::time::Duration;

use amqp_test_broker::{StreamPeer, listen};
use leveret::amqp_methods::{basic, channel, connection, queue};
use leveret::{Connection, ConnectionParameters, Error, ErrorKind, Outcome};
use tokio::io::duplex;
use tokio::net::TcpStream;

use super::meet::{
    STREAM, answered, close_channel, connect_with_channel, connect_with_confirms, consume, publish,
    publish_confirmed, settle,
};

async fn connect_over_tcp(host: &str) -> (Connection, StreamPeer<TcpStream>, u16) {
    let listener = listen().await.unwrap();
    let port = listener.address().port();
    let parameters = ConnectionParameters::new(host)
        .port(port)
        .heartbeat(Duration::ZERO);
    let (connection, server) = tokio::join!(Connection::connect(parameters), async {
        let mut server = listener.accept().await.unwrap();
        server.handshake().await;
        server
    });
    (connection.unwrap(), server, port)
}

#[tokio::test]
async fn over_tcp_it_is_the_host_with_its_address_and_port() {
    let (connection, mut server, port) = connect_over_tcp("127.0.0.1").await;
    let address = format!("127.0.0.1 port {port}");
    assert_eq!(connection.address(), address);
    let close = connection::Close::new(320, "CONNECTION_FORCED - bye", 0, 0);
    server.send(0, close).await;
    let error = connection.closed().await;
    assert_eq!(error.address(), Some(&*address));
    assert_eq!(
        error.to_string(),
        format!("connection to {address} closed by server: 320 CONNECTION_FORCED - bye")
    );

    let (connection, server, port) = connect_over_tcp("localhost").await;
    drop(server);
    let error = connection.closed().await;
    assert_eq!(
        error.address(),
        Some(&*format!("localhost (127.0.0.1) port {port}"))
    );
    let text = format!("the connection to localhost (127.0.0.1) port {port} was lost: ");
    assert!(error.to_string().starts_with(&text), "{error}");
}

#[tokio::test(start_paused = true)]
async fn everybody_s_error_is_about_the_same_server_and_holds_its_name_once() {
    let (connection, channel, mut server) = connect_with_confirms().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    for _ in 1..=2 {
        consumer.next().await.unwrap().unwrap();
    }
    let receipt = publish_confirmed(&channel, "x").await;
    let call = tokio::spawn({
        let channel = channel.clone();
        async move { channel.call(queue::Declare::new("q")).await }
    });
    settle().await;
    drop(server);
    let told = [
        call.await.unwrap().unwrap_err(),
        consumer.next().await.unwrap().unwrap_err(),
        publish(&channel, "y").await.unwrap_err(),
        channel.wait_for_confirms().await.unwrap_err(),
        channel.close_error().unwrap(),
        connection.open_channel().await.unwrap_err(),
        connection.closed().await,
        in_doubt(receipt.await),
    ];
    for error in told {
        assert_eq!(error.address(), Some(STREAM));
        let is_stored_once = std::ptr::eq(error.address().unwrap(), connection.address());
        assert!(is_stored_once, "{error:?}");
    }
}

fn in_doubt(outcome: Outcome) -> Error {
    match outcome {
        Outcome::InDoubt(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_server_does_not_answer_in_time_is_about_it() {
    let (_connection, channel, _server) = connect_with_confirms().await;
    let hasty = channel.with_call_timeout(Duration::from_secs(1));
    let late = hasty.call(queue::Declare::new("q")).await.unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Timeout);
    assert_eq!(late.address(), Some(STREAM));
    let receipt = publish_confirmed(&channel, "x").await;
    let late = in_doubt(receipt.within(Duration::from_secs(1)).await);
    assert_eq!(late.kind(), ErrorKind::Timeout);
    assert_eq!(late.address(), Some(STREAM));
}

#[tokio::test(start_paused = true)]
async fn a_consumer_that_is_cancelled_and_a_channel_that_is_closed_are_a_server_s() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let mut consumer = consume(&mut server, &channel, "tag").await;
    let cancel = basic::Cancel::new("tag").no_wait(true);
    server.send(1, cancel).await;
    for _ in 1..=2 {
        consumer.next().await.unwrap().unwrap();
    }
    let cancelled = consumer.next().await.unwrap().unwrap_err();
    assert_eq!(cancelled.kind(), ErrorKind::ConsumerCancelled);
    assert_eq!(cancelled.address(), Some(STREAM));

    close_channel(&mut server, 404, "NOT_FOUND - no queue 'q'").await;
    settle().await;
    for error in [
        channel.close_error().unwrap(),
        channel.call(queue::Declare::new("q")).await.unwrap_err(),
    ] {
        assert_eq!(error.address(), Some(STREAM));
        assert_eq!(
            error.to_string(),
            "channel 1 closed by server: 404 NOT_FOUND - no queue 'q'"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn handles_say_in_a_log_which_they_are() {
    let (connection, channel, mut server) = connect_with_channel().await;
    assert_eq!(
        format!("{connection:?}"),
        format!("Connection {{ address: {STREAM:?}, .. }}")
    );
    let shown = format!("Channel {{ number: 1, address: {STREAM:?}, .. }}");
    assert_eq!(format!("{channel:?}"), shown);
    let mut consumer = consume(&mut server, &channel, "tag").await;
    let delivery = consumer.next().await.unwrap().unwrap();
    assert!(format!("{delivery:?}").contains(&shown), "{delivery:?}");
}

/// Nothing of what is wrong on this side alone.
#[tokio::test(start_paused = true)]
async fn what_no_server_has_to_do_with_names_none() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let long = "x".repeat(256);
    let unfit = channel.call(queue::Declare::new(&*long)).await.unwrap_err();
    assert_eq!((unfit.kind(), unfit.address()), (ErrorKind::Encode, None));
    let refused = channel.send(channel::Open).unwrap_err();
    assert_eq!(
        (refused.kind(), refused.address()),
        (ErrorKind::State, None)
    );
    answered(&mut server, channel.close()).await.unwrap();
    drop(connection);
}

#[tokio::test(start_paused = true)]
async fn over_a_stream_it_is_the_first_host_of_the_parameters() {
    let parameters = ConnectionParameters::new("rabbit.internal")
        .endpoint("another", 7)
        .port(5673)
        .heartbeat(Duration::ZERO);
    let (client, server) = duplex(4096);
    let mut server = StreamPeer::new(server).patience(None);
    let (connection, ()) = tokio::join!(
        Connection::connect_over(client, &parameters),
        server.handshake()
    );
    let connection = connection.unwrap();
    let address = "rabbit.internal port 5673 over a stream";
    assert_eq!(connection.address(), address);
    drop(server);
    assert_eq!(connection.closed().await.address(), Some(address));

    // While connecting, too: beside its text.
    let (client, server) = duplex(4096);
    drop(server);
    let error = Connection::connect_over(client, &parameters)
        .await
        .unwrap_err();
    assert!(error.stage().is_some());
    assert_eq!(error.address(), Some(address));
}
