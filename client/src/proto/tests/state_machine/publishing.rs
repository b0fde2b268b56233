//! What the application publishes, and what it hears of that.

use amqp_methods::basic;

use super::{Step, World, pick};
use crate::proto::ChannelId;

impl World {
    pub(super) fn publishes(&mut self, step: Step) {
        match step {
            Step::Publish(n, size) => self.publish(n, size),
            Step::Unwatch(n) => {
                if let Some((channel, number)) = self.pick_watched(n) {
                    self.pair.core.unwatch(channel, number);
                    self.publishes.insert((channel, number), false);
                }
            }
            Step::Expire(n) => {
                if let Some((channel, number)) = self.pick_watched(n) {
                    // Known or not, that is its end.
                    self.pair.core.expire(channel, number);
                    assert!(self.pair.core.take_outcome(channel, number).is_none());
                    self.publishes.insert((channel, number), false);
                    self.outcomes += 1;
                }
            }
            other => panic!("{other:?}"),
        }
    }

    fn pick_watched(&self, n: u8) -> Option<(ChannelId, u64)> {
        let watched = self.publishes.iter().filter(|(_, watched)| **watched);
        let mut watched: Vec<_> = watched.map(|(key, _)| *key).collect();
        watched.sort();
        pick(&watched, n)
    }

    fn publish(&mut self, n: u8, size: u16) {
        let Some(id) = pick(&self.channels, n) else {
            return;
        };
        let Some(mut channel) = self.pair.core.channel(id) else {
            return;
        };
        let publish = basic::Publish::new("", "q").mandatory(n.is_multiple_of(3));
        let body = vec![n; size.into()];
        let watched = !n.is_multiple_of(4);
        let properties = basic::Properties::default();
        let published = channel.publish(&publish, &properties, &body.into(), watched);
        if let Ok(Some(number)) = published {
            self.publishes.insert((id, number), watched);
            self.published.push(id);
        }
    }

    pub(super) fn collect(&mut self, channel: ChannelId) {
        let mut numbers: Vec<_> = self
            .publishes
            .keys()
            .filter(|(id, _)| *id == channel)
            .copied()
            .collect();
        numbers.sort();
        for key in numbers {
            if self.publishes[&key] && self.pair.core.take_outcome(channel, key.1).is_some() {
                self.publishes.remove(&key);
                self.outcomes += 1;
                assert!(self.pair.core.take_outcome(channel, key.1).is_none());
            }
        }
    }
}
