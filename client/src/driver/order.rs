//! The order in which hosts are tried.

use std::hash::{BuildHasher as _, RandomState};

/// Puts items into an order that is as likely as any other.
pub(super) fn shuffle<T>(items: &mut [T], mut random: impl FnMut() -> u64) {
    for last in (1..items.len()).rev() {
        // Unbiased for all that matters: there are at most 64 hosts, and 2^64 numbers.
        let choices = last as u64 + 1;
        let chosen = usize::try_from(random() % choices).unwrap_or(last);
        items.swap(last, chosen);
    }
}

/// A number that nobody needs to be unable to guess: another one each time, and in each process.
///
/// The standard library keys its hash maps with randomness of the system's; what such a hasher makes of nothing
/// depends on the key alone.
pub(super) fn random() -> u64 {
    RandomState::new().hash_one(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_can_come() {
        let mut seen = std::collections::BTreeSet::new();
        for first in 0..3 {
            for second in 0..2 {
                let mut numbers = [second, first].into_iter();
                let mut items = ['a', 'b', 'c'];
                // The first number is for the last of three, the second for the last of two.
                shuffle(&mut items, || numbers.next_back().unwrap());
                seen.insert(items);
            }
        }
        assert_eq!(seen.len(), 6);
        shuffle::<u8>(&mut [], || unreachable!("nothing to choose"));
        shuffle(&mut [1], || unreachable!("nothing to choose"));
    }

    #[test]
    fn numbers_differ() {
        let numbers: std::collections::BTreeSet<_> = (0..100).map(|_| random()).collect();
        assert_eq!(numbers.len(), 100);
    }
}
