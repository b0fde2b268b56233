//! What the library answers instead of a count of octets.

use std::ffi::{CStr, c_int};
use std::{error, fmt};

use crate::ffi;

/// A negative status of the library.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Error(c_int);

impl Error {
    /// What is not negative is a count.
    pub(crate) fn check(status: c_int) -> Result<usize, Self> {
        usize::try_from(status).map_err(|_negative| Self(status))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: any number is allowed.
        let text = unsafe { ffi::amqp_error_string2(self.0) };
        // SAFETY: documented as a string that must not be freed: a constant.
        let text = unsafe { CStr::from_ptr(text) };
        write!(f, "librabbitmq: {}", text.to_string_lossy())
    }
}

impl error::Error for Error {}
