//! How much waits to be written, and who wants to know.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

use super::notes::Note;
use super::shared::{Shared, State};
use crate::proto::OutputTotal;

/// What waits to be written on a connection, at one moment.
///
/// Publishers have to wait from when [`octets`](Self::octets) reach `write_buffer_high_water` until no more than
/// `write_buffer_low_water` are left. The rest is for those who want to know sooner.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct WritePressure {
    buffered: usize,
    writing: usize,
    high_water: usize,
    is_high: bool,
    total: OutputTotal,
}

/// When a connection is under pressure.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum PressureRule {
    /// From when `high` octets wait to be written until no more than `low` do.
    Marks {
        /// So many octets or more are too many.
        high: usize,
        /// So many octets or fewer are few again; less than `high`.
        low: usize,
    },
    /// While more octets wait to be written than so many frames of average size have.
    ///
    /// The average is that of all frames since the connection began. This is the rule that pika 0.13 calls
    /// `backpressure_detection`, with a multiplier of 10. Never, for what is not a number.
    FrameRatio(f64),
}

impl WritePressure {
    /// Octets that wait until those that are being written have gone.
    pub fn buffered(&self) -> usize {
        self.buffered
    }

    /// Octets that are being written, and that the operating system has not taken.
    pub fn writing(&self) -> usize {
        self.writing
    }

    /// All octets that the operating system has not taken.
    pub fn octets(&self) -> usize {
        self.buffered + self.writing
    }

    /// From how many [`octets`](Self::octets) on publishers wait: `write_buffer_high_water`.
    pub fn high_water(&self) -> usize {
        self.high_water
    }

    /// Whether that is much: by pika's rule if the parameters have a multiplier for it
    /// (`backpressure_detection`), otherwise whether publishers have to wait.
    pub fn is_high(&self) -> bool {
        self.is_high
    }

    /// Octets of a frame, on average over all that were to be written since the connection began.
    pub fn average_frame(&self) -> f64 {
        float(self.total.octets) / float(self.total.frames)
    }

    /// How many frames of average size wait to be written.
    pub fn frames_behind(&self) -> u64 {
        let OutputTotal { octets, frames } = self.total;
        let product = self.octets() as u128 * u128::from(frames);
        let behind = product.checked_div(u128::from(octets)).unwrap_or(0);
        u64::try_from(behind).unwrap_or(u64::MAX)
    }

    /// Whether that is pressure by `rule`, if it `was` until now.
    pub fn is_pressed(&self, rule: PressureRule, was: bool) -> bool {
        match rule {
            PressureRule::Marks { high, low } => {
                self.octets() >= high || was && self.octets() > low
            }
            PressureRule::FrameRatio(multiplier) => {
                let frames = float(self.octets() as u64) * float(self.total.frames);
                frames > multiplier * float(self.total.octets)
            }
        }
    }
}

/// As near as a float comes; exact up to eight pebioctets.
#[expect(clippy::cast_precision_loss, reason = "a ratio needs no more")]
fn float(count: u64) -> f64 {
    count as f64
}

/// How many watch the pressure, to be asked without the lock.
#[derive(Clone, Debug, Default)]
pub(super) struct Watchers(Arc<AtomicUsize>);

impl Watchers {
    pub(super) fn is_empty(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    fn set(&self, count: usize) {
        self.0.store(count, Ordering::Relaxed);
    }
}

/// Those who watch the pressure.
#[derive(Debug, Default)]
pub(super) struct Watches {
    watchers: Watchers,
    all: Vec<Watch>,
    next: u64,
    /// What the parameters ask to be watched, and whether there is pressure by that.
    detection: Option<(PressureRule, bool)>,
}

#[derive(Debug)]
struct Watch {
    id: u64,
    rule: PressureRule,
    is_pressed: bool,
    /// What the watcher has been told.
    told: bool,
    waker: Option<Waker>,
}

impl Watches {
    /// With the multiplier of pika's rule, if the log is to tell when there is pressure by it.
    pub(super) fn new(multiplier: Option<u32>) -> Self {
        let rule = multiplier.map(|multiplier| PressureRule::FrameRatio(multiplier.into()));
        let watches = Self {
            detection: rule.map(|rule| (rule, false)),
            ..Self::default()
        };
        watches.count();
        watches
    }

    pub(super) fn watchers(&self) -> Watchers {
        self.watchers.clone()
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty() && self.detection.is_none()
    }

    pub(super) fn add(&mut self, rule: PressureRule) -> u64 {
        let id = self.next;
        self.next += 1;
        self.all.push(Watch {
            id,
            rule,
            is_pressed: false,
            told: false,
            waker: None,
        });
        self.count();
        id
    }

    /// Ends watching; what is given back is to be dropped outside the lock.
    pub(super) fn remove(&mut self, id: u64) -> Option<Waker> {
        let position = self.all.iter().position(|watch| watch.id == id)?;
        let removed = self.all.swap_remove(position);
        self.count();
        removed.waker
    }

    /// What the watcher does not know yet. Where that is nothing, `waker` is woken when that changes; what is given
    /// back then is to be dropped outside the lock.
    pub(super) fn poll(&mut self, id: u64, waker: &Waker) -> Result<bool, Option<Waker>> {
        let Some(watch) = self.all.iter_mut().find(|watch| watch.id == id) else {
            return Err(None);
        };
        if watch.is_pressed != watch.told {
            watch.told = watch.is_pressed;
            return Ok(watch.is_pressed);
        }
        match &watch.waker {
            Some(known) if known.will_wake(waker) => Err(None),
            _ => Err(watch.waker.replace(waker.clone())),
        }
    }

    /// Wakes everybody: the connection has ended.
    pub(super) fn end(&mut self, wakers: &mut Vec<Waker>) {
        wakers.extend(self.all.iter_mut().filter_map(|watch| watch.waker.take()));
    }

    /// Gives whether there is pressure that the log is to tell of, and was not.
    fn look(&mut self, pressure: &WritePressure, wakers: &mut Vec<Waker>) -> bool {
        for watch in &mut self.all {
            watch.is_pressed = pressure.is_pressed(watch.rule, watch.is_pressed);
            if watch.is_pressed != watch.told {
                wakers.extend(watch.waker.take());
            }
        }
        let Some((rule, was)) = &mut self.detection else {
            return false;
        };
        let is_pressed = pressure.is_pressed(*rule, *was);
        let was = core::mem::replace(was, is_pressed);
        is_pressed && !was
    }

    fn count(&self) {
        let detects = usize::from(self.detection.is_some());
        self.watchers.set(self.all.len() + detects);
    }
}

impl State {
    pub(super) fn write_pressure(&self) -> WritePressure {
        let buffered = self.core.outgoing_octets();
        let mut pressure = WritePressure {
            buffered,
            writing: self.gauge.writing(),
            high_water: self.gauge.high_water(),
            is_high: self.gauge.would_be_full(buffered),
            total: self.core.output_total(),
        };
        if let Some((rule, was)) = self.pressure.detection {
            pressure.is_high = pressure.is_pressed(rule, was);
        }
        pressure
    }

    /// Looks at what waits to be written on behalf of all who watch that. Gives what the log has to say of it.
    #[cold]
    #[must_use]
    pub(super) fn look_at_pressure(&mut self, wakers: &mut Vec<Waker>) -> Option<Note> {
        let pressure = self.write_pressure();
        let is_news = self.pressure.look(&pressure, wakers);
        is_news.then_some(Note::Pressure(pressure))
    }
}

impl Shared {
    /// Looks at the pressure, if somebody watches it.
    pub(super) fn notice_pressure(&self) {
        if self.watchers.is_empty() {
            return;
        }
        let mut wakers = Vec::new();
        let note = self
            .lock("look at the pressure")
            .look_at_pressure(&mut wakers);
        for waker in wakers {
            waker.wake();
        }
        if let Some(note) = note {
            note.write(&self.spans);
        }
    }
}

#[cfg(test)]
#[path = "pressure_tests.rs"]
mod tests;
