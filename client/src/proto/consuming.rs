//! Starting consumers, and stopping them where no answer is asked for.

use amqp_methods::{Decode as _, DynMethod, Method as _, Reader, ShortStr, basic};

use super::calls::{Effect, arguments};
use super::checks::{Way, check};
use super::{CallId, Channel, ConsumerId, ConsumerOptions, Event};
use crate::error::{Error, ErrorKind};

impl Channel<'_> {
    /// Starts a consumer; the answer comes as an [`Event::Reply`] that names it.
    ///
    /// [`call`](Self::call) does the same, with the options' defaults.
    ///
    /// # Errors
    /// A value that the wire cannot hold; a request with `no_wait`; the tag of a consumer that this channel has, or has
    /// asked for, for which RabbitMQ would close the connection with 530; a channel that is not open. Nothing was sent.
    pub fn start_consumer(
        &mut self,
        consume: &basic::Consume<'_>,
        options: ConsumerOptions,
    ) -> Result<CallId, Error> {
        check(consume, &self.connection.extensions, Way::CALL_ON_CHANNEL)?;
        self.check_tag(&consume.consumer_tag)?;
        if self.is_committing() {
            return self.behind_commit(|channel| channel.start_consumer(consume, options));
        }
        self.flush_acks();
        self.write_open(consume)?;
        let effect = Effect::consume(consume, options);
        self.await_reply(&[basic::ConsumeOk::ID], effect)
    }

    /// Refuses the tag of a consumer that the channel has, or has asked for, by what was sent so far: a consumer that is being
    /// cancelled has given it back.
    pub(super) fn check_tag(&mut self, tag: &ShortStr<'_>) -> Result<(), Error> {
        let state = self.connection.channels.get(self.id);
        let claim = state.and_then(|state| state.calls.claim(tag));
        let is_taken = match claim {
            Some(is_claimed) => is_claimed,
            None => self.connection.is_tag_taken(self.id, tag),
        };
        if is_taken && !tag.is_empty() {
            let detail = format!("the channel has a consumer {tag:?} already");
            return Err(Error::new(ErrorKind::State, detail));
        }
        Ok(())
    }

    /// Starts a consumer whose tag no `consume-ok` will tell: it has to be the client's own.
    pub(super) fn consume_unanswered<M: DynMethod + ?Sized>(
        &mut self,
        method: &M,
        no_ack: bool,
    ) -> Result<(), Error> {
        let arguments = arguments(method)?;
        let consume = basic::Consume::from_args(Reader::new(&arguments))?;
        let tag = &consume.consumer_tag;
        let is_claimed = self.state()?.calls.consume(tag);
        if tag.is_empty() || is_claimed || self.connection.is_tag_used(self.id, tag) {
            let detail = format!("the consumer tag {tag:?} cannot be used with no_wait");
            return Err(Error::new(ErrorKind::State, detail));
        }
        self.write_open(method)?;
        let options = ConsumerOptions::default();
        self.connection
            .register_consumer(self.id, tag, no_ack, options);
        Ok(())
    }

    /// A consumer was cancelled without asking for an answer, be it before its `consume-ok` has come.
    pub(super) fn cancel_unanswered(
        &mut self,
        tag: &ShortStr<'_>,
        consumer: Option<ConsumerId>,
    ) -> Result<(), Error> {
        let calls = &mut self.state()?.calls;
        if calls.claim(tag) == Some(true) {
            calls.cancel_unanswered(tag);
        } else if let Some(consumer) = consumer
            && self.connection.consumers.silence(consumer)
        {
            let event = Event::Consumer(consumer);
            self.connection.events.push_back(event);
        }
        Ok(())
    }
}
