//! Callbacks of a connection.

use core::fmt;

use super::super::connection::Connection;
use super::super::events::{ConnectionEvent, ConnectionEvents};
use super::super::listening::Lagged;
use super::{CallbackTask, Callbacks, Shelf};
use crate::error::{Error, ErrorKind};

/// Functions that are called when something happens to a connection: from [`Connection::callbacks`].
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
pub struct ConnectionCallbacks {
    connection: Connection,
    all: All,
}

#[derive(Default)]
struct All {
    open: Callbacks<Connection>,
    blocked: Callbacks<str>,
    unblocked: Callbacks<()>,
    close: Callbacks<Error>,
    lagged: Callbacks<Lagged>,
}

impl Connection {
    /// Begins to put together callbacks. They do not keep the connection open once they have been started.
    pub fn callbacks(&self) -> ConnectionCallbacks {
        ConnectionCallbacks {
            connection: self.clone(),
            all: All::default(),
        }
    }
}

impl ConnectionCallbacks {
    /// Calls a function with the open connection, before any other. pika: `on_open_callback`
    pub fn on_open(mut self, callback: impl FnMut(&Connection) + Send + 'static) -> Self {
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

    /// Listens from here on, and calls.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(self) -> CallbackTask {
        let events = self.connection.events();
        let (connection, all) = (self.connection, Shelf::new(self.all));
        let task = tokio::spawn(run(connection, events, all));
        CallbackTask { task }
    }
}

async fn run(connection: Connection, mut events: ConnectionEvents, all: Shelf<All>) {
    let mut goes_on = all.call(move |all| all.open.call(&connection)).await;
    while goes_on {
        let event = events.next().await;
        let event = event.unwrap_or_else(|| {
            // It had ended before anybody listened.
            let error = events.close_error();
            let unknown = || Error::new(ErrorKind::ConnectionClosed, "");
            Ok(ConnectionEvent::Closed(error.unwrap_or_else(unknown)))
        });
        let is_last = matches!(event, Ok(ConnectionEvent::Closed(_)));
        goes_on = all.call(move |all| all.call(event)).await && !is_last;
    }
}

impl All {
    fn call(&mut self, event: Result<ConnectionEvent, Lagged>) {
        match event {
            Ok(ConnectionEvent::Blocked { reason }) => self.blocked.call(&reason),
            Ok(ConnectionEvent::Unblocked) => self.unblocked.call(&()),
            Ok(ConnectionEvent::Closed(error)) => self.close.call(&error),
            Ok(ConnectionEvent::Closing(_) | ConnectionEvent::ChannelClosed { .. }) => {}
            Err(lagged) => self.lagged.call(&lagged),
        }
    }
}

impl fmt::Debug for ConnectionCallbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionCallbacks")
            .finish_non_exhaustive()
    }
}
