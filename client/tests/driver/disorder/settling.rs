//! What the application does at once, and what both sides then agree on.

use std::time::Duration;

use leveret::amqp_methods::{basic, channel, connection};
use leveret::{Channel, Consumer, Delivery};

use super::World;
use super::app::Held;
use super::broker::End;
use super::wire::Wire;

impl World {
    pub(super) fn settle(&mut self, n: u8, how: u8) {
        if how % 8 == 7 {
            if let Some((delivery, _)) = self.app.take(|held| &mut held.streamed, n) {
                let _ = delivery.ack();
            }
            return;
        }
        let Some(delivery) = self.app.take(|held| &mut held.deliveries, n) else {
            return;
        };
        let _ = match how % 8 {
            0 => delivery.nack(true),
            1 => delivery.reject(false),
            2 if how >= 128 => {
                self.app.held().is_uncounted = true;
                delivery.ack_multiple()
            }
            3 => {
                drop(delivery.settle_on_drop());
                Ok(())
            }
            _ => delivery.ack(),
        };
    }

    pub(super) fn drop_handle(&mut self, n: u8, how: u8) {
        match how % 6 {
            0 => drop(self.app.take(|held| &mut held.channels, n)),
            1 => drop(self.app.take(|held| &mut held.whole, n)),
            2 => drop(self.app.take(|held| &mut held.unacknowledged, n)),
            3 => drop(self.app.take(|held| &mut held.streaming, n)),
            4 => drop(self.app.take(|held| &mut held.receipts, n)),
            _ => {
                // The body goes, and what settles it stays.
                if let Some((delivery, _)) = self.app.take(|held| &mut held.streamed, n) {
                    let (delivery, _) = delivery.into_parts();
                    self.app.keep(|held| &mut held.deliveries, delivery);
                }
            }
        }
    }

    pub(super) fn coalesce(&mut self, n: u8) {
        if let Some(channel) = self.app.channel(n)
            && channel
                .coalesce_acks(usize::from(n % 5) + 1, Duration::from_secs(10))
                .is_ok()
        {
            self.app.keep(|held| &mut held.coalescing, channel);
        }
    }

    /// The server holds nothing back and answers everything, until nothing waits for anything else.
    pub(super) async fn settled(&mut self) {
        let mut before = None;
        loop {
            self.quiet().await;
            self.look().await;
            if self.wire.broker.end != End::Open || self.wire.is_cut() {
                return;
            }
            let now = Some((self.tasks.len(), self.wire.served));
            if now == before {
                break;
            }
            self.wire.holds_nothing_back(before.is_none());
            before = now;
        }
        for task in &self.tasks {
            assert!(!task.what.is_answered(), "{:?} hangs", task.what);
        }
        self.agree();
    }

    /// Both sides know the same deliveries as unsettled, and no publish has no end.
    fn agree(&self) {
        let held = self.app.held();
        let Some(connection) = &held.connection else {
            return;
        };
        let metrics = connection.metrics();
        let broker = &self.wire.broker;
        let open = broker.open().into_iter();
        let unsettled: usize = open.filter_map(|number| broker.unsettled(number)).sum();
        assert_eq!(metrics.unsettled, unsettled as u64);
        assert_eq!((metrics.unconfirmed, metrics.buffered_octets), (0, 0));
        let ended = metrics.confirmed + metrics.nacked + metrics.in_doubt;
        assert_eq!(metrics.messages_published, ended + held.plain);
        if held.is_uncounted {
            return;
        }
        let handles = held.to_settle();
        assert!(handles <= unsettled, "{handles} handles of {unsettled}");
        let all = handles + held.waiting();
        assert!(unsettled <= all, "{unsettled}, and {all} to be settled");
    }
}

impl Held {
    /// Deliveries that can be settled.
    fn to_settle(&self) -> usize {
        let is_live = |channel: &Channel| channel.close_error().is_none();
        let whole = self.deliveries.iter().map(Delivery::channel);
        let whole = whole.filter(|channel| is_live(channel)).count();
        let streamed = self.streamed.iter();
        whole + streamed.filter(|(_, channel)| is_live(channel)).count()
    }

    /// Deliveries that nobody has seen, and word of those that were too large.
    fn waiting(&self) -> usize {
        let whole: usize = self.whole.iter().map(Consumer::waiting).sum();
        let streaming = self.streaming.iter().map(Consumer::waiting);
        whole + streaming.sum::<usize>()
    }
}

impl Wire {
    /// The server answers what is late, confirms everything, and takes publishes.
    fn holds_nothing_back(&mut self, is_first: bool) {
        let (broker, peer) = (&mut self.broker, &mut self.peer);
        broker.answers_all(peer);
        peer.sends_on(0, connection::Unblocked);
        for number in broker.open() {
            let served = broker.served.get_mut(&number).unwrap();
            if is_first {
                // This is answered.
                served.say(peer, number, channel::Flow { active: true });
            }
            if served.published > 0 {
                let ack = basic::Ack::new(served.published).multiple(true);
                served.say(peer, number, ack);
            }
        }
    }
}
