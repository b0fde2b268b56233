//! Everything arrives, and everything ends.

use std::collections::VecDeque;

use super::World;
use crate::proto::Event;

impl World {
    /// Everything under way arrives and is answered, and both sides agree on what is unsettled.
    pub(super) fn settled(&mut self) {
        loop {
            for id in self.channels.clone() {
                if let Some(mut channel) = self.pair.core.channel(id) {
                    channel.flush_acks();
                }
            }
            let mut is_quiet = !self.pair.speak();
            while self.pair.peer.pending().next().is_some() {
                self.serve();
            }
            self.broker.answers_all(&mut self.pair.peer);
            is_quiet &= !self.pair.listen();
            self.look();
            if is_quiet {
                break;
            }
        }
        for id in self.channels.clone() {
            self.agree(id);
        }
    }

    /// The connection ends, and nothing may be left.
    pub(super) fn end(mut self) {
        let before = self.has_ended;
        self.may_end = true;
        self.pair.core.handle_eof();
        self.pair.drain();
        let is_end = |event: &&Event| matches!(event, Event::Closed(_));
        let ends = self.pair.events.iter().filter(is_end).count();
        assert_eq!(ends, usize::from(!before));
        let channels: Vec<_> = self.publishes.keys().map(|(channel, _)| *channel).collect();
        self.look();
        assert!(self.has_ended);
        assert!(self.calls.is_empty(), "{:?} without an answer", self.calls);
        assert!(self.channels.is_empty());
        for channel in channels {
            self.collect(channel);
        }
        self.every_publish_has_ended();
        for (consumer, _) in core::mem::take(&mut self.consumers) {
            assert!(self.take_from(consumer), "a consumer without an end");
            assert_eq!(self.pair.core.drop_consumer(consumer), None);
        }
        for body in core::mem::take(&mut self.bodies) {
            let mut pieces = VecDeque::new();
            let end = self.pair.core.take_body(body, &mut pieces);
            assert!(end.is_some(), "a body without an end");
            self.pair.core.drop_body(body);
        }
        self.nothing_is_left();
    }

    fn every_publish_has_ended(&mut self) {
        let watched = self.publishes.values().filter(|watched| **watched).count();
        assert_eq!(watched, 0, "publishes without an outcome");
        let mut counted = 0;
        for channel in &self.published {
            let tally = self.pair.core.take_tally(*channel);
            counted += tally.confirmed + tally.nacked + tally.returned + tally.in_doubt;
        }
        assert_eq!(counted + self.outcomes, self.published.len() as u64);
    }

    fn nothing_is_left(&mut self) {
        let core = &mut self.pair.core;
        assert_eq!(core.consumers.len(), 0);
        assert_eq!(core.bodies.len(), 0);
        assert_eq!(core.half_received, 0);
        assert_eq!(core.metrics(self.pair.now).unsettled, 0);
        assert!(core.poll_timeout().is_none());
    }
}
