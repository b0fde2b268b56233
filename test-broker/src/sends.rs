//! What the server says.

use amqp_methods::{Content, DynMethod, EncodeError, FrameEncoder};

use crate::failure::fail;
use crate::peer::Peer;

/// Brokers split bodies and nothing else: methods and content headers go out whatever their size.
const UNLIMITED: FrameEncoder = FrameEncoder::new(0);

impl Peer {
    /// Sends a method on channel 0. For other channels: [`on`](Self::on).
    ///
    /// # Panics
    /// A value that the wire cannot hold.
    #[track_caller]
    pub fn sends(&mut self, method: impl DynMethod) {
        self.sends_on(0, method);
    }

    /// Sends a method on a channel, as [`on`](Self::on) does.
    ///
    /// # Panics
    /// A value that the wire cannot hold.
    #[track_caller]
    pub fn sends_on(&mut self, channel: u16, method: impl DynMethod) {
        written(UNLIMITED.method(&mut self.outbox, channel, &method));
        if channel == 0 {
            self.handshake.note_sent(method.id());
        }
    }

    /// Sends a method with its content, the body split at [`frame_max`](Self::frame_max).
    ///
    /// # Panics
    /// A value that the wire cannot hold; channel 0.
    #[track_caller]
    pub fn sends_content(
        &mut self,
        channel: u16,
        method: impl DynMethod,
        properties: &impl Content,
        body: &[u8],
    ) {
        self.sends_content_start(channel, method, properties, body.len() as u64);
        self.sends_body(channel, body);
    }

    /// Sends a method and the header of its content, which announces `body_size` octets.
    ///
    /// With [`sends_body`](Self::sends_body), a script interleaves channels or breaks its word.
    ///
    /// # Panics
    /// A value that the wire cannot hold; channel 0.
    #[track_caller]
    pub fn sends_content_start(
        &mut self,
        channel: u16,
        method: impl DynMethod,
        properties: &impl Content,
        body_size: u64,
    ) {
        written(UNLIMITED.content_start(
            &mut self.outbox,
            channel,
            &method,
            properties,
            body_size,
            0,
        ));
    }

    /// Sends octets of a body, split at [`frame_max`](Self::frame_max); no frame if there are none.
    pub fn sends_body(&mut self, channel: u16, body: &[u8]) {
        let encoder = FrameEncoder::new(self.frame_max());
        for piece in body.chunks(encoder.body_max()) {
            written(encoder.body(&mut self.outbox, channel, piece));
        }
    }

    /// Sends a heartbeat.
    pub fn sends_heartbeat(&mut self) {
        UNLIMITED.heartbeat(&mut self.outbox);
    }

    /// Sends octets as they are: frames that no encoder would write, or no frames at all.
    pub fn sends_frame_raw(&mut self, octets: &[u8]) {
        self.outbox.extend_from_slice(octets);
    }
}

#[track_caller]
fn written(result: Result<(), EncodeError>) {
    if let Err(error) = result {
        fail(format_args!(
            "the script sends what cannot be sent: {error}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Tuning;
    use amqp_methods::{basic, channel, connection};

    #[test]
    fn a_method_becomes_a_frame() {
        let mut peer = Peer::after_start_ok();
        peer.sends(connection::Tune::new(2047, 131_072, 60));
        peer.on(1).sends(channel::OpenOk);
        assert_eq!(
            &peer.transmit()[..],
            b"\x01\x00\x00\x00\x00\x00\x0c\x00\x0a\x00\x1e\x07\xff\x00\x02\x00\x00\x00\x3c\xce\
              \x01\x00\x01\x00\x00\x00\x08\x00\x14\x00\x0b\x00\x00\x00\x00\xce"
        );
        assert!(!peer.has_output());
    }

    #[test]
    fn bodies_are_split_at_frame_max() {
        let mut peer = Peer::open().tuning(Tuning {
            frame_max: 10,
            ..Tuning::default()
        });
        let get_ok = basic::GetOk::new(1, "", "q", 0);
        peer.sends_content(1, get_ok, &basic::Properties::default().priority(3), b"abc");
        assert_eq!(
            &peer.transmit()[..],
            b"\x01\x00\x01\x00\x00\x00\x14\x00\x3c\x00\x47\0\0\0\0\0\0\0\x01\x00\x00\x01q\0\0\0\0\xce\
              \x02\x00\x01\x00\x00\x00\x0f\x00\x3c\x00\x00\0\0\0\0\0\0\0\x03\x08\x00\x03\xce\
              \x03\x00\x01\x00\x00\x00\x02ab\xce\
              \x03\x00\x01\x00\x00\x00\x01c\xce"
        );
    }

    #[test]
    fn an_empty_body_takes_no_frame() {
        let mut peer = Peer::open();
        peer.sends_body(1, b"");
        assert!(!peer.has_output());
    }

    #[test]
    fn heartbeats_and_raw_octets_go_out_as_they_are() {
        let mut peer = Peer::open();
        peer.sends_heartbeat();
        peer.sends_frame_raw(b"junk");
        assert_eq!(&peer.transmit()[..], b"\x08\0\0\0\0\0\0\xcejunk");
    }
}
