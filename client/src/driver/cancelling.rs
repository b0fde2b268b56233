//! Cancelling consumers, and what becomes of what they have received.

use super::bodies::StreamedDelivery;
use super::consumer::Consumer;
use super::delivery::Delivery;
use super::message::Message;
use crate::error::Error;

impl Consumer<Delivery> {
    /// Cancels the consumer, and gives back to the queue whatever has been delivered and nobody has seen: so many
    /// deliveries. That happens when the server has agreed to the end, so that none of them comes here again.
    ///
    /// The stream ends. Deliveries that were taken from it before are still to be settled.
    /// [`stop`](Self::stop) leaves what was delivered to be read.
    ///
    /// # Errors
    /// As [`Channel::call`](crate::Channel::call); the channel or the connection had ended, so that the server gives
    /// back everything by itself.
    ///
    /// # Cancel safety
    /// Once polled, the consumer is cancelled even if the future is dropped. What nobody has seen stays in the stream
    /// then, and goes back when the consumer is dropped.
    ///
    /// Spec: basic.cancel
    pub async fn cancel(&mut self) -> Result<usize, Error> {
        let unseen = self.stop_and_drain().await?;
        Ok(self.give_back(&unseen))
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
        let unseen = self.stop_and_drain().await?;
        Ok(self.give_back(&unseen))
    }
}

impl Consumer<Message> {
    /// Cancels the consumer, and gives whatever has been delivered and nobody has seen: the server has forgotten these
    /// messages.
    ///
    /// The stream ends.
    ///
    /// # Errors
    /// As [`Channel::call`](crate::Channel::call). If the channel or the connection had ended, what was delivered
    /// before can still be read from the stream.
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
