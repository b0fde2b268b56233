//! Limits in both directions.

use crate::parameters::{ConnectionParameters, Heartbeat};

impl ConnectionParameters {
    /// Sets the longest silence tolerated from the server, in whole seconds up to 65535.
    ///
    /// Zero turns heartbeats off. The smaller of this and the server's proposal is used; with pika a number
    /// always wins, which is [`Heartbeat::Exactly`]. Default: 60 s, where pika takes what the server proposes.
    ///
    /// Spec: connection.tune, 4.2.7
    #[must_use]
    pub fn heartbeat(mut self, heartbeat: impl Into<Heartbeat>) -> Self {
        self.heartbeat = heartbeat.into();
        self
    }

    /// Sets the largest frame to ask for, in octets with the eight that surround the payload.
    ///
    /// Zero asks for no limit, anything else is at least 4096. The smaller of this and the server's limit is
    /// used. Default: 131072. RabbitMQ: refuses less than 8192 from version 4.1 on.
    ///
    /// Spec: connection.tune-ok, 4.2.3
    #[must_use]
    pub fn frame_max(mut self, frame_max: u32) -> Self {
        self.frame_max = frame_max;
        self
    }

    /// Sets the largest frame to send before the two sides have agreed on a limit, in octets with the eight that surround
    /// the payload, at least 4096.
    ///
    /// The credentials and the client properties have to fit into one, which matters if the password is a token: what
    /// does not fit is not sent, and connecting ends with [`Encode`](crate::ErrorKind::Encode). Default: 4096, which every
    /// server takes.
    ///
    /// RabbitMQ: takes 8192 from version 4.1 on, or what `initial_frame_max` is in its configuration. It hangs up on more
    /// than it takes without a word.
    ///
    /// Spec: connection.start-ok, 4.2.3
    #[must_use]
    pub fn initial_frame_max(mut self, octets: u32) -> Self {
        self.initial_frame_max = octets;
        self
    }

    /// Sets the number of channels to ask for.
    ///
    /// Zero asks for no limit. The smaller of this and the server's limit is used. Default: 2047, where pika
    /// asks for 65535 and is given 2047.
    ///
    /// Spec: connection.tune-ok
    #[must_use]
    pub fn channel_max(mut self, channel_max: u16) -> Self {
        self.channel_max = channel_max;
        self
    }

    /// Sets the largest message body accepted from the server, in octets, at least 1.
    ///
    /// Default: 128 MiB, which is what RabbitMQ allowed before version 4.0; since then it allows 16 MiB.
    ///
    /// A larger one is passed over, and costs neither channel nor connection, unless its consumer has chosen otherwise.
    /// It is told without its body:
    ///
    /// | | |
    /// |---|---|
    /// | a delivery | an error of its consumer, [`Error::too_large`](crate::Error::too_large); settled as chosen by [`OverLimit`](crate::OverLimit) |
    /// | a message that is fetched | the same error of the call; it goes back to its queue |
    /// | a message that comes back | [`Returned`](crate::Returned), whose `body` is none |
    /// | content of an extension | an error of the call or of the stream, [`Error::method_too_large`](crate::Error::method_too_large) |
    ///
    /// Bodies that a consumer reads piece by piece may be larger.
    #[must_use]
    pub fn max_message_size(mut self, octets: u64) -> Self {
        self.max_message_size = octets;
        self
    }

    /// Sets the largest content header accepted from the server, in octets, at least 4096.
    ///
    /// It stands apart from `frame_max`, which RabbitMQ does not apply to the header frames it sends.
    /// Default: 1 MiB.
    #[must_use]
    pub fn max_header_size(mut self, octets: u32) -> Self {
        self.max_header_size = octets;
        self
    }

    /// Sets how many octets may wait to be written before publishing waits too, at least 1.
    ///
    /// Default: 1 MiB. pika: 1.x buffers without a limit.
    #[must_use]
    pub fn write_buffer_high_water(mut self, octets: usize) -> Self {
        self.write_buffer_high_water = octets;
        self
    }

    /// Sets to how few octets what waits to be written has to fall before publishing goes on: less than
    /// [`write_buffer_high_water`](Self::write_buffer_high_water).
    ///
    /// Default: half of the high mark.
    #[must_use]
    pub fn write_buffer_low_water(mut self, octets: usize) -> Self {
        self.write_buffer_low_water = Some(octets);
        self
    }

    /// Sets whether the connection watches for back-pressure by pika's rule: more octets wait to be written than
    /// [`backpressure_multiplier`](Self::backpressure_multiplier) times those of the average frame so far.
    ///
    /// It is then told by `Connection::write_pressure` and a warning in the log. What makes publishing wait is
    /// [`write_buffer_high_water`](Self::write_buffer_high_water), with or without it. Default: false.
    #[must_use]
    pub fn backpressure_detection(mut self, detect: bool) -> Self {
        self.backpressure_detection = detect;
        self
    }

    /// Sets how many average frames may wait to be written before that is back-pressure, at least 1.
    ///
    /// Default: 10, as pika has it.
    #[must_use]
    pub fn backpressure_multiplier(mut self, frames: u32) -> Self {
        self.backpressure_multiplier = frames;
        self
    }
}
