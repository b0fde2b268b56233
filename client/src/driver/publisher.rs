//! Publishing within limits.

use std::sync::Arc;
use std::time::Duration;

use amqp_methods::basic;

use super::channel::{Channel, ended};
use super::receipt::Receipt;
use super::shared::State;
use super::turns::{Attempt, Turns};
use crate::error::{Error, ErrorKind};
use crate::hold::Hold;
use crate::proto::{Body, ChannelId};
use crate::trace::{Detail, is_written, publishing};

/// Publishes on a channel within limits: how many messages may be in flight, what to do while publishing is held back,
/// and how long to wait for confirms. From [`Channel::publisher`].
///
/// ```no_run
/// # async fn run(channel: leveret::Channel) -> Result<(), leveret::Error> {
/// use std::time::Duration;
/// use leveret::WhenHeld;
/// use leveret::amqp_methods::basic;
///
/// channel.confirm_select().await?;
/// let publisher = channel
///     .publisher()
///     .max_in_flight(256)
///     .when_held(WhenHeld::WaitAtMost(Duration::from_secs(5)))
///     .confirm_timeout(Duration::from_secs(30));
/// let properties = basic::Properties::default().delivery_mode(2);
/// let receipt = publisher
///     .basic_publish_confirmed(basic::Publish::new("", "jobs"), properties, "work")
///     .await?;
/// println!("{:?}", receipt.await);
/// # Ok(())
/// # }
/// ```
///
/// Cheap to clone, and usable from any task or thread at once. Those who have to wait go on in the order in which they
/// came, over all clones.
#[derive(Clone, Debug)]
pub struct Publisher {
    pub(super) channel: Channel,
    max_in_flight: usize,
    when_held: WhenHeld,
    pub(super) confirm_timeout: Option<Duration>,
    turns: Arc<Turns>,
}

/// What a [`Publisher`] does with a message that cannot go out now; see [`Hold`] for why not.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum WhenHeld {
    /// Waits until it can.
    #[default]
    Wait,
    /// Fails at once, with [`ErrorKind::Held`]: nothing was sent.
    Fail,
    /// Waits for so long, and then fails with [`ErrorKind::Held`]: nothing was sent. Needs a tokio runtime with time
    /// enabled, and panics elsewhere.
    WaitAtMost(Duration),
}

impl Channel {
    /// Makes a publisher with the default limits: 1024 messages in flight, and as much time as it takes.
    pub fn publisher(&self) -> Publisher {
        Publisher {
            channel: self.clone(),
            max_in_flight: 1024,
            when_held: WhenHeld::default(),
            confirm_timeout: None,
            turns: Arc::default(),
        }
    }
}

impl Publisher {
    /// Sets how many publishes of the channel may be unsettled, at least 1. Further ones are held back until the server
    /// has settled some.
    ///
    /// All publishes of the channel count, whoever made them, and also those that a receipt no longer waits for. Without
    /// confirm mode nothing is ever settled, and there is no such limit. Default: 1024.
    #[must_use]
    pub fn max_in_flight(mut self, count: usize) -> Self {
        self.max_in_flight = count.max(1);
        self.turns = Arc::default();
        self
    }

    /// Sets what to do with a message that cannot go out now. Default: wait until it can.
    #[must_use]
    pub fn when_held(mut self, when_held: WhenHeld) -> Self {
        self.when_held = when_held;
        self
    }

    /// Sets how long receipts wait, counted from when the message was in the output buffer: as
    /// [`Receipt::within`]. Default: until the channel ends.
    #[must_use]
    pub fn confirm_timeout(mut self, limit: Duration) -> Self {
        self.confirm_timeout = Some(limit);
        self
    }

    /// The channel it publishes on.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// How many publishes of the channel are not settled. Always 0 without confirm mode.
    pub fn in_flight(&self) -> usize {
        let mut state = self.channel.shared().lock("count what is in flight");
        let channel = state.core.channel(self.channel.id());
        channel.map_or(0, |mut channel| channel.outstanding())
    }

    /// Publishes a message, and returns when it is in the output buffer: as [`Channel::basic_publish`], within the
    /// limits of this publisher.
    ///
    /// # Errors
    /// As [`Channel::basic_publish`]; publishing is held back ([`ErrorKind::Held`]). The message was not published:
    /// nothing of it was sent.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, the message was not published, and nobody waits behind it.
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
    /// As [`basic_publish`](Self::basic_publish).
    pub async fn basic_publish_confirmed<'b>(
        &self,
        publish: basic::Publish<'_>,
        properties: basic::Properties<'_>,
        body: impl Into<Body<'b>>,
    ) -> Result<Receipt, Error> {
        let number = self
            .publish(&publish, &properties, &body.into(), true)
            .await?;
        let receipt = Receipt::new(self.channel.clone(), number.unwrap_or_default());
        Ok(match self.confirm_timeout {
            Some(limit) => receipt.within(limit),
            None => receipt,
        })
    }

    async fn publish(
        &self,
        publish: &basic::Publish<'_>,
        properties: &basic::Properties<'_>,
        body: &Body<'_>,
        watched: bool,
    ) -> Result<Option<u64>, Error> {
        let publishes = self.when_free(|| self.attempt(publish, properties, body, watched));
        if is_written(Detail::Publishes) {
            let octets = body.as_bytes().len();
            return Box::pin(publishing(publish, properties, octets, publishes)).await;
        }
        publishes.await
    }

    fn attempt(
        &self,
        publish: &basic::Publish<'_>,
        properties: &basic::Properties<'_>,
        body: &Body<'_>,
        watched: bool,
    ) -> Result<Attempt<Option<u64>>, Error> {
        self.channel.with("publish", |state, id| {
            if watched {
                check_confirms(state, id)?;
            }
            if let Some(hold) = self.hold(state, id)? {
                return Ok(Attempt::Held(hold));
            }
            match state.core.channel(id) {
                Some(mut channel) => channel
                    .publish(publish, properties, body, watched)
                    .map(Attempt::Done),
                None => Err(ended(state, id)),
            }
        })
    }

    /// What holds back the next publish, if anything does.
    pub(super) fn hold(&self, state: &mut State, id: ChannelId) -> Result<Option<Hold>, Error> {
        let is_blocked = state.core.is_blocked();
        let is_full = state.is_full();
        let Some(mut channel) = state.core.channel(id) else {
            return Err(ended(state, id));
        };
        Ok(if is_blocked {
            Some(Hold::Blocked)
        } else if !channel.takes_content() {
            Some(Hold::Flow)
        } else if is_full {
            Some(Hold::Output)
        } else if channel.outstanding() >= self.max_in_flight {
            Some(Hold::InFlight)
        } else {
            None
        })
    }

    /// Tries until nothing holds it back, or for as long as this publisher waits.
    pub(super) async fn when_free<T>(
        &self,
        mut attempt: impl FnMut() -> Result<Attempt<T>, Error>,
    ) -> Result<T, Error> {
        // Those who wait go first.
        if !self.turns.is_awaited() || self.when_held == WhenHeld::Fail {
            match attempt()? {
                Attempt::Done(done) => return Ok(done),
                Attempt::Held(hold) if self.when_held == WhenHeld::Fail => {
                    return Err(self.held(hold));
                }
                Attempt::Held(_) => {}
            }
        }
        let WhenHeld::WaitAtMost(limit) = self.when_held else {
            return self.turns.wait(&self.channel, &mut attempt).await;
        };
        let waiting = self.turns.wait(&self.channel, &mut attempt);
        if let Ok(done) = tokio::time::timeout(limit, waiting).await {
            return done;
        }
        match attempt()? {
            Attempt::Done(done) => Ok(done),
            Attempt::Held(hold) => Err(self.held(hold)),
        }
    }

    #[cold]
    fn held(&self, hold: Hold) -> Error {
        let error = Error::new(ErrorKind::Held(hold), format!("{hold}; nothing was sent"));
        self.channel.shared().about_server(error)
    }
}

/// Refuses receipts where there are no confirms.
pub(super) fn check_confirms(state: &mut State, id: ChannelId) -> Result<(), Error> {
    let Some(mut channel) = state.core.channel(id) else {
        return Err(ended(state, id));
    };
    if channel.confirms() {
        return Ok(());
    }
    let refusal = "the channel is not in confirm mode";
    Err(Error::new(ErrorKind::State, refusal))
}
