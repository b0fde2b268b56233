//! Reading peer octets: forward only, bounds checked, naming the field.

use crate::error::{DecodeError, DecodeErrorKind};
use crate::types::{FieldTable, LongStr, ShortStr, Timestamp};

/// A cursor over octets from a peer. The only way to read them: it cannot panic.
///
/// Every method takes the name of the field it reads, for the error. All of them are inlined, without asking
/// the compiler, so that a cursor nobody borrows lives in registers.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Reader<'a> {
    /// Reads from the first of `octets`.
    #[inline(always)]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self {
            rest: octets,
            length: octets.len(),
        }
    }

    /// How many octets have been read.
    #[inline(always)]
    pub const fn offset(&self) -> usize {
        self.length - self.rest.len()
    }

    /// The octets not read yet.
    #[inline(always)]
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether everything has been read.
    #[inline(always)]
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Reads an octet; also the one that consecutive bits share.
    #[inline(always)]
    pub fn octet(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        self.array(field).map(u8::from_be_bytes)
    }

    /// Reads an unsigned 16-bit integer.
    #[inline(always)]
    pub fn short(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        self.array(field).map(u16::from_be_bytes)
    }

    /// Reads an unsigned 32-bit integer.
    #[inline(always)]
    pub fn long(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        self.array(field).map(u32::from_be_bytes)
    }

    /// Reads an unsigned 64-bit integer.
    #[inline(always)]
    pub fn longlong(&mut self, field: &'static str) -> Result<u64, DecodeError> {
        self.array(field).map(u64::from_be_bytes)
    }

    /// Reads a time stamp: seconds since the epoch, 64 bits.
    #[inline(always)]
    pub fn timestamp(&mut self, field: &'static str) -> Result<Timestamp, DecodeError> {
        self.longlong(field).map(Timestamp::from_secs)
    }

    /// Reads a short string: a length octet and up to 255 octets.
    #[inline(always)]
    pub fn short_str(&mut self, field: &'static str) -> Result<ShortStr<'a>, DecodeError> {
        let length = usize::from(self.octet(field)?);
        self.slice(length, field, DecodeErrorKind::StringOverrun)
            .map(ShortStr::from_wire)
    }

    /// Reads a long string: a 32-bit length and that many octets.
    #[inline(always)]
    pub fn long_str(&mut self, field: &'static str) -> Result<LongStr<'a>, DecodeError> {
        let length = self.long(field)? as usize;
        self.slice(length, field, DecodeErrorKind::StringOverrun)
            .map(LongStr::from)
    }

    /// Reads a field table: a 32-bit length and that many octets, which stay unparsed until walked.
    #[inline(always)]
    pub fn table(&mut self, field: &'static str) -> Result<FieldTable<'a>, DecodeError> {
        let length = self.long(field)? as usize;
        self.slice(length, field, DecodeErrorKind::TableOverrun)
            .map(FieldTable::from_wire)
    }

    /// Reads the words of presence flags that open a property list.
    ///
    /// Bit 0 of the first word announces a second one. A third is refused: it is for classes with more than thirty
    /// properties, which read their flags with [`property_flag_words`](Self::property_flag_words).
    ///
    /// Spec: 4.2.6.1
    #[inline(always)]
    pub fn property_flags(&mut self) -> Result<[u16; 2], DecodeError> {
        const FIELD: &str = "property-flags";
        let first = self.short(FIELD)?;
        if first & 1 == 0 {
            return Ok([first, 0]);
        }
        let second = self.short(FIELD)?;
        if second & 1 != 0 {
            return Err(self.error(DecodeErrorKind::TooManyFlagWords, FIELD));
        }
        Ok([first, second])
    }

    /// Reads the words of presence flags that open a property list; those that do not follow are zero.
    ///
    /// Bit 0 of each word announces another one. More than `N` are refused.
    ///
    /// Spec: 4.2.6.1
    #[inline]
    pub fn property_flag_words<const N: usize>(&mut self) -> Result<[u16; N], DecodeError> {
        const FIELD: &str = "property-flags";
        let mut words = [0; N];
        for word in &mut words {
            *word = self.short(FIELD)?;
            if *word & 1 == 0 {
                return Ok(words);
            }
        }
        Err(self.error(DecodeErrorKind::TooManyFlagWords, FIELD))
    }

    /// Ends reading: octets left over are an error.
    #[inline(always)]
    pub fn finish(self) -> Result<(), DecodeError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(self.error(DecodeErrorKind::TrailingOctets, ""))
        }
    }

    /// An error at the present place.
    #[inline(always)]
    pub const fn error(&self, kind: DecodeErrorKind, field: &'static str) -> DecodeError {
        DecodeError::new(kind, field, self.offset())
    }

    /// Reads `N` octets.
    #[inline(always)]
    pub(crate) fn array<const N: usize>(
        &mut self,
        field: &'static str,
    ) -> Result<[u8; N], DecodeError> {
        match self.rest.split_first_chunk::<N>() {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(*head)
            }
            None => Err(self.error(DecodeErrorKind::Truncated, field)),
        }
    }

    /// Reads `length` octets, which the peer declared; `overrun` says what they are if they are not there.
    #[inline(always)]
    pub(crate) fn slice(
        &mut self,
        length: usize,
        field: &'static str,
        overrun: DecodeErrorKind,
    ) -> Result<&'a [u8], DecodeError> {
        match self.rest.split_at_checked(length) {
            Some((head, rest)) => {
                self.rest = rest;
                Ok(head)
            }
            None => Err(self.error(overrun, field)),
        }
    }
}
