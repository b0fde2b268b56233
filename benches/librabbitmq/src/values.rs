//! Octets, and tables and arrays of values: structs that point to somebody else's, with the lifetime of that.

use std::ffi::c_int;
use std::marker::PhantomData;
use std::slice;

use crate::{Error, Value, ffi};

/// `amqp_bytes_t`: octets that belong to somebody else.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Octets<'a> {
    len: usize,
    pub(crate) start: *const u8,
    borrowed: PhantomData<&'a [u8]>,
}

impl<'a> Octets<'a> {
    /// What is not there: a field that was not set.
    pub const NONE: Self = Self {
        len: 0,
        start: std::ptr::null(),
        borrowed: PhantomData,
    };

    /// Borrows them.
    #[inline]
    pub const fn new(octets: &'a [u8]) -> Self {
        Self {
            len: octets.len(),
            start: octets.as_ptr(),
            borrowed: PhantomData,
        }
    }

    /// For an encoder to write to. The library has one type for both.
    pub(crate) fn output(octets: &'a mut [u8]) -> Self {
        Self {
            len: octets.len(),
            start: octets.as_mut_ptr(),
            borrowed: PhantomData,
        }
    }

    /// The octets; nobody has checked whether they are text.
    #[inline]
    pub fn as_slice(&self) -> &'a [u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: `start` and `len` come from a slice of that lifetime, or from the library, which points into
        // octets and pools of that lifetime.
        unsafe { slice::from_raw_parts(self.start, self.len) }
    }
}

impl<'a> From<&'a str> for Octets<'a> {
    fn from(text: &'a str) -> Self {
        Self::new(text.as_bytes())
    }
}

/// `amqp_table_t`: decoded or to be encoded, entry by entry.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Table<'a> {
    count: c_int,
    pub(crate) entries: *const Entry<'a>,
    borrowed: PhantomData<&'a [Entry<'a>]>,
}

impl<'a> Table<'a> {
    /// A table without entries.
    pub const EMPTY: Self = Self {
        count: 0,
        entries: std::ptr::null(),
        borrowed: PhantomData,
    };

    /// Borrows the entries.
    ///
    /// # Panics
    /// More entries than a C `int` counts.
    pub fn new(entries: &'a [Entry<'a>]) -> Self {
        Self {
            count: count(entries.len()),
            entries: entries.as_ptr(),
            borrowed: PhantomData,
        }
    }

    /// The entries in their order.
    #[inline]
    pub fn entries(&self) -> &'a [Entry<'a>] {
        // SAFETY: as many as were given to `new`, or as the library decoded into a pool of that lifetime.
        unsafe { parts(self.entries, self.count) }
    }
}

/// `amqp_array_t`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Array<'a> {
    count: c_int,
    pub(crate) elements: *const Value<'a>,
    borrowed: PhantomData<&'a [Value<'a>]>,
}

impl<'a> Array<'a> {
    /// Borrows the elements.
    ///
    /// # Panics
    /// More elements than a C `int` counts.
    pub fn new(elements: &'a [Value<'a>]) -> Self {
        Self {
            count: count(elements.len()),
            elements: elements.as_ptr(),
            borrowed: PhantomData,
        }
    }

    /// The elements in their order.
    #[inline]
    pub fn elements(&self) -> &'a [Value<'a>] {
        // SAFETY: as for the entries of a table.
        unsafe { parts(self.elements, self.count) }
    }
}

fn count(len: usize) -> c_int {
    c_int::try_from(len).expect("no table has that many entries")
}

/// # Safety
/// `count` values stand at `start` for as long as `'a`, unless there are none.
unsafe fn parts<'a, T>(start: *const T, count: c_int) -> &'a [T] {
    match usize::try_from(count) {
        Ok(0) | Err(_) => &[],
        // SAFETY: what this function asks for.
        Ok(count) => unsafe { slice::from_raw_parts(start, count) },
    }
}

/// `amqp_table_entry_t`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// Its name.
    pub key: Octets<'a>,
    /// Its value.
    pub value: Value<'a>,
}

/// Writes a table with its length; returns how many octets that took.
///
/// # Errors
/// No room in `out`.
pub fn encode_table(table: &Table<'_>, out: &mut [u8]) -> Result<usize, Error> {
    let mut offset = 0;
    // SAFETY: the table is only read, its pointers are valid as its lifetime says; `out` is ours alone and written
    // within its length; `offset` is a place to count in.
    let status = unsafe { ffi::amqp_encode_table(Octets::output(out), table, &raw mut offset) };
    Error::check(status)?;
    Ok(offset)
}
