//! Starting consumers.

use core::marker::PhantomData;

use amqp_methods::{Decode as _, Reader, Reply as _, basic};

use super::bodies::StreamedDelivery;
use super::calls::Call;
use super::channel::{Channel, ended};
use super::consumer::Consumer;
use super::delivery::Delivery;
use super::message::Message;
use super::received::Received;
use super::shared::Undo;
use crate::error::{Error, ErrorKind};
use crate::proto::{ConsumerOptions, OverLimit};

/// A consumer that is about to be started, from [`Channel::consumer`].
///
/// What `basic.consume` says of it is said there: queue, tag, `exclusive`, and priority and the like as
/// [arguments](amqp_methods::arguments::ConsumerArguments). Here is what goes beyond.
///
/// ```no_run
/// # async fn run(channel: leveret::Channel) -> Result<(), leveret::Error> {
/// use leveret::OverLimit;
/// use leveret::amqp_methods::arguments::ConsumerArguments;
/// use leveret::amqp_methods::basic;
///
/// let priority = ConsumerArguments::new().priority(5);
/// let consume = basic::Consume::new("jobs", "").exclusive(true).arguments(priority);
/// let consumer = channel
///     .consumer(consume)
///     .prefetch(100)
///     .over_limit(OverLimit::Requeue)
///     .start()
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "a consumer begins with `start`"]
pub struct ConsumerBuilder<'c, D = Delivery> {
    channel: &'c Channel,
    consume: basic::Consume<'c>,
    prefetch: Option<u16>,
    options: ConsumerOptions,
    received: PhantomData<fn() -> D>,
}

impl Channel {
    /// Prepares a consumer. An empty `consumer_tag` lets the server choose one.
    pub fn consumer<'c>(&'c self, consume: basic::Consume<'c>) -> ConsumerBuilder<'c> {
        ConsumerBuilder {
            channel: self,
            consume,
            prefetch: None,
            options: ConsumerOptions::default(),
            received: PhantomData,
        }
    }
}

impl<'c> ConsumerBuilder<'c> {
    /// Without acknowledgements: the server forgets a message when it has sent it, and there is nothing to settle.
    ///
    /// What is on its way when the connection is lost is lost with it. The prefetch count does not apply; what holds
    /// the server back is the connection, which is not read while 64 MiB of deliveries wait to be taken.
    ///
    /// RabbitMQ: gives up a connection that has taken nothing for 30 seconds. Who may think for longer takes
    /// acknowledgements and a [`prefetch`](ConsumerBuilder::prefetch) count.
    ///
    /// Spec: basic.consume.no-ack
    pub fn no_ack(mut self) -> ConsumerBuilder<'c, Message> {
        self.consume.no_ack = true;
        self.into()
    }

    /// Gives messages whose bodies have `octets` octets or more as soon as their headers are here, with the body as a
    /// stream of pieces; smaller ones are there in one piece.
    ///
    /// Bodies that are read so are not limited by `max_message_size`. At least 1.
    pub fn stream_bodies(mut self, octets: u64) -> ConsumerBuilder<'c, StreamedDelivery> {
        self.options.stream_from = Some(octets.max(1));
        self.into()
    }

    fn into<D>(self) -> ConsumerBuilder<'c, D> {
        ConsumerBuilder {
            channel: self.channel,
            consume: self.consume,
            prefetch: self.prefetch,
            options: self.options,
            received: PhantomData,
        }
    }
}

impl<D: Received> ConsumerBuilder<'_, D> {
    /// Limits how many unsettled deliveries the consumer may have. Zero is no limit.
    ///
    /// It is the same as [`Channel::basic_qos`] right before, so that it holds for consumers that are started later on
    /// this channel, too. Default: what was last said on the channel, or else no limit.
    ///
    /// Without a limit the server sends all that the queue has. Once 64 MiB of that wait to be taken, nothing is read from
    /// the connection, answers to calls on other channels included, and RabbitMQ gives it up after 30 seconds. So there
    /// should be one wherever handling takes time, and small enough for bodies of that size.
    ///
    /// Spec: basic.qos; RabbitMQ counts for each consumer by itself
    pub fn prefetch(mut self, prefetch_count: u16) -> Self {
        self.prefetch = Some(prefetch_count);
        self
    }

    /// Says what becomes of a message that is larger than `max_message_size`. Default: [`OverLimit::Discard`].
    ///
    /// The stream tells of it by an item that is an error of the kind
    /// [`MessageTooLarge`](ErrorKind::MessageTooLarge), and goes on.
    pub fn over_limit(mut self, over_limit: OverLimit) -> Self {
        self.options.over_limit = over_limit;
        self
    }

    /// Starts the consumer.
    ///
    /// # Errors
    /// As [`Channel::call`]; the tag of another consumer of this channel; `no_wait`; `no_ack` in the request, which [`no_ack`](ConsumerBuilder::no_ack) is for: it
    /// gives a consumer of messages that cannot be settled.
    ///
    /// # Cancel safety
    /// If the future is dropped, the consumer is cancelled as soon as it has begun.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    pub async fn start(self) -> Result<Consumer<D>, Error> {
        self.check()?;
        let (qos, call) = self.channel.with("start a consumer", |state, id| {
            let shared = self.channel.shared();
            let Some(mut channel) = state.core.channel(id) else {
                return Err(ended(state, id));
            };
            // Both at once, so that no other consumer gets in between.
            let qos = match self.prefetch {
                Some(count) => {
                    let qos = basic::Qos::default().prefetch_count(count);
                    Some(channel.call(&qos, basic::QosOk::IDS)?)
                }
                None => None,
            };
            let call = match channel.start_consumer(&self.consume, self.options) {
                Ok(call) => call,
                Err(error) => {
                    if let Some(qos) = qos {
                        channel.abandon(qos);
                    }
                    return Err(error);
                }
            };
            let undo = Undo {
                channel: Some(id),
                no_ack: true,
            };
            let qos = qos.map(|qos| Call::new(shared, state, qos, undo));
            Ok((qos, Call::new(shared, state, call, undo)))
        })?;
        let timeout = self.channel.call_timeout;
        if let Some(qos) = qos {
            qos.limit(timeout).within_timeout("basic.qos").await?;
        }
        let reply = call.limit(timeout).within_timeout("basic.consume").await?;
        let ok = basic::ConsumeOk::from_args(Reader::new(&reply.arguments))?;
        match reply.consumer {
            Some(consumer) => Ok(Consumer::new(
                self.channel.clone(),
                consumer,
                ok.consumer_tag.into_owned(),
            )),
            None => self
                .channel
                .with("find a consumer", |state, id| Err(ended(state, id))),
        }
    }

    fn check(&self) -> Result<(), Error> {
        let refusal = if self.consume.no_wait {
            "a consumer is started without no_wait"
        } else if self.consume.no_ack != D::NO_ACK {
            "a consumer without acknowledgements is started by `consumer(..).no_ack()`, for messages that cannot be \
             settled"
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::State, refusal))
    }
}
