//! What is struck out of the book of deliveries, and told.

use amqp_methods::{Decode as _, DynMethod, Method as _, Reader, basic};

use super::calls::arguments;
use super::{Channel, Event, Settlement};
use crate::error::Error;

impl Channel<'_> {
    /// Deliveries that the application has not settled: those it holds, and those it has yet to take.
    pub fn unsettled(&mut self) -> usize {
        let state = self.connection.channels.get(self.id);
        state.map_or(0, |state| state.unsettled.count())
    }

    /// Takes a delivery for settled that is about to be. False if it cannot be settled any more.
    #[inline]
    pub(super) fn take_for_settled(&mut self, value: u64, settlement: Settlement) -> bool {
        let multiple = settlement.is_multiple();
        let state = self.connection.channels.get(self.id);
        let is_settled = state.is_some_and(|state| state.unsettled.settle(value, multiple));
        if is_settled {
            self.tell_settled();
        }
        is_settled
    }

    /// Takes for settled what a method settles that the application has put together by itself.
    pub(super) fn settled_by<M: DynMethod + ?Sized>(&mut self, method: &M) -> Result<(), Error> {
        let (value, settlement) = match method.id() {
            basic::Ack::ID => {
                let arguments = arguments(method)?;
                let ack = basic::Ack::from_args(Reader::new(&arguments))?;
                let multiple = ack.multiple;
                (ack.delivery_tag, Settlement::Ack { multiple })
            }
            basic::Nack::ID => {
                let arguments = arguments(method)?;
                let nack = basic::Nack::from_args(Reader::new(&arguments))?;
                let (multiple, requeue) = (nack.multiple, nack.requeue);
                (nack.delivery_tag, Settlement::Nack { multiple, requeue })
            }
            basic::Reject::ID => {
                let arguments = arguments(method)?;
                let reject = basic::Reject::from_args(Reader::new(&arguments))?;
                let requeue = reject.requeue;
                (reject.delivery_tag, Settlement::Reject { requeue })
            }
            basic::RecoverAsync::ID => {
                if let Some(state) = self.connection.channels.get(self.id) {
                    state.unsettled.forget();
                }
                self.note_settled(0, true);
                self.tell_settled();
                return Ok(());
            }
            _ => return Ok(()),
        };
        if self.take_for_settled(value, settlement) {
            self.note_settled(value, settlement.is_multiple());
        }
        Ok(())
    }

    /// The server delivers again all that is not settled: nothing that came before can be settled.
    pub(super) fn recovered(&mut self) {
        let state = self.connection.channels.get(self.id);
        let taken_back = state.map(|state| state.unsettled.recovered());
        self.note_settled(0, true);
        self.note_unsettled(taken_back.unwrap_or_default());
        self.tell_settled();
    }

    /// `tx.rollback` was sent.
    pub(super) fn rolled_back(&mut self) {
        let state = self.connection.channels.get(self.id);
        let taken_back = state.map(|state| state.unsettled.roll_back());
        self.note_unsettled(taken_back.unwrap_or_default());
    }

    fn tell_settled(&mut self) {
        if self.connection.is_draining {
            self.connection.events.push_back(Event::Settled);
        }
    }
}
