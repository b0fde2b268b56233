//! The methods and properties that the benches use, as the library has them.

use std::ffi::{c_int, c_void};

use crate::values::{Octets, Table};
use crate::{Error, ffi};

/// A struct of the library that stands for a method.
///
/// # Safety
/// The struct is laid out as the one that the library has for `ID`, and refers to nothing but what lives for `'a`.
pub unsafe trait Method<'a>: 'a {
    /// Class and method in one number.
    const ID: u32;
}

/// `amqp_basic_deliver_t`
#[repr(C)]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub struct Deliver<'a> {
    pub consumer_tag: Octets<'a>,
    pub delivery_tag: u64,
    pub redelivered: c_int,
    pub exchange: Octets<'a>,
    pub routing_key: Octets<'a>,
}

/// `amqp_basic_publish_t`
#[repr(C)]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub struct Publish<'a> {
    pub ticket: u16,
    pub exchange: Octets<'a>,
    pub routing_key: Octets<'a>,
    pub mandatory: c_int,
    pub immediate: c_int,
}

/// `amqp_basic_ack_t`
#[repr(C)]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub struct Ack {
    pub delivery_tag: u64,
    pub multiple: c_int,
}

/// `amqp_queue_declare_t`
#[repr(C)]
#[expect(missing_docs, reason = "the names are those of the standard")]
pub struct Declare<'a> {
    pub ticket: u16,
    pub queue: Octets<'a>,
    pub passive: c_int,
    pub durable: c_int,
    pub exclusive: c_int,
    pub auto_delete: c_int,
    pub no_wait: c_int,
    pub arguments: Table<'a>,
}

// SAFETY: basic.deliver; src/layout.rs compares the layout, as of all below.
unsafe impl<'a> Method<'a> for Deliver<'a> {
    const ID: u32 = 60 << 16 | 60;
}

// SAFETY: basic.publish.
unsafe impl<'a> Method<'a> for Publish<'a> {
    const ID: u32 = 60 << 16 | 40;
}

// SAFETY: basic.ack.
unsafe impl Method<'_> for Ack {
    const ID: u32 = 60 << 16 | 80;
}

// SAFETY: queue.declare.
unsafe impl<'a> Method<'a> for Declare<'a> {
    const ID: u32 = 50 << 16 | 10;
}

/// Writes the arguments of a method; returns how many octets they take.
///
/// # Errors
/// No room in `out`.
#[inline]
pub fn encode_method<'a, M: Method<'a>>(method: &M, out: &mut [u8]) -> Result<usize, Error> {
    let method: *const M = method;
    // SAFETY: the struct is the one of that id, and only read; `out` is ours alone and written within its length.
    let status =
        unsafe { ffi::amqp_encode_method(M::ID, method.cast::<c_void>(), Octets::output(out)) };
    Error::check(status)
}
