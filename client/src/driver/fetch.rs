//! Fetching until a queue is empty.

use amqp_methods::basic;

use super::channel::Channel;
use super::delivery::Delivery;
use crate::error::Error;

/// Messages of a queue, fetched one by one until it is empty: from [`Channel::fetch`].
#[derive(Debug)]
pub struct Fetch {
    channel: Channel,
    get: basic::Get<'static>,
}

impl Channel {
    /// Fetches messages one by one, with a request and an answer for each, until the queue is empty.
    ///
    /// A consumer is the way to get many, or to wait for them. This is for looking what is there, and for what comes
    /// rarely.
    ///
    /// ```no_run
    /// # async fn run(channel: leveret::Channel) -> Result<(), leveret::Error> {
    /// use leveret::amqp_methods::basic;
    ///
    /// let mut letters = channel.fetch(basic::Get::new("dead-letters"));
    /// while let Some(letter) = letters.next().await {
    ///     letter?.ack()?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Spec: basic.get
    pub fn fetch(&self, get: basic::Get<'_>) -> Fetch {
        Fetch {
            channel: self.clone(),
            get: get.into_owned(),
        }
    }
}

impl Fetch {
    /// The next message; none if the queue is empty at the moment. It may be asked again then.
    ///
    /// # Errors
    /// As [`Channel::basic_get`].
    ///
    /// # Cancel safety
    /// As [`Channel::basic_get`]: a message that was on its way goes back to its queue, unless it was fetched with
    /// `no_ack`.
    pub async fn next(&mut self) -> Option<Result<Delivery, Error>> {
        let get = basic::Get {
            queue: self.get.queue.reborrow(),
            no_ack: self.get.no_ack,
        };
        self.channel.basic_get(get).await.transpose()
    }
}
