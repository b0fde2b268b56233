//! Consumers: streams of deliveries.

use core::marker::PhantomData;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use amqp_methods::{ShortStr, basic};
use futures_core::Stream;

use super::channel::Channel;
use super::delivery::Delivery;
use super::received::Received;
use crate::error::{Error, ErrorKind};
use crate::message::TooLarge;
use crate::proto::{Arrival, ConsumerEnd, ConsumerId, RawDelivery};

/// A consumer: a stream of deliveries, or of what else it was [asked for](Channel::consumer).
///
/// The stream ends with `None` when this client cancels the consumer. When the server cancels it, or the
/// channel or the connection ends, the last item is an error that says why. [`end`](Self::end) tells all of these apart.
///
/// Dropped, it is cancelled in the background, and deliveries nobody has seen go back to their queue.
#[derive(Debug)]
pub struct Consumer<D = Delivery> {
    pub(super) channel: Channel,
    pub(super) id: ConsumerId,
    pub(super) tag: ShortStr<'static>,
    /// Taken from the core in one swap, one lock for many deliveries.
    pub(super) batch: VecDeque<RawDelivery>,
    pub(super) end: Option<ConsumerEnd>,
    end_was_told: bool,
    pub(super) no_ack: bool,
    received: PhantomData<fn() -> D>,
}

/// What [`Consumer::next_within`] has found.
#[derive(Debug)]
#[must_use]
pub enum Next<D> {
    /// A delivery.
    Delivery(D),
    /// Nothing came in that time. The consumer goes on.
    Idle,
    /// Nothing more will come: this client has cancelled the consumer.
    Ended,
}

impl<D: Received> Consumer<D> {
    pub(super) fn new(channel: Channel, id: ConsumerId, tag: ShortStr<'static>) -> Self {
        Self {
            channel,
            id,
            tag,
            batch: VecDeque::new(),
            end: None,
            end_was_told: false,
            no_ack: D::NO_ACK,
            received: PhantomData,
        }
    }

    /// The tag by which the server knows the consumer.
    pub fn consumer_tag(&self) -> &ShortStr<'static> {
        &self.tag
    }

    /// The channel it consumes on.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// The next delivery; none at the end.
    ///
    /// # Errors
    /// Why the consumer ended, once, if that was not this client's doing. Before the end: a message that is
    /// [too large](Error::too_large), which was settled as the consumer has
    /// [chosen](super::ConsumerBuilder::over_limit); the next one follows.
    ///
    /// # Cancel safety
    /// No delivery is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<D, Error>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// The next delivery, if one comes within that time. What is there already is given, however short the time.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    ///
    /// # Cancel safety
    /// No delivery is lost when the future is dropped.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    pub async fn next_within(&mut self, time: Duration) -> Result<Next<D>, Error> {
        match tokio::time::timeout(time, self.next()).await {
            Ok(Some(delivery)) => delivery.map(Next::Delivery),
            Ok(None) => Ok(Next::Ended),
            Err(_) => Ok(Next::Idle),
        }
    }

    /// How many deliveries are here that nobody has seen.
    pub fn waiting(&self) -> usize {
        let state = self.channel.shared().lock("count deliveries");
        self.batch.len() + state.core.waiting_deliveries(self.id)
    }

    /// Why the consumer ended, once the stream has given everything; with the last item, if that says why.
    pub fn end(&self) -> Option<&ConsumerEnd> {
        self.end.as_ref().filter(|_| self.batch.is_empty())
    }

    /// Asks the server to send no more, and waits until it has agreed. What it had sent before can still be read from
    /// the stream, which ends then.
    ///
    /// # Errors
    /// As [`Channel::call`]. A consumer that has ended is none. The server's answer lies behind all that it has sent: if
    /// that is more than the 64 MiB that a connection keeps, the call times out, and to read the stream to its end is
    /// what remains to be done.
    ///
    /// # Cancel safety
    /// Once polled, the consumer is cancelled even if the future is dropped.
    ///
    /// Spec: basic.cancel
    pub async fn stop(&mut self) -> Result<(), Error> {
        self.take();
        if self.end.is_some() {
            return Ok(());
        }
        self.channel
            .call(basic::Cancel::new(self.tag.reborrow()))
            .await
            .map(drop)
    }

    /// Takes what there is.
    pub(super) fn take(&mut self) {
        if self.end.is_none() {
            let mut state = self.channel.shared().lock("take deliveries");
            self.end = state.core.take_deliveries(self.id, &mut self.batch);
            self.channel.shared().release(state);
        }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<D, Error>>> {
        if self.batch.is_empty() && self.end.is_none() {
            let shared = self.channel.shared();
            let mut state = shared.lock("take deliveries");
            self.end = state.core.take_deliveries(self.id, &mut self.batch);
            if self.batch.is_empty() && self.end.is_none() {
                let known = state.await_consumer(self.id, cx.waker());
                if state.core.acks_may_wait() {
                    // The server may be waiting for them.
                    if let Some(mut channel) = state.core.channel(self.channel.id()) {
                        channel.flush_acks();
                    }
                    shared.release(state);
                } else {
                    drop(state);
                }
                drop(known);
                return Poll::Pending;
            }
            if state.is_read_paused {
                // There is room again.
                shared.release(state);
            }
        }
        if let Some(raw) = self.batch.pop_front() {
            if raw.arrival == Arrival::PassedOver {
                return Poll::Ready(Some(Err(self.too_large(raw))));
            }
            return Poll::Ready(Some(Ok(D::received(&self.channel, raw))));
        }
        Poll::Ready(self.tell_end().map(Err))
    }

    #[cold]
    fn too_large(&self, raw: RawDelivery) -> Error {
        let state = self.channel.shared().lock("look at the limit");
        let limit = state.core.max_message_size();
        drop(state);
        let too_large = TooLarge::new(raw.content, limit);
        self.channel.shared().about_server(too_large.into())
    }

    /// The reason for an end that this client did not bring about, once.
    fn tell_end(&mut self) -> Option<Error> {
        if core::mem::replace(&mut self.end_was_told, true) {
            return None;
        }
        match self.end.as_ref()? {
            ConsumerEnd::Cancelled => None,
            ConsumerEnd::CancelledByServer => {
                let detail = format!("consumer {:?}", self.tag);
                let error = Error::new(ErrorKind::ConsumerCancelled, detail);
                Some(self.channel.shared().about_server(error))
            }
            ConsumerEnd::ChannelClosed(error) | ConsumerEnd::ConnectionLost(error) => {
                Some(error.clone())
            }
        }
    }
}

impl<D: Received> Stream for Consumer<D> {
    type Item = Result<D, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl<D> Drop for Consumer<D> {
    fn drop(&mut self) {
        let shared = self.channel.shared();
        let mut state = shared.lock("drop a consumer");
        let waker = state.forget_consumer(self.id);
        state.core.drop_consumer(self.id);
        for delivery in self.batch.drain(..) {
            state.core.give_back_unseen(&delivery, self.no_ack);
        }
        shared.release(state);
        drop(waker);
    }
}
