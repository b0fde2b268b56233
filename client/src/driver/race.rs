//! Which address of a host is tried when: RFC 8305, "happy eyeballs".

use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::error::Error;

/// The order in which addresses are tried: families in turn, beginning with that of the first.
///
/// RFC 8305, 4
pub(super) fn interleaved(addresses: Vec<SocketAddr>) -> VecDeque<SocketAddr> {
    let begins_with_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (VecDeque<_>, VecDeque<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == begins_with_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut order = VecDeque::new();
    loop {
        let pair = [first.next(), second.next()];
        if pair == [None, None] {
            return order;
        }
        order.extend(pair.into_iter().flatten());
    }
}

/// Starts one attempt after another, each when the one before has failed or `delay` has passed, until one of them
/// succeeds. None if all of them failed.
///
/// Those that are still under way then are given up, and wait behind those that were not begun: they count only
/// if what succeeded here turns out to be of no use.
///
/// RFC 8305, 5
pub(super) async fn race<T, F>(
    waiting: &mut VecDeque<SocketAddr>,
    delay: Duration,
    begin: impl Fn(SocketAddr) -> F,
    mut failed: impl FnMut(Error),
) -> Option<(SocketAddr, T)>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut runners: Vec<(SocketAddr, Pin<Box<F>>)> = Vec::new();
    let mut next_start = pin!(sleep_until(Instant::now()));
    loop {
        match waiting.pop_front() {
            Some(address) => {
                runners.push((address, Box::pin(begin(address))));
                next_start.as_mut().reset(Instant::now() + delay);
            }
            None if runners.is_empty() => return None,
            None => {}
        }
        let ended = poll_fn(|cx| {
            for (index, (_, runner)) in runners.iter_mut().enumerate() {
                if let Poll::Ready(result) = runner.as_mut().poll(cx) {
                    return Poll::Ready(Some((index, result)));
                }
            }
            if waiting.is_empty() {
                return Poll::Pending;
            }
            ready!(next_start.as_mut().poll(cx));
            Poll::Ready(None)
        });
        let Some((index, result)) = ended.await else {
            continue;
        };
        let (address, _) = runners.remove(index);
        match result {
            Ok(won) => {
                waiting.extend(runners.into_iter().map(|(address, _)| address));
                return Some((address, won));
            }
            Err(error) => failed(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn families_take_turns_beginning_with_the_first() {
        let [a, b, c] = ["10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1"].map(address);
        let [x, y] = ["[::1]:1", "[::2]:1"].map(address);
        for (given, order) in [
            (vec![x, y, a, b, c], vec![x, a, y, b, c]),
            (vec![a, x, y, b], vec![a, x, b, y]),
            (vec![x, y], vec![x, y]),
            (vec![a], vec![a]),
            (vec![], vec![]),
        ] {
            assert_eq!(interleaved(given), order);
        }
    }
}
