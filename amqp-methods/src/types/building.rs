//! Tables and arrays from iterators and builders, and tables like another one.

use core::mem;

use crate::error::{EncodeError, EncodeErrorKind};

use super::{ArrayBuilder, FieldArray, FieldTable, ShortStr, TableBuilder, Value};

impl FieldTable<'_> {
    /// A builder that begins with the entries of this table, for one that is to have more.
    ///
    /// That this table is damaged is reported by [`TableBuilder::build`].
    #[inline]
    pub fn to_builder(&self) -> TableBuilder {
        self.filtered(|_| true)
    }

    /// The same entries with `name` set to `value`: in the place of the first entry of that name, without the
    /// others, or behind all if there was none.
    ///
    /// What is wrong with this table or the value is reported when the table is encoded.
    ///
    /// ```
    /// use amqp_methods::table;
    ///
    /// let received = table! { "x-hops" => 1, "x-trace" => "0af7" };
    /// let forwarded = received.with("x-hops", 2).without("x-trace");
    /// assert_eq!(forwarded, table! { "x-hops" => 2 });
    /// ```
    #[must_use]
    pub fn with<'v>(&self, name: &str, value: impl Into<Value<'v>>) -> FieldTable<'static> {
        let value = value.into();
        let mut builder = TableBuilder::default();
        let mut placed = false;
        for entry in self {
            match entry {
                Ok((found, _)) if found == *name => {
                    if !mem::replace(&mut placed, true) {
                        builder.push(&found, &value);
                    }
                }
                Ok((name, other)) => builder.push(&name, &other),
                Err(_) => builder.refuse(self.damage()),
            }
        }
        if !placed {
            builder.push(&name.into(), &value);
        }
        builder.into()
    }

    /// The same entries without those called `name`.
    ///
    /// That this table is damaged is reported when the new one is encoded.
    #[inline]
    #[must_use]
    pub fn without(&self, name: &str) -> FieldTable<'static> {
        self.filtered(|found| found != name).into()
    }

    fn filtered(&self, keep: impl Fn(&ShortStr<'_>) -> bool) -> TableBuilder {
        let mut builder = TableBuilder::default();
        for entry in self {
            match entry {
                Ok((name, value)) if keep(&name) => builder.push(&name, &value),
                Ok(_) => {}
                Err(_) => builder.refuse(self.damage()),
            }
        }
        builder
    }

    #[inline]
    fn damage(&self) -> EncodeError {
        self.refusal()
            .unwrap_or(EncodeError::new(EncodeErrorKind::Damaged, "table"))
    }
}

/// What is wrong with an entry is reported when the table is encoded; [`TableBuilder::build`] tells it at once.
impl From<TableBuilder> for FieldTable<'_> {
    #[inline]
    fn from(builder: TableBuilder) -> Self {
        builder.build().unwrap_or_else(FieldTable::refused)
    }
}

/// What is wrong with an element is reported when the array is encoded.
impl From<ArrayBuilder> for FieldArray<'_> {
    #[inline]
    fn from(builder: ArrayBuilder) -> Self {
        builder.build().unwrap_or_else(FieldArray::refused)
    }
}

impl<'n, 'v, N: Into<ShortStr<'n>>, V: Into<Value<'v>>> Extend<(N, V)> for TableBuilder {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, entries: I) {
        for (name, value) in entries {
            self.push(&name.into(), &value.into());
        }
    }
}

impl<'v, V: Into<Value<'v>>> Extend<V> for ArrayBuilder {
    fn extend<I: IntoIterator<Item = V>>(&mut self, elements: I) {
        for element in elements {
            self.push(&element.into());
        }
    }
}

/// In the order of the iterator. What is wrong with an entry is reported when the table is encoded.
///
/// ```
/// use std::collections::BTreeMap;
/// use amqp_methods::FieldTable;
///
/// let tags = BTreeMap::from([("region", "eu"), ("tier", "gold")]);
/// let headers: FieldTable<'_> = tags.into_iter().collect();
/// assert_eq!(headers.get_str("tier")?, Some("gold"));
/// # Ok::<(), amqp_methods::ValueError>(())
/// ```
impl<'n, 'v, N: Into<ShortStr<'n>>, V: Into<Value<'v>>> FromIterator<(N, V)> for FieldTable<'_> {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(entries: I) -> Self {
        let mut builder = TableBuilder::default();
        builder.extend(entries);
        builder.into()
    }
}

/// What is wrong with an element is reported when the array is encoded.
impl<'v, V: Into<Value<'v>>> FromIterator<V> for FieldArray<'_> {
    fn from_iter<I: IntoIterator<Item = V>>(elements: I) -> Self {
        let mut builder = ArrayBuilder::default();
        builder.extend(elements);
        builder.into()
    }
}

#[cfg(test)]
#[path = "building_tests.rs"]
mod tests;
