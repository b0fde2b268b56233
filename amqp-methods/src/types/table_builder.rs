use crate::error::EncodeError;
use crate::writer::Writer;

use super::{FieldArray, FieldTable, ShortStr, Value};

/// Builds a [`FieldTable`] that owns its octets.
///
/// ```
/// use amqp_methods::FieldTable;
///
/// let headers = FieldTable::builder()
///     .entry("x-attempt", 3)
///     .entry("x-trace", "0123456789abcdef")
///     .build()?;
/// assert_eq!(headers.iter().count(), 2);
/// # Ok::<(), amqp_methods::EncodeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TableBuilder {
    octets: Vec<u8>,
    error: Option<EncodeError>,
}

impl TableBuilder {
    /// Appends an entry. What is wrong with it is reported by [`build`](Self::build).
    #[inline]
    #[must_use]
    pub fn entry<'n, 'v>(
        mut self,
        name: impl Into<ShortStr<'n>>,
        value: impl Into<Value<'v>>,
    ) -> Self {
        self.push(&name.into(), &value.into());
        self
    }

    #[inline]
    pub(super) fn push(&mut self, name: &ShortStr<'_>, value: &Value<'_>) {
        let length = 1 + name.len() + value.encoded_len(0);
        append(&mut self.octets, &mut self.error, length, |out| {
            out.short_str("table name", name)?;
            value.encode(out, 0)
        });
    }

    /// Notes what is wrong, unless something was before.
    #[inline]
    pub(crate) fn refuse(&mut self, error: EncodeError) {
        self.error.get_or_insert(error);
    }

    /// The table.
    ///
    /// # Errors
    /// The first entry that cannot be encoded: a name of more than 255 octets, nesting beyond the limit.
    #[inline]
    pub fn build(self) -> Result<FieldTable<'static>, EncodeError> {
        match self.error {
            None => Ok(FieldTable::owned(self.octets)),
            Some(error) => Err(error),
        }
    }
}

/// Builds a [`FieldArray`] that owns its octets.
#[derive(Clone, Debug, Default)]
pub struct ArrayBuilder {
    octets: Vec<u8>,
    error: Option<EncodeError>,
}

impl ArrayBuilder {
    /// Appends an element. What is wrong with it is reported by [`build`](Self::build).
    #[must_use]
    pub fn element<'v>(mut self, value: impl Into<Value<'v>>) -> Self {
        self.push(&value.into());
        self
    }

    #[inline]
    pub(super) fn push(&mut self, value: &Value<'_>) {
        let length = value.encoded_len(0);
        append(&mut self.octets, &mut self.error, length, |out| {
            value.encode(out, 0)
        });
    }

    /// The array.
    ///
    /// # Errors
    /// The first element that cannot be encoded.
    #[inline]
    pub fn build(self) -> Result<FieldArray<'static>, EncodeError> {
        match self.error {
            None => Ok(FieldArray::owned(self.octets)),
            Some(error) => Err(error),
        }
    }
}

/// Appends the `length` octets that `write` writes; nothing of them once there is an error.
#[inline]
fn append(
    octets: &mut Vec<u8>,
    error: &mut Option<EncodeError>,
    length: usize,
    write: impl FnOnce(&mut Writer<'_>) -> Result<(), EncodeError>,
) {
    let start = octets.len();
    octets.resize(start + length, 0);
    let mut out = Writer::new(octets.get_mut(start..).unwrap_or_default());
    if let Err(first) = write(&mut out).and_then(|()| out.finish()) {
        octets.truncate(start);
        error.get_or_insert(first);
    }
}
