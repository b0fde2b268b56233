//! What the client has sent and the script has not looked at yet.

use std::collections::VecDeque;
use std::fmt::Write as _;

use amqp_methods::{AnyMethod, Frame, FrameKind, FrameLimits, ProtocolHeader};
use bytes::{Buf, BytesMut};

use crate::failure::Mismatch;
use crate::frame::OwnedFrame;
use crate::show;

/// Octets, and the frames they have become.
#[derive(Debug)]
pub(crate) struct Inbox {
    octets: BytesMut,
    frames: VecDeque<OwnedFrame>,
    /// Whether the protocol header is still to come, or still to be taken.
    awaits_header: bool,
    /// Largest frame that the client may send, envelope included; zero is no limit.
    frame_max: u32,
}

impl Inbox {
    pub(crate) fn new(awaits_header: bool, frame_max: u32) -> Self {
        Self {
            octets: BytesMut::new(),
            frames: VecDeque::new(),
            awaits_header,
            frame_max,
        }
    }

    pub(crate) fn frame_max(&self) -> u32 {
        self.frame_max
    }

    pub(crate) fn set_frame_max(&mut self, frame_max: u32) {
        self.frame_max = frame_max;
    }

    pub(crate) fn receive(&mut self, octets: &[u8]) -> Result<(), Mismatch> {
        self.octets.extend_from_slice(octets);
        self.cut_frames()
    }

    /// Whether taking the protocol header has an outcome: it is there, or something that is none.
    pub(crate) fn has_header(&self) -> bool {
        self.awaits_header && !matches!(ProtocolHeader::decode(&self.octets), Ok(None))
    }

    /// Takes the protocol header, if all of it is there.
    pub(crate) fn take_header(&mut self) -> Result<Option<ProtocolHeader>, Mismatch> {
        if !self.awaits_header {
            return Err(Mismatch::new(
                "expected a protocol header, but it was taken before",
            ));
        }
        let Ok(header) = ProtocolHeader::decode(&self.octets) else {
            let got = show::octets(&self.octets);
            return Err(Mismatch::new(format!(
                "expected a protocol header, got input {got}"
            )));
        };
        let Some(header) = header else {
            return Ok(None);
        };
        self.octets.advance(ProtocolHeader::LENGTH);
        self.awaits_header = false;
        self.cut_frames()?;
        Ok(Some(header))
    }

    fn cut_frames(&mut self) -> Result<(), Mismatch> {
        if self.awaits_header {
            return Ok(());
        }
        loop {
            let decoded = Frame::decode(&self.octets, FrameLimits::all(self.frame_max));
            let frame = match decoded {
                Ok(Some(frame)) => frame,
                Ok(None) => return Ok(()),
                Err(error) => {
                    let got = show::octets(&self.octets);
                    let text = format!("the client sent what is no frame: {error}\n  input {got}");
                    return Err(Mismatch::new(text));
                }
            };
            let (length, frame) = (frame.encoded_len(), OwnedFrame::from(frame));
            self.octets.advance(length);
            self.follow_tune_ok(&frame);
            self.frames.push_back(frame);
        }
    }

    /// From `tune-ok` on, the frame size that the client has chosen holds, also for the very next octets.
    fn follow_tune_ok(&mut self, frame: &OwnedFrame) {
        if frame.is_method()
            && frame.channel == 0
            && let Ok(AnyMethod::ConnectionTuneOk(tune_ok)) = frame.method()
        {
            self.frame_max = tune_ok.frame_max;
        }
    }

    /// Positions and frames of a channel, in order. A heartbeat belongs to none.
    pub(crate) fn on(&self, channel: u16) -> impl Iterator<Item = (usize, &OwnedFrame)> {
        let of_channel = move |frame: &OwnedFrame| {
            frame.channel == channel && frame.kind != FrameKind::Heartbeat
        };
        self.frames
            .iter()
            .enumerate()
            .filter(move |(_, frame)| of_channel(frame))
    }

    /// Frames of all channels, in the order of their arrival.
    pub(crate) fn frames(&self) -> &VecDeque<OwnedFrame> {
        &self.frames
    }

    pub(crate) fn take(&mut self, position: usize) -> Option<OwnedFrame> {
        self.frames.remove(position)
    }

    /// Whether nothing is left, not even part of a frame.
    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty() && self.octets.is_empty()
    }

    /// What is left, for the end of a message about something else.
    pub(crate) fn describe(&self) -> String {
        let mut text = String::new();
        if !self.frames.is_empty() {
            text.push_str("\nnot looked at yet:");
        }
        for frame in self.frames.iter().take(LISTED) {
            let _ = write!(text, "\n  {frame}");
        }
        if self.frames.len() > LISTED {
            let _ = write!(text, "\n  … and {} frames more", self.frames.len() - LISTED);
        }
        if !self.octets.is_empty() {
            let what = if self.awaits_header {
                "no header was taken from"
            } else {
                "an unfinished frame"
            };
            let _ = write!(text, "\n{what}: input {}", show::octets(&self.octets));
        }
        text
    }
}

/// How many frames a message lists.
const LISTED: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &[u8] = b"AMQP\x00\x00\x09\x01";
    const HEARTBEAT: &[u8] = b"\x08\0\0\0\0\0\0\xce";
    const TUNE_OK: &[u8] =
        b"\x01\x00\x00\x00\x00\x00\x0c\x00\x0a\x00\x1f\x07\xff\x00\x00\x20\x00\x00\x3c\xce";

    #[test]
    fn frames_wait_behind_the_header() {
        let mut inbox = Inbox::new(true, 4096);
        inbox.receive(&[HEADER, HEARTBEAT].concat()).unwrap();
        assert!(inbox.has_header() && inbox.frames().is_empty());
        assert_eq!(
            inbox.take_header().unwrap(),
            Some(ProtocolHeader::AMQP_0_9_1)
        );
        assert_eq!(inbox.frames().len(), 1);
    }

    #[test]
    fn octets_may_come_one_by_one() {
        let mut inbox = Inbox::new(true, 4096);
        for octet in HEADER {
            assert_eq!(inbox.take_header().unwrap(), None);
            inbox.receive(&[*octet]).unwrap();
        }
        assert!(inbox.take_header().unwrap().is_some());
        for octet in TUNE_OK {
            assert!(inbox.frames().is_empty());
            inbox.receive(&[*octet]).unwrap();
        }
        assert_eq!(inbox.frames().len(), 1);
        assert_eq!(&inbox.frames()[0].to_bytes()[..], TUNE_OK);
    }

    #[test]
    fn tune_ok_holds_from_the_next_octet_on() {
        let body = [b"\x03\x00\x01\x00\x00\x10\x00", &[0; 4096][..], b"\xce"].concat();
        let mut inbox = Inbox::new(false, 4096);
        inbox.receive(&[TUNE_OK, &body].concat()).unwrap();
        assert_eq!((inbox.frame_max(), inbox.frames().len()), (8192, 2));

        let mismatch = Inbox::new(false, 4096).receive(&body).unwrap_err();
        assert!(
            mismatch
                .to_string()
                .contains("larger than the limit of 4096"),
            "{mismatch}"
        );
    }

    #[test]
    fn what_is_no_header_is_shown() {
        let mut inbox = Inbox::new(true, 4096);
        inbox.receive(b"GET / HTTP/1.1").unwrap();
        let mismatch = inbox.take_header().unwrap_err().to_string();
        assert!(mismatch.contains("GET / HTTP/1.1"), "{mismatch}");
    }
}
