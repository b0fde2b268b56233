//! What goes over the wire, for the log at its finest: names and sizes, and never what is in it.

use amqp_methods::{FRAME_OVERHEAD, MethodId, PROTOCOL, ProtocolHeader};

use crate::proto::Outbox;
use crate::trace::{Detail, is_written};

/// What a frame is, by its first octets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Head {
    kind: u8,
    channel: u16,
    /// Octets of the whole frame.
    octets: usize,
    /// The method in it, if it is a method frame.
    method: Option<MethodId>,
}

/// Tells of the whole frames at the start of what was read. The core will take the same, and leave the rest for later.
#[inline]
pub(super) fn note_received(octets: &[u8]) {
    if is_written(Detail::Frames) {
        for head in whole_frames(octets) {
            head.write("received");
        }
    }
}

/// Tells of the frames in an output that was just given out, which holds whole ones.
#[inline]
pub(super) fn note_sent(output: &Outbox) {
    if is_written(Detail::Frames) {
        for head in heads(output.slices()) {
            head.write("sent");
        }
    }
}

fn whole_frames(mut octets: &[u8]) -> impl Iterator<Item = Head> {
    std::iter::from_fn(move || {
        let head = Head::read(octets)?;
        octets = octets.get(head.octets..)?;
        Some(head)
    })
}

/// The frames in pieces that are cut only behind the head of a body frame, and behind its body.
fn heads<'o>(pieces: impl Iterator<Item = &'o [u8]>) -> impl Iterator<Item = Head> {
    let mut skip = 0;
    pieces.flat_map(move |mut octets| {
        let mut heads = Vec::new();
        while let Some(rest) = octets.get(skip..) {
            octets = rest;
            skip = 0;
            let Some(head) = Head::read(octets) else {
                return heads;
            };
            heads.push(head);
            skip = head.octets;
        }
        skip -= octets.len();
        heads
    })
}

impl Head {
    fn read(octets: &[u8]) -> Option<Self> {
        let [kind, c0, c1, s0, s1, s2, s3] = *octets.first_chunk()?;
        if kind == b'A' {
            return Some(Self {
                kind,
                channel: 0,
                octets: ProtocolHeader::LENGTH,
                method: None,
            });
        }
        let size = u32::from_be_bytes([s0, s1, s2, s3]) as usize;
        let payload = octets.get(FRAME_OVERHEAD - 1..).unwrap_or_default();
        let method = match (kind, payload.first_chunk()) {
            (METHOD, Some([a, b, c, d])) if size >= 4 => Some(MethodId::new(
                u16::from_be_bytes([*a, *b]),
                u16::from_be_bytes([*c, *d]),
            )),
            _ => None,
        };
        Some(Self {
            kind,
            channel: u16::from_be_bytes([c0, c1]),
            octets: size.saturating_add(FRAME_OVERHEAD),
            method,
        })
    }

    fn write(&self, way: &'static str) {
        let Self {
            channel, octets, ..
        } = *self;
        match self.method {
            Some(id) => {
                let name = PROTOCOL.method(id).map(|method| method.name);
                tracing::trace!(way, channel, octets, %id, name, "method");
            }
            None => {
                let kind = self.kind();
                tracing::trace!(way, channel, octets, kind, "frame");
            }
        }
    }

    fn kind(&self) -> &'static str {
        match self.kind {
            METHOD => "method",
            2 => "header",
            3 => "body",
            8 => "heartbeat",
            b'A' => "protocol header",
            _ => "unknown",
        }
    }
}

const METHOD: u8 = amqp_methods::FrameKind::Method as u8;

#[cfg(test)]
mod tests {
    use amqp_methods::{Method as _, basic};

    use super::*;

    const ACK: [u8; 21] = [
        1, 0, 1, 0, 0, 0, 13, 0, 60, 0, 80, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0xce,
    ];
    const HEARTBEAT: [u8; 8] = [8, 0, 0, 0, 0, 0, 0, 0xce];

    fn ack() -> Head {
        Head {
            kind: 1,
            channel: 1,
            octets: 21,
            method: Some(basic::Ack::ID),
        }
    }

    #[test]
    fn only_whole_frames_have_been_received() {
        let two = [&ACK[..], &HEARTBEAT, &ACK[..20]].concat();
        let found: Vec<_> = whole_frames(&two).collect();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], ack());
        assert_eq!((found[1].kind(), found[1].octets), ("heartbeat", 8));
        for length in 0..ACK.len() {
            assert_eq!(whole_frames(&ACK[..length]).count(), 0, "{length}");
        }
    }

    #[test]
    fn a_body_that_stands_beside_its_frame_is_one_frame() {
        let head = [3, 0, 1, 0, 0, 0, 5];
        let pieces = [
            [&b"AMQP\x00\x00\x09\x01"[..], &ACK, &head].concat(),
            b"hello".to_vec(),
            [&[0xce], &ACK[..]].concat(),
        ];
        let found: Vec<_> = heads(pieces.iter().map(|piece| &piece[..])).collect();
        let kinds: Vec<_> = found.iter().map(Head::kind).collect();
        assert_eq!(kinds, ["protocol header", "method", "body", "method"]);
        assert_eq!(found[2].octets, 13);
        assert_eq!(found[3], ack());
    }

    #[test]
    fn octets_that_are_no_frame_do_no_harm() {
        let huge = [1, 0, 0, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(whole_frames(&huge).count(), 0);
        assert_eq!(heads([&huge[..], &[0; 9]].into_iter()).count(), 1);
        let empty = [1, 0, 0, 0, 0, 0, 0, 0xce];
        assert_eq!(whole_frames(&empty).next().unwrap().method, None);
    }
}
