//! What can be wrong with octets, and with values that are to become octets.

use core::fmt;

/// Why octets from a peer are not what they claim to be.
///
/// Names the method, the field and the octet at which decoding stopped. The offset counts from the
/// start of what was being decoded: the arguments of a method, the contents of a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    method: &'static str,
    field: &'static str,
    offset: u32,
}

/// What kind of damage a [`DecodeError`] reports.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The octets end inside a field.
    Truncated,
    /// Octets are left over behind the last field.
    TrailingOctets,
    /// The declared length of a string reaches beyond the octets that hold it.
    StringOverrun,
    /// The declared length of a table or array reaches beyond the octets that hold it.
    TableOverrun,
    /// A table entry carries a type tag that nobody defines, so that its length is unknown.
    UnknownFieldTag(u8),
    /// Tables are nested more than [`MAX_TABLE_DEPTH`](crate::MAX_TABLE_DEPTH) levels deep.
    NestingTooDeep,
    /// A content header has a presence flag for a property its class does not define.
    UndefinedPropertyFlag,
    /// A content header announces more words of presence flags than its class can have: two, or as many as its
    /// properties take.
    TooManyFlagWords,
    /// The octets belong to another method, or to another class of content, than was asked for.
    Mismatch,
}

impl DecodeError {
    /// Reports `kind` at `field`, `offset` octets into what is being decoded.
    #[cold]
    #[inline(never)]
    pub const fn new(kind: DecodeErrorKind, field: &'static str, offset: usize) -> Self {
        Self {
            kind,
            method: "",
            field,
            // Nothing that reaches a decoder is longer than a frame, whose size is 32 bits.
            offset: offset as u32,
        }
    }

    /// The same error, naming the method whose arguments were being decoded.
    #[cold]
    #[must_use]
    pub const fn in_method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// What is wrong.
    #[inline]
    pub const fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// The method being decoded, `basic.publish`; empty outside a method.
    #[inline]
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// The field being decoded, `routing-key`; empty where no field had begun.
    #[inline]
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// How many octets had been read.
    #[inline]
    pub const fn offset(&self) -> usize {
        self.offset as usize
    }

    /// The reply code with which to close the connection: 502 inside tables, else 501.
    ///
    /// Spec: 4.2.5.5 calls damaged tables a syntax error, 1.4 malformed frames a frame error.
    #[inline]
    pub const fn reply_code(&self) -> u16 {
        match self.kind {
            DecodeErrorKind::TableOverrun
            | DecodeErrorKind::UnknownFieldTag(_)
            | DecodeErrorKind::NestingTooDeep => 502,
            _ => 501,
        }
    }
}

impl fmt::Display for DecodeError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot decode")?;
        if !self.method.is_empty() {
            write!(f, " {}", self.method)?;
        }
        if !self.field.is_empty() {
            write!(f, " field {}", self.field)?;
        }
        write!(f, ": {} at octet {}", self.kind, self.offset)
    }
}

impl core::error::Error for DecodeError {}

impl fmt::Display for DecodeErrorKind {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the octets end too early"),
            Self::TrailingOctets => f.write_str("octets are left over"),
            Self::StringOverrun => f.write_str("a string reaches beyond its end"),
            Self::TableOverrun => f.write_str("a table reaches beyond its end"),
            Self::UnknownFieldTag(tag) => write!(f, "unknown table tag 0x{tag:02x}"),
            Self::NestingTooDeep => f.write_str("tables are nested too deep"),
            Self::UndefinedPropertyFlag => f.write_str("a flag names no property"),
            Self::TooManyFlagWords => f.write_str("too many words of property flags"),
            Self::Mismatch => f.write_str("another method or class than expected"),
        }
    }
}

/// Why a value cannot be put on the wire.
///
/// Encoding that fails writes nothing: the buffer is as long as before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EncodeError {
    kind: EncodeErrorKind,
    method: &'static str,
    field: &'static str,
}

/// What kind of value an [`EncodeError`] refuses.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum EncodeErrorKind {
    /// A short string, or the name of a table entry, has more than 255 octets.
    ShortStrTooLong,
    /// A long string, table or array has more than 2^32 - 1 octets.
    TooLong,
    /// Tables are nested more than [`MAX_TABLE_DEPTH`](crate::MAX_TABLE_DEPTH) levels deep.
    NestingTooDeep,
    /// A method or content header, which cannot be split, is larger than `frame_max` allows.
    FrameTooLarge,
    /// Content was addressed to channel 0, which carries none.
    ContentOnChannelZero,
    /// `encoded_len` of a hand-written implementation disagrees with what its `encode` wrote.
    LengthMismatch,
    /// A value has another type than the field it was given for.
    WrongType,
    /// A value is outside of what the wire, or the argument it was given for, can express.
    OutOfRange,
    /// A table that was taken over from a peer is damaged.
    Damaged,
}

impl EncodeError {
    /// Reports `kind` at `field`.
    #[cold]
    #[inline(never)]
    pub const fn new(kind: EncodeErrorKind, field: &'static str) -> Self {
        Self {
            kind,
            method: "",
            field,
        }
    }

    /// The same error, naming the method that was being encoded.
    #[cold]
    #[must_use]
    pub const fn in_method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// What is wrong.
    #[inline]
    pub const fn kind(&self) -> EncodeErrorKind {
        self.kind
    }

    /// The method being encoded, `queue.declare`; empty for content headers.
    #[inline]
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// The field whose value is refused; empty where it is the whole.
    #[inline]
    pub const fn field(&self) -> &'static str {
        self.field
    }
}

impl fmt::Display for EncodeError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot encode")?;
        if !self.method.is_empty() {
            write!(f, " {}", self.method)?;
        }
        if !self.field.is_empty() {
            write!(f, " field {}", self.field)?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl core::error::Error for EncodeError {}

impl fmt::Display for EncodeErrorKind {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ShortStrTooLong => "a short string has more than 255 octets",
            Self::TooLong => "more than 4294967295 octets",
            Self::NestingTooDeep => "tables are nested too deep",
            Self::FrameTooLarge => "the frame would be larger than frame_max",
            Self::ContentOnChannelZero => "channel 0 carries no content",
            Self::LengthMismatch => "encoded_len disagrees with what was written",
            Self::WrongType => "the value has another type than the field",
            Self::OutOfRange => "the value is outside of the range",
            Self::Damaged => "a table that was taken over is damaged",
        })
    }
}
