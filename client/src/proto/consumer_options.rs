//! What a consumer is told beside its `basic.consume`: how it takes what is large.

/// How a consumer takes what is large. The default takes everything whole, up to the connection's
/// [`max_message_size`](crate::ConnectionParameters::max_message_size).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ConsumerOptions {
    /// What becomes of a message that is larger than the connection takes.
    pub over_limit: OverLimit,
    /// Bodies of so many octets and more are handed on piece by piece as they come, whatever their size; none if
    /// all come whole.
    pub stream_from: Option<u64>,
}

/// What becomes of a message that is larger than the connection's
/// [`max_message_size`](crate::ConnectionParameters::max_message_size).
///
/// Its body is passed over without being kept. Its consumer is told of it in any case, with its properties and its
/// size; without acknowledgements there is nothing to settle.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum OverLimit {
    /// It is rejected: dead-lettered if its queue says where to, and dropped otherwise. Spec: basic.reject
    #[default]
    Discard,
    /// It goes back to its queue. As long as no other consumer takes it, it comes again and again.
    Requeue,
    /// It is acknowledged, as if it had been dealt with.
    Ack,
    /// Its channel is closed with 311, content too large, before the body comes. The message goes back to its queue,
    /// as everything does that the channel had not settled.
    CloseChannel,
}

impl ConsumerOptions {
    /// The default.
    pub fn new() -> Self {
        Self::default()
    }
}
