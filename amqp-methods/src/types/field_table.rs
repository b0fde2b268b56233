use core::{fmt, slice};

use crate::error::{DecodeError, EncodeError, EncodeErrorKind};
use crate::reader::Reader;
use crate::writer::Writer;

use super::entries::{length_of, write_entries};
use super::octets::Octets;
use super::value::{At, check_depth, check_depth_within, check_level, level};
use super::{Entries, MAX_TABLE_DEPTH, ShortStr, TableBuilder, Value};

/// A field table: named values of many types, in order.
///
/// A table that was read keeps its octets and is parsed as it is walked, which costs nothing for tables
/// nobody looks at; what is wrong with it shows then. A table to be written is either built by a
/// [`TableBuilder`] or [`table!`](crate::table), or borrows its entries: a slice of them, or a tuple of pairs
/// ([`Entries`]), which is the fastest.
///
/// ```
/// use amqp_methods::{FieldTable, Value};
///
/// let entries = [("x-max-length", Value::from(1000)), ("x-queue-type", "quorum".into())];
/// let arguments = FieldTable::from(&entries[..]);
/// assert_eq!(arguments.get("x-max-length")?.and_then(|value| value.as_i64()), Some(1000));
/// # Ok::<(), amqp_methods::DecodeError>(())
/// ```
///
/// Two tables are equal when their octets are. Names may occur twice; order is kept.
///
/// Spec: 4.2.5.5
#[derive(Clone)]
pub struct FieldTable<'a>(Repr<'a>);

#[derive(Clone)]
enum Repr<'a> {
    /// Octets behind the length, and in how many others the table stands.
    Wire { octets: Octets<'a>, depth: u8 },
    /// Entries that have not been encoded.
    Entries(&'a [(&'a str, Value<'a>)]),
    /// Entries of types that their owner knows, and how many octets they take.
    Typed(&'a dyn Entries, usize),
    /// Nothing that can be encoded; whoever tries hears why. In parts, because a whole error would make every
    /// value larger.
    Refused {
        kind: EncodeErrorKind,
        field: &'static str,
    },
}

/// Neither a name nor a tag: whoever walks a table that cannot be encoded meets an error, not an empty table.
const REFUSED: &[u8] = &[0, 0];

impl<'a> FieldTable<'a> {
    /// A table without entries.
    #[inline]
    pub const fn new() -> Self {
        Self::from_wire(&[])
    }

    /// A builder that encodes entries as it takes them.
    #[inline]
    pub fn builder() -> TableBuilder {
        TableBuilder::default()
    }

    /// Octets as they stand behind the length of a table; nothing is looked at yet.
    #[inline]
    pub const fn from_wire(octets: &'a [u8]) -> Self {
        Self::nested(octets, 0)
    }

    #[inline]
    pub(super) const fn nested(octets: &'a [u8], depth: u8) -> Self {
        Self(Repr::Wire {
            octets: Octets::Borrowed(octets),
            depth,
        })
    }

    #[inline]
    pub(super) fn owned(octets: Vec<u8>) -> FieldTable<'static> {
        FieldTable(Repr::Wire {
            octets: octets.into(),
            depth: 0,
        })
    }

    /// In place of a table that could not be built: encoding it fails with `error`.
    #[inline]
    pub(crate) const fn refused(error: EncodeError) -> Self {
        Self(Repr::Refused {
            kind: error.kind(),
            field: error.field(),
        })
    }

    /// Why the table could not be built, if so.
    #[inline]
    pub(crate) const fn refusal(&self) -> Option<EncodeError> {
        match &self.0 {
            Repr::Refused { kind, field } => Some(EncodeError::new(*kind, field)),
            _ => None,
        }
    }

    /// Whether there are no entries.
    #[inline]
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Repr::Wire { octets, .. } => octets.as_slice().is_empty(),
            Repr::Entries(entries) => entries.is_empty(),
            Repr::Typed(entries, _) => entries.entry(0).is_none(),
            Repr::Refused { .. } => false,
        }
    }

    /// Walks the entries in order.
    ///
    /// The first damaged entry is an error and the last item, because nothing behind it can be told apart.
    #[inline]
    pub fn iter(&self) -> TableIter<'_> {
        TableIter(match &self.0 {
            Repr::Wire { octets, depth } => IterRepr::Wire(Reader::new(octets.as_slice()), *depth),
            Repr::Entries(entries) => IterRepr::Entries(entries.iter()),
            Repr::Typed(entries, _) => IterRepr::Typed(*entries, 0),
            Repr::Refused { .. } => IterRepr::Wire(Reader::new(REFUSED), 0),
        })
    }

    /// The value of the last entry called `name`.
    ///
    /// # Errors
    /// The table is damaged.
    #[inline]
    pub fn get(&self, name: &str) -> Result<Option<Value<'_>>, DecodeError> {
        let mut found = None;
        for entry in self {
            let (key, value) = entry?;
            if key == *name {
                found = Some(value);
            }
        }
        Ok(found)
    }

    /// Walks everything, nested tables included.
    ///
    /// # Errors
    /// The first damage.
    #[inline]
    pub fn check(&self) -> Result<(), DecodeError> {
        self.check_at(0)
    }

    /// The same for a table that stands in `depth` others, which borrowed entries do not know of themselves.
    #[inline]
    pub(super) fn check_at(&self, depth: usize) -> Result<(), DecodeError> {
        check_level(depth)?;
        let table = match &self.0 {
            Repr::Wire { octets, depth: own } => {
                FieldTable::nested(octets.as_slice(), level(depth).max(*own))
            }
            _ => self.reborrow(),
        };
        let mut entries = table.iter();
        entries.try_for_each(|entry| entry?.1.check_at(depth + 1))
    }

    /// How many octets the table takes on the wire, its length included.
    #[inline(always)]
    pub fn encoded_len(&self) -> usize {
        self.encoded_len_at(0)
    }

    /// The same table, borrowing from this one.
    #[inline]
    pub fn reborrow(&self) -> FieldTable<'_> {
        FieldTable(match &self.0 {
            Repr::Wire { octets, depth } => Repr::Wire {
                octets: octets.reborrow(),
                depth: *depth,
            },
            Repr::Entries(entries) => Repr::Entries(entries),
            Repr::Typed(entries, length) => Repr::Typed(*entries, *length),
            Repr::Refused { kind, field } => Repr::Refused { kind: *kind, field },
        })
    }

    /// The same table, owning its octets.
    ///
    /// A table of borrowed entries that cannot be encoded (a name over 255 octets, nesting beyond the limit) stays
    /// one that cannot: encoding it reports the same, and walking it fails.
    #[inline]
    pub fn into_owned(self) -> FieldTable<'static> {
        match self.0 {
            Repr::Wire { octets, depth } => FieldTable(Repr::Wire {
                octets: octets.into_owned(),
                depth,
            }),
            Repr::Entries(_) | Repr::Typed(..) => match self.to_wire() {
                Ok(octets) => FieldTable::owned(octets),
                Err(error) => FieldTable::refused(error),
            },
            Repr::Refused { kind, field } => FieldTable(Repr::Refused { kind, field }),
        }
    }

    /// The contents as octets, without the length.
    #[inline]
    fn to_wire(&self) -> Result<Vec<u8>, EncodeError> {
        match &self.0 {
            Repr::Wire { octets, .. } => Ok(octets.as_slice().to_vec()),
            Repr::Entries(_) | Repr::Typed(..) => {
                let mut octets = vec![0; self.encoded_len()];
                let mut out = Writer::new(&mut octets);
                self.encode("table", &mut out)?;
                out.finish()?;
                Ok(octets.split_off(4))
            }
            Repr::Refused { kind, field } => Err(EncodeError::new(*kind, field)),
        }
    }

    #[inline(always)]
    pub(crate) fn encode(
        &self,
        field: &'static str,
        out: &mut Writer<'_>,
    ) -> Result<(), EncodeError> {
        self.encode_at(field, out, 0)
    }

    #[inline(always)]
    pub(super) fn encoded_len_at(&self, depth: usize) -> usize {
        match &self.0 {
            Repr::Wire { octets, .. } => 4 + octets.as_slice().len(),
            // Encoding reports what stands deeper.
            Repr::Entries(_) if depth > MAX_TABLE_DEPTH => 4,
            Repr::Entries(entries) => 4 + length_of(entries, depth),
            Repr::Typed(_, length) => 4 + length,
            Repr::Refused { .. } => 4,
        }
    }

    #[inline(always)]
    pub(super) fn encode_at(
        &self,
        field: &'static str,
        out: &mut Writer<'_>,
        depth: usize,
    ) -> Result<(), EncodeError> {
        match &self.0 {
            Repr::Wire { octets, .. } => {
                if depth > 0 {
                    check_depth(depth, field)?;
                    check_depth_within(
                        FieldTable::nested(octets.as_slice(), level(depth)).check(),
                        field,
                    )?;
                }
                out.counted(field, octets.as_slice())
            }
            Repr::Entries(entries) => {
                check_depth(depth, field)?;
                counted(field, out, |out| write_entries(entries, out, depth))
            }
            Repr::Typed(entries, _) => {
                check_depth(depth, field)?;
                counted(field, out, |out| entries.encode(out, depth))
            }
            Repr::Refused { kind, field } => Err(EncodeError::new(*kind, field)),
        }
    }
}

/// Writes what `contents` writes behind a length that is patched in afterwards.
#[inline(always)]
pub(super) fn counted<'b>(
    field: &'static str,
    out: &mut Writer<'b>,
    contents: impl FnOnce(&mut Writer<'b>) -> Result<(), EncodeError>,
) -> Result<(), EncodeError> {
    out.apart(|out| {
        let length = out.hole::<4>();
        let before = out.remaining();
        contents(out)?;
        let Ok(written) = u32::try_from(before - out.remaining()) else {
            return Err(EncodeError::new(EncodeErrorKind::TooLong, field));
        };
        if let Some(length) = length {
            *length = written.to_be_bytes();
        }
        Ok(())
    })
}

impl Default for FieldTable<'_> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> From<&'a [(&'a str, Value<'a>)]> for FieldTable<'a> {
    #[inline]
    fn from(entries: &'a [(&'a str, Value<'a>)]) -> Self {
        Self(Repr::Entries(entries))
    }
}

impl<'a, const N: usize> From<&'a [(&'a str, Value<'a>); N]> for FieldTable<'a> {
    #[inline]
    fn from(entries: &'a [(&'a str, Value<'a>); N]) -> Self {
        Self(Repr::Entries(entries))
    }
}

impl<'a, E: Entries> From<&'a E> for FieldTable<'a> {
    #[inline(always)]
    fn from(entries: &'a E) -> Self {
        // Measured here, where the compiler knows the types.
        Self(Repr::Typed(entries, entries.encoded_len()))
    }
}

impl PartialEq for FieldTable<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Wire { octets: left, .. }, Repr::Wire { octets: right, .. }) => left == right,
            _ => self.to_wire() == other.to_wire(),
        }
    }
}

impl Eq for FieldTable<'_> {}

/// Entries as a map; a damaged one shows as its error, and so do borrowed ones that nest beyond the limit.
impl fmt::Debug for FieldTable<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        At(self, 0).fmt(f)
    }
}

impl fmt::Debug for At<'_, FieldTable<'_>> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let At(table, depth) = *self;
        let mut map = f.debug_map();
        if let Err(error) = check_level(depth) {
            return map.entry(&"damaged", &error).finish();
        }
        for entry in table {
            match entry {
                Ok((name, value)) => map.entry(&name, &At(&value, depth + 1)),
                Err(error) => map.entry(&"damaged", &error),
            };
        }
        map.finish()
    }
}

impl<'t> IntoIterator for &'t FieldTable<'_> {
    type Item = Result<(ShortStr<'t>, Value<'t>), DecodeError>;
    type IntoIter = TableIter<'t>;

    #[inline]
    fn into_iter(self) -> TableIter<'t> {
        self.iter()
    }
}

/// Walks a [`FieldTable`].
#[derive(Clone, Debug)]
pub struct TableIter<'t>(IterRepr<'t>);

#[derive(Clone, Debug)]
enum IterRepr<'t> {
    Wire(Reader<'t>, u8),
    Entries(slice::Iter<'t, (&'t str, Value<'t>)>),
    Typed(&'t dyn Entries, usize),
}

impl<'t> Iterator for TableIter<'t> {
    type Item = Result<(ShortStr<'t>, Value<'t>), DecodeError>;

    // Inlined into the loop of whoever walks: the compiler then leads each kind of value straight to the arm
    // that matches it, and sees that what was read owns nothing that would have to be dropped.
    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let (reader, depth) = match &mut self.0 {
            IterRepr::Wire(reader, depth) => (reader, *depth),
            IterRepr::Entries(entries) => {
                let (name, value) = entries.next()?;
                return Some(Ok((ShortStr::new(name), value.reborrow())));
            }
            IterRepr::Typed(entries, index) => {
                let (name, value) = entries.entry(*index)?;
                *index += 1;
                return Some(Ok((ShortStr::new(name), value)));
            }
        };
        if reader.is_empty() {
            return None;
        }
        // A copy, which stays in registers.
        let mut ahead = reader.clone();
        // Nothing behind damage can be told apart.
        *reader = Reader::new(&[]);
        let name = match ahead.short_str("table name") {
            Ok(name) => name,
            Err(error) => return Some(Err(error)),
        };
        Value::read_with(
            ahead,
            depth,
            |value, ahead| {
                *reader = ahead;
                Some(Ok((name, value)))
            },
            |error| Some(Err(error)),
        )
    }
}

#[cfg(test)]
#[path = "field_table_tests.rs"]
mod tests;
