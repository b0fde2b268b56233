//! Publishing, and what becomes of it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use amqp_methods::basic;

use super::channel::{Channel, ended};
use super::shared::State;
use crate::error::{Error, ErrorKind};
use crate::message::Returned;
use crate::proto::{Body, ChannelId, Outcome, Tally};

impl Channel {
    /// Publishes a message, and returns when it is in the output buffer.
    ///
    /// Waits while the server holds back publishers (`connection.blocked`, `channel.flow`), and from when
    /// `write_buffer_high_water` octets wait to be written until `write_buffer_low_water` are left. In confirm mode,
    /// [`wait_for_confirms`](Self::wait_for_confirms) tells what became of it.
    ///
    /// The body is copied, or from 16 KiB on queued without a copy if it is given as [`Bytes`](bytes::Bytes),
    /// `Vec<u8>` or `String`.
    ///
    /// # Errors
    /// The channel ended; a value that the wire cannot hold. The message was not published.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, the message was not published.
    pub async fn basic_publish<'b>(
        &self,
        publish: basic::Publish<'_>,
        properties: basic::Properties<'_>,
        body: impl Into<Body<'b>>,
    ) -> Result<(), Error> {
        self.publish(&publish, &properties, &body.into(), false)
            .await
            .map(drop)
    }

    /// Publishes a message on a channel in confirm mode, for a [`Receipt`] that tells what became of it.
    ///
    /// # Errors
    /// As [`basic_publish`](Self::basic_publish); a channel that is not in confirm mode.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, the message was not published.
    pub async fn basic_publish_confirmed<'b>(
        &self,
        publish: basic::Publish<'_>,
        properties: basic::Properties<'_>,
        body: impl Into<Body<'b>>,
    ) -> Result<Receipt, Error> {
        let number = self
            .publish(&publish, &properties, &body.into(), true)
            .await?;
        Ok(Receipt {
            channel: self.clone(),
            number: number.unwrap_or_default(),
            done: false,
        })
    }

    /// Waits until everything published so far is settled, and tells how that ended for publishes without a
    /// receipt since this was last asked.
    ///
    /// # Errors
    /// The channel ended: what was outstanding then is in doubt.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    pub async fn wait_for_confirms(&self) -> Result<Tally, Error> {
        let mut last = None;
        self.until("wait for confirms", |state, id| {
            let mut channel = state.core.channel(id)?;
            let last = *last.get_or_insert_with(|| channel.last_published());
            channel.is_settled(last).then(|| channel.take_tally())
        })
        .await
    }

    /// Waits for the next message that came back and belongs to no receipt.
    ///
    /// At most 1024 are kept; the oldest are dropped with a warning in the log if nobody takes them.
    ///
    /// # Errors
    /// The channel ended, and all messages that came back before were taken.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    pub async fn returned(&self) -> Result<Returned, Error> {
        self.until("wait for a returned message", |state, id| {
            state.core.take_returned(id)
        })
        .await
    }

    async fn publish(
        &self,
        publish: &basic::Publish<'_>,
        properties: &basic::Properties<'_>,
        body: &Body<'_>,
        watched: bool,
    ) -> Result<Option<u64>, Error> {
        let attempt = || self.try_publish(publish, properties, body, watched);
        let published = self.when_room(attempt).await;
        self.shared().notice_pressure();
        published
    }

    /// Tries until it is not for want of room that nothing comes of it.
    #[inline]
    pub(super) async fn when_room<T>(
        &self,
        mut attempt: impl FnMut() -> Option<Result<T, Error>>,
    ) -> Result<T, Error> {
        if let Some(done) = attempt() {
            return done;
        }
        let room = &self.shared().room;
        loop {
            let notified = room.notified();
            let mut notified = std::pin::pin!(notified);
            // Before trying, so that room made in between is not missed.
            notified.as_mut().enable();
            if let Some(done) = attempt() {
                return done;
            }
            notified.await;
        }
    }

    /// Whether the server or what waits to be written holds back content on all channels.
    #[inline]
    pub(super) fn is_output_held(&self, state: &mut State) -> bool {
        state.core.is_blocked() || state.is_full()
    }

    /// Publishes if nothing holds publishers back.
    #[inline]
    fn try_publish(
        &self,
        publish: &basic::Publish<'_>,
        properties: &basic::Properties<'_>,
        body: &Body<'_>,
        watched: bool,
    ) -> Option<Result<Option<u64>, Error>> {
        let attempt = |state: &mut State, id: ChannelId| {
            let is_held = self.is_output_held(state);
            let Some(mut channel) = state.core.channel(id) else {
                return Err(ended(state, id));
            };
            if watched && !channel.confirms() {
                return Err(Error::new(
                    ErrorKind::State,
                    "the channel is not in confirm mode",
                ));
            }
            if is_held || !channel.is_flowing() {
                return Ok(None);
            }
            channel
                .publish(publish, properties, body, watched)
                .map(Some)
        };
        self.with("publish", attempt).transpose()
    }
}

/// Tells what became of a message: a future of its [`Outcome`], which comes exactly once.
///
/// Dropped, it changes nothing about the message, whose end is counted by
/// [`wait_for_confirms`](Channel::wait_for_confirms) instead.
#[derive(Debug)]
#[must_use = "a receipt tells whether the message was confirmed"]
pub struct Receipt {
    channel: Channel,
    number: u64,
    done: bool,
}

impl Receipt {
    /// The number of the publish on its channel.
    pub fn number(&self) -> u64 {
        self.number
    }
}

impl Future for Receipt {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        let channel = self.channel.id();
        let mut state = self.channel.shared().lock("look at a receipt");
        match state.core.take_outcome(channel, self.number) {
            Some(outcome) => {
                drop(state);
                self.done = true;
                Poll::Ready(outcome)
            }
            None => {
                let known = state.await_receipt(channel, self.number, cx.waker());
                drop(state);
                drop(known);
                Poll::Pending
            }
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        if !self.done {
            let mut state = self.channel.shared().lock("drop a receipt");
            let waker = state.forget_receipt(self.channel.id(), self.number);
            drop(state);
            drop(waker);
        }
    }
}
