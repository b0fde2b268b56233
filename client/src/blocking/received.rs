//! The kinds of things that consumers give.

use super::bodies::StreamedDelivery;
use super::channel::Channel;
use crate::driver::{self, Delivery, Message};

/// What a [`Consumer`](super::Consumer) gives: a [`Delivery`], which is to be settled; a [`Message`], from a consumer
/// without acknowledgements; or a [`StreamedDelivery`], whose body is read piece by piece. As
/// [`Received`](crate::Received).
///
/// Its consumer is what [`Channel::consumer`] is asked for. There are no others.
pub trait Received: sealed::Sealed + Sized + Send + 'static {}

impl Received for Delivery {}
impl Received for Message {}
impl Received for StreamedDelivery {}

pub(super) mod sealed {
    use core::fmt;

    use super::{Channel, driver};

    pub trait Sealed {
        /// What the asynchronous consumer gives.
        type Inner: driver::Received + fmt::Debug;

        /// The same for code that blocks.
        fn received(channel: &Channel, inner: Self::Inner) -> Self;
    }
}

impl sealed::Sealed for Delivery {
    type Inner = Self;

    #[inline]
    fn received(_channel: &Channel, inner: Self) -> Self {
        inner
    }
}

impl sealed::Sealed for Message {
    type Inner = Self;

    #[inline]
    fn received(_channel: &Channel, inner: Self) -> Self {
        inner
    }
}

impl sealed::Sealed for StreamedDelivery {
    type Inner = driver::StreamedDelivery;

    fn received(channel: &Channel, inner: driver::StreamedDelivery) -> Self {
        Self::new(channel, inner)
    }
}
