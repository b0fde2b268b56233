//! Writing octets into room that was measured beforehand.

use crate::error::{EncodeError, EncodeErrorKind};
use crate::types::{FieldTable, LongStr, ShortStr, Timestamp};

/// A cursor over the octets that a value is to fill.
///
/// `encoded_len` measures, then one `Writer` fills exactly that room: a bounds check and a store per field,
/// without asking a growing buffer for space each time. Too little room is remembered rather than a
/// panic, and [`finish`](Self::finish) reports it. All methods are inlined, without asking the compiler, so
/// that a cursor nobody borrows lives in registers.
#[derive(Debug)]
pub struct Writer<'b> {
    rest: &'b mut [u8],
    overrun: bool,
}

impl<'b> Writer<'b> {
    /// Writes into `room` from its first octet.
    #[inline(always)]
    pub const fn new(room: &'b mut [u8]) -> Self {
        Self {
            rest: room,
            overrun: false,
        }
    }

    /// Writes an octet; also the one that consecutive bits share.
    #[inline(always)]
    pub fn octet(&mut self, value: u8) {
        self.array([value]);
    }

    /// Writes an unsigned 16-bit integer.
    #[inline(always)]
    pub fn short(&mut self, value: u16) {
        self.array(value.to_be_bytes());
    }

    /// Writes an unsigned 32-bit integer.
    #[inline(always)]
    pub fn long(&mut self, value: u32) {
        self.array(value.to_be_bytes());
    }

    /// Writes an unsigned 64-bit integer.
    #[inline(always)]
    pub fn longlong(&mut self, value: u64) {
        self.array(value.to_be_bytes());
    }

    /// Writes a time stamp.
    #[inline(always)]
    pub fn timestamp(&mut self, value: Timestamp) {
        self.longlong(value.as_secs());
    }

    /// Writes a short string with its length octet.
    ///
    /// # Errors
    /// More than 255 octets.
    #[inline(always)]
    pub fn short_str(
        &mut self,
        field: &'static str,
        value: &ShortStr<'_>,
    ) -> Result<(), EncodeError> {
        let octets = value.as_bytes();
        let Ok(length) = u8::try_from(octets.len()) else {
            return Err(EncodeError::new(EncodeErrorKind::ShortStrTooLong, field));
        };
        if let Some([first, text @ ..]) = self.room(1 + octets.len()) {
            *first = length;
            text.copy_from_slice(octets);
        }
        Ok(())
    }

    /// Writes a long string with its length.
    ///
    /// # Errors
    /// More than 2^32 - 1 octets.
    #[inline(always)]
    pub fn long_str(
        &mut self,
        field: &'static str,
        value: &LongStr<'_>,
    ) -> Result<(), EncodeError> {
        self.counted(field, value.as_bytes())
    }

    /// Writes a field table with its length.
    ///
    /// # Errors
    /// A name of more than 255 octets, nesting beyond the limit, more than 2^32 - 1 octets.
    #[inline(always)]
    pub fn table(
        &mut self,
        field: &'static str,
        value: &FieldTable<'_>,
    ) -> Result<(), EncodeError> {
        value.encode(field, self)
    }

    /// Writes the words of presence flags that open a property list, as far as there are flags, and at least one.
    ///
    /// Bit 0 of each says that another word follows, and is set here. For classes with more flags than two words hold;
    /// of others, generated code knows enough to do without a loop.
    ///
    /// Spec: 4.2.6.1
    #[inline]
    pub fn property_flag_words<const N: usize>(&mut self, words: [u16; N]) {
        let last = last_of(words);
        for (index, word) in words.into_iter().enumerate().take(last + 1) {
            self.short(word | u16::from(index < last));
        }
    }

    /// How many octets [`property_flag_words`](Self::property_flag_words) writes.
    #[inline]
    pub fn property_flag_words_len<const N: usize>(words: [u16; N]) -> usize {
        2 * (last_of(words) + 1)
    }

    /// Ends writing.
    ///
    /// # Errors
    /// The room was not filled exactly.
    #[inline(always)]
    pub const fn finish(self) -> Result<(), EncodeError> {
        if self.overrun || !self.rest.is_empty() {
            return Err(EncodeError::new(EncodeErrorKind::LengthMismatch, ""));
        }
        Ok(())
    }

    /// Writes octets behind their 32-bit count.
    #[inline(always)]
    pub(crate) fn counted(
        &mut self,
        field: &'static str,
        octets: &[u8],
    ) -> Result<(), EncodeError> {
        let Ok(length) = u32::try_from(octets.len()) else {
            return Err(EncodeError::new(EncodeErrorKind::TooLong, field));
        };
        if let Some((head, text)) = self
            .room(4 + octets.len())
            .and_then(|room| room.split_first_chunk_mut())
        {
            *head = length.to_be_bytes();
            text.copy_from_slice(octets);
        }
        Ok(())
    }

    /// Writes octets as they are.
    #[inline(always)]
    pub fn slice(&mut self, octets: &[u8]) {
        if let Some(room) = self.room(octets.len()) {
            room.copy_from_slice(octets);
        }
    }

    /// Writes octets whose number is known while compiling.
    #[inline(always)]
    pub(crate) fn array<const N: usize>(&mut self, octets: [u8; N]) {
        if let Some(room) = self.room(N) {
            room.copy_from_slice(&octets);
        }
    }

    /// The next `length` octets of room, for the caller to fill: one check for a field of several parts.
    #[inline(always)]
    pub(crate) fn room(&mut self, length: usize) -> Option<&'b mut [u8]> {
        match core::mem::take(&mut self.rest).split_at_mut_checked(length) {
            Some((room, rest)) => {
                self.rest = rest;
                Some(room)
            }
            None => {
                self.overrun = true;
                None
            }
        }
    }

    /// Lets `write` go on with a cursor of its own. This one has never been lent to anybody then, and stays
    /// in registers.
    #[inline(always)]
    pub(crate) fn apart<R>(&mut self, write: impl FnOnce(&mut Self) -> R) -> R {
        let mut cursor = Self {
            rest: core::mem::take(&mut self.rest),
            overrun: self.overrun,
        };
        let written = write(&mut cursor);
        *self = cursor;
        written
    }

    /// How many octets of room are left.
    #[inline(always)]
    pub(crate) const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Leaves out `N` octets, to be filled in through the slice that is handed back.
    #[inline(always)]
    pub(crate) fn hole<const N: usize>(&mut self) -> Option<&'b mut [u8; N]> {
        let Some((head, rest)) = core::mem::take(&mut self.rest).split_first_chunk_mut::<N>()
        else {
            self.overrun = true;
            return None;
        };
        self.rest = rest;
        Some(head)
    }
}

/// The place of the last word of flags that has to be written.
#[inline]
fn last_of<const N: usize>(words: [u16; N]) -> usize {
    words.iter().rposition(|word| *word != 0).unwrap_or(0)
}
