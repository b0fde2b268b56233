//! What the core has to tell.

use core::fmt;

use amqp_methods::{MethodId, ShortStr};
use bytes::Bytes;

use super::{BodyId, CallId, ChannelId, ConsumerId};
use crate::error::Error;
use crate::message::{Content, MethodTooLarge, OwnedMethod};

/// Something that happened. See the [module](super) for when to ask.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The handshake is done; channels can be opened.
    Open,
    /// A call has its answer, or will not get one.
    Reply {
        /// Which.
        call: CallId,
        /// The answer, or why there is none.
        result: Result<RawReply, Error>,
    },
    /// A consumer that had nothing has deliveries, or has ended.
    Consumer(ConsumerId),
    /// A body that is streamed and had nothing has pieces, or has ended.
    Body(BodyId),
    /// Publishes of the channel were settled: [`take_settled`](super::Channel::take_settled) says which. All
    /// were, if it has ended.
    Confirms(ChannelId),
    /// A message came back that no receipt waits for.
    Returned(ChannelId),
    /// A message was fetched without acknowledgement, for somebody who waits no longer: it is lost.
    Lost(ChannelId),
    /// The server asked this channel to stop sending content, or to go on.
    Flow {
        /// Which channel.
        channel: ChannelId,
        /// Whether content may be sent.
        active: bool,
    },
    /// A `tx.commit` is answered, so that content is [taken](super::Channel::takes_content) again. What was sent on the
    /// channel meanwhile is in the output.
    Committed(ChannelId),
    /// The server cancelled a consumer, whose end is told by [`Consumer`](Self::Consumer) as well.
    ConsumerCancelled {
        /// On which channel.
        channel: ChannelId,
        /// The tag of the consumer.
        consumer_tag: ShortStr<'static>,
    },
    /// A delivery was settled while the connection [drains](super::Connection::drain).
    Settled,
    /// The server holds back publishers, with its reason.
    Blocked(String),
    /// The server takes publishes again.
    Unblocked,
    /// A method that the core has no use for: one of an extension, that answers no call.
    Method {
        /// On which channel; none for the connection.
        channel: Option<ChannelId>,
        /// The method, with its content if an extension is known to give it one.
        method: OwnedMethod,
    },
    /// The same for a method whose content is larger than the connection takes: its body was passed over.
    MethodTooLarge {
        /// On which channel.
        channel: ChannelId,
        /// The method, and everything else that came with it.
        method: MethodTooLarge,
    },
    /// A channel ended. Its pending calls got their error, its consumers their end, before this.
    ChannelClosed {
        /// Which.
        channel: ChannelId,
        /// Why.
        error: Error,
    },
    /// The connection ended. All channels did, before this.
    Closed(Error),
}

/// The answer to a call, as it came.
#[derive(Clone)]
pub struct RawReply {
    /// Which of the expected methods it is.
    pub id: MethodId,
    /// Its arguments.
    pub arguments: Bytes,
    /// What followed it, for a method with content.
    pub content: Option<Content>,
    /// The consumer that it began, for `basic.consume-ok`.
    pub consumer: Option<ConsumerId>,
}

/// The arguments by their size only: nobody knows here which of them are secrets.
impl fmt::Debug for RawReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawReply")
            .field("id", &self.id)
            .field(
                "arguments",
                &format_args!("{} octets", self.arguments.len()),
            )
            .field("content", &self.content)
            .field("consumer", &self.consumer)
            .finish()
    }
}
