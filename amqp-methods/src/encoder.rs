//! Writing frames into a buffer, in one pass.

use crate::error::{EncodeError, EncodeErrorKind};
use crate::frame::{FRAME_END, FRAME_OVERHEAD, FrameKind, HEAD};
use crate::method::{Content, DynMethod};
use crate::output::Output;
use crate::writer::Writer;

/// Octets of a content header before its properties: class, weight, body size.
const HEADER_FIXED: usize = 12;

/// Up to this many octets a body is written together with method and header. Room is filled with zeros first,
/// which is cheaper than asking for it three times as long as the body is short.
const SMALL_BODY: usize = 1024;

/// Appends frames to a buffer.
///
/// All of it is inlined, without asking the compiler: where properties are built beside the call, it sees which of
/// them are there, and asks no others.
///
/// A frame that cannot be written leaves the buffer as it was.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FrameEncoder {
    frame_max: u32,
}

impl FrameEncoder {
    /// Keeps frames within `frame_max` octets, envelope included; zero is no limit.
    #[inline]
    pub const fn new(frame_max: u32) -> Self {
        Self { frame_max }
    }

    /// Octets of body that fit one frame: `frame_max` less the envelope.
    #[inline]
    pub const fn body_max(&self) -> usize {
        match self.frame_max {
            0 => u32::MAX as usize - FRAME_OVERHEAD,
            limit if limit as usize > FRAME_OVERHEAD => limit as usize - FRAME_OVERHEAD,
            // Nothing sensible fits; a single octet still moves forward.
            _ => 1,
        }
    }

    /// Appends a method frame.
    ///
    /// # Errors
    /// A value that the wire cannot hold, or a method larger than a frame.
    #[inline]
    pub fn method<O: Output, M: DynMethod + ?Sized>(
        &self,
        buf: &mut O,
        channel: u16,
        method: &M,
    ) -> Result<(), EncodeError> {
        let size = 4 + method.encoded_len();
        let length = self.check(size)?;
        let start = buf.len();
        let mut out = Writer::new(buf.room(FRAME_OVERHEAD + size));
        let written = write_method(&mut out, channel, method, length).and_then(|()| out.finish());
        whole_or_nothing(buf, start, written)
    }

    /// Appends a method with its content header, and the body in as many frames as it needs.
    ///
    /// # Errors
    /// A value that the wire cannot hold, a method or header larger than a frame, channel 0.
    #[inline(always)]
    pub fn content<O: Output, M: DynMethod + ?Sized, P: Content>(
        &self,
        buf: &mut O,
        channel: u16,
        method: &M,
        properties: &P,
        body: &[u8],
    ) -> Result<(), EncodeError> {
        let body_max = self.body_max();
        let size = body.len() as u64;
        if body.len() <= body_max.min(SMALL_BODY) {
            return self.content_with(buf, channel, method, properties, size, body, 0);
        }
        let spare = body.len().div_ceil(body_max) * FRAME_OVERHEAD + body.len();
        self.content_with(buf, channel, method, properties, size, &[], spare)?;
        for piece in body.chunks(body_max) {
            self.body(buf, channel, piece)?;
        }
        Ok(())
    }

    /// Appends a method with its content header, for a body of `body_size` octets that the caller sends
    /// itself. Makes room for `spare` octets more.
    ///
    /// # Errors
    /// As [`content`](Self::content).
    #[inline]
    pub fn content_start<O: Output, M: DynMethod + ?Sized, P: Content>(
        &self,
        buf: &mut O,
        channel: u16,
        method: &M,
        properties: &P,
        body_size: u64,
        spare: usize,
    ) -> Result<(), EncodeError> {
        self.content_with(buf, channel, method, properties, body_size, &[], spare)
    }

    /// Appends method, content header and, unless it is empty, a piece of the body.
    #[inline(always)]
    #[allow(clippy::too_many_arguments)] // what its two callers share
    fn content_with<O: Output, M: DynMethod + ?Sized, P: Content>(
        &self,
        buf: &mut O,
        channel: u16,
        method: &M,
        properties: &P,
        body_size: u64,
        piece: &[u8],
        spare: usize,
    ) -> Result<(), EncodeError> {
        if channel == 0 {
            return Err(EncodeError::new(EncodeErrorKind::ContentOnChannelZero, ""));
        }
        let method_size = 4 + method.encoded_len();
        let header_size = HEADER_FIXED + properties.encoded_len();
        let method_length = self.check(method_size)?;
        let header_length = self.check(header_size)?;
        let mut length = 2 * FRAME_OVERHEAD + method_size + header_size;
        if !piece.is_empty() {
            length += FRAME_OVERHEAD + piece.len();
        }
        if spare > 0 {
            buf.reserve(length + spare);
        }
        let start = buf.len();
        let mut out = Writer::new(buf.room(length));
        let written = write_method(&mut out, channel, method, method_length)
            .and_then(|()| write_header(&mut out, channel, properties, header_length, body_size));
        if written.is_ok() && !piece.is_empty() {
            out.array(head(FrameKind::Body, channel, piece.len() as u32));
            out.slice(piece);
            out.octet(FRAME_END);
        }
        let written = written.and_then(|()| out.finish());
        whole_or_nothing(buf, start, written)
    }

    /// Appends one body frame.
    ///
    /// # Errors
    /// A piece of more than [`body_max`](Self::body_max) octets, channel 0.
    #[inline]
    pub fn body<O: Output>(
        &self,
        buf: &mut O,
        channel: u16,
        piece: &[u8],
    ) -> Result<(), EncodeError> {
        buf.put(&self.body_head(channel, piece.len())?);
        buf.put(piece);
        buf.put(&[FRAME_END]);
        Ok(())
    }

    /// The octets before a body piece of `length` octets, for a caller that sends the piece itself and
    /// [`FRAME_END`] behind it.
    ///
    /// # Errors
    /// As [`body`](Self::body).
    #[inline]
    pub fn body_head(&self, channel: u16, length: usize) -> Result<[u8; HEAD], EncodeError> {
        if channel == 0 {
            return Err(EncodeError::new(EncodeErrorKind::ContentOnChannelZero, ""));
        }
        Ok(head(FrameKind::Body, channel, self.check(length)?))
    }

    /// Appends a heartbeat.
    pub fn heartbeat<O: Output>(&self, buf: &mut O) {
        buf.put(&head(FrameKind::Heartbeat, 0, 0));
        buf.put(&[FRAME_END]);
    }

    /// The payload size as it goes on the wire, if a frame may be that large.
    #[inline(always)]
    fn check(&self, size: usize) -> Result<u32, EncodeError> {
        let limit = if self.frame_max == 0 {
            u32::MAX
        } else {
            self.frame_max
        };
        if size + FRAME_OVERHEAD > limit as usize {
            return Err(EncodeError::new(EncodeErrorKind::FrameTooLarge, ""));
        }
        Ok(size as u32)
    }
}

#[inline(always)]
fn write_method<M: DynMethod + ?Sized>(
    out: &mut Writer<'_>,
    channel: u16,
    method: &M,
    length: u32,
) -> Result<(), EncodeError> {
    let [a, b, c, d, e, f, g] = head(FrameKind::Method, channel, length);
    let [h, i, j, k] = method.id().to_be_bytes();
    // One store, one check.
    out.array([a, b, c, d, e, f, g, h, i, j, k]);
    method.encode(out)?;
    out.octet(FRAME_END);
    Ok(())
}

#[inline(always)]
const fn head(kind: FrameKind, channel: u16, size: u32) -> [u8; HEAD] {
    let [c0, c1] = channel.to_be_bytes();
    let [s0, s1, s2, s3] = size.to_be_bytes();
    [kind as u8, c0, c1, s0, s1, s2, s3]
}

#[inline(always)]
fn write_header<P: Content>(
    out: &mut Writer<'_>,
    channel: u16,
    properties: &P,
    length: u32,
    body_size: u64,
) -> Result<(), EncodeError> {
    let [a, b, c, d, e, f, g] = head(FrameKind::Header, channel, length);
    let [h, i] = P::CLASS_ID.to_be_bytes();
    let [j, k, l, m, n, o, p, q] = body_size.to_be_bytes();
    // The weight between class and size has been zero ever since.
    out.array([a, b, c, d, e, f, g, h, i, 0, 0, j, k, l, m, n, o, p, q]);
    properties.encode(out)?;
    out.octet(FRAME_END);
    Ok(())
}

/// Takes room back that was not filled.
#[inline(always)]
fn whole_or_nothing<O: Output>(
    buf: &mut O,
    start: usize,
    written: Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    if written.is_err() {
        buf.truncate(start);
    }
    written
}
