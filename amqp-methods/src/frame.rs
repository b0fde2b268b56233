//! Frames: the envelope around everything that follows the protocol header.

use core::fmt;

use crate::error::DecodeError;
use crate::method_id::MethodId;
use crate::reader::Reader;

/// Octets around a payload: type, channel and size before it, the end octet behind it.
pub const FRAME_OVERHEAD: usize = HEAD + 1;

/// The octet that ends every frame.
pub const FRAME_END: u8 = 0xCE;

/// Octets before the payload.
pub(crate) const HEAD: usize = 7;

/// What a frame carries.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[repr(u8)]
pub enum FrameKind {
    /// A method: its id and arguments.
    Method = 1,
    /// A content header: the size of the body and its properties.
    Header = 2,
    /// A piece of a body.
    Body = 3,
    /// Nothing but a sign of life.
    Heartbeat = 8,
}

/// A frame, borrowing its payload from the octets it was read from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Frame<'a> {
    /// What it carries.
    pub kind: FrameKind,
    /// Channel it belongs to; 0 is the connection itself.
    pub channel: u16,
    /// What stands between size and end octet.
    pub payload: &'a [u8],
}

/// The largest frames to accept, envelope included. Zero is no limit.
///
/// Content headers have a limit of their own because brokers exceed the negotiated size with them: they
/// cannot be split, and RabbitMQ lets them grow when it dead-letters a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FrameLimits {
    /// For methods and bodies: the negotiated `frame_max`.
    pub frame_max: u32,
    /// For content headers; `frame_max` where that is larger.
    pub header_max: u32,
}

impl FrameLimits {
    /// No limits.
    pub const NONE: Self = Self {
        frame_max: 0,
        header_max: 0,
    };

    /// `frame_max` for every kind of frame.
    #[inline]
    pub const fn all(frame_max: u32) -> Self {
        Self {
            frame_max,
            header_max: frame_max,
        }
    }

    #[inline]
    fn of(&self, kind: FrameKind) -> u32 {
        match kind {
            FrameKind::Header if self.frame_max != 0 && self.header_max != 0 => {
                self.frame_max.max(self.header_max)
            }
            FrameKind::Header => 0,
            _ => self.frame_max,
        }
    }
}

impl<'a> Frame<'a> {
    /// Reads the frame at the start of `input`; none until all of it is there.
    ///
    /// Nothing is consumed: [`encoded_len`](Self::encoded_len) says how far the frame reaches.
    ///
    /// # Errors
    /// Octets that can become no frame. The stream cannot be understood from here on.
    #[inline]
    pub fn decode(input: &'a [u8], limits: FrameLimits) -> Result<Option<Self>, FrameError> {
        let Some((head, rest)) = input.split_first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let (kind, channel, size) = decode_head(head, limits)?;
        let Some((payload, behind)) = rest.split_at_checked(size) else {
            return Ok(None);
        };
        match behind.first() {
            Some(&FRAME_END) => Ok(Some(Self {
                kind,
                channel,
                payload,
            })),
            Some(&found) => Err(FrameError::BadEnd { found }),
            None => Ok(None),
        }
    }

    /// How many octets the whole frame takes.
    #[inline]
    pub const fn encoded_len(&self) -> usize {
        FRAME_OVERHEAD + self.payload.len()
    }

    /// The method that a method frame carries: its id, and a reader of its arguments.
    ///
    /// # Errors
    /// Fewer octets than an id takes.
    #[inline]
    pub fn method(&self) -> Result<(MethodId, Reader<'a>), DecodeError> {
        MethodId::split_payload(self.payload)
    }
}

/// At least how many octets are missing behind `input` until [`Frame::decode`] has something to say.
///
/// # Errors
/// As [`Frame::decode`], as far as the head of the frame tells.
#[inline]
pub fn missing_octets(input: &[u8], limits: FrameLimits) -> Result<usize, FrameError> {
    let Some((head, rest)) = input.split_first_chunk::<HEAD>() else {
        return Ok(HEAD - input.len());
    };
    let (_, _, size) = decode_head(head, limits)?;
    Ok(size.saturating_add(1).saturating_sub(rest.len()))
}

/// Reads type, channel and size, and checks all that they tell before a payload has arrived.
#[inline]
fn decode_head(
    head: &[u8; HEAD],
    limits: FrameLimits,
) -> Result<(FrameKind, u16, usize), FrameError> {
    let [kind, c0, c1, s0, s1, s2, s3] = *head;
    let channel = u16::from_be_bytes([c0, c1]);
    let size = u32::from_be_bytes([s0, s1, s2, s3]);
    let kind = match kind {
        1 => FrameKind::Method,
        2 => FrameKind::Header,
        3 => FrameKind::Body,
        8 => FrameKind::Heartbeat,
        unknown => return Err(FrameError::UnknownKind { found: unknown }),
    };
    let limit = limits.of(kind);
    // In 64 bits, because with the envelope the largest sizes go beyond 32.
    if limit != 0 && u64::from(size) + FRAME_OVERHEAD as u64 > u64::from(limit) {
        return Err(FrameError::TooLarge { size, limit });
    }
    if kind == FrameKind::Heartbeat && (size, channel) != (0, 0) {
        return Err(FrameError::BadHeartbeat);
    }
    Ok((kind, channel, size as usize))
}

/// Why octets can become no frame. Fatal to the connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FrameError {
    /// Another octet stands where every frame ends with 0xCE. Spec: 4.2.3
    BadEnd {
        /// What stands there.
        found: u8,
    },
    /// The type is none of method, header, body and heartbeat.
    UnknownKind {
        /// The octet that should be a type.
        found: u8,
    },
    /// The announced payload would make the frame larger than agreed.
    TooLarge {
        /// Octets of payload announced.
        size: u32,
        /// Largest frame that is accepted, envelope included.
        limit: u32,
    },
    /// A heartbeat with a payload, or on a channel other than 0. Spec: 4.2.7
    BadHeartbeat,
}

impl FrameError {
    /// The reply code with which to close the connection: 501, frame error.
    #[inline]
    pub const fn reply_code(&self) -> u16 {
        501
    }
}

impl fmt::Display for FrameError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadEnd { found } => write!(f, "a frame ends with 0x{found:02x}"),
            Self::UnknownKind { found } => write!(f, "unknown frame type {found}"),
            Self::TooLarge { size, limit } => write!(
                f,
                "a frame with {size} octets of payload is larger than the limit of {limit}"
            ),
            Self::BadHeartbeat => f.write_str("a heartbeat with a payload or on a channel"),
        }
    }
}

impl core::error::Error for FrameError {}

#[cfg(test)]
mod tests {
    use super::*;

    const ACK: &[u8] = b"\x01\x00\x01\x00\x00\x00\x0d\x00\x3c\x00\x50\0\0\0\0\0\0\0\x01\x00\xce";

    #[test]
    fn a_frame_is_read_once_it_is_complete() {
        for end in 0..ACK.len() {
            let part = &ACK[..end];
            assert_eq!(Frame::decode(part, FrameLimits::NONE), Ok(None));
            let missing = missing_octets(part, FrameLimits::NONE).unwrap();
            assert_eq!(
                missing,
                if end < HEAD {
                    HEAD - end
                } else {
                    ACK.len() - end
                }
            );
        }
        let frame = Frame::decode(ACK, FrameLimits::NONE).unwrap().unwrap();
        assert_eq!((frame.kind, frame.channel), (FrameKind::Method, 1));
        assert_eq!(frame.encoded_len(), ACK.len());
        assert_eq!(frame.method().unwrap().0, MethodId::new(60, 80));
    }

    #[test]
    fn the_limit_counts_the_envelope_and_needs_no_payload() {
        let length = ACK.len() as u32;
        assert!(
            Frame::decode(ACK, FrameLimits::all(length))
                .unwrap()
                .is_some()
        );
        assert_eq!(
            Frame::decode(&ACK[..HEAD], FrameLimits::all(length - 1)),
            Err(FrameError::TooLarge {
                size: 13,
                limit: 20
            })
        );
    }

    #[test]
    fn content_headers_have_a_limit_of_their_own() {
        let head = b"\x02\x00\x01\x00\x00\x20\x00";
        let limits = FrameLimits {
            frame_max: 4096,
            header_max: 65_536,
        };
        assert_eq!(Frame::decode(head, limits), Ok(None));
        assert!(Frame::decode(head, FrameLimits::all(4096)).is_err());
    }
}
