//! Bodies that are handed on piece by piece.

use std::collections::{HashMap, VecDeque};

use bytes::{BufMut as _, Bytes, BytesMut};

use super::content::SHARE_FROM;
use super::{BodyId, Connection, Event};
use crate::error::Error;

/// Small pieces are put together until they are that long, so that a peer that sends octets one by one does not
/// have a piece kept for each of them.
const GATHERED: usize = 64 * 1024;

/// So many octets are taken at a time, or a little more: what a reader has taken is counted no longer.
const TAKEN: usize = 256 * 1024;

/// All bodies of a connection that are read piece by piece, until their readers let go.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    bodies: HashMap<BodyId, Pieces>,
    next: u64,
    /// Octets in all pieces.
    waiting: usize,
}

/// A body of which pieces have come.
#[derive(Debug, Default)]
struct Pieces {
    pieces: VecDeque<Bytes>,
    /// Small pieces, behind the others.
    gathered: BytesMut,
    waiting: usize,
    end: Option<Result<(), Error>>,
}

impl Bodies {
    pub(super) fn begin(&mut self) -> BodyId {
        let id = BodyId(self.next);
        self.next += 1;
        self.bodies.insert(id, Pieces::default());
        id
    }

    /// Takes a piece, unless nobody reads. True if its reader had nothing and has to be told.
    pub(super) fn piece(&mut self, id: BodyId, piece: Bytes, is_last: bool) -> bool {
        let Some(body) = self.bodies.get_mut(&id) else {
            return false;
        };
        let first = body.waiting == 0;
        body.waiting += piece.len();
        self.waiting += piece.len();
        if piece.len() < SHARE_FROM {
            body.gathered.put_slice(&piece);
            if body.gathered.len() >= GATHERED {
                body.seal();
            }
        } else {
            body.seal();
            body.pieces.push_back(piece);
        }
        if is_last {
            body.end.get_or_insert(Ok(()));
        }
        first && body.waiting > 0 || is_last
    }

    /// No more pieces come, and why. True if its reader has to be told.
    pub(super) fn fail(&mut self, id: BodyId, error: &Error) -> bool {
        let Some(body) = self.bodies.get_mut(&id) else {
            return false;
        };
        body.end.get_or_insert_with(|| Err(error.clone()));
        true
    }

    fn take(&mut self, id: BodyId, into: &mut VecDeque<Bytes>) -> Option<Result<(), Error>> {
        let body = self.bodies.get_mut(&id)?;
        let mut taken = 0;
        while taken < TAKEN {
            if body.pieces.is_empty() {
                body.seal();
            }
            let Some(piece) = body.pieces.pop_front() else {
                break;
            };
            taken += piece.len();
            into.push_back(piece);
        }
        body.waiting -= taken;
        self.waiting -= taken;
        match body.waiting {
            0 => body.end.clone(),
            _ => None,
        }
    }

    fn forget(&mut self, id: BodyId) {
        if let Some(body) = self.bodies.remove(&id) {
            self.waiting -= body.waiting;
        }
    }

    /// Octets that wait to be taken.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.bodies.len()
    }
}

impl Pieces {
    /// What was gathered becomes a piece.
    fn seal(&mut self) {
        if !self.gathered.is_empty() {
            let gathered = core::mem::take(&mut self.gathered);
            self.pieces.push_back(gathered.freeze());
        }
    }
}

impl Connection {
    /// Takes some of what has come of a body that is [streamed](super::Arrival::Streamed), about 256 KiB. If nothing
    /// is left and nothing will follow, says whether the body is complete, or why the rest will not come.
    ///
    /// There may be more as long as something is taken; an event comes when there is something where there was nothing.
    ///
    /// A body is kept beyond its end, until [`drop_body`](Self::drop_body) lets it go.
    pub fn take_body(
        &mut self,
        body: BodyId,
        into: &mut VecDeque<Bytes>,
    ) -> Option<Result<(), Error>> {
        self.bodies.take(body, into)
    }

    /// Nobody reads that body any more: what has come of it is dropped, what still comes is passed over.
    pub fn drop_body(&mut self, body: BodyId) {
        self.bodies.forget(body);
    }

    pub(super) fn body_piece(&mut self, body: BodyId, piece: Bytes, is_last: bool) {
        if self.bodies.piece(body, piece, is_last) {
            self.events.push_back(Event::Body(body));
        }
    }
}
