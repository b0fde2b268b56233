//! Awaiting the answer to a request.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::shared::{Shared, Undo, Waiting};
use crate::error::{Error, ErrorKind};
use crate::proto::{CallId, RawReply};

/// A request that was sent, and whose answer is awaited.
///
/// Dropped before that, it leaves a tombstone in the core: the late answer is dropped there.
pub(super) struct Call {
    shared: Arc<Shared>,
    call: CallId,
    undo: Undo,
    timeout: Duration,
    receiver: oneshot::Receiver<Result<RawReply, Error>>,
    done: bool,
}

impl Call {
    /// Awaits `call`. The lock must not have been released since it was sent.
    pub(super) fn new(
        shared: &Arc<Shared>,
        state: &mut super::shared::State,
        call: CallId,
        undo: Undo,
    ) -> Self {
        let (sender, receiver) = oneshot::channel();
        state.await_call(call, Waiting { sender, undo });
        Self {
            shared: Arc::clone(shared),
            call,
            undo,
            timeout: shared.call_timeout,
            receiver,
            done: false,
        }
    }

    /// With another limit than the connection's `call_timeout`, if there is one.
    pub(super) fn limit(mut self, timeout: Option<Duration>) -> Self {
        self.timeout = timeout.unwrap_or(self.timeout);
        self
    }

    /// The answer, within its limit.
    pub(super) async fn within_timeout(self, what: &'static str) -> Result<RawReply, Error> {
        let deadline = later(Instant::now(), self.timeout);
        self.until(deadline, what).await
    }

    /// The answer, until a deadline that is its limit from when waiting began.
    pub(super) async fn until(
        self,
        deadline: Instant,
        what: &'static str,
    ) -> Result<RawReply, Error> {
        let timeout = self.timeout;
        let shared = Arc::clone(&self.shared);
        match tokio::time::timeout_at(deadline, self).await {
            Ok(reply) => reply,
            Err(_) => {
                let mut detail = format!("no answer to {what} within {timeout:?}");
                if let Some(why) = shared.lock("look whether it is heard").why_unread() {
                    detail = format!("{detail}; {why}");
                }
                Err(shared.about_server(Error::new(ErrorKind::Timeout, detail)))
            }
        }
    }
}

/// So much later, or as late as clocks can say.
pub(super) fn later(from: Instant, after: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
    from + after.min(YEAR)
}

impl Future for Call {
    type Output = Result<RawReply, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let reply = ready!(Pin::new(&mut self.receiver).poll(cx));
        self.done = true;
        Poll::Ready(reply.unwrap_or_else(|_| {
            let detail = "the connection's task has ended";
            let error = Error::new(ErrorKind::ConnectionLost, detail);
            Err(self.shared.about_server(error))
        }))
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        self.receiver.close();
        match self.receiver.try_recv() {
            Ok(Ok(reply)) => self.shared.undo(self.undo, &reply),
            Ok(Err(_)) => {}
            Err(_) => {
                let mut state = self.shared.lock("abandon a call");
                state.abandon_call(self.undo.channel, self.call);
                self.shared.release(state);
            }
        }
    }
}
