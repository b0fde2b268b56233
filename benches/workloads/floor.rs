//! What the operations cost at least: written by hand for these octets alone, in safe code.
//!
//! Checked as the library is (bounds, frame ends, limits, UTF-8), but an error is a mere `None`, no string
//! can be an owned one, and nothing beyond these methods exists.

#![allow(clippy::unwrap_used)] // the fixtures are sound

use std::hint::black_box;

use super::fixtures::{self, CAPACITY, CHANNEL, ENTRIES, FRAME_MAX, Message, Plain, Queue};
use super::{FLOOR, Side};

pub fn decode_delivery(octets: &'static [u8]) -> Side {
    Side::new(FLOOR, move || {
        deliver(black_box(octets), short_str, |rest| {
            black_box(long_str(rest)?);
            Some(())
        })
        .unwrap();
    })
}

pub fn read_delivery(octets: &'static [u8]) -> Side {
    Side::new(FLOOR, move || {
        deliver(black_box(octets), text, |rest| walk(long_str(rest)?, 1)).unwrap();
    })
}

pub fn decode_ack() -> Side {
    Side::new(FLOOR, || {
        let mut rest = black_box(fixtures::ACK);
        read_ack(&mut rest).unwrap();
    })
}

pub fn decode_declare() -> Side {
    Side::new(FLOOR, || {
        let mut rest = black_box(fixtures::DECLARE);
        read_declare(&mut rest).unwrap();
    })
}

pub fn decode_table() -> Side {
    Side::new(FLOOR, || {
        let mut rest = black_box(fixtures::TABLE);
        walk(long_str(&mut rest).unwrap(), 1).unwrap();
    })
}

pub fn encode_publish(expected: &'static [u8], size: usize) -> Side {
    let message = fixtures::message(size);
    let mut buf = vec![0; CAPACITY];
    write_publish(&mut buf, &message);
    assert!(buf.starts_with(expected));
    Side::new(FLOOR, move || {
        write_publish(&mut buf, black_box(&message));
        black_box(&mut buf);
    })
}

pub fn encode_declare() -> Side {
    let mut buf = vec![0; CAPACITY];
    write_declare(&mut buf, &fixtures::QUEUE);
    assert!(buf.starts_with(fixtures::DECLARE));
    Side::new(FLOOR, move || {
        write_declare(&mut buf, black_box(&fixtures::QUEUE));
        black_box(&mut buf);
    })
}

pub fn encode_table() -> Side {
    let mut buf = Vec::with_capacity(CAPACITY);
    write_table(&mut buf, &ENTRIES);
    assert_eq!(buf, fixtures::TABLE);
    Side::new(FLOOR, move || {
        buf.clear();
        write_table(&mut buf, black_box(&ENTRIES));
        black_box(&mut buf);
    })
}

/// `text` reads a short string, `table` a table.
#[inline(always)]
fn deliver<'a>(
    mut rest: &'a [u8],
    text: impl Fn(&mut &'a [u8]) -> Option<()>,
    table: impl Fn(&mut &'a [u8]) -> Option<()>,
) -> Option<()> {
    let args = &mut method(&mut rest, 0x003c_003c)?;
    text(args)?;
    black_box(u64::from_be_bytes(array(args)?));
    black_box(octet(args)? & 1 != 0);
    text(args)?;
    text(args)?;
    end(args)?;

    let header = &mut frame(&mut rest, 2)?;
    if array(header)? != [0, 60, 0, 0] {
        return None;
    }
    let mut missing = u64::from_be_bytes(array(header)?);
    let flags = u16::from_be_bytes(array(header)?);
    if flags & 0b11 != 0 {
        return None;
    }
    for flag in (2..16).rev() {
        if flags & 1 << flag == 0 {
            continue;
        }
        match flag {
            13 => table(header)?,
            11 | 12 => {
                black_box(octet(header)?);
            }
            6 => {
                black_box(u64::from_be_bytes(array(header)?));
            }
            _ => text(header)?,
        }
    }
    end(header)?;

    while missing > 0 {
        let body = frame(&mut rest, 3)?;
        missing = missing.checked_sub(body.len() as u64)?;
        black_box(body);
    }
    Some(())
}

fn read_ack(rest: &mut &[u8]) -> Option<()> {
    let args = &mut method(rest, 0x003c_0050)?;
    black_box(u64::from_be_bytes(array(args)?));
    black_box(octet(args)? & 1 != 0);
    end(args)
}

fn read_declare(rest: &mut &[u8]) -> Option<()> {
    let args = &mut method(rest, 0x0032_000a)?;
    array::<2>(args)?;
    short_str(args)?;
    let bits = octet(args)?;
    black_box(bits & 1 != 0);
    black_box(bits & 2 != 0);
    black_box(bits & 4 != 0);
    black_box(bits & 8 != 0);
    black_box(bits & 16 != 0);
    walk(long_str(args)?, 1)?;
    end(args)
}

fn method<'a>(rest: &mut &'a [u8], id: u32) -> Option<&'a [u8]> {
    let mut args = frame(rest, 1)?;
    (u32::from_be_bytes(array(&mut args)?) == id).then_some(args)
}

fn frame<'a>(rest: &mut &'a [u8], kind: u8) -> Option<&'a [u8]> {
    let [found, c0, c1, s0, s1, s2, s3] = array(rest)?;
    let size = u32::from_be_bytes([s0, s1, s2, s3]);
    if found != kind || size > FRAME_MAX - 8 {
        return None;
    }
    black_box(u16::from_be_bytes([c0, c1]));
    let payload = slice(rest, size as usize)?;
    (octet(rest)? == 0xCE).then_some(payload)
}

fn walk(mut rest: &[u8], depth: u8) -> Option<()> {
    while !rest.is_empty() {
        let length = octet(&mut rest)?;
        black_box(slice(&mut rest, length.into())?);
        visit(&mut rest, depth)?;
    }
    Some(())
}

fn visit(rest: &mut &[u8], depth: u8) -> Option<()> {
    match octet(rest)? {
        b'S' => {
            black_box(long_str(rest)?);
        }
        b'I' => {
            black_box(i32::from_be_bytes(array(rest)?));
        }
        b't' => {
            black_box(octet(rest)? != 0);
        }
        b'l' => {
            black_box(i64::from_be_bytes(array(rest)?));
        }
        b'd' => {
            black_box(f64::from_be_bytes(array(rest)?));
        }
        b'T' => {
            black_box(u64::from_be_bytes(array(rest)?));
        }
        b'V' => {}
        b'F' if depth < 64 => walk(long_str(rest)?, depth + 1)?,
        b'A' if depth < 64 => {
            let mut elements = long_str(rest)?;
            while !elements.is_empty() {
                visit(&mut elements, depth + 1)?;
            }
        }
        _ => return None,
    }
    Some(())
}

fn short_str(rest: &mut &[u8]) -> Option<()> {
    let length = octet(rest)?;
    black_box(slice(rest, length.into())?);
    Some(())
}

fn text(rest: &mut &[u8]) -> Option<()> {
    let length = octet(rest)?;
    black_box(std::str::from_utf8(slice(rest, length.into())?).ok()?);
    Some(())
}

fn long_str<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_be_bytes(array(rest)?);
    slice(rest, length as usize)
}

#[inline]
fn octet(rest: &mut &[u8]) -> Option<u8> {
    array(rest).map(u8::from_be_bytes)
}

#[inline]
fn array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(*head)
}

#[inline]
fn slice<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(head)
}

fn end(rest: &[u8]) -> Option<()> {
    rest.is_empty().then_some(())
}

/// Room that was made beforehand, filled from the front.
struct Room<'b>(&'b mut [u8]);

/// The first `length` octets of a buffer that is as large as ever needed.
fn room(buf: &mut [u8], length: usize) -> Room<'_> {
    Room(&mut buf[..length])
}

impl Room<'_> {
    #[inline(always)]
    fn put(&mut self, octets: &[u8]) {
        let (room, rest) = std::mem::take(&mut self.0).split_at_mut(octets.len());
        room.copy_from_slice(octets);
        self.0 = rest;
    }

    #[inline(always)]
    fn text(&mut self, text: &str) {
        self.put(&[u8::try_from(text.len()).unwrap()]);
        self.put(text.as_bytes());
    }

    #[inline(always)]
    fn long_text(&mut self, text: &str) {
        self.put(b"S");
        self.put(&u32::try_from(text.len()).unwrap().to_be_bytes());
        self.put(text.as_bytes());
    }

    #[inline(always)]
    fn head(&mut self, kind: u8, size: usize) {
        let [c0, c1] = CHANNEL.to_be_bytes();
        let [s0, s1, s2, s3] = u32::try_from(size).unwrap().to_be_bytes();
        self.put(&[kind, c0, c1, s0, s1, s2, s3]);
    }
}

fn write_publish(buf: &mut [u8], message: &Message) {
    let method = 9 + message.exchange.len() + message.routing_key.len();
    let headers = 37 + message.trace.len();
    let properties =
        1 + message.content_type.len() + 4 + headers + 1 + 1 + message.message_id.len() + 8;
    let header = 14 + properties;
    let body = message.body.len();
    let mut out = room(
        buf,
        method + header + body + if body == 0 { 16 } else { 24 },
    );
    out.head(1, method);
    out.put(&[0, 60, 0, 40, 0, 0]);
    out.text(message.exchange);
    out.text(message.routing_key);
    out.put(&[0, 0xCE]);

    out.head(2, header);
    out.put(&[0, 60, 0, 0]);
    out.put(&(body as u64).to_be_bytes());
    out.put(&[0xb0, 0xc0]);
    out.text(message.content_type);
    out.put(&(headers as u32).to_be_bytes());
    out.text("x-attempt");
    out.put(b"I");
    out.put(&message.attempt.to_be_bytes());
    out.text("x-flag");
    out.put(&[b't', u8::from(message.flag)]);
    out.text("x-trace");
    out.long_text(message.trace);
    out.put(&[message.delivery_mode]);
    out.text(message.message_id);
    out.put(&message.timestamp.to_be_bytes());
    out.put(&[0xCE]);

    if body > 0 {
        out.head(3, body);
        out.put(message.body);
        out.put(&[0xCE]);
    }
    assert!(out.0.is_empty());
}

fn write_declare(buf: &mut [u8], queue: &Queue) {
    let arguments = 110 + queue.dead_letter_exchange.len() + queue.kind.len();
    let method = 12 + queue.name.len() + arguments;
    let mut out = room(buf, method + 8);
    out.head(1, method);
    out.put(&[0, 50, 0, 10, 0, 0]);
    out.text(queue.name);
    out.put(&[u8::from(queue.durable) << 1]);
    out.put(&(arguments as u32).to_be_bytes());
    out.text("x-dead-letter-exchange");
    out.long_text(queue.dead_letter_exchange);
    out.text("x-expires");
    out.put(b"I");
    out.put(&queue.expires.to_be_bytes());
    out.text("x-max-length");
    out.put(b"l");
    out.put(&queue.max_length.to_be_bytes());
    out.text("x-queue-type");
    out.long_text(queue.kind);
    out.text("x-single-active-consumer");
    out.put(&[b't', u8::from(queue.single_active_consumer)]);
    out.put(&[0xCE]);
    assert!(out.0.is_empty());
}

/// Appends each piece, having made room for all of them at once.
macro_rules! put {
    ($buf:expr, $($piece:expr),+ $(,)?) => {{
        $($buf.extend_from_slice(&$piece[..]);)+
    }};
}

fn write_table(buf: &mut Vec<u8>, entries: &[(&str, Plain)]) {
    let start = buf.len();
    put!(buf, [0; 4]);
    for (name, value) in entries {
        put_text(buf, name);
        write_value(buf, value);
    }
    patch(buf, start, 4);
}

fn write_value(buf: &mut Vec<u8>, value: &Plain) {
    match *value {
        Plain::Text(text) => put_long_str(buf, text),
        Plain::Int(value) => put!(buf, b"I", value.to_be_bytes()),
        Plain::Long(value) => put!(buf, b"l", value.to_be_bytes()),
        Plain::Bool(value) => put!(buf, [b't', u8::from(value)]),
        Plain::Double(value) => put!(buf, b"d", value.to_be_bytes()),
        Plain::Time(seconds) => put!(buf, b"T", seconds.to_be_bytes()),
        Plain::Void => put!(buf, b"V"),
        Plain::Array(elements) => {
            put!(buf, b"A");
            let start = buf.len();
            put!(buf, [0; 4]);
            elements
                .iter()
                .for_each(|element| write_value(buf, element));
            patch(buf, start, 4);
        }
        Plain::Table(entries) => {
            put!(buf, b"F");
            write_table(buf, entries);
        }
    }
}

/// Writes how many octets follow the length at `at`.
fn patch(buf: &mut [u8], at: usize, width: usize) {
    let length = (buf.len() - at - width) as u32;
    buf[at..at + 4].copy_from_slice(&length.to_be_bytes());
}

fn put_text(buf: &mut Vec<u8>, text: &str) {
    put!(buf, [u8::try_from(text.len()).unwrap()], text.as_bytes());
}

fn put_long_str(buf: &mut Vec<u8>, text: &str) {
    put!(
        buf,
        b"S",
        (text.len() as u32).to_be_bytes(),
        text.as_bytes()
    );
}
