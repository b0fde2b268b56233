//! What happens to a connection or a channel, as a stream.

use core::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use amqp_methods::ShortStr;
use futures_core::Stream;

use super::channel::Channel;
use super::connection::Connection;
use super::listeners::{Listeners, News};
use super::listening::{Heed, Lagged, Listening};
use super::shared::State;
use crate::error::Error;

/// Something that happened to a connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ConnectionEvent {
    /// The server holds back publishers, because it is short of something. RabbitMQ: connection.blocked
    Blocked {
        /// What of, in the server's words.
        reason: String,
    },
    /// The server takes publishes again. RabbitMQ: connection.unblocked
    Unblocked,
    /// A channel ended, be it with the connection or alone.
    ChannelClosed {
        /// Its number on the wire.
        channel: u16,
        /// Why.
        error: Error,
    },
    /// This client has begun to close the connection, and why.
    Closing(Error),
    /// The connection ended, and why. Nothing comes behind that.
    Closed(Error),
}

/// Something that happened to a channel.
///
/// Messages that come back have a stream of their own: [`Channel::returns`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ChannelEvent {
    /// The server asked to stop sending content, or to go on. Spec: channel.flow
    Flow {
        /// Whether content may be sent.
        active: bool,
    },
    /// The server cancelled a consumer: its queue was deleted, or is not available. RabbitMQ: basic.cancel
    ConsumerCancelled {
        /// The tag of the consumer.
        consumer_tag: ShortStr<'static>,
    },
    /// This client has begun to close the channel, and why.
    Closing(Error),
    /// The channel ended, and why. Nothing comes behind that.
    Closed(Error),
}

/// What happens to a connection: a stream of [`ConnectionEvent`]s, from [`Connection::events`].
///
/// It begins when it is made: what came before is not in it. Every stream gets every event, and none can hold up
/// another, or the connection. What nobody looks at waits up to 1024 events; then the oldest are dropped, and the
/// stream says so by an item that is an error and tells how many. It ends behind [`ConnectionEvent::Closed`].
///
/// It does not keep the connection open.
pub struct ConnectionEvents {
    listening: Listening<ConnectionEvent>,
}

/// What happens to a channel: a stream of [`ChannelEvent`]s, from [`Channel::events`].
///
/// It works as [`ConnectionEvents`] does, and ends behind [`ChannelEvent::Closed`]. It does not keep the channel open.
pub struct ChannelEvents {
    listening: Listening<ChannelEvent>,
}

impl Connection {
    /// Listens to what happens to the connection from here on.
    ///
    /// ```no_run
    /// # async fn run(connection: leveret::Connection) -> Result<(), leveret::Error> {
    /// use leveret::ConnectionEvent;
    ///
    /// let mut events = connection.events();
    /// while let Some(event) = events.next().await {
    ///     match event? {
    ///         ConnectionEvent::Blocked { reason } => println!("no publishes for now: {reason}"),
    ///         ConnectionEvent::Closed(error) => println!("over: {error}"),
    ///         other => println!("{other:?}"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(&self) -> ConnectionEvents {
        ConnectionEvents {
            listening: Listening::begin(self.shared(), None),
        }
    }
}

impl Channel {
    /// Listens to what happens to the channel from here on.
    pub fn events(&self) -> ChannelEvents {
        ChannelEvents {
            listening: Listening::begin(self.shared(), Some(self.id())),
        }
    }
}

impl ConnectionEvents {
    /// The next event; none when the connection has ended.
    ///
    /// # Errors
    /// Events were missed, and how many. The stream goes on behind them.
    ///
    /// # Cancel safety
    /// No event is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<ConnectionEvent, Lagged>> {
        poll_fn(|cx| self.listening.poll(cx)).await
    }

    /// Why the connection ended, if it has. There may be events from before.
    pub fn close_error(&self) -> Option<Error> {
        self.listening.close_error()
    }
}

impl ChannelEvents {
    /// The next event; none when the channel has ended.
    ///
    /// # Errors
    /// Events were missed, and how many. The stream goes on behind them.
    ///
    /// # Cancel safety
    /// No event is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<ChannelEvent, Lagged>> {
        poll_fn(|cx| self.listening.poll(cx)).await
    }

    /// Why the channel ended, if it has. There may be events from before.
    pub fn close_error(&self) -> Option<Error> {
        self.listening.close_error()
    }
}

impl News for ConnectionEvent {
    const NAME: &'static str = "events of the connection";

    fn octets(&self) -> usize {
        match self {
            Self::Blocked { reason } => reason.len(),
            _ => 0,
        }
    }
}

impl News for ChannelEvent {
    const NAME: &'static str = "events of the channel";

    fn octets(&self) -> usize {
        match self {
            Self::ConsumerCancelled { consumer_tag } => consumer_tag.len(),
            _ => 0,
        }
    }
}

impl Heed for ConnectionEvent {
    fn listeners(state: &mut State) -> &mut Listeners<Self> {
        &mut state.connection_events
    }
}

impl Heed for ChannelEvent {
    fn listeners(state: &mut State) -> &mut Listeners<Self> {
        &mut state.channel_events
    }
}

impl Stream for ConnectionEvents {
    type Item = Result<ConnectionEvent, Lagged>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.listening.poll(cx)
    }
}

impl Stream for ChannelEvents {
    type Item = Result<ChannelEvent, Lagged>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.listening.poll(cx)
    }
}

impl fmt::Debug for ConnectionEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionEvents").finish_non_exhaustive()
    }
}

impl fmt::Debug for ChannelEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelEvents")
            .field("channel", &self.listening.channel_number())
            .finish_non_exhaustive()
    }
}
