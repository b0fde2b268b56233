//! Bodies that are read piece by piece.

use core::ops::Deref;
use std::io::{self, BufRead, Read};
use std::time::Duration;

use bytes::{Buf as _, Bytes};

use super::channel::Channel;
use super::thread::Thread;
use crate::driver::{self, Delivery, Message};
use crate::error::{Error, ErrorKind};

/// A message whose body is read while it comes, from a consumer that
/// [asked for it](super::ConsumerBuilder::stream_bodies). As [`StreamedDelivery`](crate::StreamedDelivery).
///
/// ```no_run
/// # fn run(channel: leveret::blocking::Channel) -> Result<(), Box<dyn std::error::Error>> {
/// use leveret::amqp_methods::basic;
///
/// let consume = basic::Consume::new("backups", "");
/// let mut consumer = channel.consumer(consume).prefetch(1).stream_bodies(1 << 20).start()?;
/// for delivery in &mut consumer {
///     let mut delivery = delivery?;
///     let mut file = std::fs::File::create("backup")?;
///     std::io::copy(delivery.body(), &mut file)?;
///     delivery.ack()?;
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct StreamedDelivery {
    delivery: Delivery,
    body: BodyPieces,
}

/// The body of a message, to be [read](Read) as it comes, or taken as [`pieces`](Self::pieces) without a copy; or both:
/// the next piece begins where reading ended. As [`BodyPieces`](crate::BodyPieces).
///
/// Its end is the end of the body. If the rest will not come, the last piece is an error that says why; whoever reads
/// gets an [`io::Error`] of the kind [`ConnectionAborted`](io::ErrorKind::ConnectionAborted) around that [`Error`], now
/// and however often it is tried again, so that a part is not taken for the whole.
///
/// Dropped, what has come is dropped, and the rest passed over. It keeps its channel open.
#[derive(Debug)]
pub struct BodyPieces {
    inner: driver::BodyPieces,
    thread: Thread,
    /// What reading has left of a piece.
    rest: Bytes,
    /// Why the body stays incomplete.
    failure: Option<Error>,
}

impl StreamedDelivery {
    pub(super) fn new(channel: &Channel, inner: driver::StreamedDelivery) -> Self {
        let (delivery, inner) = inner.into_parts();
        let body = BodyPieces {
            inner,
            thread: channel.thread.clone(),
            rest: Bytes::new(),
            failure: None,
        };
        Self { delivery, body }
    }

    /// The body, to be read.
    pub fn body(&mut self) -> &mut BodyPieces {
        &mut self.body
    }

    /// What settles the message, and its body.
    pub fn into_parts(self) -> (Delivery, BodyPieces) {
        (self.delivery, self.body)
    }

    /// Tells the server that the message was dealt with, as [`Delivery::ack`] does.
    ///
    /// # Errors
    /// As there.
    pub fn ack(self) -> Result<(), Error> {
        self.delivery.ack()
    }

    /// Tells the server that it was not, as [`Delivery::nack`] does.
    ///
    /// # Errors
    /// As there.
    pub fn nack(self, requeue: bool) -> Result<(), Error> {
        self.delivery.nack(requeue)
    }

    /// The same, as [`Delivery::reject`] does.
    ///
    /// # Errors
    /// As there.
    pub fn reject(self, requeue: bool) -> Result<(), Error> {
        self.delivery.reject(requeue)
    }
}

impl Deref for StreamedDelivery {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.delivery
    }
}

impl BodyPieces {
    /// The pieces: an iterator, which waits for the next one. None is empty. As
    /// [`BodyPieces::next`](crate::BodyPieces::next).
    ///
    /// It is a method, because iterators and readers have methods of the same names.
    ///
    /// ```no_run
    /// # fn store(octets: &[u8]) {}
    /// # fn run(mut delivery: leveret::blocking::StreamedDelivery) -> Result<(), leveret::Error> {
    /// for piece in delivery.body().pieces() {
    ///     store(&piece?);
    /// }
    /// delivery.ack()
    /// # }
    /// ```
    pub fn pieces(&mut self) -> impl Iterator<Item = Result<Bytes, Error>> {
        core::iter::from_fn(|| self.next_within(Duration::MAX))
    }

    /// The next piece, if it comes within `timeout`; zero takes what is there. None when the body is complete.
    ///
    /// # Errors
    /// A time-out ([`Error::is_timeout`]), after which the body goes on; why the rest will not come, once.
    pub fn next_within(&mut self, timeout: Duration) -> Option<Result<Bytes, Error>> {
        if !self.rest.is_empty() {
            return Some(Ok(core::mem::take(&mut self.rest)));
        }
        match self.thread.wait_within(timeout, self.inner.next()) {
            Ok(Some(Err(error))) => {
                self.failure = Some(error.clone());
                Some(Err(error))
            }
            Ok(next) => next,
            Err(error) => Some(Err(error)),
        }
    }
}

impl Read for BodyPieces {
    fn read(&mut self, octets: &mut [u8]) -> io::Result<usize> {
        if octets.is_empty() {
            return Ok(0);
        }
        let count = self.fill_buf()?.read(octets)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for BodyPieces {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.rest.is_empty() {
            match self.next_within(Duration::MAX) {
                Some(Ok(piece)) => self.rest = piece,
                Some(Err(error)) => return Err(unreadable(error)),
                None => {
                    if let Some(error) = &self.failure {
                        return Err(unreadable(error.clone()));
                    }
                }
            }
        }
        Ok(&self.rest)
    }

    fn consume(&mut self, count: usize) {
        self.rest.advance(count.min(self.rest.len()));
    }
}

fn unreadable(error: Error) -> io::Error {
    let kind = match error.kind() {
        // This thread may not wait: no word of the body.
        ErrorKind::State => io::ErrorKind::Other,
        _ => io::ErrorKind::ConnectionAborted,
    };
    io::Error::new(kind, error)
}
