//! Bodies that are read piece by piece.

use core::fmt;
use core::ops::Deref;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use super::channel::Channel;
use super::delivery::Delivery;
use super::message::Message;
use crate::error::Error;
use crate::proto::{Arrival, BodyId, RawDelivery};

/// A message whose body is read piece by piece, from a consumer that
/// [asked for it](crate::ConsumerBuilder::stream_bodies).
///
/// It is here as soon as its header is: what is in it is read as from a [`Message`], but for the body, which
/// [`body`](Self::body) gives while it comes. It can be settled before all of the body has come; what is not read then
/// is passed over.
#[derive(Debug)]
pub struct StreamedDelivery {
    delivery: Delivery,
    body: BodyPieces,
}

/// The body of a message, as a stream of pieces: frames as they come, small ones put together.
///
/// The stream ends when the body is complete. An error instead says why the rest will not come.
///
/// Pieces that are not taken wait, and count as deliveries do: while more than 64 MiB of both wait on a connection,
/// nothing more is read from it, on all channels; heartbeats go out all the same. RabbitMQ gives up a connection that has
/// taken nothing for 30 seconds, so that a reader which may pause for longer is better off with a connection of its own,
/// and an eye on its end. Dropped, what has come is dropped, and the rest passed over. It keeps its channel open.
pub struct BodyPieces {
    channel: Channel,
    /// None for one that came whole.
    id: Option<BodyId>,
    batch: VecDeque<Bytes>,
    end: Option<Result<(), Error>>,
}

impl StreamedDelivery {
    pub(super) fn new(channel: Channel, raw: RawDelivery) -> Self {
        let body = match raw.arrival {
            Arrival::Streamed(id) => BodyPieces {
                channel: channel.clone(),
                id: Some(id),
                batch: VecDeque::new(),
                end: None,
            },
            Arrival::Whole | Arrival::PassedOver => {
                let body = raw.content.clone().into_body();
                BodyPieces {
                    channel: channel.clone(),
                    id: None,
                    batch: (!body.is_empty()).then_some(body).into_iter().collect(),
                    end: Some(Ok(())),
                }
            }
        };
        let delivery = Delivery::new(channel, raw, false);
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
    /// The next piece, never empty; none when the body is complete.
    ///
    /// # Errors
    /// The channel or the connection ended before the body was complete; once.
    ///
    /// # Cancel safety
    /// No piece is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if self.batch.is_empty()
            && self.end.is_none()
            && let Some(id) = self.id
        {
            let shared = self.channel.shared();
            let mut state = shared.lock("take a body");
            self.end = state.core.take_body(id, &mut self.batch);
            if self.batch.is_empty() && self.end.is_none() {
                let known = state.await_body(id, cx.waker());
                drop(state);
                drop(known);
                return Poll::Pending;
            }
            if state.is_read_paused {
                // There is room again.
                shared.release(state);
            }
        }
        if let Some(piece) = self.batch.pop_front() {
            return Poll::Ready(Some(Ok(piece)));
        }
        match self.end.replace(Ok(())) {
            Some(Err(error)) => Poll::Ready(Some(Err(error))),
            _ => Poll::Ready(None),
        }
    }
}

impl Stream for BodyPieces {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl Drop for BodyPieces {
    fn drop(&mut self) {
        let Some(id) = self.id else {
            return;
        };
        let shared = self.channel.shared();
        let mut state = shared.lock("drop a body");
        let waker = state.forget_body(id);
        state.core.drop_body(id);
        shared.release(state);
        drop(waker);
    }
}

impl fmt::Debug for BodyPieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyPieces").finish_non_exhaustive()
    }
}
