//! Pools, from which decoded structs are taken.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;

use crate::values::{Octets, Table};
use crate::{Decoded, Error, Method, Properties, ffi, layout};

/// `amqp_pool_t`: memory of what was decoded.
///
/// It is given back all at once, by [`recycle`](Self::recycle), which nothing decoded can outlive.
pub struct Pool {
    raw: UnsafeCell<ffi::Pool>,
}

impl Pool {
    /// A pool that grows by pages of so many octets.
    ///
    /// # Panics
    /// The installed library has other structs than this crate.
    pub fn new(page: usize) -> Self {
        layout::check();
        let mut raw = MaybeUninit::uninit();
        // SAFETY: sets every field of what it is given, and reads none.
        unsafe { ffi::init_amqp_pool(raw.as_mut_ptr(), page) };
        // SAFETY: the call above did it.
        let raw = UnsafeCell::new(unsafe { raw.assume_init() });
        Self { raw }
    }

    /// Keeps the pages and forgets what is in them.
    #[inline]
    pub fn recycle(&mut self) {
        // SAFETY: the pool is sound, and ours alone: nothing that was decoded is still borrowed.
        unsafe { ffi::recycle_amqp_pool(self.raw.get_mut()) };
    }

    /// Decodes the arguments of a method.
    ///
    /// # Errors
    /// What the library refuses.
    #[inline]
    pub fn decode_method<'a, M: Method<'a>>(&'a self, arguments: &'a [u8]) -> Result<&'a M, Error> {
        let mut decoded = std::ptr::null_mut();
        // SAFETY: the pool is sound and in no other use during the call, because it is not `Sync`; the octets are
        // read within their length.
        let status = unsafe {
            ffi::amqp_decode_method(
                M::ID,
                self.raw.get(),
                Octets::new(arguments),
                &raw mut decoded,
            )
        };
        Error::check(status)?;
        // SAFETY: where the status is good, a struct of this method was taken from the pool, which is borrowed for
        // `'a` as the octets are that it points into.
        Ok(unsafe { &*decoded.cast::<M>() })
    }

    /// Decodes the presence flags and properties of a content of class `basic`.
    ///
    /// # Errors
    /// What the library refuses.
    #[inline]
    pub fn decode_properties<'a>(&'a self, octets: &'a [u8]) -> Result<Decoded<'a>, Error> {
        let mut decoded = std::ptr::null_mut();
        let class = Properties::CLASS;
        // SAFETY: as in `decode_method`.
        let status = unsafe {
            ffi::amqp_decode_properties(
                class,
                self.raw.get(),
                Octets::new(octets),
                &raw mut decoded,
            )
        };
        Error::check(status)?;
        // SAFETY: as in `decode_method`; properties of this class are such a struct.
        Ok(unsafe { Decoded::at(decoded) })
    }

    /// Decodes a table with its length; returns it, and how many octets it took.
    ///
    /// # Errors
    /// What the library refuses.
    #[inline]
    pub fn decode_table<'a>(&'a self, octets: &'a [u8]) -> Result<(Table<'a>, usize), Error> {
        let mut table = Table::EMPTY;
        let mut offset = 0;
        // SAFETY: as in `decode_method`; both outputs are places of ours.
        let status = unsafe {
            let octets = Octets::new(octets);
            ffi::amqp_decode_table(octets, self.raw.get(), &raw mut table, &raw mut offset)
        };
        Error::check(status)?;
        Ok((table, offset))
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // SAFETY: the pool is sound, ours alone, and not used again.
        unsafe { ffi::empty_amqp_pool(self.raw.get_mut()) };
    }
}
