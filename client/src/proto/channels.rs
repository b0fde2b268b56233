//! The channels of a connection, by number.

use super::ChannelId;
use super::channel_state::ChannelState;

/// Every number that is in use, and by what.
#[derive(Debug, Default)]
pub(super) struct Channels {
    /// Channel 1 first.
    slots: Vec<Slot>,
    /// No slot before this one is free.
    lowest_free: usize,
    incarnations: u64,
}

#[derive(Debug)]
enum Slot {
    Free,
    Live(Box<ChannelState>),
    /// The channel has ended here, but the server has yet to answer our `channel.close`.
    Draining,
}

/// What becomes of the number of a channel that ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Number {
    /// Both sides are done with the channel.
    Free,
    /// Our `channel.close` is on its way: the number is kept until its `close-ok` has come, which would
    /// otherwise be taken for one of the channel's next life.
    Draining,
}

impl Channels {
    /// Begins a life of the lowest free channel, if one up to `max` is free.
    pub(super) fn allocate(&mut self, max: u16) -> Option<ChannelId> {
        let mut later = self.slots.iter().skip(self.lowest_free);
        let index = match later.position(|slot| matches!(slot, Slot::Free)) {
            Some(index) => self.lowest_free + index,
            None => self.slots.len(),
        };
        self.lowest_free = index;
        let number = u16::try_from(index + 1)
            .ok()
            .filter(|number| *number <= max)?;
        self.incarnations += 1;
        let id = ChannelId {
            number,
            incarnation: self.incarnations,
        };
        let live = Slot::Live(Box::new(ChannelState::new(id)));
        match self.slots.get_mut(index) {
            Some(slot) => *slot = live,
            None => self.slots.push(live),
        }
        self.lowest_free = index + 1;
        Some(id)
    }

    /// The channel with that number, whatever its stage.
    #[inline]
    pub(super) fn number(&mut self, number: u16) -> Option<&mut ChannelState> {
        let index = usize::from(number).checked_sub(1)?;
        match self.slots.get_mut(index)? {
            Slot::Live(state) => Some(state),
            Slot::Free | Slot::Draining => None,
        }
    }

    /// The channel in that life of its number.
    #[inline]
    pub(super) fn get(&mut self, id: ChannelId) -> Option<&mut ChannelState> {
        self.number(id.number).filter(|state| state.id == id)
    }

    /// The same, if content and methods may be sent on it at once.
    #[inline]
    pub(super) fn open(&mut self, id: ChannelId) -> Option<&mut ChannelState> {
        self.get(id).filter(|state| state.is_open())
    }

    /// The same, be it behind a `tx.commit` that is not answered.
    pub(super) fn usable(&mut self, id: ChannelId) -> Option<&mut ChannelState> {
        self.get(id).filter(|state| state.is_usable())
    }

    /// Ends a life.
    pub(super) fn remove(&mut self, number: u16, then: Number) -> Option<Box<ChannelState>> {
        self.number(number)?;
        let index = usize::from(number).checked_sub(1)?;
        let slot = self.slots.get_mut(index)?;
        let ended = core::mem::replace(slot, Slot::Draining);
        if then == Number::Free {
            self.free(index);
        }
        match ended {
            Slot::Live(state) => Some(state),
            Slot::Free | Slot::Draining => None,
        }
    }

    /// Whether the number waits for the server's `close-ok`.
    pub(super) fn is_draining(&self, number: u16) -> bool {
        let index = usize::from(number).checked_sub(1);
        let slot = index.and_then(|index| self.slots.get(index));
        matches!(slot, Some(Slot::Draining))
    }

    /// The server's `close-ok` has come.
    pub(super) fn drained(&mut self, number: u16) {
        if self.is_draining(number) {
            self.free(usize::from(number).saturating_sub(1));
        }
    }

    fn free(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            *slot = Slot::Free;
        }
        self.lowest_free = self.lowest_free.min(index);
        while let Some(Slot::Free) = self.slots.last() {
            self.slots.pop();
        }
    }

    /// All that live, by number.
    pub(super) fn numbers(&self) -> Vec<u16> {
        let live = self.slots.iter().filter_map(|slot| match slot {
            Slot::Live(state) => Some(state.id.number),
            Slot::Free | Slot::Draining => None,
        });
        live.collect()
    }
}
