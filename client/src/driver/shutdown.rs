//! Ending in order, within a deadline.

use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::calls::later;
use super::connection::Connection;
use super::shared::Shared;
use crate::error::Error;
use crate::proto::Leftover;

/// What [`Connection::shutdown`] had to leave: nothing, if all went well.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Leftovers {
    /// Channels on which something was left, the lowest number first.
    pub channels: Vec<LeftOnChannel>,
}

/// What was left on a channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LeftOnChannel {
    /// Its number on the wire.
    pub channel: u16,
    /// Consumers that the server had not agreed to cancel. What it sent them in the meantime is among
    /// [`unsettled`](Self::unsettled), as far as it came.
    pub consumers: usize,
    /// Publishes that were not settled: they are in doubt, which their receipts say.
    pub unconfirmed: usize,
    /// Deliveries that were not settled: the server delivers them again.
    pub unsettled: usize,
}

impl Leftovers {
    /// Whether nothing was left.
    pub fn is_empty(&self) -> bool {
        self.channels.is_empty()
    }

    /// Publishes that were not settled, over all channels.
    pub fn unconfirmed(&self) -> usize {
        self.channels.iter().map(|left| left.unconfirmed).sum()
    }

    /// Deliveries that were not settled, over all channels.
    pub fn unsettled(&self) -> usize {
        self.channels.iter().map(|left| left.unsettled).sum()
    }
}

impl Connection {
    /// Ends the connection in order: cancels all consumers, waits until every delivery is settled and every publish
    /// confirmed, and closes.
    ///
    /// Whoever reads from a consumer goes on until its stream ends, which it does behind the last delivery that the server
    /// had sent; publishing and calls go on as well, so that handlers can finish what they are at. Consumers that are
    /// started meanwhile are cancelled too. Messages of consumers without acknowledgement are not waited for: they can be
    /// read from the stream when the connection has ended.
    ///
    /// It all takes no longer than `within`, at most 365 days. Then the connection is closed whatever is left, which is
    /// what this gives, and the closing goes on in the background for as long as `close_timeout`.
    ///
    /// ```no_run
    /// # async fn run(connection: leveret::Connection) -> Result<(), leveret::Error> {
    /// use std::time::Duration;
    ///
    /// let left = connection.shutdown(Duration::from_secs(30)).await?;
    /// if !left.is_empty() {
    ///     println!("{} not confirmed, {} not settled", left.unconfirmed(), left.unsettled());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The connection ended for another reason: the server closed it, or it was lost.
    ///
    /// # Cancel safety
    /// If the future is dropped, consumers stay cancelled, and the connection is not closed for it.
    ///
    /// # Panics
    /// Outside a tokio runtime with time enabled.
    pub async fn shutdown(&self, within: Duration) -> Result<Leftovers, Error> {
        let deadline = later(Instant::now(), within);
        let shared = self.shared();
        let left = match timeout_at(deadline, shared.drained()).await {
            Ok(()) => Leftovers::default(),
            Err(_) => shared.leftovers(),
        };
        match timeout_at(deadline, self.close()).await {
            Ok(closed) => closed.map(|()| left),
            // Once polled, it closes.
            Err(_) => Ok(left),
        }
    }
}

impl Shared {
    /// Waits until nothing is left to be done, or the connection has ended.
    async fn drained(&self) {
        loop {
            let changed = self.room.notified();
            let mut changed = std::pin::pin!(changed);
            // Before looking, so that a change in between is not missed.
            changed.as_mut().enable();
            if self.drain() {
                return;
            }
            changed.await;
        }
    }

    /// Cancels all consumers. True if nothing is left to be done.
    fn drain(&self) -> bool {
        let mut state = self.lock("drain the connection");
        state.core.drain();
        let is_done = state.core.leftovers().is_empty();
        self.release(state);
        is_done
    }

    fn leftovers(&self) -> Leftovers {
        let left = self.lock("look at what is left").core.leftovers();
        Leftovers {
            channels: left.into_iter().map(LeftOnChannel::from).collect(),
        }
    }
}

impl From<Leftover> for LeftOnChannel {
    fn from(left: Leftover) -> Self {
        Self {
            channel: left.channel.number(),
            consumers: left.consumers,
            unconfirmed: left.unconfirmed,
            unsettled: left.unsettled,
        }
    }
}
