//! What the server is called. The core knows no addresses, but its errors may have one.

use std::sync::Arc;

use super::Connection;
use crate::error::Error;

impl Connection {
    /// Says where the server is, in words for people, such as `rabbit-1 (10.0.0.1) port 5672`.
    ///
    /// The reason for which the connection or a channel ends has that as [`Error::address`] from now on, and so has every
    /// error that repeats it. Call it before anything is read, so that errors of the handshake have it too. Without it,
    /// errors say nothing of where the server is.
    pub fn set_address(&mut self, address: impl Into<Arc<str>>) {
        self.address = Some(address.into());
    }

    /// What was said of where the server is.
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The same error, with where the server is.
    pub(crate) fn about_server(&self, error: Error) -> Error {
        match &self.address {
            Some(address) => error.about(address),
            None => error,
        }
    }
}
