//! Counts of a connection.

use super::connection::Connection;
use super::now;
use crate::proto::Metrics;

impl Connection {
    /// Counts of what the connection has done, and how much there is of what now.
    ///
    /// The lock of the connection is held for as long as it takes to look at every channel once. Counting costs no more
    /// than an addition each: nothing of it is atomic.
    ///
    /// ```no_run
    /// # fn run(connection: leveret::Connection) {
    /// let metrics = connection.metrics();
    /// println!(
    ///     "{} published, {} of them unconfirmed; blocked for {:?}",
    ///     metrics.messages_published, metrics.unconfirmed, metrics.blocked_time,
    /// );
    /// # }
    /// ```
    pub fn metrics(&self) -> Metrics {
        let mut state = self.shared().lock("look at the metrics");
        let mut metrics = state.core.metrics(now());
        // What the I/O task has taken waits as well.
        metrics.buffered_octets = state.write_pressure().octets() as u64;
        metrics
    }
}
