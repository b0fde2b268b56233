//! Callbacks: called in order, apart from where frames are read, and on their own when they panic.

use std::sync::mpsc::{Receiver, Sender, channel as pipe};
use std::time::Duration;

use leveret::amqp_methods::{basic, channel, connection};
use leveret::{Connection, ConnectionParameters, Heartbeat};

use super::meet::{
    answered, close_channel, connect, connect_with, connect_with_channel, consume, parameters,
    settle,
};

fn notes() -> (Sender<String>, Receiver<String>) {
    pipe()
}

fn all(notes: &Receiver<String>) -> Vec<String> {
    notes.try_iter().collect()
}

#[tokio::test(start_paused = true)]
async fn callbacks_of_a_connection_are_called_in_order_and_the_end_is_the_last() {
    let (connection, mut server) = connect().await;
    let (note, noted) = notes();
    let note = |what: &'static str| {
        let note = note.clone();
        move |detail: &str| note.send(format!("{what} {detail}")).unwrap()
    };
    let (open, first, second) = (note("open"), note("blocked"), note("blocked again"));
    let (unblocked, close) = (note("unblocked"), note("close"));
    let task = connection
        .callbacks()
        .on_close(move |error| close(&error.to_string()))
        .on_open(move |connection: &Connection| open(connection.address()))
        .on_blocked(first)
        .on_blocked(second)
        .on_unblocked(move || unblocked(""))
        .start();
    server.send(0, connection::Blocked::new("low")).await;
    server.send(0, connection::Unblocked).await;
    server
        .send(0, connection::Close::new(320, "bye", 0, 0))
        .await;
    connection.closed().await;
    task.ended().await;
    assert_eq!(
        all(&noted),
        [
            "open localhost port 5672 over a stream",
            "blocked low",
            "blocked again low",
            "unblocked ",
            "close connection to localhost port 5672 over a stream closed by server: 320 bye",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn callbacks_of_a_channel_hear_of_returns_cancels_flow_and_the_end() {
    let (_connection, channel, mut server) = connect_with_channel().await;
    let (note, noted) = notes();
    let (returned, cancelled, flow, closed) = (note.clone(), note.clone(), note.clone(), note);
    let task = channel
        .callbacks()
        .on_return(move |message| {
            let body = String::from_utf8_lossy(message.body().unwrap()).into_owned();
            returned.send(format!("returned {body}")).unwrap();
        })
        .on_cancel(move |tag| cancelled.send(format!("cancelled {tag}")).unwrap())
        .on_flow(move |active| flow.send(format!("flow {active}")).unwrap())
        .on_close(move |error| closed.send(error.to_string()).unwrap())
        .start();
    let _consumer = consume(&mut server, &channel, "c").await;
    for body in [b"one", b"two"] {
        let returned = basic::Return::new(312, "NO_ROUTE", "", "q");
        let properties = basic::Properties::default();
        server.send_content(1, returned, &properties, body).await;
    }
    server.send(1, channel::Flow { active: false }).await;
    server.send(1, basic::Cancel::new("c").no_wait(true)).await;
    close_channel(&mut server, 404, "gone").await;
    task.ended().await;
    assert_eq!(
        all(&noted),
        [
            "returned one",
            "returned two",
            "flow false",
            "cancelled c",
            "channel 1 closed by server: 404 gone",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_no_other_callback_and_not_the_connection() {
    let (connection, mut server) = connect().await;
    let (note, noted) = notes();
    let (first, second) = (note.clone(), note);
    let task = connection
        .callbacks()
        .on_blocked(move |reason| {
            first.send(format!("first {reason}")).unwrap();
            panic!("a defect of the application");
        })
        .on_blocked(move |reason| second.send(format!("second {reason}")).unwrap())
        .start();
    for reason in ["memory", "disk"] {
        server.send(0, connection::Blocked::new(reason)).await;
    }
    // What comes behind our own close is passed over.
    settle().await;
    answered(&mut server, connection.close()).await.unwrap();
    task.ended().await;
    assert_eq!(
        all(&noted),
        ["first memory", "second memory", "first disk", "second disk"]
    );
}

/// On a runtime of one thread: a callback that blocks does not block that.
#[tokio::test]
async fn a_callback_that_blocks_holds_up_neither_reading_nor_heartbeats() {
    let parameters: ConnectionParameters =
        parameters().heartbeat(Heartbeat::Exactly(Duration::from_secs(1)));
    let (connection, mut server) = connect_with(&parameters, 4096).await;
    let (go, wait) = pipe::<()>();
    let (entered, is_in) = tokio::sync::oneshot::channel();
    let mut entered = Some(entered);
    let task = connection
        .callbacks()
        .on_blocked(move |_| {
            if let Some(entered) = entered.take() {
                entered.send(()).unwrap();
            }
            wait.recv().unwrap();
        })
        .start();
    server.send(0, connection::Blocked::new("low")).await;
    is_in.await.unwrap();
    // Calls are answered, and heartbeats are sent while the callback does not return.
    let channel = answered(&mut server, connection.open_channel()).await;
    assert!(channel.is_ok());
    while server
        .peer_mut()
        .next_frame()
        .is_none_or(|frame| frame.to_bytes()[0] != 8)
    {
        assert!(server.pump().await);
        server.send_heartbeat().await;
    }
    go.send(()).unwrap();
    answered(&mut server, connection.close()).await.unwrap();
    task.ended().await;
}

#[tokio::test(start_paused = true)]
async fn who_comes_too_late_is_still_told_the_end_and_that_once() {
    let (connection, channel, mut server) = connect_with_channel().await;
    close_channel(&mut server, 404, "gone").await;
    answered(&mut server, connection.close()).await.unwrap();
    let (note, noted) = notes();
    let (of_connection, of_channel) = (note.clone(), note);
    let on_close = move |error: &leveret::Error| of_channel.send(error.to_string()).unwrap();
    channel.callbacks().on_close(on_close).start().ended().await;
    let on_close = move |error: &leveret::Error| of_connection.send(error.to_string()).unwrap();
    let callbacks = connection.callbacks().on_close(on_close);
    callbacks.start().ended().await;
    assert_eq!(
        all(&noted),
        [
            "channel 1 closed by server: 404 gone",
            "connection to localhost port 5672 over a stream closed by client: 200 closed by the application",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn callbacks_keep_nothing_open_and_can_be_stopped() {
    let (connection, channel, mut server) = connect_with_channel().await;
    let (note, noted) = notes();
    let (stopped, kept) = (note.clone(), note);
    let task = connection
        .callbacks()
        .on_blocked(move |reason| stopped.send(reason.to_owned()).unwrap())
        .start();
    task.stop();
    let kept = channel
        .callbacks()
        .on_return(|_| {})
        .on_close(move |error| kept.send(error.to_string()).unwrap())
        .start();
    server.send(0, connection::Blocked::new("low")).await;
    settle().await;
    drop(channel);
    server.expect::<channel::Close<'_>>(1).await;
    server.send(1, channel::CloseOk).await;
    kept.ended().await;
    assert_eq!(
        all(&noted),
        ["channel 1 closed by client: 200 dropped by the application"]
    );
}
