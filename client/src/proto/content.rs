//! Putting messages together from their frames.

use amqp_methods::{ContentBlock, ContentHeader, DecodeError, Frame, MethodId, ReplyCode, basic};
use bytes::Bytes;

use super::identity::PassingBody;
use super::{BodyId, ConsumerId};
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
    /// The same on a channel that is being closed, to a consumer that nobody heard of.
    Nobody,
    /// `basic.get-ok`: the oldest call.
    Fetched,
    /// `basic.return`: whoever published it.
    Returned,
    /// A method of an extension: the oldest call, if there is one that it answers.
    Extension { is_reply: bool },
    /// A delivery whose body was passed over, because it is too large.
    TooLarge(ConsumerId, u64),
    /// The same for a message that was fetched.
    FetchedTooLarge,
    /// The same for one that came back, with what it is recognised by if publishes are waiting to be.
    ReturnedTooLarge { identity: Option<u64> },
    /// The same for the content of an extension.
    ExtensionTooLarge { is_reply: bool },
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
    /// Nothing of it is kept.
    Passed,
    /// Nothing of it is kept but what it is recognised by.
    Recognised(Box<PassingBody>),
    /// Handed on as it comes, apart from the delivery, which is complete.
    Streamed(BodyId),
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
    /// `limit` is [`Refusal::Large`], and the header is still due.
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
            return Err(Refusal::Large(header.body_size));
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

    /// For whom the content is whose header is due.
    pub(super) fn purpose(&self) -> Option<Purpose> {
        match self.stage {
            Stage::Header { purpose, .. } => Some(purpose),
            _ => None,
        }
    }

    /// Takes a header that was found to be [large](Refusal::Large). Of the body, nothing will be kept; a message that
    /// came back is recognised all the same, if it `is_awaited`.
    pub(super) fn pass_over(&mut self, payload: &[u8], size: u64, is_awaited: bool) {
        let Stage::Header { method, purpose } = self.stage else {
            return;
        };
        let purpose = match purpose {
            Purpose::Delivery(consumer, tag) => Purpose::TooLarge(consumer, tag),
            Purpose::Fetched => Purpose::FetchedTooLarge,
            Purpose::Returned => Purpose::ReturnedTooLarge { identity: None },
            Purpose::Extension { is_reply } => Purpose::ExtensionTooLarge { is_reply },
            other => other,
        };
        let body = match purpose {
            Purpose::ReturnedTooLarge { .. } if is_awaited => {
                Pieces::Recognised(Box::new(PassingBody::new()))
            }
            _ => Pieces::Passed,
        };
        self.block.header(payload);
        self.stage = Stage::Body {
            method,
            purpose,
            due: size,
            body,
        };
    }

    /// The same for a body that is handed on as it comes. Gives the content without it.
    pub(super) fn stream(&mut self, payload: &[u8], size: u64, body: BodyId) -> Option<Content> {
        let Stage::Header { method, purpose } = self.stage else {
            return None;
        };
        self.block.header(payload);
        self.stage = Stage::Body {
            method,
            purpose,
            due: 0,
            body: Pieces::InBlock,
        };
        let (_, content) = self.complete()?;
        self.stage = Stage::Body {
            method,
            purpose,
            due: size,
            body: Pieces::Streamed(body),
        };
        Some(content)
    }

    /// The body under way that is handed on as it comes.
    #[inline]
    pub(super) fn streamed(&self) -> Option<BodyId> {
        match self.stage {
            Stage::Body {
                body: Pieces::Streamed(body),
                ..
            } => Some(body),
            _ => None,
        }
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
            Pieces::Recognised(body) => body.piece(payload),
            Pieces::Passed | Pieces::Streamed(_) => {}
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

    /// Takes so many octets of a body that is streamed. Gives the body, and whether that was all of it.
    ///
    /// # Errors
    /// More than the header announced.
    pub(super) fn hand_on(&mut self, octets: usize) -> Result<Option<(BodyId, bool)>, Error> {
        let Stage::Body {
            due,
            body: Pieces::Streamed(body),
            ..
        } = &mut self.stage
        else {
            return Ok(None);
        };
        let body = *body;
        *due = due.checked_sub(octets as u64).ok_or_else(overrun)?;
        let is_last = *due == 0;
        if is_last {
            self.stage = Stage::Idle;
        }
        Ok(Some((body, is_last)))
    }

    /// Whether this body frame is worth keeping a reference to what was read: large, and the whole body, or a piece
    /// that is handed on.
    #[inline]
    pub(super) fn is_shared(&self, frame: &Frame<'_>) -> bool {
        let length = frame.payload.len();
        length >= SHARE_FROM
            && match &self.stage {
                // In the block is nothing so far, because something is due.
                Stage::Body {
                    due,
                    body: Pieces::InBlock,
                    ..
                } => *due == length as u64,
                Stage::Body {
                    body: Pieces::Streamed(_),
                    ..
                } => true,
                _ => false,
            }
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
        let mut recognised = None;
        let body = match body {
            Pieces::Recognised(body) => {
                recognised = Some(body);
                None
            }
            Pieces::InBlock | Pieces::Passed | Pieces::Streamed(_) => None,
            Pieces::One(body) => Some(body),
            Pieces::Joined(body) => Some(body.into()),
        };
        let content = self.block.finish(method, body);
        let purpose = match recognised {
            Some(body) => Purpose::ReturnedTooLarge {
                identity: Some(body.identity_of(&content)),
            },
            None => purpose,
        };
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
    /// The body has more octets than are taken without asking further: so many.
    Large(u64),
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
