//! Acknowledgements that wait for others.

use std::time::Duration;

use super::Channel;
use crate::error::Error;

impl Channel {
    /// Has acknowledgements on this channel put together: from now on they wait until there are `count` of them, or
    /// the oldest has waited for `within`. As [`Channel::coalesce_acks`](crate::Channel::coalesce_acks).
    ///
    /// # Errors
    /// As there.
    pub fn coalesce_acks(&self, count: usize, within: Duration) -> Result<(), Error> {
        self.inner.coalesce_acks(count, within)
    }

    /// Sends the acknowledgements that wait because of [`coalesce_acks`](Self::coalesce_acks). Nothing is awaited. As
    /// [`Channel::flush_acks`](crate::Channel::flush_acks).
    pub fn flush_acks(&self) {
        self.inner.flush_acks();
    }
}
