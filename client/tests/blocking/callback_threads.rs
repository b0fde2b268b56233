//! The threads that call callbacks: nothing waits for them, and they keep nothing.

use std::sync::mpsc::channel as pipe;
use std::time::Duration;

use amqp_test_broker::Tuning;
use leveret::ErrorKind;
use leveret::amqp_methods::{channel, connection, queue};
use leveret::blocking::{CallbackThread, Connection};

use super::callbacks::{Notes, all, awaits_go_ahead, go_ahead};
use super::meet::{Script, give_back};

#[test]
fn a_callback_that_does_not_return_holds_up_neither_reading_nor_heartbeats_nor_other_callbacks() {
    let (go, going) = pipe();
    let script = Script::new(async move |mut server| {
        let tuning = Tuning {
            heartbeat: 1,
            ..Default::default()
        };
        *server.peer_mut() = std::mem::take(server.peer_mut()).tuning(tuning);
        server.handshake().await;
        server.expect::<channel::Open>(1).await;
        server.send(1, channel::OpenOk).await;
        awaits_go_ahead(&mut server).await;
        server.send(0, connection::Blocked::new("low")).await;
        awaits_go_ahead(&mut server).await;
        // Over more than the two intervals after which either side gives up.
        for _ in 0..6 {
            server.expect_heartbeat().await;
            server.send_heartbeat().await;
        }
        go.send(()).unwrap();
        server.serve_auto().await;
    });
    let parameters = script.parameters().heartbeat(Duration::from_secs(1));
    let connection = Connection::connect(parameters).unwrap();
    let channel = connection.open_channel().unwrap();
    let (entered, is_in) = pipe();
    let (others, others_hear) = pipe();
    let mut thread = connection
        .callbacks()
        .on_blocked(move |_| {
            entered.send(()).unwrap();
            going.recv().unwrap();
        })
        .start()
        .unwrap();
    let other = connection.callbacks();
    let other = other.on_blocked(move |reason| others.send(reason.to_owned()).unwrap());
    let other = other.start().unwrap();
    go_ahead(&channel);
    is_in.recv().unwrap();
    assert_eq!(others_hear.recv().unwrap(), "low");
    // Calls are answered meanwhile.
    go_ahead(&channel);
    let still = thread.ended_within(Duration::ZERO).unwrap_err();
    assert_eq!(still.kind(), ErrorKind::Timeout);
    connection.close().unwrap();
    for thread in [thread, other] {
        thread.ended().unwrap();
    }
    script.end();
}

#[test]
fn a_callback_may_call_and_close_what_it_hears_of() {
    let script = Script::with_channel(async |mut server| {
        awaits_go_ahead(&mut server).await;
        give_back(&mut server, b"back").await;
        let declare = server.expect::<queue::Declare<'_>>(1).await;
        assert_eq!(declare.queue, *"back");
        server.send(1, queue::DeclareOk::new("back", 0, 0)).await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let (notes, noted) = Notes::new();
    let (declared, closed) = (notes.clone(), notes);
    let (caller, closer) = (channel.clone(), connection.clone());
    let thread = channel
        .callbacks()
        .on_return(move |message| {
            let name = String::from_utf8_lossy(message.body().unwrap());
            let ok = caller.call(queue::Declare::new(&*name)).unwrap();
            declared.note(ok.queue.to_string());
            closer.close().unwrap();
        })
        .on_close(move |error| closed.note(format!("{:?}", error.kind())))
        .start()
        .unwrap();
    go_ahead(&channel);
    thread.ended().unwrap();
    assert_eq!(all(&noted), ["back", "ConnectionClosed"]);
    assert!(connection.close_error().is_some());
    script.end();
}

#[test]
fn callbacks_keep_nothing_open_and_can_be_stopped() {
    let script = Script::with_channel(async |mut server| {
        awaits_go_ahead(&mut server).await;
        server.send(0, connection::Blocked::new("low")).await;
        awaits_go_ahead(&mut server).await;
        // The last handle of each is dropped.
        server.expect::<channel::Close<'_>>(1).await;
        server.send(1, channel::CloseOk).await;
        server.expect::<connection::Close<'_>>(0).await;
        server.send(0, connection::CloseOk).await;
        server.expect_end().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let (notes, noted) = Notes::new();
    let (stopped, dropped, kept) = (notes.clone(), notes.clone(), notes);
    // What is dropped with its callback tells when the thread lets go of that.
    let (held, is_dropped) = pipe::<()>();
    let (opened, is_open) = pipe();
    let to_stop = connection
        .callbacks()
        .on_open(move |_| opened.send(()).unwrap())
        .on_blocked(move |reason| {
            let _held = &held;
            stopped.note(reason);
        })
        .start()
        .unwrap();
    is_open.recv().unwrap();
    to_stop.stop();
    assert!(is_dropped.recv().is_err());
    // A handle that is dropped stops nothing.
    let (hears, heard) = pipe();
    let callbacks = connection.callbacks().on_blocked(move |reason| {
        dropped.note(format!("dropped {reason}"));
        hears.send(()).unwrap();
    });
    drop(callbacks.start().unwrap());
    let kept = channel
        .callbacks()
        .on_return(|_| {})
        .on_close(move |error| kept.note(error.to_string()))
        .start()
        .unwrap();
    go_ahead(&channel);
    heard.recv().unwrap();
    go_ahead(&channel);
    drop(channel);
    kept.ended().unwrap();
    drop(connection);
    assert_eq!(
        all(&noted),
        [
            "dropped low",
            "channel 1 closed by client: 200 dropped by the application"
        ]
    );
    script.end();
}

#[test]
fn a_callback_cannot_wait_for_its_own_end() {
    let script = Script::open(async |mut server| server.serve_auto().await);
    let connection = script.connect();
    let (hand_over, handed_over) = pipe::<CallbackThread>();
    let (tell, told) = pipe();
    let callbacks = connection.callbacks().on_open(move |_| {
        let own = handed_over.recv().unwrap();
        tell.send(own.ended().unwrap_err().kind()).unwrap();
    });
    let thread = callbacks.start().unwrap();
    hand_over.send(thread).unwrap();
    assert_eq!(told.recv().unwrap(), ErrorKind::State);
    connection.close().unwrap();
    script.end();
}
