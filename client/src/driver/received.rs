//! The kinds of things that consumers give.

use super::bodies::StreamedDelivery;
use super::channel::Channel;
use super::delivery::Delivery;
use super::message::Message;
use crate::proto::RawDelivery;

/// What a [`Consumer`](crate::Consumer) gives: a [`Delivery`], which is to be settled; a [`Message`], from a consumer
/// without acknowledgements; or a [`StreamedDelivery`], whose body is read piece by piece.
///
/// Its consumer is what [`Channel::consumer`] is asked for. There are no others.
pub trait Received: sealed::Sealed + Sized + Send + 'static {}

impl Received for Delivery {}
impl Received for Message {}
impl Received for StreamedDelivery {}

pub(super) mod sealed {
    use super::{Channel, RawDelivery};

    pub trait Sealed {
        /// Whether the server expects no acknowledgement.
        const NO_ACK: bool;

        /// What was received, on that channel.
        fn received(channel: &Channel, raw: RawDelivery) -> Self;
    }
}

impl sealed::Sealed for Delivery {
    const NO_ACK: bool = false;

    #[inline]
    fn received(channel: &Channel, raw: RawDelivery) -> Self {
        Self::new(channel.clone(), raw, false)
    }
}

impl sealed::Sealed for Message {
    const NO_ACK: bool = true;

    #[inline]
    fn received(_channel: &Channel, raw: RawDelivery) -> Self {
        Self::new(raw)
    }
}

impl sealed::Sealed for StreamedDelivery {
    const NO_ACK: bool = false;

    fn received(channel: &Channel, raw: RawDelivery) -> Self {
        Self::new(channel.clone(), raw)
    }
}
