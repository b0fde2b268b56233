//! The codec of [librabbitmq](https://github.com/alanxz/rabbitmq-c) without its sockets, for the benches of leveret.
//!
//! Decoding borrows from the octets and from a [`Pool`], as a C program does; structs are those of the library,
//! field by field. Encoders write into a slice. [`Input`] is what the library itself feeds with what it reads from
//! a socket. Nothing is copied or checked on the way that a caller in C would not copy or check.
//!
//! Declarations are by hand. `layout.c` tells what the C compiler makes of the installed headers, and a library
//! that differs is refused.

mod error;
mod ffi;
mod input;
mod layout;
mod methods;
mod pool;
mod properties;
mod value;
mod values;

pub use error::Error;
pub use input::{Frame, Input};
pub use methods::{Ack, Declare, Deliver, Method, Publish, encode_method};
pub use pool::Pool;
pub use properties::{Decoded, Properties, encode_properties};
pub use value::{Decimal, Value, View};
pub use values::{Array, Entry, Octets, Table, encode_table};

use std::ffi::CStr;

/// The version of the library in use, such as `0.11.0`.
pub fn version() -> &'static str {
    // SAFETY: takes nothing and has no conditions.
    let version = unsafe { ffi::amqp_version() };
    // SAFETY: documented as a string constant, terminated by a null octet.
    let version = unsafe { CStr::from_ptr(version) };
    version.to_str().unwrap_or("of a strange name")
}

#[cfg(test)]
mod tests;
