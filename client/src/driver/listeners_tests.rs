use amqp_methods::{Method as _, Reader, basic};

use super::*;
use crate::error::ErrorKind;

const HERE: Option<ChannelId> = None;

fn method(octets: usize) -> ToldMethod {
    Ok(OwnedMethod::alone(basic::Ack::ID, &vec![0; octets]))
}

/// Octets of the next method, or what there is instead.
fn next(listeners: &mut Listeners<ToldMethod>, id: ListenerId) -> Result<usize, Heard<ToldMethod>> {
    match listeners.poll(HERE, id, Waker::noop()).unwrap() {
        Heard::News(method) => Ok(Reader::rest(&method.unwrap().arguments()).len()),
        other => Err(other),
    }
}

fn tell(listeners: &mut Listeners<ToldMethod>, octets: usize) -> usize {
    let mut wakers = Vec::new();
    listeners.tell(HERE, method(octets), &mut wakers);
    wakers.len()
}

#[test]
fn every_listener_hears_everything() {
    let mut listeners = Listeners::default();
    let all = [0, 1, 2].map(|_| listeners.add(HERE, None));
    for octets in 1..=3 {
        tell(&mut listeners, octets);
    }
    for id in all {
        for octets in 1..=3 {
            assert_eq!(next(&mut listeners, id).unwrap(), octets);
        }
        assert!(matches!(next(&mut listeners, id), Err(Heard::Nothing(_))));
    }
}

#[test]
fn where_nobody_listens_nothing_is_kept() {
    let mut listeners = Listeners::default();
    assert_eq!(tell(&mut listeners, 1), 0);
    let id = listeners.add(HERE, None);
    assert!(matches!(
        next(&mut listeners, id),
        Err(Heard::Nothing(None))
    ));
    assert!(listeners.remove(HERE, id).is_some());
    assert!(listeners.remove(HERE, id).is_none());
    assert_eq!(listeners.len(), 0);
    assert!(listeners.by_place.is_empty());
}

#[test]
fn a_listener_that_falls_behind_is_told_how_far() {
    let mut listeners = Listeners::default();
    let (slow, quick) = (listeners.add(HERE, None), listeners.add(HERE, None));
    for octets in 0..WAITING_MAX + 3 {
        tell(&mut listeners, octets);
        assert_eq!(next(&mut listeners, quick).unwrap(), octets);
    }
    assert!(matches!(next(&mut listeners, slow), Err(Heard::Missed(3))));
    for octets in 3..WAITING_MAX + 3 {
        assert_eq!(next(&mut listeners, slow).unwrap(), octets);
    }
    assert!(matches!(next(&mut listeners, slow), Err(Heard::Nothing(_))));
}

#[test]
fn octets_have_a_bound_too_and_the_newest_is_kept() {
    let mut listeners = Listeners::default();
    let id = listeners.add(HERE, None);
    let half = OCTETS_MAX / 2;
    for _ in 0..3 {
        tell(&mut listeners, half);
    }
    tell(&mut listeners, OCTETS_MAX + 1);
    assert!(matches!(next(&mut listeners, id), Err(Heard::Missed(3))));
    assert_eq!(next(&mut listeners, id).unwrap(), OCTETS_MAX + 1);
    // What was dropped or taken does not count any more.
    for _ in 0..2 {
        tell(&mut listeners, half);
    }
    for _ in 0..2 {
        assert_eq!(next(&mut listeners, id).unwrap(), half);
    }
}

#[test]
fn a_burst_leaves_no_room_behind() {
    let mut listeners = Listeners::default();
    let id = listeners.add(HERE, None);
    for octets in 0..WAITING_MAX {
        tell(&mut listeners, octets % 10);
    }
    while next(&mut listeners, id).is_ok() {}
    let listener = listeners.find(HERE, id).unwrap();
    assert_eq!(listener.octets, 0);
    assert!(listener.waiting.capacity() <= 2 * WAITING_KEPT);
}

#[test]
fn the_end_comes_behind_what_waits_and_stays() {
    let mut listeners = Listeners::default();
    let id = listeners.add(HERE, None);
    tell(&mut listeners, 5);
    let error = |detail: &str| Error::new(ErrorKind::ConnectionLost, detail);
    listeners.end(HERE, &error("first"), &mut Vec::new());
    listeners.end(HERE, &error("second"), &mut Vec::new());
    assert_eq!(next(&mut listeners, id).unwrap(), 5);
    for _ in 0..2 {
        assert!(matches!(next(&mut listeners, id), Err(Heard::Ended)));
    }
    let end = listeners.end_of(HERE, id).unwrap().to_string();
    assert!(end.ends_with("first"), "{end}");
    let late = listeners.add(HERE, Some(error("before")));
    assert!(matches!(next(&mut listeners, late), Err(Heard::Ended)));
}

#[test]
fn who_waits_is_woken_once() {
    let mut listeners = Listeners::default();
    let id = listeners.add(HERE, None);
    assert_eq!(tell(&mut listeners, 1), 0);
    next(&mut listeners, id).unwrap();
    assert!(matches!(
        next(&mut listeners, id),
        Err(Heard::Nothing(None))
    ));
    assert_eq!((tell(&mut listeners, 1), tell(&mut listeners, 1)), (1, 0));
}
