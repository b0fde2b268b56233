//! The server's half of opening a connection.

use amqp_methods::{AnyMethod, Method, MethodId, connection};

use crate::failure::{Mismatch, fail, hold};
use crate::peer::Peer;

/// How far a connection has come: the last of these that was sent, or taken from the client.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Stage {
    /// Nothing has happened.
    Connected,
    /// The client's protocol header was taken.
    Header,
    /// `connection.start` was sent.
    Start,
    /// `connection.start-ok` was taken.
    StartOk,
    /// `connection.tune` was sent.
    Tune,
    /// `connection.tune-ok` was taken.
    TuneOk,
    /// `connection.open` was taken.
    Open,
    /// `connection.open-ok` was sent: the connection is open.
    OpenOk,
    /// `connection.close` was sent or taken.
    Closing,
    /// `connection.close-ok` was sent or taken.
    Closed,
}

/// The stage, and what the client said on the way.
#[derive(Debug)]
pub(crate) struct Handshake {
    pub(crate) stage: Stage,
    pub(crate) start_ok: Option<connection::StartOk<'static>>,
    pub(crate) tune_ok: Option<connection::TuneOk>,
    pub(crate) open: Option<connection::Open<'static>>,
}

impl Handshake {
    pub(crate) fn at(stage: Stage) -> Self {
        Self {
            stage,
            start_ok: None,
            tune_ok: None,
            open: None,
        }
    }

    pub(crate) fn note_header(&mut self) {
        self.stage = Stage::Header;
    }

    pub(crate) fn note_sent(&mut self, method: MethodId) {
        self.stage = match method {
            connection::Start::ID => Stage::Start,
            connection::Tune::ID => Stage::Tune,
            connection::OpenOk::ID => Stage::OpenOk,
            connection::Close::ID => Stage::Closing,
            connection::CloseOk::ID => Stage::Closed,
            _ => return,
        };
    }

    pub(crate) fn note_taken(&mut self, method: &AnyMethod<'static>) {
        match method {
            AnyMethod::ConnectionStartOk(start_ok) => {
                self.start_ok = Some(start_ok.clone());
                self.stage = Stage::StartOk;
            }
            AnyMethod::ConnectionTuneOk(tune_ok) => {
                self.tune_ok = Some(*tune_ok);
                self.stage = Stage::TuneOk;
            }
            AnyMethod::ConnectionOpen(open) => {
                self.open = Some(open.clone());
                self.stage = Stage::Open;
            }
            AnyMethod::ConnectionClose(_) => self.stage = Stage::Closing,
            AnyMethod::ConnectionCloseOk(_) => self.stage = Stage::Closed,
            _ => {}
        }
    }
}

impl Peer {
    /// Takes the handshake as far as the octets received allow; true once the connection is open.
    ///
    /// # Panics
    /// The client says something else than the handshake asks for, or agrees to what was not offered.
    #[track_caller]
    pub fn answer_handshake(&mut self) -> bool {
        while self.stage() < Stage::OpenOk {
            if !hold(self.take_step()) {
                return false;
            }
        }
        self.is_open()
    }

    /// Takes a single step of the handshake: sends one method, or takes one. False if the client has to
    /// speak first, or if nothing is left to do.
    ///
    /// # Panics
    /// As [`answer_handshake`](Self::answer_handshake).
    #[track_caller]
    pub fn handshake_step(&mut self) -> bool {
        hold(self.take_step())
    }

    /// Opens the connection with a client that `exchange` drives: it is given what the server sends, and
    /// returns what the client sends then, which may be nothing.
    ///
    /// # Panics
    /// As [`answer_handshake`](Self::answer_handshake), and if neither side has anything to say.
    #[track_caller]
    pub fn opens<O: AsRef<[u8]>>(&mut self, exchange: impl FnMut(&[u8]) -> O) {
        self.reaches(Stage::OpenOk, exchange);
    }

    /// As [`opens`](Self::opens), but no further than `stage`.
    ///
    /// What the stage made the server send has been given to the client, and what the client said to that
    /// is there to be expected.
    ///
    /// # Panics
    /// As [`opens`](Self::opens).
    #[track_caller]
    pub fn reaches<O: AsRef<[u8]>>(&mut self, stage: Stage, mut exchange: impl FnMut(&[u8]) -> O) {
        loop {
            while self.stage() < stage && hold(self.take_step()) {}
            let sent = self.transmit();
            let received = exchange(&sent);
            self.receive(received.as_ref());
            if self.stage() >= stage {
                return;
            }
            if sent.is_empty() && received.as_ref().is_empty() {
                fail(format_args!(
                    "the handshake stops at {:?}, on the way to {stage:?}: nobody says anything{}",
                    self.stage(),
                    self.inbox.describe()
                ));
            }
        }
    }

    /// Whether the client closes the connection instead of opening it.
    pub(crate) fn client_gives_up(&self) -> bool {
        let frame = self.inbox.on(0).next();
        let method = frame.map(|(_, frame)| frame.method());
        matches!(method, Some(Ok(AnyMethod::ConnectionClose(_))))
    }

    pub(crate) fn take_step(&mut self) -> Result<bool, Mismatch> {
        match self.stage() {
            Stage::Connected => match self.inbox.has_header() {
                true => self.take_header()?,
                false => return Ok(false),
            },
            Stage::Header => self.sends_start(),
            Stage::StartOk => self.sends(connection::Tune::from(self.tuning)),
            Stage::Open => self.sends(connection::OpenOk),
            Stage::Start | Stage::Tune | Stage::TuneOk if !self.has_frame(0) => return Ok(false),
            Stage::Start => {
                let start_ok = self.take_typed::<connection::StartOk<'_>>(0)?;
                self.check_mechanism(&start_ok)?;
            }
            Stage::Tune => {
                let tune_ok = self.take_typed::<connection::TuneOk>(0)?;
                self.check_limits(&tune_ok)?;
            }
            Stage::TuneOk => drop(self.take_typed::<connection::Open<'_>>(0)?),
            Stage::OpenOk | Stage::Closing | Stage::Closed => return Ok(false),
        }
        Ok(true)
    }

    fn sends_start(&mut self) {
        let start = connection::Start::new(0, 9, self.mechanisms.clone(), "en_US")
            .server_properties(self.server_properties.clone());
        self.sends(start);
    }

    /// The mechanism must be among those offered. Spec: connection.start-ok, rule `validity`
    fn check_mechanism(&self, start_ok: &connection::StartOk<'_>) -> Result<(), Mismatch> {
        let offered = self.mechanisms.to_string_lossy();
        let chosen = start_ok.mechanism.to_string_lossy();
        if offered.split(' ').any(|mechanism| mechanism == chosen) {
            return Ok(());
        }
        Err(Mismatch::new(format!(
            "connection.start-ok chooses the mechanism {chosen:?} where {offered:?} were offered"
        )))
    }

    /// The client may lower limits, not raise them; zero raises. Heartbeats are free.
    /// Spec: connection.tune-ok, rules `upper-limit`
    fn check_limits(&self, tune_ok: &connection::TuneOk) -> Result<(), Mismatch> {
        let limits = [
            (
                "channel_max",
                self.tuning.channel_max.into(),
                tune_ok.channel_max.into(),
            ),
            ("frame_max", self.tuning.frame_max, tune_ok.frame_max),
        ];
        for (name, offered, chosen) in limits {
            if offered != 0 && (chosen == 0 || chosen > offered) {
                return Err(Mismatch::new(format!(
                    "connection.tune-ok raises {name} from {offered} to {chosen}"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "handshake_tests.rs"]
mod tests;
