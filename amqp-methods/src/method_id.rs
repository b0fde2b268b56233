//! The numbers of methods.

use core::fmt;

use crate::error::DecodeError;
use crate::reader::Reader;

/// The number of a method: class id and method id, as on the wire.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MethodId(u32);

impl MethodId {
    /// The id of method `method_id` of class `class_id`.
    #[inline]
    pub const fn new(class_id: u16, method_id: u16) -> Self {
        Self((class_id as u32) << 16 | method_id as u32)
    }

    /// The class.
    #[inline]
    pub const fn class_id(self) -> u16 {
        (self.0 >> 16) as u16
    }

    /// The method within its class.
    #[inline]
    pub const fn method_id(self) -> u16 {
        self.0 as u16
    }

    /// Both as they stand at the head of a method payload.
    #[inline]
    pub const fn to_be_bytes(self) -> [u8; 4] {
        self.0.to_be_bytes()
    }

    /// Splits a method payload into its id and the reader of its arguments.
    ///
    /// # Errors
    /// Fewer than four octets.
    #[inline]
    pub fn split_payload(payload: &[u8]) -> Result<(Self, Reader<'_>), DecodeError> {
        let mut reader = Reader::new(payload);
        let id = Self(reader.long("method-id")?);
        Ok((id, Reader::new(reader.rest())))
    }
}

impl fmt::Debug for MethodId {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MethodId({}, {})", self.class_id(), self.method_id())
    }
}

/// Prints `60.40`.
impl fmt::Display for MethodId {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.class_id(), self.method_id())
    }
}
