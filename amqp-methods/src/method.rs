//! What all methods have in common, generated or written by hand.

use crate::describe::{FieldInfo, FieldValue, Fields, MethodInfo};
use crate::error::{DecodeError, EncodeError};
use crate::method_id::MethodId;
use crate::reader::Reader;
use crate::writer::Writer;

/// A method of the protocol: its number, and its way onto the wire.
pub trait Method {
    /// Class and method id.
    const ID: MethodId;
    /// Name in the words of the standard: `basic.publish`.
    const NAME: &'static str;
    /// Whether a content header and body follow it.
    const CONTENT: bool = false;
    /// What the specification says of it.
    const INFO: &'static MethodInfo;

    /// How many octets the arguments take, without the four of the id.
    fn encoded_len(&self) -> usize;

    /// Writes the arguments, without the id.
    ///
    /// # Errors
    /// A value that the wire cannot hold; the error names its field.
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError>;

    /// The value of the argument at `index` of [`MethodInfo::fields`]; none for reserved ones.
    fn field(&self, index: usize) -> Option<FieldValue<'_>>;
}

/// A method that can be read from its arguments, borrowing from them.
pub trait Decode<'a>: Method + Sized {
    /// Reads the arguments. Octets behind them are left to the caller.
    ///
    /// # Errors
    /// Octets that are no such arguments; the error names the field.
    fn decode(args: &mut Reader<'a>) -> Result<Self, DecodeError>;

    /// Reads exactly these arguments, without the id.
    ///
    /// # Errors
    /// As [`decode`](Self::decode), and octets left over.
    #[inline(always)]
    fn from_args(mut args: Reader<'a>) -> Result<Self, DecodeError> {
        match Self::decode(&mut args) {
            Ok(method) => match args.finish() {
                Ok(()) => Ok(method),
                Err(error) => Err(error.in_method(Self::NAME)),
            },
            Err(error) => Err(error.in_method(Self::NAME)),
        }
    }
}

/// A method that the other side answers.
pub trait Request: Method {
    /// The answer, or an enum of the possible ones.
    type Reply: Reply;

    /// Whether this very request is answered: false when its `no_wait` is set.
    fn expects_reply(&self) -> bool {
        true
    }
}

/// A method, or one of several, as the answer to a [`Request`]: read from a frame and owned.
///
/// Every generated method is one, so that a specification may name any of them as an answer.
pub trait Reply: Sized {
    /// The methods that are this answer.
    const IDS: &'static [MethodId];

    /// Reads the answer from the arguments of method `id`.
    ///
    /// # Errors
    /// A method that is not among [`IDS`](Self::IDS), or arguments that are not its own.
    fn from_method(id: MethodId, args: Reader<'_>) -> Result<Self, DecodeError>;
}

/// The properties of a class of content: what a content header carries.
pub trait Content: Sized {
    /// Id of the class.
    const CLASS_ID: u16;
    /// What the specification says of its properties.
    const PROPERTIES: &'static [FieldInfo];

    /// How many octets flags and values take.
    fn encoded_len(&self) -> usize;

    /// Writes the flags and the values that are present.
    ///
    /// # Errors
    /// A value that the wire cannot hold; the error names the property.
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError>;

    /// The value of the property at `index` of [`PROPERTIES`](Self::PROPERTIES), if it is present.
    fn property(&self, index: usize) -> Option<FieldValue<'_>>;

    /// Names and values of the properties that are present.
    fn fields(&self) -> Fields<'_> {
        Fields::collect(Self::PROPERTIES, |index| self.property(index))
    }
}

/// Properties that can be read from a content header, borrowing from it.
pub trait DecodeContent<'a>: Content + Default {
    /// Reads flags and values into properties of which none is present yet.
    ///
    /// # Errors
    /// Octets that are no such property list; the error names the property. Those before it have been set.
    fn read(&mut self, list: &mut Reader<'a>) -> Result<(), DecodeError>;

    /// Reads flags and values.
    ///
    /// # Errors
    /// Octets that are no such property list; the error names the property.
    #[inline(always)]
    fn decode(list: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let mut properties = Self::default();
        properties.read(list)?;
        Ok(properties)
    }
}

/// Any method, its type known or not: what a frame encoder needs of it.
///
/// Implemented for every [`Method`] and for the generated `AnyMethod` enums.
pub trait DynMethod {
    /// Class and method id.
    fn id(&self) -> MethodId;
    /// What the specification says of it; none for methods no specification names.
    fn info(&self) -> Option<&'static MethodInfo>;
    /// How many octets the arguments take, without the four of the id.
    fn encoded_len(&self) -> usize;
    /// Writes the arguments, without the id.
    ///
    /// # Errors
    /// A value that the wire cannot hold.
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError>;
    /// Names and values of the arguments, reserved ones left out.
    fn fields(&self) -> Fields<'_>;
}

impl<M: Method> DynMethod for M {
    #[inline(always)]
    fn id(&self) -> MethodId {
        M::ID
    }

    fn info(&self) -> Option<&'static MethodInfo> {
        Some(M::INFO)
    }

    #[inline(always)]
    fn encoded_len(&self) -> usize {
        Method::encoded_len(self)
    }

    #[inline(always)]
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
        match Method::encode(self, out) {
            Ok(()) => Ok(()),
            Err(error) => Err(error.in_method(M::NAME)),
        }
    }

    fn fields(&self) -> Fields<'_> {
        Fields::collect(M::INFO.fields, |index| self.field(index))
    }
}
