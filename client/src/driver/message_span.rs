//! The spans of whoever makes or processes a message.

use std::future::Future;

#[cfg(feature = "tracing")]
use super::batch::Outgoing;
use super::message::Message;

#[cfg(feature = "tracing")]
impl Outgoing<'_> {
    /// Makes a span for the message alone, within the one that is current, with the attributes that OpenTelemetry has for
    /// the creation of a message: where it goes, its ids, its size.
    ///
    /// A batch has one span; what tells its messages apart is in these, and it is their context that a message of a batch
    /// should carry to whoever processes it. [Trace context](crate#trace-context) shows how. A message that is published
    /// alone needs none.
    ///
    /// It has the level `debug` and the target `leveret::publish`; where nobody wants to see that, it costs nothing.
    pub fn span(&self) -> tracing::Span {
        crate::trace::creating(self)
    }

    /// Says in which span the message was made: that of [`span`](Self::span), or one of the application's.
    ///
    /// The span of its batch follows from that, which OpenTelemetry shows as a link. Spans that have ended cannot be followed
    /// from, so that this one is kept open until the message is dropped.
    #[must_use]
    pub fn made_in(mut self, span: tracing::Span) -> Self {
        self.made_in = span;
        self
    }
}

#[cfg(feature = "tracing")]
impl Message {
    /// Makes a span for processing the message, within the one that is current, with the attributes that OpenTelemetry
    /// has for it: where it was published to, its delivery tag, its ids, its size.
    ///
    /// It has the level `debug` and the target `leveret::deliver`; where nobody wants to see that, it costs nothing.
    /// Handlers of [`for_each`](crate::Consumer::for_each) run in such a span.
    ///
    /// ```no_run
    /// # async fn work(delivery: leveret::Delivery) {}
    /// # async fn run(mut consumer: leveret::Consumer) -> Result<(), leveret::Error> {
    /// use tracing::Instrument as _;
    ///
    /// while let Some(delivery) = consumer.next().await {
    ///     let delivery = delivery?;
    ///     let span = delivery.span();
    ///     work(delivery).instrument(span).await;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn span(&self) -> tracing::Span {
        crate::trace::processing(
            (&self.exchange(), &self.routing_key()),
            self.delivery_tag(),
            self.consumer_tag().as_ref(),
            &self.properties(),
            self.body_size(),
        )
    }
}

/// A future that runs in the span of whoever processes a message.
#[cfg(feature = "tracing")]
pub(super) fn processing<F: Future>(
    message: &Message,
    future: F,
) -> impl Future<Output = F::Output> + use<F> {
    tracing::Instrument::instrument(future, message.span())
}

#[cfg(not(feature = "tracing"))]
pub(super) fn processing<F: Future>(_: &Message, future: F) -> F {
    future
}
