//! A peer on a stream.

mod io;
mod verbs;

use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::failure::{Mismatch, fail};
use crate::handshake::Stage;
use crate::peer::Peer;

/// A [`Peer`] on a stream: `tokio::io::duplex`, or TCP through [`listen`](crate::listen).
///
/// Its verbs are those of the peer, in the imperative: `expect…` waits until the client has sent what the
/// verb looks at, `send…` until all is written. What the client sends meanwhile is read, so that neither
/// side blocks the other. Nothing is lost when a future is dropped, except that a message may be half sent
/// until the next verb.
pub struct StreamPeer<S> {
    stream: S,
    peer: Peer,
    patience: Option<Duration>,
    /// Why nothing more will come.
    end: Option<String>,
}

impl<S: fmt::Debug> fmt::Debug for StreamPeer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamPeer")
            .field("stream", &self.stream)
            .field("stage", &self.peer.stage())
            .finish_non_exhaustive()
    }
}

impl<S> StreamPeer<S> {
    /// A new peer on a stream.
    pub fn new(stream: S) -> Self {
        Self::with_peer(stream, Peer::new())
    }

    /// A peer that was told something before.
    pub fn with_peer(stream: S, peer: Peer) -> Self {
        Self {
            stream,
            peer,
            patience: Some(Duration::from_secs(10)),
            end: None,
        }
    }

    /// Sets how long an expectation waits; none waits for ever. Default: 10 s.
    ///
    /// Under tokio's paused clock, which leaps to the next timer whenever nothing else is to be done, this
    /// should be longer than any time-out of the client, or none.
    #[must_use]
    pub fn patience(mut self, patience: impl Into<Option<Duration>>) -> Self {
        self.patience = patience.into();
        self
    }

    /// The peer, for what needs no waiting.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// The peer. What it is made to send goes out with the next verb that does IO, such as
    /// [`flush`](Self::flush).
    pub fn peer_mut(&mut self) -> &mut Peer {
        &mut self.peer
    }

    /// Stream and peer, for instance to go on over TLS or to cut the connection.
    pub fn into_parts(self) -> (S, Peer) {
        (self.stream, self.peer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> StreamPeer<S> {
    /// Goes through the handshake until the connection is open.
    ///
    /// # Panics
    /// As [`Peer::answer_handshake`], and if the client ends the stream or takes too long.
    #[track_caller]
    pub fn handshake(&mut self) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            let opened = self.reach(Stage::OpenOk).await;
            hold_at(place, opened);
        }
    }

    /// As [`handshake`](Self::handshake), but no further than `stage`.
    ///
    /// # Panics
    /// As [`handshake`](Self::handshake).
    #[track_caller]
    pub fn handshake_until(&mut self, stage: Stage) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            let reached = self.reach(stage).await;
            hold_at(place, reached);
        }
    }

    /// Answers as [`Peer::answer`] does and drops the rest, until the connection is closed or the stream ends.
    ///
    /// # Panics
    /// As [`Peer::answer`].
    pub async fn serve_auto(&mut self) {
        self.serve(|peer| while peer.next_frame().is_some() {})
            .await;
    }

    /// Answers as [`Peer::answer`] does, and then shows `script` the peer with what is left; at every arrival
    /// of frames, until the connection is closed or the stream ends.
    ///
    /// # Panics
    /// As [`Peer::answer`].
    #[track_caller]
    pub fn serve(&mut self, mut script: impl FnMut(&mut Peer)) -> impl Future<Output = ()> {
        let place = Location::caller();
        async move {
            loop {
                hold_at(place, self.peer.answer_all());
                script(&mut self.peer);
                if self.peer.stage() == Stage::Closed {
                    hold_at(place, self.flush_all().await);
                    return;
                }
                if !hold_at(place, self.pump_once().await) {
                    return;
                }
            }
        }
    }

    async fn reach(&mut self, stage: Stage) -> Result<(), Mismatch> {
        loop {
            while self.peer.stage() < stage && self.peer.take_step()? {}
            if self.peer.stage() >= stage {
                return self.flush_all().await;
            }
            let waited = self
                .wait(|peer| peer.has_frame(0) || peer.inbox.has_header())
                .await?;
            if let Some(why) = waited {
                let reached = self.peer.stage();
                let text =
                    format!("the handshake stops at {reached:?}, on the way to {stage:?}: {why}");
                return Err(Mismatch::new(text));
            }
        }
    }

    /// Waits until `ready`, or for good: then says why.
    async fn wait(&mut self, ready: impl Fn(&Peer) -> bool) -> Result<Option<String>, Mismatch> {
        let patience = self.patience;
        let waiting = async {
            while !ready(&self.peer) {
                if !self.pump_once().await? {
                    return Ok(self.end.clone());
                }
            }
            self.flush_all().await.map(|()| None)
        };
        let Some(patience) = patience else {
            return waiting.await;
        };
        match tokio::time::timeout(patience, waiting).await {
            Ok(waited) => waited,
            Err(_) => Ok(Some(format!("nothing came within {patience:?}"))),
        }
    }

    /// Waits until `ready`, then takes what `take` takes; a failure tells what ended the waiting.
    async fn when<T>(
        &mut self,
        ready: impl Fn(&Peer) -> bool,
        take: impl FnOnce(&mut Peer) -> Result<T, Mismatch>,
    ) -> Result<T, Mismatch> {
        let waited = self.wait(ready).await?;
        let taken = take(&mut self.peer);
        match waited {
            Some(why) => taken.map_err(|mismatch| Mismatch::new(format!("{mismatch}\n  {why}"))),
            None => taken,
        }
    }
}

/// As [`hold`](crate::failure::hold), for a future that was made at `place`.
fn hold_at<T>(place: &Location<'_>, checked: Result<T, Mismatch>) -> T {
    match checked {
        Ok(value) => value,
        Err(mismatch) => fail(format_args!("{mismatch}\n  at {place}")),
    }
}
