//! Deliveries that are settled when nobody else does it.

use core::ops::Deref;
use std::thread::panicking;

use super::delivery::Delivery;
use super::message::Message;
use crate::error::Error;
use crate::proto::Settlement;

/// How a delivery is settled.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Disposition {
    /// It was dealt with. Spec: basic.ack
    Ack,
    /// It was not, and goes back to its queue as a delivery that failed: quorum queues count these, and give up a
    /// message whose limit is reached. Spec: basic.reject
    Requeue,
    /// Nobody has tried: it goes back to its queue, and nothing is counted. RabbitMQ: basic.nack
    GiveBack,
    /// It cannot be dealt with: dead-lettered if its queue says where to, and dropped otherwise. Spec: basic.reject
    Discard,
}

/// To have nothing to say is to have dealt with it.
impl From<()> for Disposition {
    fn from((): ()) -> Self {
        Self::Ack
    }
}

/// A delivery that is settled when it is dropped, from [`Delivery::settle_on_drop`].
///
/// [`ack`](Self::ack) says that all went well. Dropped without it, by an early return, a `?`, or because the future it
/// is in is dropped, the delivery is [given back](Disposition::GiveBack); dropped by a panic, it is
/// [requeued](Disposition::Requeue) as one that failed. Both can be [chosen](Self::on_drop) otherwise.
///
/// ```no_run
/// # fn work(body: &[u8]) -> Result<(), leveret::Error> { Ok(()) }
/// # fn handle(delivery: leveret::Delivery) -> Result<(), leveret::Error> {
/// let delivery = delivery.settle_on_drop();
/// work(delivery.body())?; // an error or a panic: back to its queue
/// delivery.ack()
/// # }
/// ```
#[derive(Debug)]
#[must_use = "dropped at once, it is settled at once"]
pub struct SettleOnDrop {
    /// None when it is settled.
    delivery: Option<Delivery>,
    message: Message,
    on_drop: Disposition,
    on_panic: Disposition,
    /// It was made while another panic was under way, which is not its own.
    was_panicking: bool,
}

impl Delivery {
    /// Makes sure that it is settled: dropped, it is given back, and by a panic requeued.
    pub fn settle_on_drop(self) -> SettleOnDrop {
        SettleOnDrop {
            message: self.message().clone(),
            delivery: Some(self),
            on_drop: Disposition::GiveBack,
            on_panic: Disposition::Requeue,
            was_panicking: panicking(),
        }
    }

    /// Settles it in that way.
    ///
    /// # Errors
    /// As [`ack`](Self::ack).
    pub fn settle_as(self, disposition: Disposition) -> Result<(), Error> {
        self.settle(match disposition {
            Disposition::Ack => Settlement::Ack { multiple: false },
            Disposition::Requeue => Settlement::Reject { requeue: true },
            Disposition::GiveBack => Settlement::Nack {
                multiple: false,
                requeue: true,
            },
            Disposition::Discard => Settlement::Reject { requeue: false },
        })
    }
}

impl SettleOnDrop {
    /// What happens when it is dropped and nothing panics. With [`Disposition::Ack`], the end of a scope is success.
    /// Default: [`Disposition::GiveBack`].
    pub fn on_drop(mut self, disposition: Disposition) -> Self {
        self.on_drop = disposition;
        self
    }

    /// What happens when it is dropped by a panic. Default: [`Disposition::Requeue`].
    pub fn on_panic(mut self, disposition: Disposition) -> Self {
        self.on_panic = disposition;
        self
    }

    /// It was dealt with.
    ///
    /// # Errors
    /// As [`Delivery::ack`].
    pub fn ack(self) -> Result<(), Error> {
        self.settle_as(Disposition::Ack)
    }

    /// Settles it in that way.
    ///
    /// # Errors
    /// As [`Delivery::ack`].
    pub fn settle_as(mut self, disposition: Disposition) -> Result<(), Error> {
        match self.delivery.take() {
            Some(delivery) => delivery.settle_as(disposition),
            None => Ok(()),
        }
    }

    /// The delivery, which is no longer settled when it is dropped.
    pub fn into_delivery(mut self) -> Option<Delivery> {
        self.delivery.take()
    }
}

impl Deref for SettleOnDrop {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}

impl Drop for SettleOnDrop {
    fn drop(&mut self) {
        let Some(delivery) = self.delivery.take() else {
            return;
        };
        let disposition = match panicking() && !self.was_panicking {
            true => self.on_panic,
            false => self.on_drop,
        };
        if let Err(error) = delivery.settle_as(disposition) {
            tracing::debug!(%error, "the server delivers again what was not settled");
        }
    }
}
