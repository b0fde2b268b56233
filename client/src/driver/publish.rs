//! Publishing, and what becomes of it.

use amqp_methods::basic;

use super::channel::{Channel, ended};
use super::listening::Lagged;
use super::receipt::Receipt;
use super::shared::State;
use crate::error::{Error, ErrorKind};
use crate::message::Returned;
use crate::proto::{Body, ChannelId, Tally};
use crate::trace::{Detail, is_written, publishing};

impl Channel {
    /// Publishes a message, and returns when it is in the output buffer.
    ///
    /// Waits while the server holds back publishers (`connection.blocked`, `channel.flow`) and from when
    /// `write_buffer_high_water` octets wait to be written until `write_buffer_low_water` are left; a
    /// [`publisher`](Self::publisher) can do otherwise. In confirm mode,
    /// [`wait_for_confirms`](Self::wait_for_confirms) tells what became of it.
    ///
    /// A `mandatory` message that reaches no queue comes back: [`returns`](Self::returns). An exchange that does not
    /// exist ends the channel with 404, which later calls tell; all publishes that are not settled then are in doubt.
    ///
    /// The body is copied, or from 16 KiB on queued without a copy if it is given as [`Bytes`](bytes::Bytes),
    /// `Vec<u8>` or `String`.
    ///
    /// RabbitMQ: does not know `immediate`, and ends the connection with 540 when it is set.
    ///
    /// Spec: basic.publish
    ///
    /// # Errors
    /// The channel ended; a value that the wire cannot hold. The message was not published: nothing of it was sent.
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
        Ok(Receipt::new(self.clone(), number.unwrap_or_default()))
    }

    /// Waits until everything published so far is settled, and tells how that ended for publishes without a
    /// receipt since this was last asked.
    ///
    /// # Errors
    /// The channel ended: what was outstanding then is in doubt, and [`take_tally`](Self::take_tally) says how much that
    /// was.
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

    /// How publishes without a receipt have ended since this was last asked, or [`wait_for_confirms`](Self::wait_for_confirms)
    /// was. Waits for nothing: what is outstanding is not in it.
    ///
    /// When the channel has ended, nothing is outstanding, and this tells how many were confirmed before, and how many are in
    /// doubt. All are nothing without confirm mode.
    pub fn take_tally(&self) -> Tally {
        let mut state = self.shared().lock("take the tally");
        state.core.take_tally(self.id())
    }

    /// Waits for the next message that came back and belongs to no receipt, while no stream of
    /// [`returns`](Self::returns) was there to take it.
    ///
    /// At most 1024 are kept, and 16 MiB; the oldest are dropped if nobody takes them, and the next call tells how many.
    ///
    /// # Errors
    /// Messages were dropped ([`ErrorKind::Lagged`]), once; those behind them can still be taken. The channel ended, and
    /// all messages that came back before were taken.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    pub async fn returned(&self) -> Result<Returned, Error> {
        self.until("wait for a returned message", |state, id| {
            match state.core.take_missed_returns(id) {
                0 => state.core.take_returned(id).map(Ok),
                missed => {
                    let lagged = Lagged::new::<Returned>(missed);
                    Some(Err(state.core.about_server(lagged.into())))
                }
            }
        })
        .await?
    }

    async fn publish(
        &self,
        publish: &basic::Publish<'_>,
        properties: &basic::Properties<'_>,
        body: &Body<'_>,
        watched: bool,
    ) -> Result<Option<u64>, Error> {
        let attempt = || self.try_publish(publish, properties, body, watched);
        let published = if is_written(Detail::Publishes) {
            let octets = body.as_bytes().len();
            Box::pin(publishing(
                publish,
                properties,
                octets,
                self.when_room(attempt),
            ))
            .await
        } else {
            self.when_room(attempt).await
        };
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
            if is_held || !channel.takes_content() {
                return Ok(None);
            }
            channel
                .publish(publish, properties, body, watched)
                .map(Some)
        };
        self.with("publish", attempt).transpose()
    }
}
