//! The core without a runtime: one thread and a blocking socket of `std::net`.
//!
//! `cargo run --example sans_io_blocking`, with a RabbitMQ at `AMQP_URL` or on this machine.
#![allow(clippy::print_stdout, reason = "it talks to whoever runs it")]

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use bytes::{Buf as _, BytesMut};
use leveret::proto::{Connection, Outbox};
use leveret::{ConnectionParameters, Error};

#[path = "sans_io/application.rs"]
mod application;

pub(crate) use application::{Failure, Io};

fn main() -> Result<(), Failure> {
    let url = std::env::var("AMQP_URL").unwrap_or("amqp://guest:guest@localhost:5672/%2F".into());
    let parameters = ConnectionParameters::try_from(url)?.heartbeat(Duration::from_secs(1));
    let address = parameters.addresses().next().ok_or("no address")?;
    let stream = TcpStream::connect(address)?;
    let (hand, work) = mpsc::channel();
    hand.send("hello from one thread".to_owned())?;
    application::run(&mut Loop::new(stream, &parameters)?, &work)
}

/// A connection and the socket that it goes over.
#[derive(Debug)]
pub struct Loop {
    core: Connection,
    stream: TcpStream,
    input: BytesMut,
    output: Outbox,
}

/// How long one direction is waited for while the other has something to do.
const SHORT: Duration = Duration::from_millis(1);

impl Loop {
    /// Begins a connection.
    pub fn new(stream: TcpStream, parameters: &ConnectionParameters) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(SHORT))?;
        let mut core = Connection::new(parameters, Instant::now());
        // For errors, which the core cannot know it of.
        core.set_address(stream.peer_addr()?.to_string());
        Ok(Self {
            core,
            stream,
            input: BytesMut::new(),
            output: Outbox::default(),
        })
    }

    /// Writes until nothing is left, or the server does not read: then it is our turn to, or both would wait. Says whether
    /// it wrote anything: then there may be room for what waits for it.
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

    /// Waits for octets: until the deadline, or for a moment if there is something else to do.
    fn read(&mut self, is_busy: bool) {
        let due = match is_busy || !self.output.is_empty() {
            true => Some(Instant::now()),
            false => self.core.poll_timeout(),
        };
        let patience = due.map(|due| due.saturating_duration_since(Instant::now()).max(SHORT));
        let mut octets = [0; 16 * 1024];
        let timed = self.stream.set_read_timeout(patience);
        match timed.and_then(|()| self.stream.read(&mut octets)) {
            Ok(0) => self.core.handle_eof(),
            Ok(count) => {
                self.input.extend_from_slice(&octets[..count]);
                self.core.handle_input(Instant::now(), &mut self.input);
            }
            Err(error) if is_late(&error) => {}
            Err(error) => self.core.handle_failure(Error::connection_lost(error)),
        }
    }
}

impl Io for Loop {
    fn core(&mut self) -> &mut Connection {
        &mut self.core
    }

    fn turn(&mut self) {
        let wrote = self.write();
        self.read(wrote);
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
    use ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}
