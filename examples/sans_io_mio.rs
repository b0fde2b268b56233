//! The core in a loop of mio: one thread that waits for a socket, for the clock and for other threads.
//!
//! `cargo run --example sans_io_mio`, with a RabbitMQ at `AMQP_URL` or on this machine.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use bytes::{Buf as _, BytesMut};
use leveret::proto::{Connection, Outbox};
use leveret::{ConnectionParameters, Error};
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token, Waker};

#[path = "sans_io/application.rs"]
mod application;

pub(crate) use application::{Failure, Io};

fn main() -> Result<(), Failure> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let parameters = ConnectionParameters::try_from(url)?.heartbeat(Duration::from_secs(1));
    let address = parameters.addresses().next().ok_or("no address")?;
    let stream = std::net::TcpStream::connect(address)?;
    let mut io = Loop::new(stream, &parameters)?;
    // Another thread has work, and wakes the loop to have it done.
    let (hand, work) = mpsc::channel();
    let waker = Arc::clone(&io.waker);
    let text = "hello from another thread".to_owned();
    std::thread::spawn(move || hand.send(text).map(|()| waker.wake()));
    application::run(&mut io, &work)
}

/// A connection and the socket that it goes over.
#[derive(Debug)]
pub struct Loop {
    core: Connection,
    stream: TcpStream,
    poll: Poll,
    /// Ends the waiting of a turn, from any thread.
    pub waker: Arc<Waker>,
    interest: Interest,
    /// There may be something to read: mio says so once, not for as long as there is.
    is_readable: bool,
    input: BytesMut,
    output: Outbox,
}

const SOCKET: Token = Token(0);
const WAKER: Token = Token(1);

impl Loop {
    /// Begins a connection.
    pub fn new(stream: std::net::TcpStream, parameters: &ConnectionParameters) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_nonblocking(true)?;
        let (poll, mut stream) = (Poll::new()?, TcpStream::from_std(stream));
        poll.registry()
            .register(&mut stream, SOCKET, Interest::READABLE)?;
        Ok(Self {
            core: Connection::new(parameters, Instant::now()),
            stream,
            waker: Arc::new(Waker::new(poll.registry(), WAKER)?),
            poll,
            interest: Interest::READABLE,
            is_readable: false,
            input: BytesMut::new(),
            output: Outbox::default(),
        })
    }

    /// Writes what can be written. Says whether that was anything: then there may be room for what waits for it.
    fn write(&mut self) -> bool {
        let mut wrote = false;
        while !self.output.is_empty() || self.core.poll_transmit(&mut self.output) {
            match self.stream.write(self.output.chunk()) {
                Ok(written) => {
                    self.output.advance(written);
                    wrote = true;
                }
                Err(error) if is_late(&error) => break,
                // The server may have said why it does not listen: reading finds out.
                Err(_) => self.output = Outbox::default(),
            }
        }
        wrote
    }

    /// Waits for the socket, the deadline or a wake; or only looks.
    fn wait(&mut self, only_looks: bool) -> io::Result<()> {
        // A socket can be written nearly always: to ask for that without need would be to spin.
        let interest = match self.output.is_empty() {
            true => Interest::READABLE,
            false => Interest::READABLE | Interest::WRITABLE,
        };
        if core::mem::replace(&mut self.interest, interest) != interest {
            let registry = self.poll.registry();
            registry.reregister(&mut self.stream, SOCKET, interest)?;
        }
        let due = self.core.poll_timeout();
        let due = due.map(|due| due.saturating_duration_since(Instant::now()));
        let is_busy = only_looks || self.is_readable;
        let patience = is_busy.then_some(Duration::ZERO).or(due);
        let mut events = Events::with_capacity(8);
        let waited = self.poll.poll(&mut events, patience);
        waited.or_else(|error| if is_late(&error) { Ok(()) } else { Err(error) })?;
        self.is_readable |= events.iter().any(|event| event.token() == SOCKET);
        Ok(())
    }

    fn read(&mut self) -> io::Result<()> {
        let mut octets = [0; 16 * 1024];
        match self.stream.read(&mut octets) {
            Ok(0) => self.core.handle_eof(),
            Ok(count) => {
                self.input.extend_from_slice(&octets[..count]);
                self.core.handle_input(Instant::now(), &mut self.input);
            }
            Err(error) if is_late(&error) => self.is_readable = false,
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Io for Loop {
    fn core(&mut self) -> &mut Connection {
        &mut self.core
    }

    fn turn(&mut self) {
        let wrote = self.write();
        if let Err(error) = self.wait(wrote).and_then(|()| self.read()) {
            self.core.handle_failure(Error::connection_lost(error));
        }
        let now = Instant::now();
        if self.core.poll_timeout().is_some_and(|due| due <= now) {
            self.core.handle_timeout(now);
        }
        if self.core.closed().is_some() {
            self.write(); // Its last words.
        }
    }
}

fn is_late(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
