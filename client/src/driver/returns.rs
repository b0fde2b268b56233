//! Messages that came back and belong to no receipt, as a stream.

use core::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use super::channel::Channel;
use super::listening::{Lagged, Listening};
use super::shared::State;
use crate::error::Error;
use crate::message::Returned;
use crate::proto::ChannelId;

/// Messages that came back and belong to no receipt: a stream, from [`Channel::returns`].
///
/// These are all that come back on a channel without confirm mode; in confirm mode those of `mandatory` publishes
/// whose receipt was dropped, has given up waiting, or was not asked for. Every stream gets every message from when
/// it is made; the first also what [`Channel::returned`] would give. What nobody looks at waits up to 1024
/// messages and 16 MiB; then the oldest are dropped, and the stream says so by an item that is an error and tells
/// how many. The stream ends with its channel; [`close_error`](Self::close_error) says why.
///
/// A message that is larger than the connection takes comes [without its body](Returned::body).
///
/// It does not keep the channel open.
///
/// Spec: basic.return
pub struct Returns {
    listening: Listening<Returned>,
}

impl Channel {
    /// Listens to messages that come back and belong to no receipt.
    pub fn returns(&self) -> Returns {
        Returns {
            listening: Listening::begin(self.shared(), Some(self.id())),
        }
    }
}

impl Returns {
    /// The next message that came back; none when the channel has ended.
    ///
    /// # Errors
    /// Messages were missed, and how many. The stream goes on behind them.
    ///
    /// # Cancel safety
    /// No message is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Result<Returned, Lagged>> {
        poll_fn(|cx| self.listening.poll(cx)).await
    }

    /// Why the channel ended, if it has. There may be messages from before.
    pub fn close_error(&self) -> Option<Error> {
        self.listening.close_error()
    }
}

impl State {
    /// Tells streams of messages that came back. What no stream listens for stays in the core.
    pub(super) fn tell_returns(&mut self, channel: ChannelId, wakers: &mut Vec<Waker>) {
        let place = Some(channel);
        if !self.returns.is_heard(place) {
            return;
        }
        let missed = self.core.take_missed_returns(channel);
        self.returns.miss(place, missed);
        while let Some(returned) = self.core.take_returned(channel) {
            self.returns.tell(place, returned, wakers);
        }
    }
}

impl Stream for Returns {
    type Item = Result<Returned, Lagged>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.listening.poll(cx)
    }
}

impl fmt::Debug for Returns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returns")
            .field("channel", &self.listening.channel_number())
            .finish_non_exhaustive()
    }
}
