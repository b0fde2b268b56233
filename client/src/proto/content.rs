//! Putting messages together from their frames.

use amqp_methods::{ContentHeader, DecodeError, Frame, MethodId, ReplyCode, basic};
use bytes::{Bytes, BytesMut};

use crate::error::Error;
use crate::message::Content;

/// Bodies from here on are kept as a reference to what was read. Smaller ones are copied to where their
/// arguments and properties are, so that a small message kept for long does not keep a large buffer.
pub(super) const SHARE_FROM: usize = 8 * 1024;

/// Blocks that small messages are copied to. What a message keeps from being freed is one block at most.
const BLOCK: usize = 4 * 1024;

/// The content that a channel is in the middle of receiving.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    stage: Stage,
    /// Messages are laid out here one behind the other, and split off when complete.
    block: BytesMut,
}

#[derive(Debug, Default)]
enum Stage {
    #[default]
    Idle,
    /// The method is here, its header is due.
    Header { method: MethodId },
    /// Header and parts of the body are here.
    Body {
        method: MethodId,
        header_at: usize,
        body_at: usize,
        /// Octets of the body that are due.
        due: u64,
        /// What has come, where it is not in the block.
        body: Pieces,
    },
}

/// A body that stands by itself.
#[derive(Debug)]
enum Pieces {
    InBlock,
    /// All in one frame.
    One(Bytes),
    /// In several frames, joined as they come: memory follows arrival, not announcement.
    Joined(BytesMut),
}

impl Assembly {
    /// Whether a content is under way, so that no method may come.
    pub(super) fn is_busy(&self) -> bool {
        !matches!(self.stage, Stage::Idle)
    }

    /// Takes a method that is followed by content.
    pub(super) fn method(&mut self, method: MethodId, args: &[u8]) {
        if self.block.capacity() == 0 {
            self.block = BytesMut::with_capacity(BLOCK);
        }
        self.block.extend_from_slice(args);
        self.stage = Stage::Header { method };
    }

    /// Takes the content header. Gives the content if its body is empty.
    ///
    /// # Errors
    /// A header that no method asked for, or that is none of the method's class; a body above
    /// `limit` is [`Refusal::TooLarge`].
    pub(super) fn header(
        &mut self,
        payload: &[u8],
        limit: u64,
    ) -> Result<Option<Content>, Refusal> {
        let Stage::Header { method } = self.stage else {
            return Err(unexpected("a content header without a method").into());
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
        if header.class_id == CLASS_BASIC {
            header.properties::<basic::Properties<'_>>()?;
        }
        if header.body_size > limit {
            return Err(Refusal::TooLarge(header.body_size));
        }
        let header_at = self.block.len();
        self.block.extend_from_slice(payload);
        self.stage = Stage::Body {
            method,
            header_at,
            body_at: self.block.len(),
            due: header.body_size,
            body: Pieces::InBlock,
        };
        Ok(self.complete())
    }

    /// How many octets of body are due; none where no body is.
    pub(super) fn due(&self) -> Option<u64> {
        match self.stage {
            Stage::Body { due, .. } => Some(due),
            _ => None,
        }
    }

    /// Takes a piece of the body, lent.
    ///
    /// # Errors
    /// A piece that no header announced.
    pub(super) fn piece(&mut self, payload: &[u8]) -> Result<Option<Content>, Error> {
        let Stage::Body { due, body, .. } = &mut self.stage else {
            return Err(unexpected("a body frame without a content header"));
        };
        let length = payload.len() as u64;
        let total = *due;
        *due = due.checked_sub(length).ok_or_else(overrun)?;
        match body {
            Pieces::InBlock if length == total && payload.len() < SHARE_FROM => {
                self.block.extend_from_slice(payload);
            }
            Pieces::InBlock => *body = Pieces::Joined(BytesMut::from(payload)),
            Pieces::One(first) => {
                let mut joined = BytesMut::from(&first[..]);
                joined.extend_from_slice(payload);
                *body = Pieces::Joined(joined);
            }
            Pieces::Joined(joined) => joined.extend_from_slice(payload),
        }
        Ok(self.complete())
    }

    /// Takes the whole body, counted, without a copy.
    pub(super) fn whole(&mut self, payload: Bytes) -> Result<Option<Content>, Error> {
        let Stage::Body { due, body, .. } = &mut self.stage else {
            return Err(unexpected("a body frame without a content header"));
        };
        *due = due.checked_sub(payload.len() as u64).ok_or_else(overrun)?;
        *body = Pieces::One(payload);
        Ok(self.complete())
    }

    /// Whether this body frame is worth keeping a reference to what was read: large, and the whole body.
    pub(super) fn is_shared(&self, frame: &Frame<'_>) -> bool {
        frame.payload.len() >= SHARE_FROM && self.due() == Some(frame.payload.len() as u64)
    }

    /// The content, if nothing is due.
    fn complete(&mut self) -> Option<Content> {
        if self.due() != Some(0) {
            return None;
        }
        let Stage::Body {
            method,
            header_at,
            body_at,
            body,
            ..
        } = core::mem::take(&mut self.stage)
        else {
            return None;
        };
        Some(Content {
            method,
            octets: self.block.split().freeze(),
            header_at,
            body_at,
            body: match body {
                Pieces::InBlock => None,
                Pieces::One(body) => Some(body),
                Pieces::Joined(body) => Some(body.freeze()),
            },
        })
    }
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

const CLASS_BASIC: u16 = <basic::Properties<'_> as amqp_methods::Content>::CLASS_ID;

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
