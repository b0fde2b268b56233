//! Methods that no specification names.

use core::fmt;

use crate::describe::{Fields, MethodInfo};
use crate::error::EncodeError;
use crate::method::DynMethod;
use crate::method_id::MethodId;
use crate::reader::Reader;
use crate::types::LongStr;
use crate::writer::Writer;

/// A method that the specification does not name: a value to be passed on or reported, not an error.
#[derive(Clone, Eq, PartialEq)]
pub struct UnknownMethod<'a> {
    /// Class and method id.
    pub id: MethodId,
    /// Its arguments, as they stand on the wire.
    pub args: LongStr<'a>,
}

impl<'a> UnknownMethod<'a> {
    /// Method `id` with whatever is left in `args`.
    #[inline]
    pub fn new(id: MethodId, args: Reader<'a>) -> Self {
        Self {
            id,
            args: args.rest().into(),
        }
    }

    /// The same method, owning what it borrowed.
    #[inline]
    pub fn into_owned(self) -> UnknownMethod<'static> {
        UnknownMethod {
            id: self.id,
            args: self.args.into_owned(),
        }
    }
}

/// The arguments by their size only: nobody knows which of them are secrets.
impl fmt::Debug for UnknownMethod<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnknownMethod")
            .field("id", &self.id)
            .field("args", &format_args!("{} octets", self.args.len()))
            .finish()
    }
}

impl DynMethod for UnknownMethod<'_> {
    #[inline]
    fn id(&self) -> MethodId {
        self.id
    }

    #[inline]
    fn info(&self) -> Option<&'static MethodInfo> {
        None
    }

    #[inline]
    fn encoded_len(&self) -> usize {
        self.args.len()
    }

    #[inline]
    fn encode(&self, out: &mut Writer<'_>) -> Result<(), EncodeError> {
        out.slice(self.args.as_bytes());
        Ok(())
    }

    #[inline]
    fn fields(&self) -> Fields<'_> {
        Fields::collect(&[], |_| None)
    }
}
