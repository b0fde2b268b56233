use super::*;

/// So many frames of a hundred octets each, of which `waiting` octets were not written.
fn pressure(frames: u64, waiting: usize) -> WritePressure {
    WritePressure {
        buffered: waiting / 2,
        writing: waiting - waiting / 2,
        high_water: 1000,
        is_high: false,
        total: OutputTotal {
            octets: 100 * frames,
            frames,
        },
    }
}

#[test]
fn of_equal_frames_that_all_wait_the_eleventh_is_pressure() {
    let rule = PressureRule::FrameRatio(10.0);
    for frames in 1..=20usize {
        let now = pressure(frames as u64, 100 * frames);
        assert_eq!(now.is_pressed(rule, false), frames > 10, "{frames}");
        assert_eq!(now.frames_behind(), frames as u64);
    }
    // Exactly ten is not more than ten.
    assert!(!pressure(1000, 1000).is_pressed(rule, true));
    assert!(pressure(1000, 1001).is_pressed(rule, false));
}

#[test]
fn odd_multipliers_do_what_they_say() {
    let is_pressed = |multiplier, waiting| {
        pressure(100, waiting).is_pressed(PressureRule::FrameRatio(multiplier), false)
    };
    assert!(is_pressed(0.0, 1) && !is_pressed(0.0, 0));
    assert!(is_pressed(0.5, 51) && !is_pressed(0.5, 50));
    assert!(is_pressed(-1.0, 0));
    assert!(!is_pressed(f64::NAN, usize::MAX / 2));
    assert!(!is_pressed(f64::INFINITY, usize::MAX / 2));
}

#[test]
fn between_the_marks_all_stays_as_it_is() {
    let rule = PressureRule::Marks {
        high: 1000,
        low: 400,
    };
    let mut is_pressed = false;
    let waiting = [0, 999, 1000, 500, 401, 400, 500, 999, 1001, 0];
    let seen = waiting.map(|octets| {
        is_pressed = pressure(1, octets).is_pressed(rule, is_pressed);
        is_pressed
    });
    let expected = [
        false, false, true, true, true, false, false, false, true, false,
    ];
    assert_eq!(seen, expected);
}

#[test]
fn nothing_was_ever_to_be_written() {
    let nothing = WritePressure {
        total: OutputTotal::default(),
        ..pressure(1, 0)
    };
    assert_eq!(nothing.frames_behind(), 0);
    assert!(!nothing.is_pressed(PressureRule::FrameRatio(10.0), false));
}

#[test]
fn who_watches_is_woken_by_a_change_and_by_nothing_else() {
    let mut watches = Watches::default();
    let marks = PressureRule::Marks { high: 500, low: 0 };
    let one = watches.add(marks);
    let other = watches.add(PressureRule::Marks { high: 2000, low: 0 });
    let mut wakers = Vec::new();
    for id in [one, other] {
        assert!(watches.poll(id, Waker::noop()).is_err());
    }
    watches.look(&pressure(1, 499), &mut wakers);
    assert_eq!(wakers.len(), 0);
    watches.look(&pressure(1, 500), &mut wakers);
    watches.look(&pressure(1, 600), &mut wakers);
    assert_eq!(wakers.len(), 1);
    assert!(matches!(watches.poll(one, Waker::noop()), Ok(true)));
    assert!(watches.poll(one, Waker::noop()).is_err());
    // Pressure that has gone before anybody looked was none.
    watches.look(&pressure(1, 0), &mut wakers);
    watches.look(&pressure(1, 500), &mut wakers);
    assert!(watches.poll(one, Waker::noop()).is_err());
    assert!(!watches.watchers().is_empty());
    for id in [one, other] {
        watches.remove(id);
    }
    assert!(watches.watchers().is_empty());
    assert!(watches.remove(one).is_none());
}

#[test]
fn detection_tells_of_pressure_once_until_it_is_gone() {
    let mut watches = Watches::new(Some(10));
    assert!(!watches.is_empty() && !watches.watchers().is_empty());
    let mut rises =
        |frames: u64| watches.look(&pressure(100, 100 * frames as usize), &mut Vec::new());
    assert_eq!(
        [5, 11, 12, 10, 11].map(&mut rises),
        [false, true, false, false, true]
    );
}
