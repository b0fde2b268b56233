//! Callbacks of a connection.

use core::fmt;

use super::super::connection::Connection;
use super::super::events::{ConnectionEvent, ConnectionEvents};
use super::super::listening::Lagged;
use super::{CallbackTask, Callbacks, Occasions};
use crate::error::{Error, ErrorKind};

/// Functions that are called when something happens to a connection: from [`Connection::callbacks`], or from that of
/// [`blocking`](crate#blocking), which differ in what [`on_open`](Self::on_open) gets and in what `start` starts.
///
/// New code does better with [`Connection::events`], which they are made of.
///
/// They are called one after the other, in the order in which things happen and in which they were given, on a thread
/// that is there for code that blocks: not where frames are read, so that heartbeats go out however long they take. What
/// happens meanwhile waits, within the bounds of [`ConnectionEvents`]. A panic in one ends neither the others nor later
/// calls of itself.
///
/// ```no_run
/// # async fn run(connection: leveret::Connection) {
/// connection
///     .callbacks()
///     .on_blocked(|reason| println!("no publishes for now: {reason}"))
///     .on_unblocked(|| println!("go on"))
///     .on_close(|error| println!("over: {error}"))
///     .start();
/// # }
/// ```
#[must_use = "nothing is called before `start`"]
pub struct ConnectionCallbacks<C = Connection> {
    pub(crate) connection: C,
    all: All<C>,
}

/// The callbacks of a connection.
pub(crate) struct All<C> {
    open: Callbacks<C>,
    blocked: Callbacks<str>,
    unblocked: Callbacks<()>,
    close: Callbacks<Error>,
    lagged: Callbacks<Lagged>,
}

/// What they are called for.
pub(crate) struct OfConnection<C> {
    opened: Option<C>,
    /// None behind the end.
    events: Option<ConnectionEvents>,
}

pub(crate) enum Occasion<C> {
    Opened(C),
    Event(Result<ConnectionEvent, Lagged>),
}

impl Connection {
    /// Begins to put together callbacks. They do not keep the connection open once they have been started.
    pub fn callbacks(&self) -> ConnectionCallbacks {
        ConnectionCallbacks::new(self.clone())
    }
}

impl ConnectionCallbacks {
    /// Listens from here on, and calls.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(self) -> CallbackTask {
        let events = self.connection.events();
        CallbackTask::start(self.over(events))
    }
}

impl<C> ConnectionCallbacks<C> {
    pub(crate) fn new(connection: C) -> Self {
        let all = All {
            open: Callbacks::default(),
            blocked: Callbacks::default(),
            unblocked: Callbacks::default(),
            close: Callbacks::default(),
            lagged: Callbacks::default(),
        };
        Self { connection, all }
    }

    /// Callbacks, and what they are called for when that happens.
    pub(crate) fn over(self, events: ConnectionEvents) -> (OfConnection<C>, All<C>) {
        let occasions = OfConnection {
            opened: Some(self.connection),
            events: Some(events),
        };
        (occasions, self.all)
    }

    /// Calls a function with the open connection, before any other. pika: `on_open_callback`
    pub fn on_open(mut self, callback: impl FnMut(&C) + Send + 'static) -> Self {
        self.all.open.add(callback);
        self
    }

    /// Calls a function with the server's reason when it holds back publishers.
    /// pika: `add_on_connection_blocked_callback`
    pub fn on_blocked(mut self, callback: impl FnMut(&str) + Send + 'static) -> Self {
        self.all.blocked.add(callback);
        self
    }

    /// Calls a function when the server takes publishes again. pika: `add_on_connection_unblocked_callback`
    pub fn on_unblocked(mut self, mut callback: impl FnMut() + Send + 'static) -> Self {
        self.all.unblocked.add(move |()| callback());
        self
    }

    /// Calls a function when the connection has ended, once, with the reason. Nothing is called behind it.
    /// pika: `on_close_callback`
    pub fn on_close(mut self, callback: impl FnMut(&Error) + Send + 'static) -> Self {
        self.all.close.add(callback);
        self
    }

    /// Calls a function when events were missed, because callbacks took too long.
    pub fn on_lagged(mut self, mut callback: impl FnMut(Lagged) + Send + 'static) -> Self {
        self.all.lagged.add(move |lagged| callback(*lagged));
        self
    }
}

impl<C: Send + 'static> Occasions for OfConnection<C> {
    type Callbacks = All<C>;
    type Occasion = Occasion<C>;

    async fn next(&mut self) -> Option<Occasion<C>> {
        if let Some(opened) = self.opened.take() {
            return Some(Occasion::Opened(opened));
        }
        let events = self.events.as_mut()?;
        let event = match events.next().await {
            Some(event) => event,
            None => {
                // It had ended before anybody listened.
                let unknown = || Error::new(ErrorKind::ConnectionClosed, "");
                let error = events.close_error().unwrap_or_else(unknown);
                Ok(ConnectionEvent::Closed(error))
            }
        };
        if matches!(event, Ok(ConnectionEvent::Closed(_))) {
            self.events = None;
        }
        Some(Occasion::Event(event))
    }

    fn call(all: &mut All<C>, occasion: Occasion<C>) {
        match occasion {
            Occasion::Opened(connection) => all.open.call(&connection),
            Occasion::Event(Ok(event)) => match event {
                ConnectionEvent::Blocked { reason } => all.blocked.call(&reason),
                ConnectionEvent::Unblocked => all.unblocked.call(&()),
                ConnectionEvent::Closed(error) => all.close.call(&error),
                ConnectionEvent::Closing(_) | ConnectionEvent::ChannelClosed { .. } => {}
            },
            Occasion::Event(Err(lagged)) => all.lagged.call(&lagged),
        }
    }
}

impl<C> fmt::Debug for ConnectionCallbacks<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionCallbacks")
            .finish_non_exhaustive()
    }
}
