//! What the application does with consumers, and with what they receive.

use std::collections::VecDeque;

use amqp_methods::{Method as _, basic};

use super::{SECOND, Step, World, pick};
use crate::error::ErrorKind;
use crate::proto::{Arrival, ChannelId, ConsumerId, ConsumerOptions, OverLimit, Settlement};

impl World {
    pub(super) fn consumes(&mut self, step: Step) {
        match step {
            Step::Consume(n, how) => self.consume(n, how),
            Step::Cancel(n, how) => self.cancel(n, how),
            Step::DropConsumer(n) => {
                if let Some((consumer, channel)) = pick(&self.consumers, n) {
                    self.consumers.retain(|(other, _)| *other != consumer);
                    if let Some(call) = self.pair.core.drop_consumer(consumer) {
                        self.calls.insert(call, (Some(channel), false));
                    }
                }
            }
            Step::Take(n) => {
                if let Some((consumer, _)) = pick(&self.consumers, n) {
                    self.take_from(consumer);
                }
            }
            Step::ReadBody(n) => {
                if let Some(body) = pick(&self.bodies, n) {
                    let mut pieces = VecDeque::new();
                    self.pair.core.take_body(body, &mut pieces);
                }
            }
            Step::DropBody(n) => {
                if let Some(body) = pick(&self.bodies, n) {
                    self.pair.core.drop_body(body);
                    self.bodies.retain(|other| *other != body);
                }
            }
            Step::Coalesce(n) => {
                if let Some(id) = pick(&self.channels, n)
                    && let Some(mut channel) = self.pair.core.channel(id)
                {
                    let _ = channel.coalesce_acks(usize::from(n % 5) + 1, 10 * SECOND);
                }
            }
            Step::FlushAcks(n) => {
                if let Some(id) = pick(&self.channels, n)
                    && let Some(mut channel) = self.pair.core.channel(id)
                {
                    channel.flush_acks();
                }
            }
            Step::Settle(n, how) => self.settle(n, how),
            Step::SettleAll(n) => self.settle_all(n),
            other => panic!("{other:?}"),
        }
    }

    /// Starts a consumer, with a tag of three, or one that the server chooses.
    fn consume(&mut self, n: u8, how: u8) {
        let Some(id) = pick(&self.channels, n) else {
            return;
        };
        let Some(mut channel) = self.pair.core.channel(id) else {
            return;
        };
        let tag = pick(&["", "", "a", "b", "c"], how).unwrap_or_default();
        let consume = basic::Consume::new("q", tag).no_ack(how.is_multiple_of(4));
        if how.is_multiple_of(16) {
            // The tag is nobody's else: whose deliveries are on their way could not be told otherwise.
            let tag = format!("own-{}", self.unanswered);
            self.unanswered += 1;
            let consume = basic::Consume::new("q", tag.as_str()).no_wait(true);
            if channel.send(&consume).is_ok() {
                let consumer = channel.consumer(&tag.as_str().into()).unwrap();
                self.consumers.push((consumer, id));
            }
            return;
        }
        let mut options = ConsumerOptions::new();
        options.stream_from = how.is_multiple_of(3).then_some(u64::from(n));
        options.over_limit = match n % 8 {
            0 | 1 => OverLimit::Discard,
            2 | 3 => OverLimit::Requeue,
            4..=6 => OverLimit::Ack,
            _ => OverLimit::CloseChannel,
        };
        if let Ok(call) = channel.start_consumer(&consume, options) {
            self.calls.insert(call, (Some(id), false));
        }
    }

    /// Cancels by a tag, be it anybody's, and as often as it likes.
    fn cancel(&mut self, n: u8, how: u8) {
        let Some(id) = pick(&self.channels, n) else {
            return;
        };
        let Some(mut channel) = self.pair.core.channel(id) else {
            return;
        };
        let tags = ["a", "b", "c", "amq.ctag-0", "amq.ctag-1", "amq.ctag-2"];
        let cancel = basic::Cancel::new(pick(&tags, how).unwrap_or_default());
        if how.is_multiple_of(4) {
            let _ = channel.send(&cancel.no_wait(true));
        } else if let Ok(call) = channel.call(&cancel, &[basic::CancelOk::ID]) {
            self.calls.insert(call, (Some(id), false));
        }
    }

    /// Takes what a consumer has received. True if that was the end of it.
    pub(super) fn take_from(&mut self, consumer: ConsumerId) -> bool {
        let (deliveries, end) = self.pair.taken(consumer);
        for delivery in deliveries {
            if let Arrival::Streamed(body) = delivery.arrival {
                self.bodies.push(body);
            }
            self.deliveries.push(delivery.tag);
        }
        end.is_some()
    }

    /// Settles a delivery, which may be settled already, or of a channel that has ended.
    fn settle(&mut self, n: u8, how: u8) {
        let Some(tag) = pick(&self.deliveries, n) else {
            return;
        };
        if !how.is_multiple_of(8) {
            self.deliveries.retain(|other| *other != tag);
        }
        let Some(mut channel) = self.pair.core.channel(tag.channel) else {
            return;
        };
        let (multiple, requeue) = (how & 16 != 0, how & 32 != 0);
        let settlement = match how >> 6 {
            0 | 1 => Settlement::Ack { multiple },
            2 => Settlement::Nack { multiple, requeue },
            _ => Settlement::Reject { requeue },
        };
        if let Err(error) = channel.settle(tag, settlement) {
            let kind = error.kind();
            let is_known = matches!(
                kind,
                ErrorKind::StaleDelivery | ErrorKind::ChannelClosed | ErrorKind::ConnectionClosed
            );
            assert!(is_known, "{error}");
        }
    }

    /// Settles everything there is by a method of its own, or has it come again. As nobody can know what is on its way, the
    /// server reads that before anything else happens.
    fn settle_all(&mut self, n: u8) {
        self.settled();
        let Some(id) = pick(&self.channels, n) else {
            return;
        };
        let Some(mut channel) = self.pair.core.channel(id) else {
            return;
        };
        let _ = match n % 3 {
            0 => channel.send(&basic::Ack::new(0).multiple(true)),
            1 => channel.send(&basic::Nack::new(0).multiple(true).requeue(true)),
            _ => channel.send(&basic::RecoverAsync::default().requeue(true)),
        };
        self.settled();
        self.agree(id);
    }

    /// Both sides have the same in their books.
    pub(super) fn agree(&mut self, id: ChannelId) {
        let Some(mut channel) = self.pair.core.channel(id) else {
            return;
        };
        let Some(unsettled) = self.broker.unsettled(id.number()) else {
            return;
        };
        assert_eq!(channel.unsettled(), unsettled, "on channel {id}");
    }
}
