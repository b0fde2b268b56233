//! Callbacks: what they hear, in which order, and that a panic in one ends no other.

use std::sync::mpsc::{Receiver, Sender, channel as pipe};

use leveret::amqp_methods::{basic, channel, connection};
use leveret::blocking::{Channel, Connection};

use super::meet::{Script, Server, consumes, give_back};

/// Makes callbacks that note what they hear.
#[derive(Clone)]
pub(crate) struct Notes(Sender<String>);

impl Notes {
    pub(crate) fn new() -> (Self, Receiver<String>) {
        let (note, noted) = pipe();
        (Self(note), noted)
    }

    pub(crate) fn note(&self, what: impl Into<String>) {
        self.0.send(what.into()).unwrap();
    }
}

pub(crate) fn all(notes: &Receiver<String>) -> Vec<String> {
    notes.try_iter().collect()
}

async fn close_connection(server: &mut Server, code: u16, text: &str) {
    let close = connection::Close::new(code, text, 0, 0);
    server.send(0, close).await;
    server.expect::<connection::CloseOk>(0).await;
}

async fn close_channel(server: &mut Server, code: u16, text: &str) {
    server.send(1, channel::Close::new(code, text, 0, 0)).await;
    server.expect::<channel::CloseOk>(1).await;
}

/// What the script waits for, so that callbacks have been started by then.
pub(crate) fn go_ahead(channel: &Channel) {
    channel.basic_qos(1).unwrap();
}

pub(crate) async fn awaits_go_ahead(server: &mut Server) {
    server.expect::<basic::Qos>(1).await;
    server.send(1, basic::QosOk).await;
}

#[test]
fn callbacks_of_a_connection_are_called_in_order_on_one_thread_and_the_end_is_the_last() {
    let script = Script::with_channel(async |mut server| {
        awaits_go_ahead(&mut server).await;
        server.send(0, connection::Blocked::new("low")).await;
        server.send(0, connection::Unblocked).await;
        close_connection(&mut server, 320, "bye").await;
    });
    let (connection, channel) = script.connect_with_channel();
    let (notes, noted) = Notes::new();
    let (threads, ran_on) = pipe();
    let note = |what: &'static str| {
        let (notes, threads) = (notes.clone(), threads.clone());
        move |detail: &str| {
            notes.note(format!("{what} {detail}"));
            // The connection's own runtime is none of its business.
            assert!(tokio::runtime::Handle::try_current().is_err());
            let name = std::thread::current().name().map(str::to_owned);
            threads.send(name.unwrap()).unwrap();
        }
    };
    let (open, unblocked, close) = (note("open"), note("unblocked"), note("close"));
    let thread = connection
        .callbacks()
        .on_close(move |error| close(&error.to_string()))
        .on_open(move |connection: &Connection| {
            open(&connection.is_blocked().to_string());
            go_ahead(&channel);
        })
        .on_blocked(note("blocked"))
        .on_blocked(note("blocked again"))
        .on_unblocked(move || unblocked(""))
        .start()
        .unwrap();
    thread.ended().unwrap();
    let address = connection.address();
    let end = format!("close connection to {address} closed by server: 320 bye");
    assert_eq!(
        all(&noted),
        [
            "open false",
            "blocked low",
            "blocked again low",
            "unblocked ",
            &end,
        ]
    );
    let mut names: Vec<_> = ran_on.try_iter().collect();
    assert_eq!(names.len(), 5);
    names.dedup();
    assert_eq!(names.len(), 1, "{names:?}");
    assert!(names[0].starts_with("leveret-call-"), "{names:?}");
    script.end();
}

#[test]
fn callbacks_of_a_channel_hear_of_returns_cancels_flow_and_the_end() {
    let script = Script::with_channel(async |mut server| {
        consumes(&mut server).await;
        give_back(&mut server, b"one").await;
        give_back(&mut server, b"two").await;
        server.send(1, channel::Flow { active: false }).await;
        server.expect::<channel::FlowOk>(1).await;
        server
            .send(1, basic::Cancel::new("tag").no_wait(true))
            .await;
        close_channel(&mut server, 404, "gone").await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let (notes, noted) = Notes::new();
    let [open, returned, cancelled, flow, closed] = [(); 5].map(|()| notes.clone());
    let thread = channel
        .callbacks()
        .on_open(move |channel: &Channel| open.note(format!("open {}", channel.number())))
        .on_return(move |message| {
            let body = String::from_utf8_lossy(message.body().unwrap());
            returned.note(format!("returned {body}"));
        })
        .on_cancel(move |tag| cancelled.note(format!("cancelled {tag}")))
        .on_flow(move |active| flow.note(format!("flow {active}")))
        .on_close(move |error| closed.note(error.to_string()))
        .start()
        .unwrap();
    let _consumer = channel.basic_consume(basic::Consume::new("q", "")).unwrap();
    thread.ended().unwrap();
    assert_eq!(
        all(&noted),
        [
            "open 1",
            "returned one",
            "returned two",
            "flow false",
            "cancelled tag",
            "channel 1 closed by server: 404 gone",
        ]
    );
    connection.close().unwrap();
    script.end();
}

#[test]
fn a_panic_ends_no_other_callback_and_not_the_connection() {
    let script = Script::with_channel(async |mut server| {
        awaits_go_ahead(&mut server).await;
        for reason in ["memory", "disk"] {
            server.send(0, connection::Blocked::new(reason)).await;
        }
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let (notes, noted) = Notes::new();
    let (first, second, last) = (notes.clone(), notes.clone(), notes);
    let (seen, both_seen) = pipe();
    let thread = connection
        .callbacks()
        .on_blocked(move |reason| {
            first.note(format!("first {reason}"));
            panic!("a defect of the application");
        })
        .on_blocked(move |reason| {
            second.note(format!("second {reason}"));
            seen.send(()).unwrap();
        })
        .on_close(move |_| last.note("close"))
        .start()
        .unwrap();
    go_ahead(&channel);
    both_seen.recv().unwrap();
    both_seen.recv().unwrap();
    channel.basic_qos(2).unwrap();
    connection.close().unwrap();
    thread.ended().unwrap();
    assert_eq!(
        all(&noted),
        [
            "first memory",
            "second memory",
            "first disk",
            "second disk",
            "close",
        ]
    );
    script.end();
}

#[test]
fn who_comes_too_late_is_still_told_the_end_and_that_once() {
    let script = Script::with_channel(async |mut server| {
        server.send(0, connection::Blocked::new("low")).await;
        close_channel(&mut server, 404, "gone").await;
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    // The iterator ends with the channel.
    channel.events().for_each(drop);
    assert!(channel.close_error().is_some());
    connection.close().unwrap();
    let (notes, noted) = Notes::new();
    let (of_channel, of_connection, blocked) = (notes.clone(), notes.clone(), notes);
    let on_close = move |error: &leveret::Error| of_channel.note(error.to_string());
    let callbacks = channel.callbacks().on_close(on_close);
    callbacks.start().unwrap().ended().unwrap();
    let on_close = move |error: &leveret::Error| of_connection.note(error.to_string());
    let callbacks = connection.callbacks().on_close(on_close);
    let callbacks = callbacks.on_blocked(move |reason| blocked.note(reason));
    callbacks.start().unwrap().ended().unwrap();
    let address = connection.address();
    let end = format!("connection to {address} closed by client: 200 closed by the application");
    assert_eq!(all(&noted), ["channel 1 closed by server: 404 gone", &end,]);
    script.end();
}

#[test]
fn whoever_falls_behind_is_told_by_how_much() {
    const MORE_THAN_ARE_KEPT: u64 = 1025;
    let script = Script::with_channel(async |mut server| {
        awaits_go_ahead(&mut server).await;
        for _ in 0..MORE_THAN_ARE_KEPT {
            give_back(&mut server, b"x").await;
        }
        server.serve_auto().await;
    });
    let (connection, channel) = script.connect_with_channel();
    let (go, going) = pipe::<()>();
    let (missed, was_missed) = pipe();
    let (came, comes) = pipe();
    let thread = channel
        .callbacks()
        .on_open(move |_| going.recv().unwrap())
        .on_return(move |_| came.send(()).unwrap())
        .on_lagged(move |lagged| missed.send(lagged.missed()).unwrap())
        .start()
        .unwrap();
    go_ahead(&channel);
    // Its answer is behind all that came back.
    channel.close().unwrap();
    go.send(()).unwrap();
    thread.ended().unwrap();
    assert_eq!(was_missed.try_iter().collect::<Vec<_>>(), [1]);
    assert_eq!(comes.try_iter().count() as u64, MORE_THAN_ARE_KEPT - 1);
    connection.close().unwrap();
    script.end();
}
