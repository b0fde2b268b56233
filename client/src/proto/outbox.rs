//! What is to be written to the transport.

use core::fmt;
use std::collections::VecDeque;

use amqp_methods::{
    Content, DynMethod, EncodeError, FRAME_END, FRAME_OVERHEAD, FrameBuf, FrameEncoder, FrameKind,
    Method as _, ProtocolHeader, channel,
};
use bytes::{Buf, Bytes};

/// Bodies from here on are queued as they are and written beside the buffer; smaller ones are cheaper to
/// copy into it.
const SHARE_FROM: usize = 16 * 1024;

/// Octets in the order in which they are to be written: one buffer that most things are encoded into, and
/// large bodies that stand between its parts.
///
/// It implements [`Buf`]; [`slices`](Self::slices) gives all of it to a vectored write.
#[derive(Default)]
pub struct Outbox {
    flat: FrameBuf,
    /// Bodies, each with the number of octets of `flat` that stand before it and behind the one before it.
    bodies: VecDeque<(usize, Bytes)>,
    /// Octets of `flat` behind the last of `bodies`.
    tail: usize,
    /// Octets of `bodies`.
    shared: usize,
    /// Among what is waiting is something that is to be wiped once it is written.
    is_secret: bool,
    /// How many frames were put in here.
    frames: u64,
}

/// What was put into the output since the connection began.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct OutputTotal {
    /// Octets.
    pub octets: u64,
    /// Frames, the protocol header among them.
    pub frames: u64,
}

impl OutputTotal {
    /// Adds what was put into an outbox of which nothing was written yet.
    pub(super) fn plus(self, outbox: &Outbox) -> Self {
        Self {
            octets: self.octets + outbox.len() as u64,
            frames: self.frames + outbox.frames,
        }
    }
}

/// The octets of a message: lent, to be copied, or counted, to be queued.
#[derive(Clone, Debug)]
pub enum Body<'a> {
    /// Copied into the output.
    Lent(&'a [u8]),
    /// Queued without a copy from 16 KiB on.
    Counted(Bytes),
}

impl Body<'_> {
    /// The octets.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Lent(octets) => octets,
            Self::Counted(octets) => octets,
        }
    }
}

impl Outbox {
    /// How many octets are waiting.
    pub fn len(&self) -> usize {
        self.flat.len() + self.shared
    }

    /// Whether nothing is waiting.
    pub fn is_empty(&self) -> bool {
        self.flat.is_empty() && self.bodies.is_empty()
    }

    /// Gives back memory beyond `capacity`; for an empty one.
    pub fn shrink_to(&mut self, capacity: usize) {
        if self.is_empty() && self.flat.capacity() > capacity {
            *self = Self::default();
        }
    }

    /// All octets that are waiting, in order.
    pub fn slices(&self) -> impl Iterator<Item = &[u8]> {
        let mut flat = &self.flat[..];
        let bodies = self.bodies.iter().flat_map(move |(before, body)| {
            let (head, rest) = flat.split_at_checked(*before).unwrap_or((flat, &[]));
            flat = rest;
            [head, body]
        });
        let tail = self.flat.len() - self.tail.min(self.flat.len());
        let tail = self.flat.get(tail..).unwrap_or_default();
        bodies.chain([tail]).filter(|octets| !octets.is_empty())
    }

    /// What was put in last is a secret.
    pub(super) fn keep_secret(&mut self) {
        self.is_secret = true;
    }

    fn wipe(&mut self) {
        self.flat.wipe();
        self.is_secret = false;
    }

    /// Forgets how many frames were put in: they are written.
    pub(super) fn begin_anew(&mut self) {
        self.frames = 0;
    }

    pub(super) fn raw(&mut self, octets: &[u8]) {
        self.flat.extend_from_slice(octets);
        self.tail += octets.len();
    }

    pub(super) fn heartbeat(&mut self, encoder: FrameEncoder) {
        let before = self.flat.len();
        encoder.heartbeat(&mut self.flat);
        self.tail += self.flat.len() - before;
        self.frames += 1;
    }

    #[inline]
    pub(super) fn method<M: DynMethod + ?Sized>(
        &mut self,
        encoder: FrameEncoder,
        channel: u16,
        method: &M,
    ) -> Result<(), EncodeError> {
        let before = self.flat.len();
        encoder.method(&mut self.flat, channel, method)?;
        self.tail += self.flat.len() - before;
        self.frames += 1;
        Ok(())
    }

    #[inline]
    pub(super) fn content<M: DynMethod + ?Sized, P: Content>(
        &mut self,
        encoder: FrameEncoder,
        channel: u16,
        method: &M,
        properties: &P,
        body: &Body<'_>,
    ) -> Result<(), EncodeError> {
        let before = self.flat.len();
        match body {
            Body::Counted(octets) if octets.len() >= SHARE_FROM => {
                let size = octets.len() as u64;
                encoder.content_start(&mut self.flat, channel, method, properties, size, 0)?;
                self.tail += self.flat.len() - before;
                self.share(encoder, channel, octets.clone())?;
            }
            _ => {
                let body = body.as_bytes();
                encoder.content(&mut self.flat, channel, method, properties, body)?;
                self.tail += self.flat.len() - before;
            }
        }
        // The method, the header, and the pieces of the body.
        self.frames += match body.as_bytes().len() {
            0 => 2,
            octets if octets <= encoder.body_max() => 3,
            octets => 2 + octets.div_ceil(encoder.body_max()) as u64,
        };
        Ok(())
    }

    /// Queues body frames whose octets stay where they are.
    fn share(
        &mut self,
        encoder: FrameEncoder,
        channel: u16,
        mut body: Bytes,
    ) -> Result<(), EncodeError> {
        while !body.is_empty() {
            let piece = body.split_to(body.len().min(encoder.body_max()));
            self.raw(&encoder.body_head(channel, piece.len())?);
            self.shared += piece.len();
            self.bodies.push_back((self.tail, piece));
            self.tail = 0;
            self.raw(&[FRAME_END]);
        }
        Ok(())
    }

    /// Puts what is in another one behind what is here.
    pub(super) fn append(&mut self, mut other: Self) {
        let mut flat = &other.flat[..];
        for (before, body) in core::mem::take(&mut other.bodies) {
            let (head, rest) = flat.split_at_checked(before).unwrap_or((flat, &[]));
            self.raw(head);
            self.shared += body.len();
            self.bodies.push_back((self.tail, body));
            self.tail = 0;
            flat = rest;
        }
        self.raw(flat);
        self.frames += other.frames;
        self.is_secret |= other.is_secret;
    }

    /// Removes every frame of `channel`. True if a `channel.close` was among them.
    ///
    /// What is here is whole frames only: the transport takes all or nothing.
    pub(super) fn purge(&mut self, channel: u16) -> bool {
        let mut old = core::mem::take(self);
        self.is_secret = old.is_secret;
        let mut had_close = false;
        while let Some((head, body)) = old.next_unit() {
            if let [kind @ 1..=3, a, b, _, _, _, _, payload @ ..] = &*head
                && u16::from_be_bytes([*a, *b]) == channel
            {
                had_close |= *kind == METHOD && payload.starts_with(&CHANNEL_CLOSE);
                continue;
            }
            self.raw(&head);
            self.frames += 1;
            if let Some(body) = body {
                self.shared += body.len();
                self.bodies.push_back((self.tail, body));
                self.tail = 0;
                self.raw(&[FRAME_END]);
            }
        }
        had_close
    }

    /// Takes the first frame: its octets, up to a body that is queued beside them. Or the protocol header, which
    /// is no frame, from before anything else.
    fn next_unit(&mut self) -> Option<(Vec<u8>, Option<Bytes>)> {
        let [kind, _, _, s0, s1, s2, s3] = *self.flat.first_chunk::<HEAD>()?;
        let size = u32::from_be_bytes([s0, s1, s2, s3]) as usize;
        if let Some((HEAD, _)) = self.bodies.front() {
            // The frame's payload stands beside its head.
            let (_, body) = self.bodies.pop_front()?;
            let head = self.flat_to(HEAD);
            self.flat.advance(1);
            self.before_next(1);
            return Some((head, Some(body)));
        }
        let length = match kind {
            b'A' => ProtocolHeader::LENGTH,
            _ => HEAD + size + 1,
        };
        let length = length.min(self.flat.len());
        self.before_next(length);
        Some((self.flat_to(length), None))
    }

    /// Takes the first octets of `flat`.
    fn flat_to(&mut self, length: usize) -> Vec<u8> {
        let octets = self.flat.get(..length).unwrap_or_default().to_vec();
        self.flat.advance(length);
        octets
    }

    /// So many octets less stand before the next body, or behind the last.
    fn before_next(&mut self, taken: usize) {
        let before = match self.bodies.front_mut() {
            Some((before, _)) => before,
            None => &mut self.tail,
        };
        *before = before.saturating_sub(taken);
    }
}

/// Octets of a frame before its payload.
const HEAD: usize = FRAME_OVERHEAD - 1;
/// The type of a method frame.
const METHOD: u8 = FrameKind::Method as u8;
/// How the payload of a `channel.close` begins.
const CHANNEL_CLOSE: [u8; 4] = channel::Close::ID.to_be_bytes();

/// Sizes only: what is to be written may be secret, and may be much.
impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("octets", &self.len())
            .finish_non_exhaustive()
    }
}

impl Buf for Outbox {
    fn remaining(&self) -> usize {
        self.len()
    }

    fn chunk(&self) -> &[u8] {
        match self.bodies.front() {
            Some((0, body)) => body,
            Some((before, _)) => self.flat.get(..*before).unwrap_or_default(),
            None => &self.flat,
        }
    }

    fn advance(&mut self, mut count: usize) {
        while count > 0 {
            let Some((before, body)) = self.bodies.front_mut() else {
                self.flat.advance(count);
                self.tail -= count;
                break;
            };
            if *before > 0 {
                let step = count.min(*before);
                *before -= step;
                count -= step;
                self.flat.advance(step);
                continue;
            }
            let step = count.min(body.len());
            body.advance(step);
            self.shared -= step;
            count -= step;
            if body.is_empty() {
                self.bodies.pop_front();
            }
        }
        if self.is_secret && self.is_empty() {
            self.wipe();
        }
    }
}

/// What was never written is no less secret.
impl Drop for Outbox {
    fn drop(&mut self) {
        if self.is_secret {
            self.wipe();
        }
    }
}

impl<'a> From<&'a [u8]> for Body<'a> {
    fn from(octets: &'a [u8]) -> Self {
        Self::Lent(octets)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Body<'a> {
    fn from(octets: &'a [u8; N]) -> Self {
        Self::Lent(octets)
    }
}

impl<'a> From<&'a str> for Body<'a> {
    fn from(text: &'a str) -> Self {
        Self::Lent(text.as_bytes())
    }
}

impl<'a> From<&'a Vec<u8>> for Body<'a> {
    fn from(octets: &'a Vec<u8>) -> Self {
        Self::Lent(octets)
    }
}

impl<'a> From<&'a String> for Body<'a> {
    fn from(text: &'a String) -> Self {
        Self::Lent(text.as_bytes())
    }
}

impl From<Vec<u8>> for Body<'_> {
    fn from(octets: Vec<u8>) -> Self {
        Self::Counted(octets.into())
    }
}

impl From<String> for Body<'_> {
    fn from(text: String) -> Self {
        Self::Counted(text.into())
    }
}

impl From<Bytes> for Body<'_> {
    fn from(octets: Bytes) -> Self {
        Self::Counted(octets)
    }
}

#[cfg(test)]
mod tests {
    use amqp_methods::{basic, connection};

    use super::*;

    #[test]
    fn a_secret_is_one_until_it_is_written_wherever_it_goes() {
        let encoder = FrameEncoder::new(4096);
        let mut out = Outbox::default();
        let secret = connection::UpdateSecret::new("s3cr3t", "");
        out.method(encoder, 0, &secret).unwrap();
        out.keep_secret();
        let body = Body::Counted(Bytes::from(vec![7; SHARE_FROM]));
        let publish = basic::Publish::new("", "q");
        let properties = basic::Properties::default();
        out.content(encoder, 1, &publish, &properties, &body)
            .unwrap();
        out.purge(1);
        assert!(out.is_secret);
        let mut taken = Outbox::default();
        core::mem::swap(&mut out, &mut taken);
        assert!(taken.is_secret && !out.is_secret);
        taken.advance(taken.len() - 1);
        assert!(taken.is_secret);
        taken.advance(1);
        assert!(!taken.is_secret && taken.is_empty());
        // It can be used again.
        out.method(encoder, 0, &secret).unwrap();
        taken.method(encoder, 0, &secret).unwrap();
        assert_eq!(taken.len(), out.len());
    }
}
