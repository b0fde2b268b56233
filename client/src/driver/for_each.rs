//! Handing the deliveries of a consumer to a handler.

use core::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::task::{JoinError, JoinSet};

use super::consumer::Consumer;
use super::delivery::Delivery;
use super::message::Message;
use super::message_span::processing;
use super::settle_on_drop::Disposition;
use crate::error::Error;
use crate::proto::ConsumerEnd;

/// A consumer whose deliveries go to a handler, from [`Consumer::for_each`].
#[must_use = "nothing is handled before `run`"]
pub struct ForEach<H> {
    consumer: Consumer,
    handler: Arc<H>,
    concurrency: usize,
    on_error: Disposition,
    on_panic: Disposition,
    stop: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

/// What became of the deliveries of a consumer, and why there are no more.
#[derive(Clone, Debug)]
#[must_use = "it says why there are no more deliveries"]
#[non_exhaustive]
pub struct Handled {
    /// The handler succeeded, and they were acknowledged.
    pub acked: u64,
    /// The handler succeeded, and said that they are to be settled otherwise.
    pub refused: u64,
    /// The handler gave an error, and they were settled as [`on_error`](ForEach::on_error) says.
    pub failed: u64,
    /// The handler panicked, and they were settled as [`on_panic`](ForEach::on_panic) says.
    pub panicked: u64,
    /// The handler succeeded or gave an error, but they could not be settled: the channel had ended, so that the server
    /// delivers them again, or something else on it had settled them, or had asked for them again.
    pub unsettled: u64,
    /// They were larger than the connection takes, and settled as the consumer has chosen.
    pub too_large: u64,
    /// They were delivered and no handler has seen them: back to their queue.
    pub requeued: usize,
    /// Why there are no more.
    pub end: ConsumerEnd,
}

/// How one delivery ended.
enum Done {
    Acked,
    Refused,
    Failed,
    Unsettled,
}

/// What happens next.
enum Turn {
    Stop,
    Done(Result<Done, JoinError>),
    Item(Option<Result<Delivery, Error>>),
}

impl Consumer {
    /// Hands each delivery to a handler, which says by its result how it is settled: `Ok(())` acknowledges it, an error
    /// settles it as [`on_error`](ForEach::on_error) says, and `Ok` with a [`Disposition`] as that says.
    ///
    /// Handlers run as tasks of their own, as many at once as [`concurrency`](ForEach::concurrency) says. A panic in
    /// one of them ends none of the others: its delivery is requeued. They may take as long as they like; heartbeats
    /// do not depend on them.
    ///
    /// ```no_run
    /// # async fn work(body: &[u8]) -> Result<(), std::io::Error> { Ok(()) }
    /// # async fn shutdown() {}
    /// # async fn run(consumer: leveret::Consumer) {
    /// let handled = consumer
    ///     .for_each(|message: leveret::Message| async move { work(message.body()).await })
    ///     .concurrency(8)
    ///     .stop_when(shutdown())
    ///     .run()
    ///     .await;
    /// println!("{} done, {} given back: {}", handled.acked, handled.requeued, handled.end);
    /// # }
    /// ```
    ///
    /// Where some failures pass and others do not, the handler chooses:
    ///
    /// ```no_run
    /// # #[derive(Debug)] enum Failure { Busy, Nonsense }
    /// # async fn work(body: &[u8]) -> Result<(), Failure> { Ok(()) }
    /// # async fn run(consumer: leveret::Consumer) {
    /// use leveret::{Disposition, Message};
    ///
    /// async fn handle(message: Message) -> Result<Disposition, Failure> {
    ///     Ok(match work(message.body()).await {
    ///         Ok(()) => Disposition::Ack,
    ///         Err(Failure::Busy) => Disposition::Requeue,
    ///         Err(Failure::Nonsense) => Disposition::Discard, // to the dead letters, if the queue has such
    ///     })
    /// }
    /// let handled = consumer.for_each(handle).concurrency(8).run().await;
    /// # }
    /// ```
    pub fn for_each<H, F, T, E>(self, handler: H) -> ForEach<H>
    where
        H: Fn(Message) -> F + Send + Sync + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Into<Disposition> + Send + 'static,
        E: fmt::Debug + Send + 'static,
    {
        ForEach {
            consumer: self,
            handler: Arc::new(handler),
            concurrency: 1,
            on_error: Disposition::Requeue,
            on_panic: Disposition::Requeue,
            stop: None,
        }
    }
}

impl<H> ForEach<H> {
    /// How many deliveries are handled at once, at least 1. Default: 1, which keeps their order.
    ///
    /// The prefetch count of the consumer should not be less, or there would be nothing to do for some.
    pub fn concurrency(mut self, handlers: usize) -> Self {
        self.concurrency = handlers.max(1);
        self
    }

    /// How a delivery is settled whose handler gives an error. Default: [`Disposition::Requeue`].
    pub fn on_error(mut self, disposition: Disposition) -> Self {
        self.on_error = disposition;
        self
    }

    /// How a delivery is settled whose handler panics. Default: [`Disposition::Requeue`].
    pub fn on_panic(mut self, disposition: Disposition) -> Self {
        self.on_panic = disposition;
        self
    }

    /// Stops in order when that future is ready: no more deliveries are taken, those that no handler has seen go back
    /// to their queue, and handlers that run are waited for.
    pub fn stop_when(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        self.stop = Some(Box::pin(stop));
        self
    }

    /// Handles deliveries until the consumer ends or is stopped, and all handlers are done.
    ///
    /// # Cancel safety
    /// If the future is dropped, the consumer is cancelled, handlers are aborted where they wait, and their
    /// deliveries given back.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    pub async fn run<F, T, E>(mut self) -> Handled
    where
        H: Fn(Message) -> F + Send + Sync + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Into<Disposition> + Send + 'static,
        E: fmt::Debug + Send + 'static,
    {
        let mut handlers = JoinSet::new();
        let mut handled = Handled::new();
        loop {
            match poll_fn(|cx| self.poll(&mut handlers, cx)).await {
                Turn::Done(done) => handled.count(done),
                Turn::Item(Some(Ok(delivery))) => {
                    handlers.spawn(self.handle(delivery));
                }
                Turn::Item(Some(Err(error))) if error.too_large().is_some() => {
                    tracing::warn!(%error, "a message was passed over");
                    handled.too_large += 1;
                }
                Turn::Item(Some(Err(_)) | None) => break,
                Turn::Stop => {
                    match self.consumer.cancel().await {
                        Ok(requeued) => handled.requeued = requeued,
                        // What is there is given back when the consumer is dropped.
                        Err(error) => tracing::warn!(%error, "a consumer was not cancelled"),
                    }
                    break;
                }
            }
        }
        while let Some(done) = handlers.join_next().await {
            handled.count(done);
        }
        self.consumer.channel().flush_acks();
        if let Some(end) = self.consumer.end() {
            handled.end = end.clone();
        }
        handled
    }

    /// What happens next: to stop comes first, then handlers that are done, then what they leave room for.
    fn poll(&mut self, handlers: &mut JoinSet<Done>, cx: &mut Context<'_>) -> Poll<Turn> {
        if let Some(stop) = &mut self.stop
            && stop.as_mut().poll(cx).is_ready()
        {
            self.stop = None;
            return Poll::Ready(Turn::Stop);
        }
        if let Poll::Ready(Some(done)) = handlers.poll_join_next(cx) {
            return Poll::Ready(Turn::Done(done));
        }
        if handlers.len() >= self.concurrency {
            return Poll::Pending;
        }
        self.consumer.poll(cx).map(Turn::Item)
    }

    /// One delivery, from its handler to its end.
    fn handle<F, T, E>(
        &self,
        delivery: Delivery,
    ) -> impl Future<Output = Done> + Send + use<H, F, T, E>
    where
        H: Fn(Message) -> F + Send + Sync + 'static,
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Into<Disposition> + Send + 'static,
        E: fmt::Debug + Send + 'static,
    {
        let handler = Arc::clone(&self.handler);
        let on_error = self.on_error;
        let delivery = delivery.settle_on_drop().on_panic(self.on_panic);
        async move {
            let message = Message::clone(&delivery);
            // The handler's own code as well, and not only what it awaits.
            let work = processing(&delivery, async { handler(message).await });
            let (settled, done) = match work.await {
                Ok(said) => {
                    let disposition = said.into();
                    let done = match disposition {
                        Disposition::Ack => Done::Acked,
                        _ => Done::Refused,
                    };
                    (delivery.settle_as(disposition), done)
                }
                Err(error) => {
                    tracing::warn!(?error, "a handler failed");
                    (delivery.settle_as(on_error), Done::Failed)
                }
            };
            match settled {
                Ok(()) => done,
                Err(error) => {
                    tracing::warn!(%error, "a delivery could not be settled");
                    Done::Unsettled
                }
            }
        }
    }
}

impl Handled {
    fn new() -> Self {
        Self {
            acked: 0,
            refused: 0,
            failed: 0,
            panicked: 0,
            unsettled: 0,
            too_large: 0,
            requeued: 0,
            end: ConsumerEnd::Cancelled,
        }
    }

    fn count(&mut self, done: Result<Done, JoinError>) {
        match done {
            Ok(Done::Acked) => self.acked += 1,
            Ok(Done::Refused) => self.refused += 1,
            Ok(Done::Failed) => self.failed += 1,
            Ok(Done::Unsettled) => self.unsettled += 1,
            Err(error) => {
                tracing::error!(%error, "a handler panicked");
                self.panicked += 1;
            }
        }
    }
}

impl<H> fmt::Debug for ForEach<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ForEach")
            .field("consumer", &self.consumer)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}
