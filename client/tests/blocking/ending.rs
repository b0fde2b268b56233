//! How connections end, and what keeps them alive.

use std::time::Duration;

use leveret::amqp_methods::{basic, channel, connection};
use leveret::blocking::Connection;
use leveret::{ErrorKind, Initiator};

use super::meet::{Script, deliver, publish};

#[test]
fn the_last_handle_closes_the_connection_and_what_was_published_arrives() {
    let script = Script::with_channel(async |mut server| {
        for _ in 0..100 {
            server.expect_content(1).await;
        }
        server.expect::<channel::Close<'_>>(1).await;
        let close = server.expect::<connection::Close<'_>>(0).await;
        assert_eq!(close.reply_text, *"dropped by the application");
        server.send(0, connection::CloseOk).await;
        server.expect_end().await;
    });
    let (connection, channel) = script.connect_with_channel();
    drop(connection);
    for number in 0..100 {
        publish(&channel, &number.to_string()).unwrap();
    }
    drop(channel);
    script.end();
}

#[test]
fn a_delivery_alone_keeps_its_connection() {
    let script = Script::with_channel(async |mut server| {
        server.expect::<basic::Consume<'_>>(1).await;
        server.send(1, basic::ConsumeOk::new("tag")).await;
        deliver(&mut server, "tag", 1).await;
        let mut settled = false;
        server
            .serve(|peer| {
                if peer.has_frame(1) {
                    peer.expects_method(1, &basic::Ack::new(1));
                    settled = true;
                }
            })
            .await;
        assert!(settled);
    });
    let (connection, channel) = script.connect_with_channel();
    let mut consumer = channel.basic_consume(basic::Consume::new("q", "")).unwrap();
    let delivery = consumer.next().unwrap().unwrap();
    drop((connection, channel, consumer));
    delivery.ack().unwrap();
    script.end();
}

/// Pika loses the connection here: its timers stop while the application thinks.
#[test]
fn heartbeats_go_out_while_the_application_thinks() {
    let (go, going) = std::sync::mpsc::channel();
    let script = Script::new(async move |mut server| {
        let tuning = amqp_test_broker::Tuning {
            heartbeat: 1,
            ..Default::default()
        };
        *server.peer_mut() = std::mem::take(server.peer_mut()).tuning(tuning);
        server.handshake().await;
        server.expect_method(1, &channel::Open).await;
        server.send(1, channel::OpenOk).await;
        server.expect::<basic::Consume<'_>>(1).await;
        server.send(1, basic::ConsumeOk::new("tag")).await;
        deliver(&mut server, "tag", 1).await;
        // Over more than the two intervals after which either side gives up.
        for _ in 0..6 {
            server.expect_heartbeat().await;
            server.send_heartbeat().await;
        }
        go.send(()).unwrap();
        server.expect_method(1, &basic::Ack::new(1)).await;
        server.serve_auto().await;
    });
    let parameters = script.parameters().heartbeat(Duration::from_secs(1));
    let connection = Connection::connect(parameters).unwrap();
    let channel = connection.open_channel().unwrap();
    let mut consumer = channel.basic_consume(basic::Consume::new("q", "")).unwrap();
    let delivery = consumer.next().unwrap().unwrap();
    going.recv().unwrap(); // thinks
    delivery.ack().unwrap();
    connection.close().unwrap();
    script.end();
}

#[test]
fn the_reason_of_the_server_is_kept() {
    let script = Script::with_channel(async |mut server| {
        server
            .send(0, connection::Close::new(320, "CONNECTION_FORCED", 0, 0))
            .await;
        server.expect::<connection::CloseOk>(0).await;
        server.expect_end().await;
    });
    let (connection, _channel) = script.connect_with_channel();
    let error = connection.closed();
    let reason = error.close_reason().unwrap();
    assert_eq!(reason.initiator, Initiator::Server);
    assert_eq!(reason.reply_code.get(), 320);
    let again = connection.closed_within(Duration::ZERO).unwrap();
    assert_eq!(again.reply_code(), error.reply_code());
    let error = connection.close().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionClosed);
    script.end();
}

#[test]
fn an_open_connection_has_not_ended_within_no_time() {
    let script = Script::open(async |mut server| server.serve_auto().await);
    let connection = script.connect();
    assert!(connection.closed_within(Duration::ZERO).is_none());
    connection.close().unwrap();
    script.end();
}

#[test]
fn errors_name_the_server() {
    let address = |script: &Script| format!("127.0.0.1 port {}", script.address().port());
    let script = Script::with_channel(async |server| drop(server));
    let (connection, channel) = script.connect_with_channel();
    let over_tcp = address(&script);
    assert_eq!(connection.address(), over_tcp);
    let text = format!("the connection to {over_tcp} was lost: ");
    let call = channel.call(basic::Qos::default());
    for error in [connection.closed(), call.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::ConnectionLost);
        assert_eq!(error.address(), Some(&*over_tcp));
        assert!(error.to_string().starts_with(&text), "{error}");
    }
    script.end();

    // A socket of the application's is a stream like any other.
    let script = Script::with_channel(async |server| drop(server));
    let socket = std::net::TcpStream::connect(script.address()).unwrap();
    let parameters = script.parameters();
    let connection = Connection::connect_over_tcp(socket, &parameters).unwrap();
    let over_a_stream = format!("{} over a stream", address(&script));
    assert_eq!(connection.address(), over_a_stream);
    let _channel = connection.open_channel().unwrap();
    assert_eq!(connection.closed().address(), Some(&*over_a_stream));
    script.end();
}
