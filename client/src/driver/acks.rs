//! Acknowledgements that wait for others.

use std::sync::MutexGuard;
use std::time::Duration;

use super::channel::{Channel, ended};
use super::now;
use super::shared::{Shared, State};
use crate::error::{Error, ErrorKind};

impl Channel {
    /// Has acknowledgements on this channel put together: from now on they wait until there are `count` of them, or
    /// the oldest has waited for `within`, and a run of them goes out as one with `multiple`.
    ///
    /// Never is more acknowledged than was: where a delivery lies between that is not settled, those behind it go
    /// out one by one. What waits also goes out when a consumer of the channel finds nothing more to take, before any
    /// other method on the channel but publishes and other settlements, when channel or connection close, and with
    /// [`flush_acks`](Self::flush_acks). If the server closes the channel, or the connection is lost, what waited is
    /// delivered again; so is what is on its way at that moment.
    ///
    /// As acknowledgements that wait count as unsettled, `count` is best at most half of the prefetch count: the
    /// server would have nothing to send otherwise until `within` has passed. 1 is as good as none.
    ///
    /// # Errors
    /// A count of zero; a channel on which something was delivered before: what of it is settled is not known; the
    /// channel ended.
    ///
    /// Spec: basic.ack.multiple
    pub fn coalesce_acks(&self, count: usize, within: Duration) -> Result<(), Error> {
        if count == 0 {
            let refusal = "no acknowledgement could be sent if none may wait for it";
            return Err(Error::new(ErrorKind::State, refusal));
        }
        self.with("coalesce acks", |state, id| match state.core.channel(id) {
            Some(mut channel) => channel.coalesce_acks(count, within),
            None => Err(ended(state, id)),
        })
    }

    /// Sends the acknowledgements that wait because of [`coalesce_acks`](Self::coalesce_acks). Nothing is awaited.
    pub fn flush_acks(&self) {
        let mut state = self.shared().lock("flush acks");
        if let Some(mut channel) = state.core.channel(self.id()) {
            channel.flush_acks();
        }
        self.shared().release(state);
    }
}

/// Releases the lock after something was settled, where acknowledgements wait: the I/O task has to know until when,
/// and does not have to know of each.
#[cold]
pub(super) fn release_acks(shared: &Shared, mut state: MutexGuard<'_, State>) {
    if state.core.acks_are_untimed() {
        state.core.time_acks(now());
        shared.release_urgent(state);
    } else if state.core.outgoing_octets() > 0 {
        shared.release(state);
    }
}
