//! What the application holds.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard};

use leveret::{Channel, Connection, Consumer, Delivery, Message, Receipt, StreamedDelivery};

/// Handles that are nobody's at the moment: a task takes one, and brings it back even if it is dropped half-way.
#[derive(Default)]
pub(super) struct Held {
    pub(super) connection: Option<Connection>,
    pub(super) channels: Vec<Known>,
    pub(super) whole: Vec<Consumer>,
    pub(super) unacknowledged: Vec<Consumer<Message>>,
    pub(super) streaming: Vec<Consumer<StreamedDelivery>>,
    pub(super) deliveries: Vec<Delivery>,
    /// And the channels that they came on.
    pub(super) streamed: Vec<(StreamedDelivery, Channel)>,
    pub(super) receipts: Vec<Receipt>,
    /// Channels whose acknowledgements wait for each other: kept, so that they can be flushed.
    pub(super) coalescing: Vec<Channel>,
    /// Messages that went out where nothing is confirmed.
    pub(super) plain: u64,
    /// What is unsettled can no longer be counted by handles: something settled more than one at once.
    pub(super) is_uncounted: bool,
}

/// A channel, and whether it is in confirm mode.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) channel: Channel,
    pub(super) confirms: bool,
}

#[derive(Clone, Default)]
pub(super) struct App(Arc<Mutex<Held>>);

/// Where things of a kind are held.
pub(super) type Home<T> = fn(&mut Held) -> &mut Vec<T>;

/// A handle that comes back.
pub(super) struct Lent<T> {
    value: Option<T>,
    home: Home<T>,
    app: App,
}

impl App {
    pub(super) fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap()
    }

    pub(super) fn channel(&self, n: u8) -> Option<Channel> {
        self.known(n).map(|known| known.channel)
    }

    pub(super) fn known(&self, n: u8) -> Option<Known> {
        let held = self.held();
        let index = usize::from(n).checked_rem(held.channels.len())?;
        held.channels.get(index).cloned()
    }

    /// Nothing that was settled waits for more of its kind.
    pub(super) fn flush_acks(&self) {
        for channel in &self.held().coalescing {
            channel.flush_acks();
        }
    }

    pub(super) fn take<T>(&self, home: Home<T>, n: u8) -> Option<T> {
        let mut held = self.held();
        let all = home(&mut held);
        let index = usize::from(n).checked_rem(all.len())?;
        Some(all.remove(index))
    }

    pub(super) fn lend<T>(&self, home: Home<T>, n: u8) -> Option<Lent<T>> {
        Some(Lent {
            value: Some(self.take(home, n)?),
            home,
            app: self.clone(),
        })
    }

    pub(super) fn keep<T>(&self, home: Home<T>, value: T) {
        home(&mut self.held()).push(value);
    }
}

impl<T> Deref for Lent<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().unwrap()
    }
}

impl<T> DerefMut for Lent<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().unwrap()
    }
}

impl<T> Drop for Lent<T> {
    fn drop(&mut self) {
        let value = self.value.take().unwrap();
        self.app.keep(self.home, value);
    }
}
