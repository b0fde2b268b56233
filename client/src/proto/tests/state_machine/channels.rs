//! What the application does with its connection and its channels.

use amqp_methods::{Reply as _, Request, basic, channel, confirm, connection, queue, tx};

use super::{Step, World, pick};
use crate::proto::ChannelId;

impl World {
    pub(super) fn commands(&mut self, step: Step) {
        match step {
            Step::Open => {
                if let Ok((channel, call)) = self.pair.core.open_channel() {
                    self.channels.push(channel);
                    self.calls.insert(call, (Some(channel), false));
                }
            }
            Step::UpdateSecret => {
                let update = connection::UpdateSecret::new("secret", "");
                let replies = <connection::UpdateSecret<'_> as Request>::Reply::IDS;
                if let Ok(call) = self.pair.core.call(&update, replies) {
                    self.calls.insert(call, (None, false));
                }
            }
            Step::Drain => self.pair.core.drain(),
            Step::CloseConnection => {
                self.may_end = true;
                self.pair.core.close(self.pair.now, 200.into(), "enough");
            }
            Step::Abandon(n) => self.abandon(n),
            Step::Close(n) => self.call(n, &channel::Close::new(200, "", 0, 0)),
            Step::SelectConfirms(n) => self.call(n, &confirm::Select::default()),
            Step::SelectTransactions(n) => self.call(n, &tx::Select),
            Step::Commit(n) if self.has_transactions(n) => self.call(n, &tx::Commit),
            Step::RollBack(n) if self.has_transactions(n) => self.call(n, &tx::Rollback),
            Step::Commit(_) | Step::RollBack(_) => {}
            Step::Declare(n) => self.call(n, &queue::Declare::new("q")),
            Step::Qos(n) => self.call(n, &basic::Qos::default().prefetch_count(n.into())),
            Step::Recover(n) => self.call(n, &basic::Recover::default().requeue(true)),
            Step::Get(n) => {
                // Not by the number that chose the channel alone.
                let no_ack = self.calls.len().is_multiple_of(3);
                self.call(n, &basic::Get::new("q").no_ack(no_ack));
            }
            other => panic!("{other:?}"),
        }
    }

    /// Seldom it does not care: that ends the channel.
    fn has_transactions(&self, n: u8) -> bool {
        let number = pick(&self.channels, n).map(ChannelId::number);
        number.is_some_and(|number| n > 250 || self.broker.has_transactions(number))
    }

    fn call<R: Request>(&mut self, n: u8, request: &R) {
        let Some(id) = pick(&self.channels, n) else {
            return;
        };
        let Some(mut channel) = self.pair.core.channel(id) else {
            return;
        };
        if let Ok(call) = channel.call(request, R::Reply::IDS) {
            self.calls.insert(call, (Some(id), false));
        }
    }

    fn abandon(&mut self, n: u8) {
        let mut calls: Vec<_> = self.calls.keys().copied().collect();
        calls.sort();
        let Some(call) = pick(&calls, n) else {
            return;
        };
        let Some((id, is_abandoned)) = self.calls.get_mut(&call) else {
            return;
        };
        match *id {
            None => {
                self.pair.core.abandon(call);
                *is_abandoned = true;
            }
            Some(id) => {
                if let Some(mut channel) = self.pair.core.channel(id) {
                    channel.abandon(call);
                    *is_abandoned = true;
                }
            }
        }
    }
}
