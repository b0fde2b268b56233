//! Starting a consumer that is told more than `basic.consume` says.

use amqp_methods::{Method as _, basic};

use super::calls::Effect;
use super::checks::{Way, check};
use super::{CallId, Channel, ConsumerOptions};
use crate::error::{Error, ErrorKind};

impl Channel<'_> {
    /// Starts a consumer; the answer comes as an [`Event::Reply`](super::Event::Reply) that names it.
    ///
    /// [`call`](Self::call) does the same, with the options' defaults.
    ///
    /// # Errors
    /// A value that the wire cannot hold; a request with `no_wait`; the tag of a consumer that this channel has, for which
    /// RabbitMQ would close the connection with 530; a channel that is not open. Nothing was sent.
    pub fn start_consumer(
        &mut self,
        consume: &basic::Consume<'_>,
        options: ConsumerOptions,
    ) -> Result<CallId, Error> {
        check(consume, &self.connection.extensions, Way::CALL_ON_CHANNEL)?;
        let tag = &consume.consumer_tag;
        if !tag.is_empty() && self.connection.is_tag_taken(self.id, tag) {
            let detail = format!("the channel has a consumer {tag:?} already");
            return Err(Error::new(ErrorKind::State, detail));
        }
        self.flush_acks();
        self.write_open(consume)?;
        let effect = Effect::Consume {
            no_ack: consume.no_ack,
            options,
        };
        self.await_reply(&[basic::ConsumeOk::ID], effect)
    }
}
