//! Content headers: what stands between a method with content and its body.

use crate::error::{DecodeError, DecodeErrorKind};
use crate::method::DecodeContent;
use crate::reader::Reader;

/// A content header, its properties still octets.
///
/// Spec: 4.2.6.1
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ContentHeader<'a> {
    /// Class of the method before it.
    pub class_id: u16,
    /// Always zero in a sound header; kept, because most peers ignore it.
    pub weight: u16,
    /// Octets of body over all body frames that follow. Not to be trusted with an allocation.
    pub body_size: u64,
    /// Flags and values of the properties.
    pub properties: &'a [u8],
}

impl<'a> ContentHeader<'a> {
    /// Reads the payload of a header frame.
    ///
    /// # Errors
    /// Fewer octets than the fixed part takes.
    #[inline(always)]
    pub fn decode(payload: &'a [u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(payload);
        Ok(Self {
            class_id: reader.short("class-id")?,
            weight: reader.short("weight")?,
            body_size: reader.longlong("body-size")?,
            properties: reader.rest(),
        })
    }

    /// Reads the properties as those of class `P`.
    ///
    /// # Errors
    /// A header of another class, or octets that are no such properties.
    #[inline(always)]
    pub fn properties<P: DecodeContent<'a>>(&self) -> Result<P, DecodeError> {
        let mut properties = P::default();
        self.read_properties(&mut properties)?;
        Ok(properties)
    }

    /// Reads the properties into `properties`, of which none must be present yet.
    ///
    /// For those in a hurry: [`properties`](Self::properties) hands a few hundred octets out by value, which is a copy
    /// that may cost as much as the reading.
    ///
    /// # Errors
    /// As [`properties`](Self::properties); some of the properties may have been set.
    #[inline(always)]
    pub fn read_properties<P: DecodeContent<'a>>(
        &self,
        properties: &mut P,
    ) -> Result<(), DecodeError> {
        if self.class_id != P::CLASS_ID {
            return Err(DecodeError::new(DecodeErrorKind::Mismatch, "class-id", 0));
        }
        let mut reader = Reader::new(self.properties);
        properties.read(&mut reader)?;
        reader.finish()
    }
}
