//! Who wants to hear of methods that nobody asked for, and what they have yet to look at.

use std::collections::{HashMap, VecDeque};
use std::task::Waker;

use crate::error::Error;
use crate::message::{Content, OwnedMethod};
use crate::proto::ChannelId;

/// Methods that a listener may leave waiting; beyond this many the oldest is dropped.
const WAITING_MAX: usize = 1024;
/// Octets of methods and contents that a listener may leave waiting; the newest is kept whatever its size.
const OCTETS_MAX: usize = 16 * 1024 * 1024;
/// Room that a listener keeps for methods when none waits.
const WAITING_KEPT: usize = 16;

/// All listeners, by what they listen to: a channel, or the connection itself.
///
/// Each has a queue of its own, with bounds, so that none takes anything from another and none holds up the frames
/// behind. Where nobody listens, nothing is kept.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    by_place: HashMap<Option<ChannelId>, Vec<Listener>>,
    next: u64,
}

/// Which of the listeners.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct ListenerId(u64);

#[derive(Debug)]
struct Listener {
    id: ListenerId,
    waiting: VecDeque<OwnedMethod>,
    octets: usize,
    /// How many were dropped since the listener last looked: all of them came before those that wait.
    missed: u64,
    end: Option<Error>,
    waker: Option<Waker>,
}

/// What a listener finds.
#[derive(Debug)]
pub(super) enum Heard {
    Method(OwnedMethod),
    /// So many were dropped, and what comes next came behind them.
    Missed(u64),
    /// Nothing will come any more.
    Ended,
    /// Its waker is known. What is given back is to be dropped outside the lock.
    Nothing(Option<Waker>),
}

impl Listeners {
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
    pub(super) fn tell(
        &mut self,
        place: Option<ChannelId>,
        method: OwnedMethod,
        wakers: &mut Vec<Waker>,
    ) {
        let Some(listeners) = self.by_place.get_mut(&place) else {
            tracing::debug!(id = %method.id(), "a method that nobody listens for");
            return;
        };
        for listener in listeners {
            listener.take(method.clone());
            wakers.extend(listener.waker.take());
        }
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
    ) -> Option<Heard> {
        self.find(place, id).map(|listener| listener.poll(waker))
    }

    /// Why nothing more will come, if that is so.
    pub(super) fn end_of(&mut self, place: Option<ChannelId>, id: ListenerId) -> Option<Error> {
        self.find(place, id)?.end.clone()
    }

    fn find(&mut self, place: Option<ChannelId>, id: ListenerId) -> Option<&mut Listener> {
        let mut listeners = self.by_place.get_mut(&place)?.iter_mut();
        listeners.find(|listener| listener.id == id)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.by_place.values().map(Vec::len).sum()
    }
}

impl Listener {
    /// Takes a method, and drops the oldest for it if it has to.
    fn take(&mut self, method: OwnedMethod) {
        self.octets += size(&method);
        self.waiting.push_back(method);
        while self.waiting.len() > WAITING_MAX || self.waiting.len() > 1 && self.octets > OCTETS_MAX
        {
            if let Some(oldest) = self.waiting.pop_front() {
                self.octets -= size(&oldest);
                self.missed += 1;
            }
        }
    }

    fn poll(&mut self, waker: &Waker) -> Heard {
        if self.missed > 0 {
            return Heard::Missed(core::mem::take(&mut self.missed));
        }
        if let Some(method) = self.waiting.pop_front() {
            self.octets -= size(&method);
            if self.waiting.is_empty() {
                // What a burst has taken is given back.
                self.waiting.shrink_to(WAITING_KEPT);
            }
            return Heard::Method(method);
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

fn size(method: &OwnedMethod) -> usize {
    match method.content() {
        Some(content) => Content::len(content),
        None => method.arguments().rest().len(),
    }
}

#[cfg(test)]
#[path = "listeners_tests.rs"]
mod tests;
