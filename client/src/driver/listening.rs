//! Listening to what the server sends of its own accord: what all streams of it have in common.

use core::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::channel::ended;
use super::listeners::{Heard, ListenerId, Listeners, News, ToldMethod};
use super::shared::{Shared, State};
use crate::error::{Error, ErrorKind};
use crate::message::Returned;
use crate::proto::ChannelId;

/// A listener's place among all, until it is dropped. Keeps neither channel nor connection open.
pub(super) struct Listening<T: Heed> {
    shared: Arc<Shared>,
    /// What is listened to; none is the connection itself.
    place: Option<ChannelId>,
    id: ListenerId,
    news: core::marker::PhantomData<fn() -> T>,
}

/// News that somebody listens for.
pub(super) trait Heed: News {
    /// Who listens for it.
    fn listeners(state: &mut State) -> &mut Listeners<Self>;

    /// Tells what waits from before anybody listened.
    fn catch_up(_: &mut State, _: ChannelId) {}
}

/// Something was dropped, because what came before it waited for too long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lagged {
    missed: u64,
    what: &'static str,
}

impl Heed for ToldMethod {
    fn listeners(state: &mut State) -> &mut Listeners<Self> {
        &mut state.listeners
    }
}

impl Heed for Returned {
    fn listeners(state: &mut State) -> &mut Listeners<Self> {
        &mut state.returns
    }

    fn catch_up(state: &mut State, channel: ChannelId) {
        // Who listens has just come, and has no waker yet.
        state.tell_returns(channel, &mut Vec::new());
    }
}

impl<T: Heed> Listening<T> {
    /// Listens from here on.
    pub(super) fn begin(shared: &Arc<Shared>, place: Option<ChannelId>) -> Self {
        let mut state = shared.lock("listen");
        let end = match place {
            Some(channel) if state.core.channel(channel).is_none() => Some(ended(&state, channel)),
            Some(_) => None,
            None => state.core.closed().cloned(),
        };
        let id = T::listeners(&mut state).add(place, end);
        if let Some(channel) = place {
            T::catch_up(&mut state, channel);
        }
        drop(state);
        Self {
            shared: Arc::clone(shared),
            place,
            id,
            news: core::marker::PhantomData,
        }
    }

    /// Why what is listened to ended, if it has. There may be news from before.
    pub(super) fn close_error(&self) -> Option<Error> {
        let mut state = self.shared.lock("look at the end");
        T::listeners(&mut state).end_of(self.place, self.id)
    }

    pub(super) fn poll(&self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Lagged>>> {
        let mut state = self.shared.lock("take news");
        let heard = T::listeners(&mut state).poll(self.place, self.id, cx.waker());
        drop(state);
        match heard {
            Some(Heard::News(news)) => Poll::Ready(Some(Ok(news))),
            Some(Heard::Missed(missed)) => Poll::Ready(Some(Err(Lagged::new::<T>(missed)))),
            Some(Heard::Nothing(known)) => {
                drop(known);
                Poll::Pending
            }
            Some(Heard::Ended) | None => Poll::Ready(None),
        }
    }

    /// The same error, with where the server is.
    pub(super) fn about_server(&self, error: impl Into<Error>) -> Error {
        self.shared.about_server(error.into())
    }

    /// Looks at what is listened to.
    pub(super) fn with<R>(&self, look: impl FnOnce(&mut State, Option<ChannelId>) -> R) -> R {
        look(&mut self.shared.lock("look at how it is"), self.place)
    }

    /// For `Debug` of the streams around it.
    pub(super) fn channel_number(&self) -> Option<u16> {
        self.place.map(ChannelId::number)
    }
}

impl<T: Heed> Drop for Listening<T> {
    fn drop(&mut self) {
        let mut state = self.shared.lock("stop to listen");
        let waker = T::listeners(&mut state).remove(self.place, self.id);
        drop(state);
        drop(waker);
    }
}

impl Lagged {
    pub(super) fn new<T: News>(missed: u64) -> Self {
        Self {
            missed,
            what: T::NAME,
        }
    }

    /// How many were missed.
    pub fn missed(self) -> u64 {
        self.missed
    }
}

impl fmt::Display for Lagged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} were missed", self.missed, self.what)
    }
}

impl std::error::Error for Lagged {}

/// For whoever cannot go on without what was missed.
impl From<Lagged> for Error {
    fn from(lagged: Lagged) -> Self {
        let detail = format!("{} {}", lagged.missed, lagged.what);
        Self::with_source(ErrorKind::Lagged, detail, lagged)
    }
}

impl Error {
    /// What was missed, for an error of the kind [`Lagged`](ErrorKind::Lagged).
    pub fn lagged(&self) -> Option<Lagged> {
        let source = std::error::Error::source(self)?;
        source.downcast_ref().copied()
    }
}
