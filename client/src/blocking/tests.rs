//! The thread, from inside: how it begins, what it refuses, when it ends.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use amqp_test_broker::{Stage, StreamPeer};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

use super::Channel;
use super::thread::{Started, Thread};
use crate::driver::Connection;
use crate::error::{Error, ErrorKind};
use crate::parameters::ConnectionParameters;

/// A server that answers, on a thread of its own; tells how far its connection has come when it has ended.
fn server(stream: DuplexStream) -> JoinHandle<Stage> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    std::thread::spawn(move || {
        runtime.block_on(async {
            let mut server = StreamPeer::new(stream);
            server.serve_auto().await;
            server.peer().stage()
        })
    })
}

fn start() -> (Started, JoinHandle<Stage>) {
    let (client, other) = duplex(4096);
    let server = server(other);
    let started = Thread::start(async move {
        Connection::connect_over(client, &ConnectionParameters::default()).await
    });
    (started.unwrap(), server)
}

#[test]
fn the_thread_ends_with_the_last_handle_and_closes_in_order() {
    let (started, server) = start();
    let Started {
        connection,
        thread,
        end,
    } = started;
    assert!(end.thread().name().unwrap().starts_with("leveret-io-"));
    let channel = thread.wait(connection.open_channel()).unwrap();
    drop(connection);
    assert!(thread.wait(channel.basic_qos(1)).is_ok());
    drop(channel);
    end.join().unwrap();
    assert_eq!(server.join().unwrap(), Stage::Closed);
}

#[test]
fn the_thread_stays_for_whoever_asks_why_the_connection_ended() {
    let (started, server) = start();
    let Started {
        connection,
        thread,
        end,
    } = started;
    thread.wait(connection.close()).unwrap();
    server.join().unwrap();
    let ended = thread.try_wait(connection.closed()).unwrap();
    assert_eq!(ended.kind(), ErrorKind::ConnectionClosed);
    assert!(!end.is_finished());
    drop(connection);
    end.join().unwrap();
}

thread_local! {
    static LAST: std::cell::OnceCell<Guard> = const { std::cell::OnceCell::new() };
}

/// Says so when it is dropped.
struct Guard(std::sync::mpsc::Sender<()>);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.send(());
    }
}

#[test]
fn no_thread_is_left_of_a_connection_that_failed() {
    let (client, other) = duplex(4096);
    drop(other);
    let (ends, ended) = std::sync::mpsc::channel();
    let started = Thread::start(async move {
        LAST.with(|last| assert!(last.set(Guard(ends)).is_ok()));
        Connection::connect_over(client, &ConnectionParameters::default()).await
    });
    assert_eq!(started.err().unwrap().kind(), ErrorKind::ConnectionLost);
    // What belongs to a thread is dropped when the thread ends.
    ended.recv().unwrap();
}

#[test]
fn a_panic_while_connecting_is_an_error() {
    let started = Thread::start(async {
        assert!(std::thread::current().name().is_none(), "on purpose");
        Err(Error::new(ErrorKind::State, "not reached"))
    });
    let error = started.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(error.to_string().contains("panicked"), "{error}");
}

/// A stream that panics once it is told to.
struct Fragile(DuplexStream, std::sync::mpsc::Receiver<()>);

impl AsyncRead for Fragile {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        assert!(self.1.try_recv().is_err(), "on purpose");
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Fragile {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, octets)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[test]
fn a_panic_on_the_thread_reaches_everybody_who_waits() {
    let (client, other) = duplex(4096);
    let server = server(other);
    let (breaks, fragile) = std::sync::mpsc::channel();
    let connecting = async move {
        let stream = Fragile(client, fragile);
        Connection::connect_over(stream, &ConnectionParameters::default()).await
    };
    let started = Thread::start(connecting).unwrap();
    let Started {
        connection,
        thread,
        end,
    } = started;
    let channel = thread.wait(connection.open_channel()).unwrap();
    breaks.send(()).unwrap();
    let error = thread.wait(channel.basic_qos(1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(error.to_string().contains("panicked"), "{error}");
    let closed = thread.try_wait(connection.closed()).unwrap();
    assert_eq!(closed.kind(), ErrorKind::ConnectionLost);
    drop((channel, connection));
    end.join().unwrap();
    assert_eq!(server.join().unwrap(), Stage::OpenOk);
}

#[test]
fn callbacks_are_told_of_a_panic_on_the_thread_and_let_it_go() {
    let (client, other) = duplex(4096);
    let server = server(other);
    let (breaks, fragile) = std::sync::mpsc::channel();
    let connecting = async move {
        let stream = Fragile(client, fragile);
        Connection::connect_over(stream, &ConnectionParameters::default()).await
    };
    let Started {
        connection: inner,
        thread,
        end,
    } = Thread::start(connecting).unwrap();
    let connection = super::Connection { inner, thread };
    let channel = connection.open_channel().unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let callbacks = connection.callbacks();
    let callbacks = callbacks.on_close(move |error| tell.send(error.clone()).unwrap());
    let callbacks = callbacks.start().unwrap();
    breaks.send(()).unwrap();
    assert!(channel.basic_qos(1).is_err());
    drop((channel, connection));
    callbacks.ended().unwrap();
    assert_eq!(told.recv().unwrap().kind(), ErrorKind::ConnectionLost);
    end.join().unwrap();
    assert_eq!(server.join().unwrap(), Stage::OpenOk);
}

#[test]
fn the_thread_of_a_connection_may_not_wait() {
    let (started, server) = start();
    let (other, thread) = (started.connection.clone(), started.thread.clone());
    let refused = Thread::start(async move {
        let refused = thread.wait(other.open_channel()).err();
        let refused = refused.filter(|error| error.kind() == ErrorKind::State);
        // As the result of connecting, so that it can be looked at.
        Err(refused.unwrap_or_else(|| Error::new(ErrorKind::Io, "it was not refused")))
    });
    assert_eq!(refused.err().unwrap().kind(), ErrorKind::State);
    drop(started.connection);
    assert_eq!(server.join().unwrap(), Stage::Closed);
}

#[test]
fn a_commit_that_may_not_wait_was_not_sent() {
    let (started, server) = start();
    let Started {
        connection, thread, ..
    } = started;
    let channel = thread.wait(connection.open_channel()).unwrap();
    let channel = Channel::new(channel, thread);
    let (tell, told) = std::sync::mpsc::channel();
    let refused = Thread::start(async move {
        let commit = channel.tx_commit();
        tell.send(commit).unwrap();
        Err(Error::new(ErrorKind::Io, "no connection"))
    });
    assert_eq!(refused.err().unwrap().kind(), ErrorKind::Io);
    let commit = told.recv().unwrap().unwrap_err();
    assert_eq!(commit.error().kind(), ErrorKind::State);
    assert!(!commit.is_in_doubt());
    drop(connection);
    assert_eq!(server.join().unwrap(), Stage::Closed);
}

#[test]
fn a_wait_that_is_too_long_to_be_told_is_no_overflow() {
    let (started, server) = start();
    let opening = started.connection.open_channel();
    let channel = started.thread.wait_within(Duration::MAX, opening).unwrap();
    assert_eq!(channel.unwrap().number(), 1);
    drop(started.connection);
    assert_eq!(server.join().unwrap(), Stage::Closed);
}
