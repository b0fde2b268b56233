//! Names for the things of a connection that other code refers to.

use core::fmt;

/// A channel during one of its lives.
///
/// Numbers are used again when a channel has ended, so that a number alone could mean a later channel
/// than the one it was said of.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ChannelId {
    pub(super) number: u16,
    pub(super) incarnation: u64,
}

impl ChannelId {
    /// The number on the wire.
    pub const fn number(self) -> u16 {
        self.number
    }
}

/// Prints the number.
impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.number, f)
    }
}

/// A delivery, as it is settled: its number, and the life of the channel it was numbered on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct DeliveryTag {
    pub(super) channel: ChannelId,
    pub(super) value: u64,
}

impl DeliveryTag {
    /// The channel.
    pub const fn channel(self) -> ChannelId {
        self.channel
    }

    /// The number on the wire.
    pub const fn value(self) -> u64 {
        self.value
    }
}

/// A request whose reply is outstanding.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct CallId(pub(super) u64);

/// A consumer, beyond the end of its channel: what it has received stays until it is taken.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ConsumerId(u64);

impl ConsumerId {
    /// The lowest bit tells whether what it receives needs no settling.
    pub(super) fn new(number: u64, no_ack: bool) -> Self {
        Self(number << 1 | u64::from(no_ack))
    }

    #[inline]
    pub(super) fn is_no_ack(self) -> bool {
        self.0 & 1 == 1
    }
}

/// A body that is handed on piece by piece.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct BodyId(pub(super) u64);
