//! Typed access to the entries of a table and the elements of an array.

use std::borrow::Cow;

use super::value_error::{ValueError, ValueErrorKind};
use super::{FieldArray, FieldTable, Timestamp, Value};

/// Entries by name and type.
///
/// No entry of that name is `None`; one of another type is an error that says so. Where a name occurs twice, the
/// last entry counts, as in [`get`](FieldTable::get).
///
/// ```
/// use amqp_methods::{ValueErrorKind, table};
///
/// let headers = table! { "x-delivery-count" => 3_u8, "x-tenant" => "acme" };
/// assert_eq!(headers.get_i64("x-delivery-count")?, Some(3));
/// assert_eq!(headers.get_as::<u32>("x-delivery-count")?, Some(3));
/// assert_eq!(headers.get_str("x-missing")?, None);
///
/// let error = headers.get_i64("x-tenant").unwrap_err();
/// assert_eq!(error.to_string(), "table entry x-tenant: expected an integer, found a long string");
/// assert!(matches!(error.kind(), ValueErrorKind::WrongType { .. }));
/// # Ok::<(), amqp_methods::ValueError>(())
/// ```
///
/// # Errors
/// The table is damaged, wherever; the value is of another type, or does not fit.
impl FieldTable<'_> {
    /// The value as any type that a [`Value`] can become: integers of all widths, `String`, `Vec<u8>`, …
    pub fn get_as<'t, T>(&'t self, name: &str) -> Result<Option<T>, ValueError>
    where
        T: TryFrom<Value<'t>, Error = ValueError>,
    {
        match self.get(name) {
            Ok(None) => Ok(None),
            Ok(Some(value)) => T::try_from(value).map(Some),
            Err(error) => Err(error.into()),
        }
        .map_err(|error| error.in_entry(name))
    }

    /// An integer, from a tag of any width.
    #[inline]
    pub fn get_i64(&self, name: &str) -> Result<Option<i64>, ValueError> {
        self.get_as(name)
    }

    /// An integer that is not negative, from a tag of any width.
    #[inline]
    pub fn get_u64(&self, name: &str) -> Result<Option<u64>, ValueError> {
        self.get_as(name)
    }

    /// A boolean.
    #[inline]
    pub fn get_bool(&self, name: &str) -> Result<Option<bool>, ValueError> {
        self.get_as(name)
    }

    /// A floating-point number of either width.
    #[inline]
    pub fn get_f64(&self, name: &str) -> Result<Option<f64>, ValueError> {
        self.get_as(name)
    }

    /// Text: a long string in UTF-8.
    #[inline]
    pub fn get_str(&self, name: &str) -> Result<Option<&str>, ValueError> {
        let text = self.get_as::<Cow<'_, str>>(name)?;
        // What a table hands out borrows from it.
        Ok(text.and_then(|text| match text {
            Cow::Borrowed(text) => Some(text),
            Cow::Owned(_) => None,
        }))
    }

    /// Octets: a long string, text or not, or a byte array.
    #[inline]
    pub fn get_bytes(&self, name: &str) -> Result<Option<&[u8]>, ValueError> {
        let octets = self.get_as::<super::LongStr<'_>>(name)?;
        Ok(octets.and_then(|octets| match octets.into_bytes() {
            Cow::Borrowed(octets) => Some(octets),
            Cow::Owned(_) => None,
        }))
    }

    /// A point in time.
    #[inline]
    pub fn get_timestamp(&self, name: &str) -> Result<Option<Timestamp>, ValueError> {
        self.get_as(name)
    }

    /// A nested table.
    #[inline]
    pub fn get_table(&self, name: &str) -> Result<Option<FieldTable<'_>>, ValueError> {
        self.get_as(name)
    }

    /// An array.
    #[inline]
    pub fn get_array(&self, name: &str) -> Result<Option<FieldArray<'_>>, ValueError> {
        self.get_as(name)
    }
}

impl FieldArray<'_> {
    /// All elements, if they have one type.
    ///
    /// ```
    /// use amqp_methods::{FieldTable, array, table};
    ///
    /// let headers = table! { "x-death" => array![
    ///     table! { "queue" => "jobs", "reason" => "expired", "count" => 2_i64 },
    /// ] };
    /// let deaths = headers.get_array("x-death")?.unwrap_or_default();
    /// for death in deaths.to_vec::<FieldTable<'_>>()? {
    ///     assert_eq!(death.get_str("queue")?, Some("jobs"));
    ///     assert_eq!(death.get_u64("count")?, Some(2));
    /// }
    /// # Ok::<(), amqp_methods::ValueError>(())
    /// ```
    ///
    /// # Errors
    /// The first element that is damaged, of another type, or does not fit.
    pub fn to_vec<'t, T>(&'t self) -> Result<Vec<T>, ValueError>
    where
        T: TryFrom<Value<'t>, Error = ValueError>,
    {
        let elements = self.iter().enumerate();
        elements
            .map(|(index, element)| {
                element
                    .map_err(|error| ValueError::new(ValueErrorKind::Damaged(error)))
                    .and_then(T::try_from)
                    .map_err(|error| error.in_element(index))
            })
            .collect()
    }
}

#[cfg(test)]
#[path = "getters_tests.rs"]
mod tests;
