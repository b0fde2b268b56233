//! What holds publishers back.

use core::fmt;

/// What holds content back, while everything else goes on.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Hold {
    /// The server takes no content on any channel, because it is short of memory or disk. RabbitMQ:
    /// connection.blocked
    Blocked,
    /// The server takes no content on this channel. Spec: channel.flow
    Flow,
    /// As many octets wait to be written as `write_buffer_high_water` allows.
    Output,
    /// As many publishes of the channel are not settled as the publisher's `max_in_flight` allows.
    InFlight,
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blocked => "the server has blocked the connection",
            Self::Flow => "the server has stopped the flow on the channel",
            Self::Output => "too many octets wait to be written",
            Self::InFlight => "too many publishes are not settled",
        })
    }
}
