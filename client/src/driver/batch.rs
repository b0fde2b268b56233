//! Publishing many messages, and awaiting the end of all.

use std::future::poll_fn;
use std::task::{Context, Poll};
use std::time::Duration;

use amqp_methods::basic;
use tokio::time::{Instant, timeout_at};

use super::channel::{Channel, ended};
use super::publisher::{Publisher, check_confirms};
use super::turns::Attempt;
use crate::error::{Error, ErrorKind};
use crate::proto::{Body, Outcome};
use crate::trace::{Detail, is_written, publishing_batch};

/// A message of a batch: what it is published by, its properties and its body.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// Where it goes.
    pub publish: basic::Publish<'a>,
    /// What is said of it.
    pub properties: basic::Properties<'a>,
    /// What it says.
    pub body: Body<'a>,
    /// The span that it was made in, if its batch is to be linked to that.
    #[cfg(feature = "tracing")]
    pub(crate) made_in: tracing::Span,
}

impl<'a> Outgoing<'a> {
    /// Makes a message.
    pub fn new(
        publish: basic::Publish<'a>,
        properties: basic::Properties<'a>,
        body: impl Into<Body<'a>>,
    ) -> Self {
        Self {
            publish,
            properties,
            body: body.into(),
            #[cfg(feature = "tracing")]
            made_in: tracing::Span::none(),
        }
    }
}

/// What became of a batch: one [`Outcome`] for each message, in their order.
#[derive(Clone, Debug)]
#[must_use = "some of the messages may not have been confirmed"]
pub struct Outcomes {
    all: Vec<Outcome>,
}

impl Outcomes {
    /// Whether every message was confirmed.
    pub fn all_confirmed(&self) -> bool {
        self.all.iter().all(Outcome::is_confirmed)
    }

    /// The messages that were not confirmed: their indexes in the batch, and what became of them.
    pub fn unconfirmed(&self) -> impl Iterator<Item = (usize, &Outcome)> {
        let all = self.all.iter().enumerate();
        all.filter(|(_, outcome)| !outcome.is_confirmed())
    }

    /// What became of the message with that index in the batch.
    pub fn get(&self, index: usize) -> Option<&Outcome> {
        self.all.get(index)
    }

    /// All of them, in the order of the messages.
    pub fn as_slice(&self) -> &[Outcome] {
        &self.all
    }

    /// All of them, in the order of the messages.
    pub fn into_vec(self) -> Vec<Outcome> {
        self.all
    }
}

impl Publisher {
    /// Publishes messages in their order on a channel in confirm mode, and waits until all are settled.
    ///
    /// As many as the limits of this publisher allow go out at once; the rest follow when there is room, and with a
    /// [`WhenHeld::WaitAtMost`](super::WhenHeld::WaitAtMost) all have to have followed by then. With
    /// [`WhenHeld::Fail`](super::WhenHeld::Fail) nothing follows: of a batch larger than `max_in_flight`, the rest is
    /// [`Outcome::NotSent`]. `confirm_timeout` counts from when the last of them went out. What others publish on the channel may come in between.
    ///
    /// With the feature `tracing` the whole has one span; those of messages are made by whoever makes the messages:
    /// `Outgoing::span`.
    ///
    /// ```no_run
    /// # async fn run(channel: leveret::Channel) -> Result<(), leveret::Error> {
    /// use leveret::Outgoing;
    /// use leveret::amqp_methods::basic;
    ///
    /// let messages: Vec<Outgoing> = ["one", "two", "three"]
    ///     .map(|body| Outgoing::new(basic::Publish::new("", "jobs"), Default::default(), body))
    ///     .into();
    /// let outcomes = channel.publisher().basic_publish_batch(&messages).await?;
    /// for (index, outcome) in outcomes.unconfirmed() {
    ///     println!("{:?}: {outcome:?}", messages[index].body);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`basic_publish_confirmed`](Self::basic_publish_confirmed), if nothing was sent. Once something was, the
    /// outcome of each message tells: one that the wire cannot hold was not sent, and those around it were; if publishing
    /// is held back for too long or the channel ends, those that are left were not sent.
    ///
    /// # Cancel safety
    /// If the future is dropped, messages that went out are counted by
    /// [`Channel::wait_for_confirms`], and the others are not sent.
    pub async fn basic_publish_batch(&self, messages: &[Outgoing<'_>]) -> Result<Outcomes, Error> {
        let publishes = self.publish_batch(messages);
        if is_written(Detail::Publishes) {
            return Box::pin(publishing_batch(messages, publishes)).await;
        }
        publishes.await
    }

    async fn publish_batch(&self, messages: &[Outgoing<'_>]) -> Result<Outcomes, Error> {
        let mut batch = Batch::new(&self.channel, messages.len());
        let published = self
            .when_free(|| self.attempt_batch(messages, &mut batch))
            .await;
        if let Err(error) = published {
            if !batch.is_begun() {
                return Err(error);
            }
            while batch.messages.len() < messages.len() {
                batch
                    .messages
                    .push(Message::Ended(Outcome::NotSent(error.clone())));
            }
        }
        batch.unsettled = batch.messages.len();
        Ok(batch.settled(self.confirm_timeout).await)
    }

    /// Publishes what may go out of those messages that did not yet.
    fn attempt_batch(
        &self,
        messages: &[Outgoing<'_>],
        batch: &mut Batch<'_>,
    ) -> Result<Attempt<()>, Error> {
        self.channel.with("publish a batch", |state, id| {
            check_confirms(state, id)?;
            while let Some(message) = messages.get(batch.messages.len()) {
                if let Some(hold) = self.hold(state, id)? {
                    return Ok(Attempt::Held(hold));
                }
                let Some(mut channel) = state.core.channel(id) else {
                    return Err(ended(state, id));
                };
                let Outgoing {
                    publish,
                    properties,
                    body,
                    ..
                } = message;
                match channel.publish(publish, properties, body, true) {
                    Ok(number) => batch
                        .messages
                        .push(Message::Sent(number.unwrap_or_default())),
                    Err(error) if error.kind() == ErrorKind::Encode => {
                        batch.messages.push(Message::Ended(Outcome::NotSent(error)));
                    }
                    Err(error) => return Err(error),
                }
                batch.unsettled = batch.messages.len();
            }
            Ok(Attempt::Done(()))
        })
    }
}

/// Messages whose ends are awaited.
struct Batch<'c> {
    channel: &'c Channel,
    messages: Vec<Message>,
    /// From here on, all have ended.
    unsettled: usize,
}

enum Message {
    /// It went out, with this number.
    Sent(u64),
    Ended(Outcome),
}

impl<'c> Batch<'c> {
    fn new(channel: &'c Channel, size: usize) -> Self {
        Self {
            channel,
            messages: Vec::with_capacity(size),
            unsettled: 0,
        }
    }

    /// Whether any of them went out.
    fn is_begun(&self) -> bool {
        let mut messages = self.messages.iter();
        messages.any(|message| matches!(message, Message::Sent(_)))
    }

    async fn settled(mut self, limit: Option<Duration>) -> Outcomes {
        let deadline = limit.and_then(|limit| Some((Instant::now().checked_add(limit)?, limit)));
        let settled = poll_fn(|cx| self.poll(cx));
        match deadline {
            None => settled.await,
            Some((deadline, limit)) => {
                if timeout_at(deadline, settled).await.is_err() {
                    self.expire(limit);
                }
            }
        }
        let messages = core::mem::take(&mut self.messages);
        let all = messages.into_iter().filter_map(|message| match message {
            Message::Ended(outcome) => Some(outcome),
            Message::Sent(_) => None,
        });
        Outcomes { all: all.collect() }
    }

    /// Takes outcomes from the last message to the first. Servers settle in order, so that waiting for the last of
    /// those that are left wakes once for most of them.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let id = self.channel.id();
        let mut state = self.channel.shared().lock("take the outcomes of a batch");
        while let Some(message) = self
            .messages
            .get_mut(..self.unsettled)
            .and_then(<[_]>::last_mut)
        {
            if let Message::Sent(number) = *message {
                let Some(outcome) = state.core.take_outcome(id, number) else {
                    let known = state.await_receipt(id, number, cx.waker());
                    drop(state);
                    drop(known);
                    return Poll::Pending;
                };
                *message = Message::Ended(outcome);
            }
            self.unsettled -= 1;
        }
        Poll::Ready(())
    }

    /// Ends what has not ended, because its time is up.
    fn expire(&mut self, limit: Duration) {
        let id = self.channel.id();
        let mut wakers = Vec::new();
        let mut state = self.channel.shared().lock("give up on a batch");
        for message in self.messages.iter_mut().take(self.unsettled) {
            if let Message::Sent(number) = *message {
                *message = Message::Ended(state.expire_receipt(id, number, limit));
                wakers.extend(state.receipts.remove(&(id, number)));
            }
        }
        self.unsettled = 0;
        drop(state);
        drop(wakers);
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if self.unsettled == 0 {
            return;
        }
        let id = self.channel.id();
        let mut wakers = Vec::new();
        let mut state = self.channel.shared().lock("drop a batch");
        for message in self.messages.iter().take(self.unsettled) {
            if let Message::Sent(number) = *message {
                wakers.extend(state.forget_receipt(id, number));
            }
        }
        self.channel.shared().release(state);
        drop(wakers);
    }
}
