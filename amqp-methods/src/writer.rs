//! Writing octets into room that was measured beforehand.

use crate::error::{EncodeError, EncodeErrorKind};
use crate::types::{FieldTable, LongStr, ShortStr, Timestamp};

/// A cursor over the octets that a value is to fill.
///
/// `encoded_len` measures, then one `Writer` fills exactly that room: a bounds check and a store per field,
/// without asking a growing buffer for space each time. Too little room is remembered rather than a
/// panic, and [`finish`](Self::finish) reports it.
#[derive(Debug)]
pub struct Writer<'b> {
    rest: &'b mut [u8],
    overrun: bool,
}

impl<'b> Writer<'b> {
    /// Writes into `room` from its first octet.
    #[inline]
    pub const fn new(room: &'b mut [u8]) -> Self {
        Self {
            rest: room,
            overrun: false,
        }
    }

    /// Writes an octet; also the one that consecutive bits share.
    #[inline]
    pub fn octet(&mut self, value: u8) {
        self.array([value]);
    }

    /// Writes an unsigned 16-bit integer.
    #[inline]
    pub fn short(&mut self, value: u16) {
        self.array(value.to_be_bytes());
    }

    /// Writes an unsigned 32-bit integer.
    #[inline]
    pub fn long(&mut self, value: u32) {
        self.array(value.to_be_bytes());
    }

    /// Writes an unsigned 64-bit integer.
    #[inline]
    pub fn longlong(&mut self, value: u64) {
        self.array(value.to_be_bytes());
    }

    /// Writes a time stamp.
    #[inline]
    pub fn timestamp(&mut self, value: Timestamp) {
        self.longlong(value.as_secs());
    }

    /// Writes a short string with its length octet.
    ///
    /// # Errors
    /// More than 255 octets.
    #[inline]
    pub fn short_str(
        &mut self,
        field: &'static str,
        value: &ShortStr<'_>,
    ) -> Result<(), EncodeError> {
        let octets = value.as_bytes();
        let Ok(length) = u8::try_from(octets.len()) else {
            return Err(EncodeError::new(EncodeErrorKind::ShortStrTooLong, field));
        };
        self.octet(length);
        self.slice(octets);
        Ok(())
    }

    /// Writes a long string with its length.
    ///
    /// # Errors
    /// More than 2^32 - 1 octets.
    #[inline]
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
    #[inline]
    pub fn table(
        &mut self,
        field: &'static str,
        value: &FieldTable<'_>,
    ) -> Result<(), EncodeError> {
        value.encode(field, self)
    }

    /// Ends writing.
    ///
    /// # Errors
    /// The room was not filled exactly.
    #[inline]
    pub const fn finish(self) -> Result<(), EncodeError> {
        if self.overrun || !self.rest.is_empty() {
            return Err(EncodeError::new(EncodeErrorKind::LengthMismatch, ""));
        }
        Ok(())
    }

    /// Writes octets behind their 32-bit count.
    #[inline]
    pub(crate) fn counted(
        &mut self,
        field: &'static str,
        octets: &[u8],
    ) -> Result<(), EncodeError> {
        let Ok(length) = u32::try_from(octets.len()) else {
            return Err(EncodeError::new(EncodeErrorKind::TooLong, field));
        };
        self.long(length);
        self.slice(octets);
        Ok(())
    }

    /// Writes octets as they are.
    #[inline]
    pub fn slice(&mut self, octets: &[u8]) {
        match core::mem::take(&mut self.rest).split_at_mut_checked(octets.len()) {
            Some((head, rest)) => {
                head.copy_from_slice(octets);
                self.rest = rest;
            }
            None => self.overrun = true,
        }
    }

    /// Writes octets whose number is known while compiling.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self, octets: [u8; N]) {
        match core::mem::take(&mut self.rest).split_first_chunk_mut::<N>() {
            Some((head, rest)) => {
                *head = octets;
                self.rest = rest;
            }
            None => self.overrun = true,
        }
    }

    /// How many octets of room are left.
    #[inline]
    pub(crate) const fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Leaves out `N` octets, to be filled in through the slice that is handed back.
    #[inline]
    pub(crate) fn hole<const N: usize>(&mut self) -> Option<&'b mut [u8; N]> {
        let Some((head, rest)) = core::mem::take(&mut self.rest).split_first_chunk_mut::<N>() else {
            self.overrun = true;
            return None;
        };
        self.rest = rest;
        Some(head)
    }
}
