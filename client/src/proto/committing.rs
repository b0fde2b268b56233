//! What is sent behind a `tx.commit` that is not answered: it waits for the answer.

use std::collections::VecDeque;

use super::channel_state::Stage;
use super::{Channel, Event, Outbox};
use crate::error::Error;

/// What waits for commits of a channel that are not answered: for each, oldest first, what goes out with its answer. Each
/// ends with the next commit but for the last, which grows.
#[derive(Debug)]
pub(super) struct Held(VecDeque<Outbox>);

impl Held {
    /// A commit was sent, and nothing behind it.
    pub(super) fn new() -> Self {
        Self(VecDeque::from([Outbox::default()]))
    }
}

impl Channel<'_> {
    /// Whether a `tx.commit` was sent and is not answered.
    pub(super) fn is_committing(&mut self) -> bool {
        let state = self.connection.channels.get(self.id);
        state.is_some_and(|state| matches!(state.stage, Stage::Committing(_)))
    }

    /// Gives a command to a channel that is not open: if a `tx.commit` is not answered, what the command sends waits for
    /// that. Otherwise it cannot be given.
    ///
    /// RabbitMQ: closes the connection with 504 for anything on the channel that is not `channel.close`, as long as queues
    /// have not taken what was published in the transaction.
    #[cold]
    pub(super) fn behind_commit<T>(
        &mut self,
        command: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Some(mut held) = self.take_held() else {
            return Err(self.connection.unusable(self.id));
        };
        let mut last = held.pop_back().unwrap_or_default();
        core::mem::swap(&mut self.connection.outbox, &mut last);
        let done = command(self);
        core::mem::swap(&mut self.connection.outbox, &mut last);
        held.push_back(last);
        // The command may have been the next commit.
        held.extend(self.take_held().unwrap_or_default());
        if let Some(state) = self.connection.channels.open(self.id) {
            state.stage = Stage::Committing(Held(held));
        }
        done
    }

    /// A `tx.commit` is answered: what waited for that goes out.
    pub(super) fn committed(&mut self) {
        let Some(mut held) = self.take_held() else {
            return;
        };
        if let Some(first) = held.pop_front() {
            self.connection.outbox.append(first);
        }
        match self.connection.channels.open(self.id) {
            Some(state) if !held.is_empty() => state.stage = Stage::Committing(Held(held)),
            _ => self.connection.events.push_back(Event::Committed(self.id)),
        }
    }

    /// The channel is about to be closed, which waits for nothing: what waits is not sent. It would be part of a transaction
    /// that is never committed, but for calls, which are told.
    pub(super) fn forget_held(&mut self, error: &Error) {
        if self.take_held().is_none() {
            return;
        }
        if let Some(state) = self.connection.channels.get(self.id) {
            state.acks = None;
            let mut unsent = state.calls.split_off_behind_commit();
            self.connection.fail_calls(&mut unsent, error);
        }
    }

    /// Opens a channel that waits for commits, and gives what waits.
    fn take_held(&mut self) -> Option<VecDeque<Outbox>> {
        let state = self.connection.channels.get(self.id)?;
        match core::mem::replace(&mut state.stage, Stage::Open) {
            Stage::Committing(held) => Some(held.0),
            stage => {
                state.stage = stage;
                None
            }
        }
    }
}
