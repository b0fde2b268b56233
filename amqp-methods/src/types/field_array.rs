use core::{fmt, slice};

use crate::error::{DecodeError, EncodeError, EncodeErrorKind};
use crate::reader::Reader;
use crate::writer::Writer;

use super::field_table::counted;
use super::octets::Octets;
use super::value::{At, check_depth, check_depth_within, check_level, level};
use super::{ArrayBuilder, MAX_TABLE_DEPTH, Value};

/// An array of values of many types, inside a table.
///
/// Like [`FieldTable`](crate::FieldTable) it keeps its octets and is parsed as it is walked, or borrows
/// its elements.
///
/// Spec: 4.2.5.5
#[derive(Clone)]
pub struct FieldArray<'a>(Repr<'a>);

#[derive(Clone)]
enum Repr<'a> {
    /// Octets behind the length, and in how many others the array stands.
    Wire { octets: Octets<'a>, depth: u8 },
    /// Elements that have not been encoded.
    Elements(&'a [Value<'a>]),
    /// Nothing that can be encoded; whoever tries hears why. In parts, because a whole error would make every
    /// value larger.
    Refused {
        kind: EncodeErrorKind,
        field: &'static str,
    },
}

/// No tag: whoever walks an array that cannot be encoded meets an error, not an empty array.
const REFUSED: &[u8] = &[0];

impl<'a> FieldArray<'a> {
    /// An array without elements.
    #[inline]
    pub const fn new() -> Self {
        Self::nested(&[], 0)
    }

    /// A builder that encodes elements as it takes them.
    #[inline]
    pub fn builder() -> ArrayBuilder {
        ArrayBuilder::default()
    }

    #[inline]
    pub(super) const fn nested(octets: &'a [u8], depth: u8) -> Self {
        Self(Repr::Wire {
            octets: Octets::Borrowed(octets),
            depth,
        })
    }

    #[inline]
    pub(super) fn owned(octets: Vec<u8>) -> FieldArray<'static> {
        FieldArray(Repr::Wire {
            octets: octets.into(),
            depth: 0,
        })
    }

    /// In place of an array that could not be built: encoding it fails with `error`.
    #[inline]
    pub(super) const fn refused(error: EncodeError) -> Self {
        Self(Repr::Refused {
            kind: error.kind(),
            field: error.field(),
        })
    }

    /// Why the array could not be built, if so.
    #[inline]
    pub(super) const fn refusal(&self) -> Option<EncodeError> {
        match &self.0 {
            Repr::Refused { kind, field } => Some(EncodeError::new(*kind, field)),
            _ => None,
        }
    }

    /// Whether there are no elements.
    #[inline]
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Repr::Wire { octets, .. } => octets.as_slice().is_empty(),
            Repr::Elements(elements) => elements.is_empty(),
            Repr::Refused { .. } => false,
        }
    }

    /// Walks the elements in order. The first damaged one is an error and the last item.
    #[inline]
    pub fn iter(&self) -> ArrayIter<'_> {
        ArrayIter(match &self.0 {
            Repr::Wire { octets, depth } => IterRepr::Wire(Reader::new(octets.as_slice()), *depth),
            Repr::Elements(elements) => IterRepr::Elements(elements.iter()),
            Repr::Refused { .. } => IterRepr::Wire(Reader::new(REFUSED), 0),
        })
    }

    /// Walks everything, nested tables included.
    ///
    /// # Errors
    /// The first damage.
    #[inline]
    pub fn check(&self) -> Result<(), DecodeError> {
        self.check_at(0)
    }

    /// The same for an array that stands in `depth` others, which borrowed elements do not know of themselves.
    #[inline]
    pub(super) fn check_at(&self, depth: usize) -> Result<(), DecodeError> {
        check_level(depth)?;
        let array = match &self.0 {
            Repr::Wire { octets, depth: own } => {
                FieldArray::nested(octets.as_slice(), level(depth).max(*own))
            }
            _ => self.reborrow(),
        };
        let mut elements = array.iter();
        elements.try_for_each(|element| element?.check_at(depth + 1))
    }

    /// The same array, borrowing from this one.
    #[inline]
    pub fn reborrow(&self) -> FieldArray<'_> {
        FieldArray(match &self.0 {
            Repr::Wire { octets, depth } => Repr::Wire {
                octets: octets.reborrow(),
                depth: *depth,
            },
            Repr::Elements(elements) => Repr::Elements(elements),
            Repr::Refused { kind, field } => Repr::Refused { kind: *kind, field },
        })
    }

    #[inline]
    pub(super) fn encoded_len_at(&self, depth: usize) -> usize {
        4 + match &self.0 {
            Repr::Wire { octets, .. } => octets.as_slice().len(),
            // Encoding reports what stands deeper.
            Repr::Elements(_) if depth > MAX_TABLE_DEPTH => 0,
            Repr::Refused { .. } => 0,
            Repr::Elements(elements) => {
                let mut length = 0;
                for element in *elements {
                    length += element.encoded_len(depth);
                }
                length
            }
        }
    }

    #[inline]
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
                        FieldArray::nested(octets.as_slice(), level(depth)).check(),
                        field,
                    )?;
                }
                out.counted(field, octets.as_slice())
            }
            Repr::Elements(elements) => {
                check_depth(depth, field)?;
                counted(field, out, |out| {
                    for element in *elements {
                        element.encode(out, depth)?;
                    }
                    Ok(())
                })
            }
            Repr::Refused { kind, field } => Err(EncodeError::new(*kind, field)),
        }
    }

    /// The same array, owning its octets; one that cannot be encoded stays so.
    #[inline]
    pub fn into_owned(self) -> FieldArray<'static> {
        match self.0 {
            Repr::Wire { octets, depth } => FieldArray(Repr::Wire {
                octets: octets.into_owned(),
                depth,
            }),
            Repr::Elements(_) => match self.to_wire() {
                Ok(octets) => FieldArray::owned(octets),
                Err(error) => FieldArray::refused(error),
            },
            Repr::Refused { kind, field } => FieldArray(Repr::Refused { kind, field }),
        }
    }

    /// The contents as octets, without the length.
    #[inline]
    fn to_wire(&self) -> Result<Vec<u8>, EncodeError> {
        let mut octets = vec![0; self.encoded_len_at(0)];
        let mut out = Writer::new(&mut octets);
        self.encode_at("array", &mut out, 0)?;
        out.finish()?;
        Ok(octets.split_off(4))
    }
}

impl Default for FieldArray<'_> {
    #[inline]
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> From<&'a [Value<'a>]> for FieldArray<'a> {
    #[inline]
    fn from(elements: &'a [Value<'a>]) -> Self {
        Self(Repr::Elements(elements))
    }
}

impl<'a, const N: usize> From<&'a [Value<'a>; N]> for FieldArray<'a> {
    #[inline]
    fn from(elements: &'a [Value<'a>; N]) -> Self {
        Self(Repr::Elements(elements))
    }
}

/// Arrays are equal when their octets are.
impl PartialEq for FieldArray<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Wire { octets: left, .. }, Repr::Wire { octets: right, .. }) => left == right,
            _ => self.to_wire() == other.to_wire(),
        }
    }
}

impl Eq for FieldArray<'_> {}

/// Elements as a list; a damaged one shows as its error, and so do borrowed ones that nest beyond the limit.
impl fmt::Debug for FieldArray<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        At(self, 0).fmt(f)
    }
}

impl fmt::Debug for At<'_, FieldArray<'_>> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let At(array, depth) = *self;
        let mut list = f.debug_list();
        if let Err(error) = check_level(depth) {
            return list.entry(&error).finish();
        }
        for element in array {
            match element {
                Ok(value) => list.entry(&At(&value, depth + 1)),
                Err(error) => list.entry(&error),
            };
        }
        list.finish()
    }
}

impl<'t> IntoIterator for &'t FieldArray<'_> {
    type Item = Result<Value<'t>, DecodeError>;
    type IntoIter = ArrayIter<'t>;

    #[inline]
    fn into_iter(self) -> ArrayIter<'t> {
        self.iter()
    }
}

/// Walks a [`FieldArray`].
#[derive(Clone, Debug)]
pub struct ArrayIter<'t>(IterRepr<'t>);

#[derive(Clone, Debug)]
enum IterRepr<'t> {
    Wire(Reader<'t>, u8),
    Elements(slice::Iter<'t, Value<'t>>),
}

impl<'t> Iterator for ArrayIter<'t> {
    type Item = Result<Value<'t>, DecodeError>;

    // Inlined for the reasons given at the iterator over tables.
    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        let (reader, depth) = match &mut self.0 {
            IterRepr::Wire(reader, depth) => (reader, *depth),
            IterRepr::Elements(elements) => return Some(Ok(elements.next()?.reborrow())),
        };
        if reader.is_empty() {
            return None;
        }
        let ahead = reader.clone();
        // Nothing behind damage can be told apart.
        *reader = Reader::new(&[]);
        Value::read_with(
            ahead,
            depth,
            |value, ahead| {
                *reader = ahead;
                Some(Ok(value))
            },
            |error| Some(Err(error)),
        )
    }
}
