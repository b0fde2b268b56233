//! Cancelling consumers, and what becomes of what they have received.

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use amqp_methods::basic;

use super::bodies::StreamedDelivery;
use super::consumer::Consumer;
use super::delivery::Delivery;
use super::message::Message;
use super::received::Received;
use super::shared::State;
use crate::error::Error;
use crate::proto::{Arrival, ConsumerEnd, RawDelivery};

impl Consumer<Delivery> {
    /// Cancels the consumer, and gives back to the queue whatever has been delivered and nobody has seen: so many
    /// deliveries. That happens when the server has agreed to the end, or before if its answer lies behind more than is
    /// kept: it has been asked by then, so that none of them comes here again.
    ///
    /// The stream ends. Deliveries that were taken from it before are still to be settled.
    /// [`stop`](Self::stop) leaves what was delivered to be read.
    ///
    /// # Errors
    /// As [`Channel::call`](crate::Channel::call); the channel or the connection had ended, so that the server gives
    /// back everything by itself.
    ///
    /// # Cancel safety
    /// Once polled, the consumer is cancelled even if the future is dropped. What has not gone back by then stays in the
    /// stream, and goes back when the consumer is dropped.
    ///
    /// Spec: basic.cancel
    pub async fn cancel(&mut self) -> Result<usize, Error> {
        self.stop_and_give_back().await
    }
}

impl Consumer<StreamedDelivery> {
    /// Cancels the consumer, and gives back whatever nobody has seen: so many deliveries. What still comes of their
    /// bodies is passed over.
    ///
    /// # Errors
    /// The same as that of other consumers: [`Consumer::cancel`].
    ///
    /// # Cancel safety
    /// The same.
    pub async fn cancel(&mut self) -> Result<usize, Error> {
        self.stop_and_give_back().await
    }
}

impl Consumer<Message> {
    /// Cancels the consumer, and gives whatever has been delivered and nobody has seen: the server has forgotten these
    /// messages.
    ///
    /// The stream ends.
    ///
    /// # Errors
    /// As [`stop`](Self::stop). If the channel or the connection had ended, what was delivered before can still be read
    /// from the stream.
    ///
    /// # Cancel safety
    /// Once polled, the consumer is cancelled even if the future is dropped. What nobody has seen stays in the stream
    /// then.
    ///
    /// Spec: basic.cancel
    pub async fn cancel(&mut self) -> Result<Vec<Message>, Error> {
        let unseen = self.stop_and_drain().await?;
        Ok(unseen.into_iter().map(Message::new).collect())
    }
}

impl<D: Received> Consumer<D> {
    /// Stops, and takes everything that nobody has seen and that is no error.
    async fn stop_and_drain(&mut self) -> Result<VecDeque<RawDelivery>, Error> {
        self.stop().await?;
        self.drain()
    }

    /// Stops, and gives back what nobody has seen: so many deliveries.
    async fn stop_and_give_back(&mut self) -> Result<usize, Error> {
        self.take();
        let mut count = 0;
        if self.end.is_none() {
            let channel = self.channel.clone();
            let mut call = pin!(channel.call(basic::Cancel::new(self.tag.clone())));
            while !self.is_stopped(call.as_mut()).await? {
                // The answer lies behind what the server has sent.
                self.take();
                count += self.give_back_batch();
            }
        }
        self.batch = self.drain()?;
        Ok(count + self.give_back_batch())
    }

    /// Waits until the server has agreed, or so much waits to be taken that nothing is read, and some of it here: false then.
    async fn is_stopped(
        &self,
        mut call: Pin<&mut impl Future<Output = Result<basic::CancelOk<'static>, Error>>>,
    ) -> Result<bool, Error> {
        let holds_up_reading = |state: &mut State| {
            let is_here = state.core.waiting_deliveries(self.id) > 0;
            (state.is_read_paused && is_here).then_some(())
        };
        let mut held_up = pin!(self.channel.shared().until(holds_up_reading));
        poll_fn(|cx| {
            // First, so that none of what is given back comes here again.
            if let Poll::Ready(stopped) = call.as_mut().poll(cx) {
                return Poll::Ready(stopped.map(|_| true));
            }
            held_up.as_mut().poll(cx).map(|()| Ok(false))
        })
        .await
    }

    /// Takes everything that nobody has seen and that is no error, once the server has stopped.
    fn drain(&mut self) -> Result<VecDeque<RawDelivery>, Error> {
        self.take();
        if let Some(error) = self.end.as_ref().and_then(ConsumerEnd::error) {
            return Err(error.clone());
        }
        let mut batch = core::mem::take(&mut self.batch);
        batch.retain(is_here);
        Ok(batch)
    }

    /// Gives back what nobody has seen, and says how many that were.
    fn give_back_batch(&mut self) -> usize {
        if self.batch.is_empty() {
            return 0;
        }
        let shared = self.channel.shared();
        let mut state = shared.lock("give back deliveries");
        let mut count = 0;
        for delivery in self.batch.drain(..).filter(is_here) {
            count += usize::from(state.core.give_back_unseen(&delivery, self.no_ack));
        }
        shared.release(state);
        count
    }
}

/// Whether it is a delivery, and not only word of one.
fn is_here(raw: &RawDelivery) -> bool {
    let is_passed_over = raw.arrival == Arrival::PassedOver;
    if is_passed_over {
        tracing::warn!("a message that was too large was settled before anybody heard of it");
    }
    !is_passed_over
}
