//! Deliveries that the application has not settled.

use std::collections::VecDeque;

use super::takebacks::Takebacks;

/// Below this many there is nothing to be won by letting go of what is settled.
const COMPACT_FROM: usize = 64;
/// Room for so many is kept where there are none.
const KEPT: usize = 1024;

/// The delivery tags of a channel that are not settled, in the order in which they came.
///
/// What is settled out of order stays until it is at the front, or until more than half is settled: a delivery that is
/// kept for long keeps no others in memory.
#[derive(Debug, Default)]
pub(super) struct Unsettled {
    /// Rising.
    pub(super) tags: VecDeque<Tag>,
    pub(super) count: usize,
    /// The highest tag that has come.
    last: u64,
    /// Present where more is to be thought of than what is settled: in a transaction, and while `basic.recover` is not
    /// answered.
    pub(super) takebacks: Option<Box<Takebacks>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Tag {
    pub(super) value: u64,
    pub(super) is_settled: bool,
}

impl Unsettled {
    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// A delivery came. One whose tag is not above all others, which no server sends, is not counted.
    #[inline]
    pub(super) fn add(&mut self, value: u64) {
        if self.tags.back().is_none_or(|last| last.value < value) {
            self.tags.push_back(Tag {
                value,
                is_settled: false,
            });
            self.count += 1;
            self.last = value;
        }
    }

    /// The highest tag that has come.
    pub(super) fn last(&self) -> u64 {
        self.last
    }

    /// The application settles a delivery, and with `multiple` all before it; with the tag 0 then all there are. False if
    /// it is not to be settled: it was, with a later one, or the server was asked to deliver it again.
    ///
    /// RabbitMQ: closes the channel with 406 for a tag that it does not know any more.
    #[inline]
    pub(super) fn settle(&mut self, value: u64, multiple: bool) -> bool {
        match self.takebacks {
            None => self.strike_out(value, multiple),
            Some(_) => self.settle_for_now(value, multiple),
        }
    }

    #[inline]
    pub(super) fn strike_out(&mut self, value: u64, multiple: bool) -> bool {
        if multiple {
            return self.settle_up_to(value);
        }
        let first = self.tags.front().map_or(0, |first| first.value);
        if first == value {
            return self.settle_at(0);
        }
        self.find(first, value)
            .is_some_and(|index| self.settle_at(index))
    }

    /// Where a tag is. Servers count by one, so that a guess is good until `multiple` was used.
    fn find(&self, first: u64, value: u64) -> Option<usize> {
        let guess = usize::try_from(value.checked_sub(first)?).unwrap_or(usize::MAX);
        match self.tags.get(guess) {
            Some(tag) if tag.value == value => Some(guess),
            _ => self.tags.binary_search_by_key(&value, |tag| tag.value).ok(),
        }
    }

    fn settle_at(&mut self, index: usize) -> bool {
        let Some(tag) = self.tags.get_mut(index) else {
            return false;
        };
        if core::mem::replace(&mut tag.is_settled, true) {
            return false;
        }
        self.count -= 1;
        self.pop_settled();
        if self.tags.len() > COMPACT_FROM && self.count < self.tags.len() / 2 {
            self.tags.retain(|tag| !tag.is_settled);
        }
        true
    }

    fn settle_up_to(&mut self, value: u64) -> bool {
        let first = self.tags.front().map_or(0, |first| first.value);
        let is_known = |index: usize| self.tags.get(index).is_some_and(|tag| !tag.is_settled);
        if value != 0 && !self.find(first, value).is_some_and(is_known) {
            return false;
        }
        while let Some(first) = self.tags.front()
            && (first.value <= value || value == 0)
        {
            self.count -= usize::from(!first.is_settled);
            self.tags.pop_front();
        }
        self.pop_settled();
        true
    }

    fn pop_settled(&mut self) {
        while self.tags.front().is_some_and(|first| first.is_settled) {
            self.tags.pop_front();
        }
        if self.tags.is_empty() && self.tags.capacity() > KEPT {
            self.tags = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivered(tags: impl IntoIterator<Item = u64>) -> Unsettled {
        let mut unsettled = Unsettled::default();
        for tag in tags {
            unsettled.add(tag);
        }
        unsettled
    }

    #[test]
    fn each_delivery_is_settled_once() {
        let mut unsettled = delivered(1..=10);
        let tags = [1, 5, 5, 1, 10, 11, 0, u64::MAX];
        let settled = tags.map(|tag| unsettled.settle(tag, false));
        assert_eq!(
            settled,
            [true, true, false, false, true, false, false, false]
        );
        assert_eq!(unsettled.count(), 7);
    }

    #[test]
    fn multiple_settles_what_is_left_up_to_the_tag() {
        let mut unsettled = delivered(1..=10);
        unsettled.settle(2, false);
        assert!(unsettled.settle(4, true));
        assert_eq!(unsettled.count(), 6);
        for (tag, multiple) in [(4, true), (2, true), (3, false)] {
            assert!(!unsettled.settle(tag, multiple), "{tag}");
        }
        assert_eq!(unsettled.count(), 6);
        unsettled.settle(0, true);
        assert_eq!(unsettled.count(), 0);
        unsettled.add(11);
        assert_eq!(unsettled.count(), 1);
    }

    #[test]
    fn gaps_between_tags_are_no_matter() {
        // Deliveries that need no settling are counted by the server, and not here.
        let mut unsettled = delivered([3, 8, 1000, u64::MAX]);
        unsettled.settle(1000, false);
        unsettled.settle(4, false);
        unsettled.settle(u64::MAX, false);
        assert_eq!(unsettled.count(), 2);
        assert!(!unsettled.settle(9, true), "no delivery has that tag");
        unsettled.settle(8, true);
        assert_eq!(unsettled.count(), 0);
    }

    #[test]
    fn tags_that_do_not_rise_are_passed_over() {
        let mut unsettled = delivered([5, 5, 4, 6]);
        assert_eq!(unsettled.count(), 2);
        unsettled.settle(5, false);
        unsettled.settle(6, false);
        assert_eq!(unsettled.count(), 0);
    }

    #[test]
    fn room_for_very_many_is_given_back() {
        let mut unsettled = delivered(1..=100_000);
        unsettled.settle(99_999, true);
        unsettled.settle(100_000, false);
        assert_eq!(unsettled.count(), 0);
        assert!(unsettled.tags.capacity() <= KEPT);
    }

    #[test]
    fn a_delivery_that_is_kept_for_long_keeps_no_others() {
        let mut unsettled = delivered([1]);
        for tag in 2..=100_000 {
            unsettled.add(tag);
            unsettled.settle(tag, false);
        }
        assert_eq!(unsettled.count(), 1);
        assert!(
            unsettled.tags.len() <= COMPACT_FROM + 1,
            "{}",
            unsettled.tags.len()
        );
    }
}
