//! Frames that outlive the octets they arrived in.

use std::fmt;

use amqp_methods::{AnyMethod, ContentHeader, DecodeError, FRAME_END, Frame, FrameKind, MethodId};
use bytes::{BufMut, Bytes, BytesMut};

use crate::show;

/// A frame that the client sent, owning its payload.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OwnedFrame {
    /// What it carries.
    pub kind: FrameKind,
    /// Channel it belongs to; 0 is the connection itself.
    pub channel: u16,
    /// What stands between size and end octet.
    pub payload: Bytes,
}

impl OwnedFrame {
    /// Reads the payload as a method.
    ///
    /// # Errors
    /// Octets that are no method. What kind of frame this is, is not asked.
    pub fn method(&self) -> Result<AnyMethod<'_>, DecodeError> {
        AnyMethod::decode(&self.payload)
    }

    /// Reads the payload as a content header.
    ///
    /// # Errors
    /// Octets that are no content header. What kind of frame this is, is not asked.
    pub fn content_header(&self) -> Result<ContentHeader<'_>, DecodeError> {
        ContentHeader::decode(&self.payload)
    }

    /// The octets of the whole frame.
    pub fn to_bytes(&self) -> Bytes {
        let mut octets = BytesMut::new();
        octets.put_u8(self.kind as u8);
        octets.put_u16(self.channel);
        octets.put_u32(u32::try_from(self.payload.len()).unwrap_or(u32::MAX));
        octets.put_slice(&self.payload);
        octets.put_u8(FRAME_END);
        octets.freeze()
    }

    /// The id at the head of the payload.
    pub(crate) fn method_id(&self) -> Option<MethodId> {
        let (id, _) = MethodId::split_payload(&self.payload).ok()?;
        Some(id)
    }

    /// Whether it carries a method, on whatever channel.
    pub(crate) fn is_method(&self) -> bool {
        self.kind == FrameKind::Method
    }
}

impl From<Frame<'_>> for OwnedFrame {
    fn from(frame: Frame<'_>) -> Self {
        Self {
            kind: frame.kind,
            channel: frame.channel,
            payload: Bytes::copy_from_slice(frame.payload),
        }
    }
}

/// Prints `basic.ack {delivery-tag: 1, multiple: false} on channel 1`.
impl fmt::Display for OwnedFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            FrameKind::Heartbeat => return f.write_str("a heartbeat"),
            FrameKind::Method => match self.method() {
                Ok(method) => write!(f, "{}", show::any_method(&method))?,
                Err(error) => write!(f, "a damaged method ({error})")?,
            },
            FrameKind::Header => match self.content_header() {
                Ok(header) => write!(f, "{}", show::content_header(&header))?,
                Err(error) => write!(f, "a damaged content header ({error})")?,
            },
            FrameKind::Body => write!(f, "a body frame {}", show::octets(&self.payload))?,
        }
        write!(f, " on channel {}", self.channel)
    }
}
