//! Octets as a peer that means harm would write them, and no encoder.

#![allow(dead_code, reason = "every test that shares this needs a part of it")]

/// The contents of a table in which others stand one within the other: an `F` of `kinds` for a table, an `A` for an
/// array, the outermost first. `innermost` is what the last of them holds.
pub(crate) fn chain(kinds: &str, innermost: &[u8]) -> Vec<u8> {
    let heads: Vec<&[u8]> = core::iter::once('F')
        .chain(kinds.chars())
        .zip(kinds.chars())
        .map(|(around, kind)| match (around, kind) {
            ('F', 'F') => b"\0F".as_slice(),
            ('F', _) => b"\0A",
            (_, 'F') => b"F",
            _ => b"A",
        })
        .collect();
    let heads_length: usize = heads.iter().map(|head| head.len() + 4).sum();
    let mut rest = heads_length + innermost.len();
    let mut octets = Vec::with_capacity(rest);
    for head in heads {
        rest -= head.len() + 4;
        octets.extend(head);
        octets.extend(length(rest));
    }
    octets.extend(innermost);
    octets
}

/// A length as the wire has it.
pub(crate) fn length(octets: usize) -> [u8; 4] {
    u32::try_from(octets).unwrap().to_be_bytes()
}

/// Octets behind their own length.
pub(crate) fn counted(octets: &[u8]) -> Vec<u8> {
    [&length(octets.len()), octets].concat()
}

/// The head of a frame that announces `size` octets of payload.
pub(crate) fn frame_head(kind: u8, channel: u16, size: u32) -> Vec<u8> {
    let mut head = vec![kind];
    head.extend(channel.to_be_bytes());
    head.extend(size.to_be_bytes());
    head
}

/// A whole frame, whatever is in it.
pub(crate) fn frame(kind: u8, channel: u16, payload: &[u8]) -> Vec<u8> {
    let size = u32::try_from(payload.len()).unwrap();
    let mut frame = frame_head(kind, channel, size);
    frame.extend(payload);
    frame.push(0xCE);
    frame
}

/// The payload of a content header of class `basic`: `list` is flags and values.
pub(crate) fn header(body_size: u64, list: &[u8]) -> Vec<u8> {
    let mut payload = vec![0, 60, 0, 0];
    payload.extend(body_size.to_be_bytes());
    payload.extend(list);
    payload
}

/// The payload of a `queue.declare` with these octets as the contents of its arguments.
pub(crate) fn declare(table: &[u8]) -> Vec<u8> {
    let mut payload = b"\0\x32\0\x0a\0\0\x01q\0".to_vec();
    payload.extend(counted(table));
    payload
}

/// The payload of a `basic.deliver` to the consumer called `c`.
pub(crate) const DELIVER: &[u8] = b"\0\x3c\0\x3c\x01c\0\0\0\0\0\0\0\x01\0\0\x01q";
