//! How a connection or a channel is.

use super::channel_state::Stage;
use super::connection::ConnectionStage;
use super::{Channel, Connection};
use crate::error::Error;

/// How far the life of a connection or a channel has come.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Condition<'c> {
    /// The server has yet to agree to it.
    Opening,
    /// It can be used.
    Open,
    /// This client closes it, for this reason, and the server has yet to agree.
    Closing(&'c Error),
    /// It has ended, for this reason.
    Closed(&'c Error),
}

impl Connection {
    /// How far its life has come.
    pub fn condition(&self) -> Condition<'_> {
        match &self.stage {
            ConnectionStage::Opening(..) => Condition::Opening,
            ConnectionStage::Open => Condition::Open,
            ConnectionStage::Closing(error, _) => Condition::Closing(error),
            ConnectionStage::Closed(error) => Condition::Closed(error),
        }
    }

    /// Why the server holds back publishers, in its words; none if it does not.
    pub fn blocked_reason(&self) -> Option<&str> {
        self.blocked.reason()
    }
}

impl Channel<'_> {
    /// How far its life has come. The view of a channel that has ended is not lent.
    pub fn condition(&mut self) -> Condition<'_> {
        match self
            .connection
            .channels
            .get(self.id)
            .map(|state| &state.stage)
        {
            Some(Stage::Closing(error)) => Condition::Closing(error),
            Some(Stage::Open | Stage::Committing(_)) => Condition::Open,
            Some(Stage::Opening) | None => Condition::Opening,
        }
    }
}
