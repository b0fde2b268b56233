//! What only the application can say while a connection opens.

use core::fmt;
use std::sync::Arc;
use std::time::Instant;

use amqp_methods::connection;
use zeroize::Zeroizing;

use super::Connection;
use super::connection::ConnectionStage;
use crate::parameters::{Exchange, HeartbeatDecision, Mechanism, MechanismError};

/// Something that the core asks of the application while a connection opens: a
/// [`Mechanism`] of its own, or its function of the heartbeat.
///
/// The core runs no code of others. So it is asked with [`poll_question`](Connection::poll_question) what there is to run;
/// [`answer`](Self::answer) runs it, outside of any lock, and the answer goes to
/// [`Connection::answer`].
pub struct Question(Ask);

/// The answer to a [`Question`].
pub struct Answer(pub(super) Told);

enum Ask {
    Begin(Arc<dyn Mechanism>),
    Challenge(Box<dyn Exchange>, Vec<u8>),
    Heartbeat(HeartbeatDecision, connection::Tune),
}

pub(super) enum Told {
    /// The exchange, and what it says to the server.
    Response(
        Box<dyn Exchange>,
        Result<Zeroizing<Vec<u8>>, MechanismError>,
    ),
    Heartbeat(u16),
}

impl Question {
    pub(super) fn begin(mechanism: Arc<dyn Mechanism>) -> Self {
        Self(Ask::Begin(mechanism))
    }

    pub(super) fn challenge(exchange: Box<dyn Exchange>, challenge: &[u8]) -> Self {
        Self(Ask::Challenge(exchange, challenge.to_vec()))
    }

    pub(super) fn heartbeat(decision: HeartbeatDecision, tune: connection::Tune) -> Self {
        Self(Ask::Heartbeat(decision, tune))
    }

    /// Runs the application's code.
    pub fn answer(self) -> Answer {
        Answer(match self.0 {
            Ask::Begin(mechanism) => {
                let mut exchange = mechanism.begin();
                let response = exchange.start().map(Zeroizing::new);
                Told::Response(exchange, response)
            }
            Ask::Challenge(mut exchange, challenge) => {
                let response = exchange.challenge(&challenge).map(Zeroizing::new);
                Told::Response(exchange, response)
            }
            Ask::Heartbeat(decision, tune) => Told::Heartbeat(decision.ask(tune.heartbeat)),
        })
    }
}

impl Connection {
    /// What the application has to say before the handshake can go on, if it is something that only the
    /// application can say.
    pub fn poll_question(&mut self) -> Option<Question> {
        match &mut self.stage {
            ConnectionStage::Opening(handshake, _) => handshake.take_question(),
            _ => None,
        }
    }

    /// Takes the answer to a question. Too late, it changes nothing.
    pub fn answer(&mut self, now: Instant, answer: Answer) {
        let ConnectionStage::Opening(handshake, _) = &mut self.stage else {
            return;
        };
        match handshake.answer(answer, &mut self.outbox) {
            Ok(step) => self.step(step, now),
            Err(error) => self.breach(error),
        }
    }

    /// Whether [`poll_question`](Self::poll_question) has something.
    pub fn has_question(&self) -> bool {
        match &self.stage {
            ConnectionStage::Opening(handshake, _) => handshake.has_question(),
            _ => false,
        }
    }
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Ask::Begin(_) => "Question(begin)",
            Ask::Challenge(..) => "Question(challenge)",
            Ask::Heartbeat(..) => "Question(heartbeat)",
        })
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Told::Response(..) => "Answer(response)",
            Told::Heartbeat(_) => "Answer(heartbeat)",
        })
    }
}
