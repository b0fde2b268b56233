//! Consumers: streams of deliveries.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use amqp_methods::{ShortStr, basic};
use futures_core::Stream;

use super::channel::Channel;
use super::delivery::Delivery;
use crate::error::{Error, ErrorKind};
use crate::proto::{ConsumerEnd, ConsumerId, RawDelivery, Settlement};

/// A consumer: a stream of deliveries.
///
/// The stream ends with `None` when this client cancels the consumer. When the server cancels it, or the
/// channel ends, the last item is an error that says why.
///
/// Dropped, it is cancelled in the background, and deliveries nobody has seen go back to their queue.
#[derive(Debug)]
pub struct Consumer {
    channel: Channel,
    id: ConsumerId,
    tag: ShortStr<'static>,
    no_ack: bool,
    /// Taken from the core in one swap, one lock for many deliveries.
    batch: VecDeque<RawDelivery>,
    end: Option<ConsumerEnd>,
    end_was_told: bool,
}

impl Consumer {
    pub(super) fn new(
        channel: Channel,
        id: ConsumerId,
        tag: ShortStr<'static>,
        no_ack: bool,
    ) -> Self {
        Self {
            channel,
            id,
            tag,
            no_ack,
            batch: VecDeque::new(),
            end: None,
            end_was_told: false,
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
    /// Why the consumer ended, once, if that was not this client's doing.
    ///
    /// # Cancel safety
    /// No delivery is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<Delivery, Error>> {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// Why the consumer ended, once the stream has.
    pub fn end(&self) -> Option<&ConsumerEnd> {
        self.end.as_ref().filter(|_| self.batch.is_empty())
    }

    /// Cancels the consumer. What the server had sent before it knew can still be read from the stream, which
    /// ends then.
    ///
    /// # Errors
    /// As [`Channel::call`].
    ///
    /// # Cancel safety
    /// Once polled, the consumer is cancelled even if the future is dropped.
    pub async fn cancel(&mut self) -> Result<(), Error> {
        if self.end.is_some() {
            return Ok(());
        }
        self.channel
            .call(basic::Cancel::new(self.tag.reborrow()))
            .await
            .map(drop)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Delivery, Error>>> {
        if self.batch.is_empty() && self.end.is_none() {
            let shared = self.channel.shared();
            let mut state = shared.lock("take deliveries");
            self.end = state.core.take_deliveries(self.id, &mut self.batch);
            if self.batch.is_empty() && self.end.is_none() {
                let known = state.await_consumer(self.id, cx.waker());
                drop(state);
                drop(known);
                return Poll::Pending;
            }
            if state.is_read_paused {
                // There is room again.
                shared.release(state);
            }
        }
        if let Some(raw) = self.batch.pop_front() {
            let delivery = Delivery::new(self.channel.clone(), raw, self.no_ack);
            return Poll::Ready(Some(Ok(delivery)));
        }
        Poll::Ready(self.tell_end().map(Err))
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
                Some(Error::new(ErrorKind::ConsumerCancelled, detail))
            }
            ConsumerEnd::ChannelClosed(error) => Some(error.clone()),
        }
    }
}

impl Stream for Consumer {
    type Item = Result<Delivery, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(cx)
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        let shared = self.channel.shared();
        let mut state = shared.lock("drop a consumer");
        let waker = state.forget_consumer(self.id);
        state.core.drop_consumer(self.id);
        if !self.no_ack {
            for delivery in self.batch.drain(..) {
                let settlement = Settlement::unseen(&delivery.content);
                state.core.give_back(delivery.tag, settlement);
            }
        }
        shared.release(state);
        drop(waker);
    }
}
