//! Streams: octets that arrive in chunks come to the same protocol header, frames and error, in the same order,
//! as octets that arrive at once.
//!
//! The first octet is how many of those behind it are sizes of chunks, the two after these the limit.

#![no_main]

use amqp_methods::{
    BytesMut, Frame, FrameError, FrameKind, FrameLimits, ProtocolHeader, missing_octets,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&[count], rest)) = input.split_first_chunk() else {
        return;
    };
    let Some((sizes, rest)) = rest.split_at_checked(count.into()) else {
        return;
    };
    let Some((&[a, b], octets)) = rest.split_first_chunk() else {
        return;
    };
    let limits = FrameLimits::all(u16::from_be_bytes([a, b]).into());
    let whole = read_whole(octets, limits);
    assert_eq!(read_chunks(octets, sizes, limits), whole);
    assert_eq!(read_asked(octets, limits), whole);
});

/// What a stream turns out to be.
#[derive(Debug, Eq, PartialEq)]
enum Item {
    ProtocolHeader(ProtocolHeader),
    Frame(FrameKind, u16, Vec<u8>),
    Error(FrameError),
    /// Octets that are left when the stream ends.
    Pending(Vec<u8>),
}

impl From<Frame<'_>> for Item {
    fn from(frame: Frame<'_>) -> Self {
        Self::Frame(frame.kind, frame.channel, frame.payload.to_vec())
    }
}

/// Everything lies there; nothing is consumed but looked at from where it begins.
fn read_whole(octets: &[u8], limits: FrameLimits) -> Vec<Item> {
    let mut items = Vec::new();
    let mut rest = octets;
    if let Ok(Some(header)) = ProtocolHeader::decode(rest) {
        items.push(Item::ProtocolHeader(header));
        rest = &rest[ProtocolHeader::LENGTH..];
    }
    loop {
        match Frame::decode(rest, limits) {
            Ok(Some(frame)) => {
                items.push(frame.into());
                rest = &rest[frame.encoded_len()..];
            }
            Ok(None) => {
                items.push(Item::Pending(rest.to_vec()));
                return items;
            }
            Err(error) => {
                items.push(Item::Error(error));
                return items;
            }
        }
    }
}

/// A reader that buffers what is not complete, as connections do.
struct Buffered {
    buffer: BytesMut,
    limits: FrameLimits,
    items: Vec<Item>,
}

impl Buffered {
    fn new(limits: FrameLimits) -> Self {
        let (buffer, items) = (BytesMut::new(), Vec::new());
        Self {
            buffer,
            limits,
            items,
        }
    }

    /// Takes octets and hands on what they complete; false once there is an error.
    fn feed(&mut self, octets: &[u8]) -> bool {
        self.buffer.extend_from_slice(octets);
        if self.items.is_empty() {
            match ProtocolHeader::decode(&self.buffer) {
                Ok(Some(header)) => {
                    self.items.push(Item::ProtocolHeader(header));
                    let _header = self.buffer.split_to(ProtocolHeader::LENGTH);
                }
                // It may still become one.
                Ok(None) => return true,
                Err(_) => {}
            }
        }
        loop {
            match Frame::decode(&self.buffer, self.limits) {
                Ok(Some(frame)) => {
                    let length = frame.encoded_len();
                    self.items.push(frame.into());
                    let _frame = self.buffer.split_to(length);
                }
                Ok(None) => return true,
                Err(error) => {
                    self.items.push(Item::Error(error));
                    return false;
                }
            }
        }
    }

    fn end(mut self) -> Vec<Item> {
        // Letters of a header that never came: as frames they are an error, once they fill a head.
        if self.items.is_empty()
            && let Err(error) = Frame::decode(&self.buffer, self.limits)
        {
            return vec![Item::Error(error)];
        }
        if !matches!(self.items.last(), Some(Item::Error(_))) {
            self.items.push(Item::Pending(self.buffer.to_vec()));
        }
        self.items
    }
}

/// Chunks as large as the sizes say, over and over; a size of zero is a read of nothing.
fn read_chunks(octets: &[u8], sizes: &[u8], limits: FrameLimits) -> Vec<Item> {
    let mut reader = Buffered::new(limits);
    let mut rest = octets;
    for size in sizes.iter().cycle().take(octets.len() + sizes.len()) {
        let (chunk, behind) = rest.split_at(usize::from(*size).min(rest.len()));
        rest = behind;
        if !reader.feed(chunk) {
            return reader.end();
        }
    }
    reader.feed(rest);
    reader.end()
}

/// Exactly as many octets at a time as are said to be missing. What they complete is the last of them, or a reader
/// that asks like this would wait for octets behind a frame.
fn read_asked(octets: &[u8], limits: FrameLimits) -> Vec<Item> {
    let mut reader = Buffered::new(limits);
    let header = octets
        .starts_with(b"AMQP")
        .then_some(ProtocolHeader::LENGTH);
    let (mut chunk, mut rest) = octets.split_at(header.unwrap_or_default().min(octets.len()));
    loop {
        let before = reader.items.len();
        if !reader.feed(chunk) {
            return reader.end();
        }
        assert!(reader.items.len() == before || reader.buffer.is_empty());
        if rest.is_empty() {
            return reader.end();
        }
        let missing = missing_octets(&reader.buffer, limits).expect("it can still become a frame");
        assert!(missing > 0);
        (chunk, rest) = rest.split_at(missing.min(rest.len()));
    }
}
