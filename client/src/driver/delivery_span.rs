//! The span of whoever processes a message.

use super::delivery::Delivery;
use crate::trace::processing;

impl Delivery {
    /// Makes a span for processing the message, within the one that is current, with the attributes that OpenTelemetry
    /// has for it: where it was published to, its delivery tag, its ids, its size.
    ///
    /// It has the level `debug` and the target `leveret::deliver`; where nobody wants to see that, it costs nothing.
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
        processing(
            (&self.exchange(), &self.routing_key()),
            self.delivery_tag(),
            self.consumer_tag().as_ref(),
            &self.properties(),
            self.body().len(),
        )
    }
}
