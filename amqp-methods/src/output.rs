//! What frames are written into.

use core::fmt;
use core::ops::Deref;

use bytes::{Buf, BytesMut};

/// A buffer that a [`FrameEncoder`](crate::FrameEncoder) appends to: [`FrameBuf`], [`BytesMut`] or `Vec<u8>`.
pub trait Output: sealed::Output {}

pub(crate) mod sealed {
    pub trait Output {
        /// How many octets there are.
        fn len(&self) -> usize;

        /// Appends `length` octets, which the caller fills. What they are before is nobody's business.
        fn room(&mut self, length: usize) -> &mut [u8];

        /// Appends octets.
        fn put(&mut self, octets: &[u8]);

        /// Takes back what is behind the first `length` octets.
        fn truncate(&mut self, length: usize);

        /// Makes sure that `additional` octets can be appended without moving those that are there again.
        fn reserve(&mut self, additional: usize);
    }
}

macro_rules! zeroed {
    ($type:ty) => {
        impl Output for $type {}

        impl sealed::Output for $type {
            #[inline(always)]
            fn len(&self) -> usize {
                <$type>::len(self)
            }

            #[inline(always)]
            fn room(&mut self, length: usize) -> &mut [u8] {
                let start = <$type>::len(self);
                self.resize(start + length, 0);
                self.get_mut(start..).unwrap_or_default()
            }

            #[inline(always)]
            fn put(&mut self, octets: &[u8]) {
                self.extend_from_slice(octets);
            }

            #[inline(always)]
            fn truncate(&mut self, length: usize) {
                <$type>::truncate(self, length);
            }

            #[inline(always)]
            fn reserve(&mut self, additional: usize) {
                <$type>::reserve(self, additional);
            }
        }
    };
}

zeroed!(BytesMut);
zeroed!(Vec<u8>);

/// Octets on their way out: frames are appended, and leave at the front as a transport takes them.
///
/// It is cheaper to write into than a `BytesMut` because its memory stays initialised: room for a frame is handed
/// out as it is, where any other buffer would fill it with zeros first. It implements [`Buf`], and derefs to what
/// is waiting.
///
/// ```
/// use amqp_methods::{FrameBuf, FrameEncoder, basic};
/// use bytes::Buf;
///
/// let mut out = FrameBuf::new();
/// FrameEncoder::new(131_072).method(&mut out, 1, &basic::Ack::new(7))?;
/// assert_eq!((out.len(), out[0]), (21, 1));
/// out.advance(21);
/// assert!(out.is_empty());
/// # Ok::<(), amqp_methods::EncodeError>(())
/// ```
#[derive(Clone, Default)]
pub struct FrameBuf {
    /// Used up to `end`, and given away up to `start`.
    octets: Vec<u8>,
    start: usize,
    end: usize,
}

impl FrameBuf {
    /// An empty buffer, without memory.
    #[inline]
    pub const fn new() -> Self {
        Self {
            octets: Vec::new(),
            start: 0,
            end: 0,
        }
    }

    /// An empty buffer with memory for `capacity` octets.
    #[inline]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            octets: vec![0; capacity],
            start: 0,
            end: 0,
        }
    }

    /// How many octets it has memory for, those at the front that have left included.
    #[inline]
    pub fn capacity(&self) -> usize {
        self.octets.len()
    }

    /// Forgets what is waiting, and keeps the memory.
    #[inline(always)]
    pub const fn clear(&mut self) {
        self.start = 0;
        self.end = 0;
    }

    /// Forgets what is waiting, and overwrites the memory with zeros: what left may have been secret.
    #[inline]
    pub fn wipe(&mut self) {
        self.clear();
        self.octets.fill(0);
        // Somebody might look, so that the compiler does not leave it out where the memory is given back next.
        core::hint::black_box(&mut self.octets);
    }

    /// Appends octets.
    #[inline]
    pub fn extend_from_slice(&mut self, octets: &[u8]) {
        sealed::Output::room(self, octets.len()).copy_from_slice(octets);
    }

    /// Makes sure that `length` octets fit behind `end`.
    #[cold]
    #[inline(never)]
    fn grow(&mut self, length: usize) {
        if self.start > 0 {
            self.octets.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let needed = self.end + length;
        if needed > self.octets.len() {
            let doubled = self.octets.len() * 2;
            self.octets.resize(needed.max(doubled), 0);
        }
    }
}

impl Output for FrameBuf {}

impl sealed::Output for FrameBuf {
    #[inline(always)]
    fn len(&self) -> usize {
        self.end - self.start
    }

    #[inline(always)]
    fn room(&mut self, length: usize) -> &mut [u8] {
        if length > self.octets.len() - self.end {
            self.grow(length);
        }
        let start = self.end;
        self.end += length;
        self.octets.get_mut(start..self.end).unwrap_or_default()
    }

    #[inline(always)]
    fn put(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }

    #[inline(always)]
    fn truncate(&mut self, length: usize) {
        self.end = self.end.min(self.start + length);
    }

    #[inline(always)]
    fn reserve(&mut self, additional: usize) {
        if additional > self.octets.len() - self.end {
            self.grow(additional);
        }
    }
}

impl Deref for FrameBuf {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        self.octets.get(self.start..self.end).unwrap_or_default()
    }
}

impl Buf for FrameBuf {
    #[inline]
    fn remaining(&self) -> usize {
        self.len()
    }

    #[inline]
    fn chunk(&self) -> &[u8] {
        self
    }

    /// Lets `count` octets leave; all of them, if there are fewer.
    #[inline]
    fn advance(&mut self, count: usize) {
        self.start += count.min(self.len());
        if self.start == self.end {
            self.clear();
        }
    }
}

/// Sizes only: what is to be written may be secret, and may be much.
impl fmt::Debug for FrameBuf {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameBuf")
            .field("octets", &self.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::sealed::Output as _;
    use super::*;

    #[test]
    fn octets_leave_in_the_order_in_which_they_came() {
        let mut buf = FrameBuf::new();
        let mut expected = std::collections::VecDeque::new();
        for round in 0..200_u8 {
            let octets = vec![round; usize::from(round) % 23];
            buf.extend_from_slice(&octets);
            expected.extend(octets);
            let leaving = (usize::from(round) * 7 % 31).min(buf.len());
            assert!(
                buf.chunk()
                    .iter()
                    .take(leaving)
                    .eq(expected.iter().take(leaving))
            );
            buf.advance(leaving);
            expected.drain(..leaving);
            assert_eq!(buf.len(), expected.len());
        }
    }

    #[test]
    fn room_that_was_not_filled_is_taken_back() {
        let mut buf = FrameBuf::new();
        buf.extend_from_slice(b"gone, left");
        buf.advance(6);
        buf.room(1000).fill(1);
        buf.truncate(4);
        assert_eq!(&*buf, b"left");
    }

    #[test]
    fn nothing_is_left_of_what_was_wiped() {
        let mut buf = FrameBuf::new();
        buf.extend_from_slice(b"secret");
        buf.advance(6);
        assert_eq!(&buf.octets[..6], b"secret");
        buf.extend_from_slice(b"and");
        buf.wipe();
        assert!(buf.is_empty() && buf.capacity() > 0);
        assert!(buf.octets.iter().all(|octet| *octet == 0));
        buf.extend_from_slice(b"more");
        assert_eq!(&*buf, b"more");
    }

    #[test]
    fn advancing_beyond_the_end_empties_it() {
        let mut buf = FrameBuf::with_capacity(4);
        buf.extend_from_slice(b"abc");
        buf.advance(100);
        assert_eq!((buf.len(), buf.capacity()), (0, 4));
    }
}
