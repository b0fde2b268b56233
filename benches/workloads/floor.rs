//! What the operations cost at least: written by hand for these octets alone, in safe code.
//!
//! Checked as the library is (bounds, frame ends, limits, UTF-8), but an error is a mere `None`, no string
//! can be an owned one, and nothing beyond these methods exists.

#![allow(clippy::unwrap_used)] // the fixtures are sound

use std::hint::black_box;

use amqp_methods::BytesMut;

use super::fixtures::{self, CAPACITY, CHANNEL, ENTRIES, FRAME_MAX, Message, Plain, Queue};
use super::{FLOOR, Side};

pub fn decode_delivery(octets: &'static [u8]) -> Side {
    Side::new(FLOOR, move || read_delivery(black_box(octets)).unwrap())
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
    let mut buf = BytesMut::with_capacity(CAPACITY);
    write_publish(&mut buf, &message);
    assert_eq!(buf, expected);
    Side::new(FLOOR, move || {
        buf.clear();
        write_publish(&mut buf, black_box(&message));
        black_box(&mut buf);
    })
}

pub fn encode_declare() -> Side {
    let mut buf = BytesMut::with_capacity(CAPACITY);
    write_declare(&mut buf, &fixtures::QUEUE);
    assert_eq!(buf, fixtures::DECLARE);
    Side::new(FLOOR, move || {
        buf.clear();
        write_declare(&mut buf, black_box(&fixtures::QUEUE));
        black_box(&mut buf);
    })
}

pub fn encode_table() -> Side {
    let mut buf = BytesMut::with_capacity(CAPACITY);
    write_table(&mut buf, &ENTRIES);
    assert_eq!(buf, fixtures::TABLE);
    Side::new(FLOOR, move || {
        buf.clear();
        write_table(&mut buf, black_box(&ENTRIES));
        black_box(&mut buf);
    })
}

fn read_delivery(mut rest: &[u8]) -> Option<()> {
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
            13 => walk(long_str(header)?, 1)?,
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
    text(args)?;
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

fn write_publish(buf: &mut BytesMut, message: &Message) {
    let method = 9 + message.exchange.len() + message.routing_key.len();
    let headers = 37 + message.trace.len();
    let properties = 1 + message.content_type.len() + 4 + headers + 1 + 1 + message.message_id.len() + 8;
    let header = 14 + properties;
    let body = message.body.len();
    buf.resize(method + header + body + if body == 0 { 16 } else { 24 }, 0);
    let mut out = Room(&mut buf[..]);
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

/// Appends each piece, having made room for all of them at once.
macro_rules! put {
    ($buf:expr, $($piece:expr),+ $(,)?) => {{
        $($buf.extend_from_slice(&$piece[..]);)+
    }};
}

fn write_declare(buf: &mut BytesMut, queue: &Queue) {
    buf.reserve(512);
    begin_method(buf, 0x0032_000a);
    put!(buf, [0, 0]);
    put_text(buf, queue.name);
    put!(buf, [u8::from(queue.durable) << 1]);
    let table = buf.len();
    put!(buf, [0; 4]);
    put_text(buf, "x-dead-letter-exchange");
    put_long_str(buf, queue.dead_letter_exchange);
    put_text(buf, "x-expires");
    put!(buf, b"I", queue.expires.to_be_bytes());
    put_text(buf, "x-max-length");
    put!(buf, b"l", queue.max_length.to_be_bytes());
    put_text(buf, "x-queue-type");
    put_long_str(buf, queue.kind);
    put_text(buf, "x-single-active-consumer");
    put!(buf, [b't', u8::from(queue.single_active_consumer)]);
    patch(buf, table, 4);
    finish(buf, 0);
}

fn write_table(buf: &mut BytesMut, entries: &[(&str, Plain)]) {
    let start = buf.len();
    put!(buf, [0; 4]);
    for (name, value) in entries {
        put_text(buf, name);
        write_value(buf, value);
    }
    patch(buf, start, 4);
}

fn write_value(buf: &mut BytesMut, value: &Plain) {
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

fn begin_method(buf: &mut BytesMut, id: u32) {
    begin_frame(buf, 1);
    put!(buf, id.to_be_bytes());
}

fn begin_frame(buf: &mut BytesMut, kind: u8) {
    let [c0, c1] = CHANNEL.to_be_bytes();
    put!(buf, [kind, c0, c1, 0, 0, 0, 0]);
}

fn finish(buf: &mut BytesMut, start: usize) {
    patch(buf, start + 3, 4);
    put!(buf, [0xCE]);
}

/// Writes how many octets follow the length at `at`.
fn patch(buf: &mut BytesMut, at: usize, width: usize) {
    let length = (buf.len() - at - width) as u32;
    buf[at..at + 4].copy_from_slice(&length.to_be_bytes());
}

fn put_text(buf: &mut BytesMut, text: &str) {
    put!(buf, [u8::try_from(text.len()).unwrap()], text.as_bytes());
}

fn put_long_str(buf: &mut BytesMut, text: &str) {
    put!(
        buf,
        b"S",
        (text.len() as u32).to_be_bytes(),
        text.as_bytes()
    );
}
