//! Methods that the server sends of its own accord.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream as _;
use leveret::amqp_methods::{Reader, connection};
use leveret::{ErrorKind, Methods};

use super::meet::{
    STREAM, Server, answered, begin_and_drop, close_channel, connect_with, outside, parameters,
    settle,
};
use super::probe::{self, Ask, AskOk, Noted, Properties, Pushed, Warned};

async fn told() -> (leveret::Connection, leveret::Channel, Server) {
    let parameters = parameters().extension(&probe::PROTOCOL);
    let (connection, mut server) = connect_with(&parameters, 64 * 1024).await;
    let channel = answered(&mut server, connection.open_channel()).await;
    (connection, channel.unwrap(), server)
}

/// The number in the next method, which must be a [`Noted`].
async fn noted(methods: &mut Methods) -> u32 {
    let method = methods.next().await.unwrap().unwrap();
    method.decode::<Noted>().unwrap().0
}

#[tokio::test(start_paused = true)]
async fn every_listener_hears_of_its_own_place_and_of_no_other() {
    let (connection, one, mut server) = told().await;
    let two = answered(&mut server, connection.open_channel())
        .await
        .unwrap();
    let mut of_connection = connection.methods();
    let mut of_one = [one.methods(), one.methods()];
    let mut of_two = two.methods();
    server.send(0, Warned(1)).await;
    server.send(1, Noted(2)).await;
    server.send(2, Noted(3)).await;
    server
        .send_content(1, Pushed(4), &Properties::new("news"), b"body")
        .await;
    let method = of_connection.next().await.unwrap().unwrap();
    assert_eq!(method.decode(), Ok(Warned(1)));
    for methods in &mut of_one {
        assert_eq!(noted(methods).await, 2);
        let pushed = methods.next().await.unwrap().unwrap();
        assert_eq!(pushed.decode(), Ok(Pushed(4)));
        assert_eq!(pushed.properties(), Ok(Properties::new("news")));
        assert_eq!(pushed.into_content().unwrap().into_body(), "body");
        begin_and_drop(methods.next()).await;
    }
    assert_eq!(noted(&mut of_two).await, 3);
    begin_and_drop(of_two.next()).await;
    begin_and_drop(of_connection.next()).await;
}

#[tokio::test(start_paused = true)]
async fn what_came_before_is_not_told() {
    let (_connection, channel, mut server) = told().await;
    server.send(1, Noted(1)).await;
    settle().await;
    let mut methods = channel.methods();
    server.send(1, Noted(2)).await;
    assert_eq!(noted(&mut methods).await, 2);
}

#[tokio::test(start_paused = true)]
async fn replies_are_no_such_methods() {
    let (_connection, channel, mut server) = told().await;
    let mut methods = channel.methods();
    begin_and_drop(channel.call(Ask(1))).await;
    let script = async {
        for number in 1..=2 {
            server.expect::<Ask>(1).await;
            server.send(1, AskOk(number)).await;
        }
    };
    let (reply, ()) = tokio::join!(channel.call(Ask(2)), script);
    assert_eq!(reply.unwrap(), AskOk(2));
    begin_and_drop(methods.next()).await;
}

#[tokio::test(start_paused = true)]
async fn nobody_who_listens_slowly_holds_up_anybody() {
    let (_connection, channel, mut server) = told().await;
    let (mut slow, mut quick) = (channel.methods(), channel.methods());
    for number in 0..1124 {
        server.send(1, Noted(number)).await;
        assert_eq!(noted(&mut quick).await, number);
    }
    let script = async {
        server.expect::<Ask>(1).await;
        server.send(1, AskOk(1)).await;
    };
    let (reply, ()) = tokio::join!(channel.call(Ask(1)), script);
    reply.unwrap();

    let error = slow.next().await.unwrap().unwrap_err();
    assert_eq!(error.lagged().unwrap().missed(), 100);
    assert_eq!(error.kind(), ErrorKind::Lagged);
    assert_eq!(error.address(), Some(STREAM));
    assert_eq!(error.to_string(), "something was missed: 100 methods");
    for number in 100..1124 {
        assert_eq!(noted(&mut slow).await, number);
    }
    begin_and_drop(slow.next()).await;
}

#[tokio::test(start_paused = true)]
async fn contents_that_nobody_looks_at_have_a_bound() {
    let (_connection, channel, mut server) = told().await;
    let mut methods = channel.methods();
    let megabyte = vec![7; 1 << 20];
    for number in 0..20 {
        let properties = Properties::default();
        server
            .send_content(1, Pushed(number), &properties, &megabyte)
            .await;
    }
    settle().await;
    let lagged = methods.next().await.unwrap().unwrap_err();
    assert_eq!(lagged.lagged().unwrap().missed(), 5);
    for number in 5..20 {
        let method = methods.next().await.unwrap().unwrap();
        assert_eq!(method.decode(), Ok(Pushed(number)));
    }
    begin_and_drop(methods.next()).await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_with_its_channel_behind_what_came_before() {
    let (connection, channel, mut server) = told().await;
    let mut methods = channel.methods();
    let mut of_connection = connection.methods();
    server.send(1, Noted(1)).await;
    close_channel(&mut server, 406, "PRECONDITION_FAILED").await;
    settle().await;
    assert!(methods.close_error().is_some());
    assert_eq!(noted(&mut methods).await, 1);
    assert!(methods.next().await.is_none());
    assert!(methods.next().await.is_none());
    let error = methods.close_error().unwrap();
    assert_eq!(
        error.to_string(),
        "channel 1 closed by server: 406 PRECONDITION_FAILED"
    );
    // Who comes late learns the same.
    let mut late = channel.methods();
    assert!(late.next().await.is_none());
    assert_eq!(late.close_error().unwrap().to_string(), error.to_string());

    assert!(of_connection.close_error().is_none());
    let close = connection::Close::new(320, "CONNECTION_FORCED", 0, 0);
    server.send(0, close).await;
    assert!(of_connection.next().await.is_none());
    let error = of_connection.close_error().unwrap();
    assert_eq!(error.reply_code().unwrap().get(), 320);
    assert!(connection.methods().next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_woken_by_methods_and_by_the_end() {
    let (connection, channel, mut server) = told().await;
    let waiting = tokio::spawn({
        let mut methods = channel.methods();
        async move {
            let mut numbers = Vec::new();
            while let Some(method) = methods.next().await {
                numbers.push(method.unwrap().decode::<Noted>().unwrap().0);
            }
            (numbers, methods.close_error())
        }
    });
    for number in 1..=3 {
        server.send(1, Noted(number)).await;
        settle().await;
    }
    let (closed, ()) = tokio::join!(connection.close(), server.serve_auto());
    closed.unwrap();
    let (numbers, error) = waiting.await.unwrap();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(error.unwrap().kind(), ErrorKind::ConnectionClosed);
}

/// To listen is no use of a channel: it keeps neither that nor the connection open.
#[tokio::test(start_paused = true)]
async fn listening_keeps_nothing_open() {
    let (connection, channel, mut server) = told().await;
    let (mut of_channel, mut of_connection) = (channel.methods(), connection.methods());
    drop(channel);
    let end = answered(&mut server, of_channel.next()).await;
    assert!(end.is_none());
    let error = of_channel.close_error().unwrap().to_string();
    assert_eq!(
        error,
        "channel 1 closed by client: 200 dropped by the application"
    );
    drop(connection);
    server.serve_auto().await;
    assert!(of_connection.next().await.is_none());
    let error = of_connection.close_error().unwrap().to_string();
    assert_eq!(
        error,
        "connection to localhost port 5672 over a stream closed by client: 200 dropped by the application"
    );
    outside(move || drop((of_channel, of_connection)));
}

#[tokio::test(start_paused = true)]
async fn it_is_a_stream() {
    let (_connection, channel, mut server) = told().await;
    let mut methods = pin!(channel.methods());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(methods.as_mut().poll_next(&mut cx).is_pending());
    server.send(1, Noted(9)).await;
    settle().await;
    let Poll::Ready(Some(Ok(method))) = methods.as_mut().poll_next(&mut cx) else {
        panic!("nothing came");
    };
    assert_eq!(Reader::rest(&method.arguments()), [0, 0, 0, 9]);
}
