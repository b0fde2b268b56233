//! How a connection or a channel is now, and watching that.

use core::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};

use super::channel::{Channel, ended};
use super::connection::Connection;
use super::events::{ChannelEvent, ConnectionEvent};
use super::listening::{Heed, Listening};
use super::shared::{Shared, State};
use crate::error::Error;
use crate::proto::{ChannelId, Condition};

/// How a connection is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConnectionState {
    /// It can be used.
    Open,
    /// It can be used, but the server holds back publishers, with its reason.
    Blocked(String),
    /// This client closes it, and why.
    Closing(Error),
    /// It has ended, and why.
    Closed(Error),
}

/// How a channel is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ChannelState {
    /// It can be used.
    Open,
    /// It can be used, but the server wants no content on it. Spec: channel.flow
    Stopped,
    /// This client closes it, and why.
    Closing(Error),
    /// It has ended, and why.
    Closed(Error),
}

/// Watches how a connection is, from [`Connection::watch_state`].
///
/// It is a value that is watched, and no queue: who looks late finds how things are now, and may not learn what they were
/// in between. It does not keep the connection open.
pub struct ConnectionWatch {
    watch: Watch<ConnectionEvent, ConnectionState>,
}

/// Watches how a channel is, from [`Channel::watch_state`].
///
/// It works as [`ConnectionWatch`] does, and does not keep the channel open.
pub struct ChannelWatch {
    watch: Watch<ChannelEvent, ChannelState>,
}

impl Connection {
    /// How the connection is now.
    pub fn state(&self) -> ConnectionState {
        ConnectionState::now(&mut self.shared().lock("look at the state"), None)
    }

    /// Watches how the connection is from here on.
    ///
    /// ```no_run
    /// # async fn run(connection: leveret::Connection) {
    /// use leveret::ConnectionState;
    ///
    /// let mut watch = connection.watch_state();
    /// while let Some(state) = watch.changed().await {
    ///     println!("publishing: {}", matches!(state, ConnectionState::Open));
    /// }
    /// # }
    /// ```
    pub fn watch_state(&self) -> ConnectionWatch {
        ConnectionWatch {
            watch: Watch::begin(Listening::begin(self.shared(), None)),
        }
    }
}

impl Channel {
    /// How the channel is now.
    pub fn state(&self) -> ChannelState {
        ChannelState::now(
            &mut self.shared().lock("look at the state"),
            Some(self.id()),
        )
    }

    /// Watches how the channel is from here on.
    pub fn watch_state(&self) -> ChannelWatch {
        ChannelWatch {
            watch: Watch::begin(Listening::begin(self.shared(), Some(self.id()))),
        }
    }
}

impl ConnectionWatch {
    /// How the connection is now.
    pub fn state(&self) -> ConnectionState {
        self.watch.now()
    }

    /// Waits until the connection is otherwise than it was when this was last asked, or when the watch was made, and says
    /// how; none once its end was told.
    ///
    /// # Cancel safety
    /// No change is lost when the future is dropped.
    pub async fn changed(&mut self) -> Option<ConnectionState> {
        poll_fn(|cx| self.watch.poll(cx)).await
    }
}

impl ChannelWatch {
    /// How the channel is now.
    pub fn state(&self) -> ChannelState {
        self.watch.now()
    }

    /// Waits until the channel is otherwise than it was when this was last asked, or when the watch was made, and says
    /// how; none once its end was told.
    ///
    /// # Cancel safety
    /// No change is lost when the future is dropped.
    pub async fn changed(&mut self) -> Option<ChannelState> {
        poll_fn(|cx| self.watch.poll(cx)).await
    }
}

/// What was told last, and a listener that wakes when it may not hold any more.
struct Watch<E: Heed, S> {
    listening: Listening<E>,
    told: S,
}

/// What can be watched.
trait Watched: Clone {
    fn now(state: &mut State, channel: Option<ChannelId>) -> Self;

    /// Whether there is nothing in which the two differ.
    fn is_same(&self, other: &Self) -> bool;

    /// Whether nothing can come behind it.
    fn is_end(&self) -> bool;
}

impl<E: Heed, S: Watched> Watch<E, S> {
    fn begin(listening: Listening<E>) -> Self {
        let told = listening.with(S::now);
        Self { listening, told }
    }

    fn now(&self) -> S {
        self.listening.with(S::now)
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<S>> {
        if self.told.is_end() {
            return Poll::Ready(None);
        }
        // What the events say is of no interest: how things are now is looked at behind them.
        let has_ended = loop {
            match self.listening.poll(cx) {
                Poll::Ready(Some(_)) => {}
                Poll::Ready(None) => break true,
                Poll::Pending => break false,
            }
        };
        let now = self.now();
        if now.is_same(&self.told) {
            return match has_ended {
                true => Poll::Ready(None),
                false => Poll::Pending,
            };
        }
        self.told = now.clone();
        Poll::Ready(Some(now))
    }
}

impl Watched for ConnectionState {
    fn now(state: &mut State, _: Option<ChannelId>) -> Self {
        match state.core.condition() {
            Condition::Closed(error) => Self::Closed(error.clone()),
            Condition::Closing(error) => Self::Closing(error.clone()),
            Condition::Opening | Condition::Open => match state.core.blocked_reason() {
                Some(reason) => Self::Blocked(reason.to_owned()),
                None => Self::Open,
            },
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Blocked(reason), Self::Blocked(other)) => reason == other,
            _ => core::mem::discriminant(self) == core::mem::discriminant(other),
        }
    }

    fn is_end(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

impl Watched for ChannelState {
    fn now(state: &mut State, channel: Option<ChannelId>) -> Self {
        let Some(id) = channel else {
            return Self::Open;
        };
        let Some(mut channel) = state.core.channel(id) else {
            return Self::Closed(ended(state, id));
        };
        match channel.condition() {
            Condition::Closed(error) => Self::Closed(error.clone()),
            Condition::Closing(error) => Self::Closing(error.clone()),
            Condition::Opening | Condition::Open => match channel.is_flowing() {
                true => Self::Open,
                false => Self::Stopped,
            },
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        core::mem::discriminant(self) == core::mem::discriminant(other)
    }

    fn is_end(&self) -> bool {
        matches!(self, Self::Closed(_))
    }
}

impl Shared {
    /// Tells those who listen that this client has begun to close the connection.
    pub(super) fn tell_closing(&self) {
        let mut wakers = Vec::new();
        let mut state = self.lock("tell that the connection closes");
        if let Condition::Closing(error) = state.core.condition() {
            let event = ConnectionEvent::Closing(error.clone());
            state.connection_events.tell(None, event, &mut wakers);
        }
        drop(state);
        for waker in wakers {
            waker.wake();
        }
    }

    /// Tells those who listen that this client has begun to close a channel.
    pub(super) fn tell_channel_closing(&self, id: ChannelId) {
        let mut wakers = Vec::new();
        let mut state = self.lock("tell that a channel closes");
        if let Some(mut channel) = state.core.channel(id)
            && let Condition::Closing(error) = channel.condition()
        {
            let event = ChannelEvent::Closing(error.clone());
            state.channel_events.tell(Some(id), event, &mut wakers);
        }
        drop(state);
        for waker in wakers {
            waker.wake();
        }
    }
}

impl fmt::Debug for ConnectionWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionWatch")
            .field("state", &self.watch.told)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ChannelWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelWatch")
            .field("channel", &self.watch.listening.channel_number())
            .field("state", &self.watch.told)
            .finish_non_exhaustive()
    }
}
