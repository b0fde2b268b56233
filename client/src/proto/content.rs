//! Putting messages together from their frames.

use amqp_methods::{ContentBlock, ContentHeader, DecodeError, Frame, MethodId, ReplyCode, basic};
use bytes::Bytes;

use super::ConsumerId;
use crate::error::Error;
use crate::message::Content;

/// Bodies from here on are kept as a reference to what was read. Smaller ones are copied to where their
/// arguments and properties are, so that a small message kept for long does not keep a large buffer.
pub(super) const SHARE_FROM: usize = 8 * 1024;

/// The content that a channel is in the middle of receiving.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    stage: Stage,
    block: ContentBlock,
}

/// Whom a content is for, known from its method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Purpose {
    /// `basic.deliver`: a consumer, and the delivery tag.
    Delivery(ConsumerId, u64),
    /// `basic.get-ok`: the oldest call.
    Fetched,
    /// `basic.return`: whoever published it.
    Returned,
    /// A method of an extension: the oldest call, if there is one that it answers.
    Extension { is_reply: bool },
}

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Idle,
    /// The method is here, its header is due.
    Header { method: MethodId, purpose: Purpose },
    /// Header and parts of the body are here.
    Body {
        method: MethodId,
        purpose: Purpose,
        /// Octets of the body that are due.
        due: u64,
        /// What has come, where it is not in the block.
        body: Pieces,
    },
}

/// A body that stands by itself.
#[derive(Debug)]
enum Pieces {
    /// Nothing has come, or all of it, and is in the block.
    InBlock,
    /// All in one frame.
    One(Bytes),
    /// In several frames, joined as they come: memory follows arrival, not announcement.
    Joined(Vec<u8>),
}

/// A content that is complete.
pub(super) type Complete = Option<(Purpose, Content)>;

impl Assembly {
    /// Whether a content is under way, so that no method may come.
    #[inline]
    pub(super) fn is_busy(&self) -> bool {
        !matches!(self.stage, Stage::Idle)
    }

    /// Octets kept of a content that is under way.
    #[inline]
    pub(super) fn held(&self) -> usize {
        let joined = match &self.stage {
            Stage::Body {
                body: Pieces::Joined(joined),
                ..
            } => joined.len(),
            _ => 0,
        };
        self.block.len() + joined
    }

    /// Takes a method that is followed by content.
    pub(super) fn method(&mut self, method: MethodId, args: &[u8], purpose: Purpose) {
        self.block.begin(args);
        self.stage = Stage::Header { method, purpose };
    }

    /// Takes the content header. Gives the content if its body is empty.
    ///
    /// # Errors
    /// A header that no method asked for, or that is none of the method's class; a body above
    /// `limit` is [`Refusal::TooLarge`].
    pub(super) fn header(&mut self, payload: &[u8], limit: u64) -> Result<Complete, Refusal> {
        let Stage::Header { method, purpose } = self.stage else {
            return Err(unexpected(
                "a content header without a method; what an extension adds has to be described",
            )
            .into());
        };
        let header = ContentHeader::decode(payload)?;
        if header.class_id != method.class_id() {
            return Err(Error::protocol(
                ReplyCode::FRAME_ERROR,
                format!(
                    "content of class {} behind method {method}",
                    header.class_id
                ),
                None,
            )
            .into());
        }
        // What an extension makes of its properties is checked where they are read.
        if !matches!(purpose, Purpose::Extension { .. }) {
            header.read_properties(&mut basic::Properties::default())?;
        }
        if header.body_size > limit {
            return Err(Refusal::TooLarge(header.body_size));
        }
        self.block.header(payload);
        self.stage = Stage::Body {
            method,
            purpose,
            due: header.body_size,
            body: Pieces::InBlock,
        };
        Ok(self.complete())
    }

    /// Takes a piece of the body, lent.
    ///
    /// # Errors
    /// A piece that no header announced.
    pub(super) fn piece(&mut self, payload: &[u8]) -> Result<Complete, Error> {
        let Stage::Body { due, body, .. } = &mut self.stage else {
            return Err(unexpected("a body frame without a content header"));
        };
        let length = payload.len() as u64;
        let total = *due;
        *due = due.checked_sub(length).ok_or_else(overrun)?;
        match body {
            // A frame without octets says nothing.
            _ if payload.is_empty() => {}
            Pieces::InBlock if length == total && payload.len() < SHARE_FROM => {
                self.block.body(payload);
            }
            Pieces::InBlock | Pieces::One(_) => {
                let mut joined = Vec::new();
                join(&mut joined, payload, *due);
                *body = Pieces::Joined(joined);
            }
            Pieces::Joined(joined) => join(joined, payload, *due),
        }
        Ok(self.complete())
    }

    /// Takes the whole body, counted, without a copy.
    pub(super) fn whole(&mut self, payload: Bytes) -> Result<Complete, Error> {
        let Stage::Body { due, body, .. } = &mut self.stage else {
            return Err(unexpected("a body frame without a content header"));
        };
        *due = due.checked_sub(payload.len() as u64).ok_or_else(overrun)?;
        *body = Pieces::One(payload);
        Ok(self.complete())
    }

    /// Whether this body frame is worth keeping a reference to what was read: large, and the whole body.
    #[inline]
    pub(super) fn is_shared(&self, frame: &Frame<'_>) -> bool {
        let length = frame.payload.len();
        length >= SHARE_FROM
            && matches!(
                self.stage,
                // In the block is nothing so far, because something is due.
                Stage::Body { due, body: Pieces::InBlock, .. } if due == length as u64
            )
    }

    /// The content, if nothing is due.
    fn complete(&mut self) -> Complete {
        if !matches!(self.stage, Stage::Body { due: 0, .. }) {
            return None;
        }
        let Stage::Body {
            method,
            purpose,
            body,
            ..
        } = core::mem::take(&mut self.stage)
        else {
            return None;
        };
        let body = match body {
            Pieces::InBlock => None,
            Pieces::One(body) => Some(body),
            Pieces::Joined(body) => Some(body.into()),
        };
        let content = self.block.finish(method, body);
        Some((purpose, content))
    }
}

/// Appends a piece. Room doubles, but never beyond what is `due` after it.
fn join(joined: &mut Vec<u8>, piece: &[u8], due: u64) {
    if joined.capacity() - joined.len() < piece.len() {
        let due = usize::try_from(due).unwrap_or(usize::MAX);
        let ahead = due.min(joined.len() + piece.len());
        joined.reserve_exact(piece.len() + ahead);
    }
    joined.extend_from_slice(piece);
}

/// Why a content header is not taken.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The connection ends.
    Fatal(Error),
    /// The body has more octets than the application wants to see in one message.
    TooLarge(u64),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Fatal(error)
    }
}

impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        Self::Fatal(error.into())
    }
}

fn unexpected(what: &str) -> Error {
    Error::protocol(ReplyCode::UNEXPECTED_FRAME, what, None)
}

fn overrun() -> Error {
    Error::protocol(
        ReplyCode::FRAME_ERROR,
        "a body is longer than its header announced",
        None,
    )
}
