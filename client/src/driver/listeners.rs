//! Who wants to hear of what nobody asked for, and what they have yet to look at.

use std::collections::{HashMap, VecDeque};
use std::task::Waker;

use crate::error::Error;
use crate::message::{Content, MethodTooLarge, OwnedMethod, Returned};
use crate::proto::ChannelId;

/// What a listener may leave waiting: methods, or messages that came back. Beyond this many the oldest is dropped.
const WAITING_MAX: usize = 1024;
/// Octets of it that a listener may leave waiting; the newest is kept whatever its size.
const OCTETS_MAX: usize = 16 * 1024 * 1024;
/// Room that a listener keeps when nothing waits.
const WAITING_KEPT: usize = 16;

/// What listeners are told.
pub(super) trait News: Clone {
    /// What it is called where some were missed.
    const NAME: &'static str;

    /// Octets that it keeps in memory.
    fn octets(&self) -> usize;
}

/// A method, or all but the body of one whose content is too large.
pub(super) type ToldMethod = Result<OwnedMethod, MethodTooLarge>;

impl News for ToldMethod {
    const NAME: &'static str = "methods";

    fn octets(&self) -> usize {
        match self {
            Ok(method) => match method.content() {
                Some(content) => Content::len(content),
                None => method.arguments().rest().len(),
            },
            Err(too_large) => too_large.octets(),
        }
    }
}

impl News for Returned {
    const NAME: &'static str = "returned messages";

    fn octets(&self) -> usize {
        Returned::octets(self)
    }
}

/// All listeners, by what they listen to: a channel, or the connection itself.
///
/// Each has a queue of its own, with bounds, so that none takes anything from another and none holds up the frames
/// behind. Where nobody listens, nothing is kept.
#[derive(Debug)]
pub(super) struct Listeners<T> {
    by_place: HashMap<Option<ChannelId>, Vec<Listener<T>>>,
    next: u64,
}

/// Which of the listeners.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct ListenerId(u64);

#[derive(Debug)]
struct Listener<T> {
    id: ListenerId,
    waiting: VecDeque<T>,
    octets: usize,
    /// How many were dropped since the listener last looked: all of them came before those that wait.
    missed: u64,
    end: Option<Error>,
    waker: Option<Waker>,
}

/// What a listener finds.
#[derive(Debug)]
pub(super) enum Heard<T> {
    News(T),
    /// So many were dropped, and what comes next came behind them.
    Missed(u64),
    /// Nothing will come any more.
    Ended,
    /// Its waker is known. What is given back is to be dropped outside the lock.
    Nothing(Option<Waker>),
}

impl<T> Default for Listeners<T> {
    fn default() -> Self {
        Self {
            by_place: HashMap::new(),
            next: 0,
        }
    }
}

impl<T: News> Listeners<T> {
    /// Begins to listen. With an `end`, nothing will ever come.
    pub(super) fn add(&mut self, place: Option<ChannelId>, end: Option<Error>) -> ListenerId {
        let id = ListenerId(self.next);
        self.next += 1;
        self.by_place.entry(place).or_default().push(Listener {
            id,
            waiting: VecDeque::new(),
            octets: 0,
            missed: 0,
            end,
            waker: None,
        });
        id
    }

    /// Ends listening; what is given back is to be dropped outside the lock.
    pub(super) fn remove(&mut self, place: Option<ChannelId>, id: ListenerId) -> Option<Waker> {
        let listeners = self.by_place.get_mut(&place)?;
        let position = listeners.iter().position(|listener| listener.id == id)?;
        let removed = listeners.swap_remove(position);
        if listeners.is_empty() {
            self.by_place.remove(&place);
        }
        removed.waker
    }

    /// Tells everybody who listens there.
    pub(super) fn tell(&mut self, place: Option<ChannelId>, news: T, wakers: &mut Vec<Waker>) {
        for listener in self.by_place.get_mut(&place).into_iter().flatten() {
            listener.take(news.clone());
            wakers.extend(listener.waker.take());
        }
    }

    /// Tells everybody who listens there that so many were dropped before anybody could be told.
    pub(super) fn miss(&mut self, place: Option<ChannelId>, missed: u64) {
        for listener in self.by_place.get_mut(&place).into_iter().flatten() {
            listener.missed += missed;
        }
    }

    /// Whether somebody listens there.
    pub(super) fn is_heard(&self, place: Option<ChannelId>) -> bool {
        self.by_place.contains_key(&place)
    }

    /// What they listen to has ended.
    pub(super) fn end(&mut self, place: Option<ChannelId>, error: &Error, wakers: &mut Vec<Waker>) {
        for listener in self.by_place.get_mut(&place).into_iter().flatten() {
            listener.end.get_or_insert_with(|| error.clone());
            wakers.extend(listener.waker.take());
        }
    }

    /// What there is for a listener; where that is nothing, `waker` is woken when that changes.
    pub(super) fn poll(
        &mut self,
        place: Option<ChannelId>,
        id: ListenerId,
        waker: &Waker,
    ) -> Option<Heard<T>> {
        self.find(place, id).map(|listener| listener.poll(waker))
    }

    /// Why nothing more will come, if that is so.
    pub(super) fn end_of(&mut self, place: Option<ChannelId>, id: ListenerId) -> Option<Error> {
        self.find(place, id)?.end.clone()
    }

    fn find(&mut self, place: Option<ChannelId>, id: ListenerId) -> Option<&mut Listener<T>> {
        let mut listeners = self.by_place.get_mut(&place)?.iter_mut();
        listeners.find(|listener| listener.id == id)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.by_place.values().map(Vec::len).sum()
    }
}

impl<T: News> Listener<T> {
    /// Takes one more, and drops the oldest for it if it has to.
    fn take(&mut self, news: T) {
        self.octets += news.octets();
        self.waiting.push_back(news);
        while self.waiting.len() > WAITING_MAX || self.waiting.len() > 1 && self.octets > OCTETS_MAX
        {
            if let Some(oldest) = self.waiting.pop_front() {
                self.octets -= oldest.octets();
                self.missed += 1;
            }
        }
    }

    fn poll(&mut self, waker: &Waker) -> Heard<T> {
        if self.missed > 0 {
            return Heard::Missed(core::mem::take(&mut self.missed));
        }
        if let Some(news) = self.waiting.pop_front() {
            self.octets -= news.octets();
            if self.waiting.is_empty() {
                // What a burst has taken is given back.
                self.waiting.shrink_to(WAITING_KEPT);
            }
            return Heard::News(news);
        }
        if self.end.is_some() {
            return Heard::Ended;
        }
        match &self.waker {
            Some(known) if known.will_wake(waker) => Heard::Nothing(None),
            _ => Heard::Nothing(self.waker.replace(waker.clone())),
        }
    }
}

#[cfg(test)]
#[path = "listeners_tests.rs"]
mod tests;
