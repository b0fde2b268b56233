//! How handles are shown: they are printed in logs, by themselves and within deliveries, and say there which they are.

use core::fmt;

use super::channel::Channel;
use super::connection::Connection;

/// The server that it is to.
impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("address", &self.address())
            .finish_non_exhaustive()
    }
}

/// Its number, and the server.
impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("number", &self.number())
            .field("address", &self.shared().address)
            .finish_non_exhaustive()
    }
}
