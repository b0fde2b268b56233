//! What became of one publish.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::channel::Channel;
use super::shared::State;
use crate::error::{Error, ErrorKind};
use crate::proto::{ChannelId, Outcome};

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
    deadline: Option<Deadline>,
}

/// Until when to wait.
#[derive(Debug)]
struct Deadline {
    at: Instant,
    limit: Duration,
    /// Made when there is something to wait for.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Receipt {
    pub(super) fn new(channel: Channel, number: u64) -> Self {
        Self {
            channel,
            number,
            done: false,
            deadline: None,
        }
    }

    /// The number of the publish on its channel.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Waits no longer than `limit` from now on: then the outcome is *in doubt*, with an error that
    /// [is a timeout](Error::is_timeout).
    ///
    /// The message may still be confirmed. That is kept count of, but told nobody: the publish has ended. Should it
    /// come back, it is among the channel's [`returns`](Channel::returns). One that has come back by then is told as
    /// returned, even if its confirm is yet to come.
    ///
    /// Awaiting the receipt then needs a tokio runtime with time enabled, and panics elsewhere.
    pub fn within(mut self, limit: Duration) -> Self {
        self.deadline = Instant::now().checked_add(limit).map(|at| Deadline {
            at,
            limit,
            timer: None,
        });
        self
    }

    /// What is known when the deadline has passed; none while there is time.
    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<Outcome> {
        let Some(deadline) = &mut self.deadline else {
            return Poll::Pending;
        };
        let at = deadline.at;
        let timer = deadline
            .timer
            .get_or_insert_with(|| Box::pin(sleep_until(at)));
        if timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        let limit = deadline.limit;
        let mut state = self.channel.shared().lock("give up on a receipt");
        let outcome = state.expire_receipt(self.channel.id(), self.number, limit);
        let waker = state.receipts.remove(&(self.channel.id(), self.number));
        drop(state);
        drop(waker);
        Poll::Ready(outcome)
    }
}

impl State {
    /// How a publish ends whose time is up.
    pub(super) fn expire_receipt(
        &mut self,
        channel: ChannelId,
        number: u64,
        limit: Duration,
    ) -> Outcome {
        self.core.expire(channel, number).unwrap_or_else(|| {
            let detail = format!("no confirm within {limit:?}");
            let error = Error::new(ErrorKind::Timeout, detail);
            Outcome::InDoubt(self.core.about_server(error))
        })
    }
}

impl Future for Receipt {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        let channel = self.channel.id();
        let mut state = self.channel.shared().lock("look at a receipt");
        let polled = match state.core.take_outcome(channel, self.number) {
            Some(outcome) => {
                drop(state);
                Poll::Ready(outcome)
            }
            None => {
                let known = state.await_receipt(channel, self.number, cx.waker());
                drop(state);
                drop(known);
                self.poll_deadline(cx)
            }
        };
        self.done |= polled.is_ready();
        polled
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        if !self.done {
            let mut state = self.channel.shared().lock("drop a receipt");
            let waker = state.forget_receipt(self.channel.id(), self.number);
            self.channel.shared().release(state);
            drop(waker);
        }
    }
}
