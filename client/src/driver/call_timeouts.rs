//! Another deadline for some calls.

use std::time::Duration;

use super::channel::Channel;
use super::connection::Connection;

impl Channel {
    /// Makes another handle of the same channel, whose calls wait that long for their answers instead of for
    /// `call_timeout`: everything that is made of it is given that too.
    ///
    /// At most 365 days; more counts as that.
    ///
    /// ```no_run
    /// # async fn run(channel: leveret::Channel) -> Result<(), leveret::Error> {
    /// use std::time::Duration;
    /// use leveret::amqp_methods::queue;
    ///
    /// let patient = channel.with_call_timeout(Duration::from_secs(300));
    /// patient.call(queue::Purge::new("a-very-long-queue")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_call_timeout(&self, timeout: Duration) -> Self {
        let mut channel = self.clone();
        channel.call_timeout = Some(timeout);
        channel
    }
}

impl Connection {
    /// Makes another handle of the same connection, whose calls wait that long for their answers instead of for
    /// `call_timeout`. So do the calls on channels that are opened through it.
    ///
    /// At most 365 days; more counts as that.
    #[must_use]
    pub fn with_call_timeout(&self, timeout: Duration) -> Self {
        let mut connection = self.clone();
        connection.call_timeout = Some(timeout);
        connection
    }
}
